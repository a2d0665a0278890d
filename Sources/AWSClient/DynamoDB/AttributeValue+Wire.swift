public import JSON

extension AttributeValue: JSONDecodable, JSONEncodable {
  /// Writes the value as DynamoDB's JSON protocol has it: an object with one member that names the type.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    switch self {
    case .string(let value): writer.member("S", value)
    case .number(let text): writer.member("N", text)
    case .binary(let bytes): writer.member("B", Base64.encode(bytes))
    case .bool(let value): writer.member("BOOL", value)
    case .null: writer.member("NULL", true)
    case .list(let elements): writer.member("L", elements)
    case .map(let members):
      writer.key("M")
      writer.attributes(members)
    case .stringSet(let values): writer.member("SS", values)
    case .numberSet(let values): writer.member("NS", values)
    case .binarySet(let values): writer.member("BS", values.map(Base64.encode))
    }
    writer.endObject()
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    let begin = reader.byteOffset
    var value: AttributeValue?
    try reader.beginObject()
    while let type = try reader.nextMember() {
      switch type {
      case "S": value = .string(try reader.readString())
      case "N": value = .number(try reader.readString())
      case "B": value = .binary(try reader.readBase64())
      case "BOOL": value = .bool(try reader.readBool())
      case "NULL":
        _ = try reader.readBool()
        value = .null
      case "L": value = .list(try reader.readArray(of: AttributeValue.self))
      case "M": value = .map(try reader.readAttributes())
      case "SS": value = .stringSet(try reader.readStrings())
      case "NS": value = .numberSet(try reader.readStrings())
      case "BS":
        var values: [[UInt8]] = []
        try reader.beginArray()
        while try reader.nextElement() { values.append(try reader.readBase64()) }
        value = .binarySet(values)
      default:
        throw JSONError(.invalidValue, byteOffset: begin, expected: "a DynamoDB value of type S, N, B, BOOL, NULL, L, M, SS, NS or BS")
      }
    }
    guard let value else { throw JSONError(.invalidValue, byteOffset: begin, expected: "a DynamoDB value with its type") }
    self = value
  }
}

extension JSONWriter {
  /// Writes the attributes of an item or a map, in the order of their names.
  mutating func attributes(_ attributes: [String: AttributeValue]) {
    beginObject()
    if attributes.count == 1, let (name, value) = attributes.first {
      key(name)
      value.write(to: &self)
    } else {
      for (name, value) in attributes.inOrder {
        key(name)
        value.write(to: &self)
      }
    }
    endObject()
  }

  mutating func member(_ name: StaticString, _ attributes: [String: AttributeValue]) {
    key(name)
    self.attributes(attributes)
  }

  /// Writes nothing when there are none: DynamoDB refuses an empty map of names or values.
  mutating func member(ifAny name: StaticString, _ attributes: [String: AttributeValue]) {
    if !attributes.isEmpty { member(name, attributes) }
  }
}

extension JSONReader {
  /// Reads the attributes of an item or a map.
  package mutating func readAttributes() throws(JSONError) -> [String: AttributeValue] {
    var attributes: [String: AttributeValue] = [:]
    try beginObject()
    while let name = try nextKey() { attributes[name] = try AttributeValue(from: &self) }
    return attributes
  }
}
