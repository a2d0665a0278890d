public import JSON

/// An attribute of a message, with its data type.
public struct MessageAttributeValue: Sendable, Hashable, JSONEncodable, JSONDecodable {
  /// "String", "Number" or "Binary", optionally with a label of one's own after a dot.
  public var dataType: String
  public var stringValue: String?
  public var binaryValue: [UInt8]?

  public init(dataType: String, stringValue: String? = nil, binaryValue: [UInt8]? = nil) {
    self.dataType = dataType
    self.stringValue = stringValue
    self.binaryValue = binaryValue
  }

  public static func string(_ value: String) -> MessageAttributeValue { MessageAttributeValue(dataType: "String", stringValue: value) }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("DataType", dataType)
    writer.member(ifPresent: "StringValue", stringValue)
    if let binaryValue { writer.member("BinaryValue", Base64.encode(binaryValue)) }
    writer.endObject()
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init(dataType: "")
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "DataType": dataType = try reader.readString()
      case "StringValue": stringValue = try reader.readOptionalString()
      case "BinaryValue": binaryValue = try reader.readIfNull() ? nil : try reader.readBase64()
      default: try reader.skipValue()
      }
    }
  }
}

extension [String: MessageAttributeValue] {
  /// The system attribute that carries an X-Ray trace id with a message; none for nil.
  public static func traceHeader(_ traceID: String?) -> [String: MessageAttributeValue] {
    traceID.map { ["AWSTraceHeader": .string($0)] } ?? [:]
  }
}

extension JSONWriter {
  mutating func member(ifAny name: StaticString, _ attributes: [String: MessageAttributeValue]) {
    guard !attributes.isEmpty else { return }
    key(name)
    beginObject()
    for (key, value) in attributes.inOrder { member(key, value) }
    endObject()
  }
}
