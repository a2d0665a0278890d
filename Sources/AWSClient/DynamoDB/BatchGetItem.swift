public import JSON

/// Reads up to 100 items by their keys, from one table or several.
public struct BatchGetItemInput: Sendable, Hashable, JSONEncodable {
  /// What to read, by table name.
  public var requestItems: [String: KeysAndAttributes]

  public init(requestItems: [String: KeysAndAttributes]) { self.requestItems = requestItems }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("RequestItems")
    writer.beginObject()
    for (table, keys) in requestItems.inOrder { writer.member(table, keys) }
    writer.endObject()
    writer.endObject()
  }
}

/// The keys to read from one table.
public struct KeysAndAttributes: Sendable, Hashable, JSONEncodable, JSONDecodable {
  /// 1 to 100 distinct keys; the limit counts all tables of a request.
  public var keys: [[String: AttributeValue]]
  public var projectionExpression: String?
  public var expressionAttributeNames: [String: String]
  public var consistentRead: Bool?

  public init(
    keys: [[String: AttributeValue]], projectionExpression: String? = nil, expressionAttributeNames: [String: String] = [:],
    consistentRead: Bool? = nil
  ) {
    self.keys = keys
    self.projectionExpression = projectionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.consistentRead = consistentRead
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("Keys")
    writer.beginArray()
    for key in keys { writer.attributes(key) }
    writer.endArray()
    writer.member(ifPresent: "ProjectionExpression", projectionExpression)
    writer.member(ifAny: "ExpressionAttributeNames", expressionAttributeNames)
    writer.member(ifPresent: "ConsistentRead", consistentRead)
    writer.endObject()
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init(keys: [])
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Keys":
        try reader.beginArray()
        while try reader.nextElement() { keys.append(try reader.readAttributes()) }
      case "ProjectionExpression": projectionExpression = try reader.readOptionalString()
      case "ExpressionAttributeNames": expressionAttributeNames = try reader.readStringMap()
      case "ConsistentRead": consistentRead = try reader.readIfNull() ? nil : try reader.readBool()
      default: try reader.skipValue()
      }
    }
  }
}

public struct BatchGetItemOutput: Sendable, Hashable, JSONDecodable {
  /// The items that exist, by table name, in no order.
  public var responses: [String: [[String: AttributeValue]]]
  /// What DynamoDB did not get to; the client asks again and leaves it empty.
  public var unprocessedKeys: [String: KeysAndAttributes]

  public init(responses: [String: [[String: AttributeValue]]] = [:], unprocessedKeys: [String: KeysAndAttributes] = [:]) {
    self.responses = responses
    self.unprocessedKeys = unprocessedKeys
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Responses":
        try reader.beginObject()
        while let table = try reader.nextKey() {
          var items: [[String: AttributeValue]] = []
          try reader.beginArray()
          while try reader.nextElement() { items.append(try reader.readAttributes()) }
          responses[table] = items
        }
      case "UnprocessedKeys":
        try reader.beginObject()
        while let table = try reader.nextKey() { unprocessedKeys[table] = try KeysAndAttributes(from: &reader) }
      default: try reader.skipValue()
      }
    }
  }
}
