public import JSON

/// Reads attributes of a queue.
public struct GetQueueAttributesInput: Sendable, Hashable, JSONEncodable {
  public var queueURL: String
  /// Names such as "QueueArn" and "ApproximateNumberOfMessages", or "All".
  public var attributeNames: [String]

  public init(queueURL: String, attributeNames: [String] = ["All"]) {
    self.queueURL = queueURL
    self.attributeNames = attributeNames
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("QueueUrl", queueURL)
    writer.member(ifAny: "AttributeNames", attributeNames)
    writer.endObject()
  }
}

public struct GetQueueAttributesOutput: Sendable, Hashable, JSONDecodable {
  /// Values as text, by attribute name.
  public var attributes: [String: String]

  public init(attributes: [String: String] = [:]) { self.attributes = attributes }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Attributes": attributes = try reader.readStringMap()
      default: try reader.skipValue()
      }
    }
  }
}
