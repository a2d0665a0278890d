public import JSON

/// Reads one item by its key.
public struct GetItemInput: Sendable, Hashable, JSONEncodable {
  public var tableName: String
  public var key: [String: AttributeValue]
  public var consistentRead: Bool?
  public var projectionExpression: String?
  public var expressionAttributeNames: [String: String]

  public init(
    tableName: String, key: [String: AttributeValue], consistentRead: Bool? = nil, projectionExpression: String? = nil,
    expressionAttributeNames: [String: String] = [:]
  ) {
    self.tableName = tableName
    self.key = key
    self.consistentRead = consistentRead
    self.projectionExpression = projectionExpression
    self.expressionAttributeNames = expressionAttributeNames
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("TableName", tableName)
    writer.member("Key", key)
    writer.member(ifPresent: "ConsistentRead", consistentRead)
    writer.member(ifPresent: "ProjectionExpression", projectionExpression)
    writer.member(ifAny: "ExpressionAttributeNames", expressionAttributeNames)
    writer.endObject()
  }
}

public struct GetItemOutput: Sendable, Hashable, JSONDecodable {
  /// The item; nil when there is none with that key.
  public var item: [String: AttributeValue]?

  public init(item: [String: AttributeValue]? = nil) { self.item = item }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Item": item = try reader.readIfNull() ? nil : try reader.readAttributes()
      default: try reader.skipValue()
      }
    }
  }
}
