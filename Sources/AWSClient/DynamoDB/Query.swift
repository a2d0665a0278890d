public import JSON

/// Reads the items of one partition key, in the order of the sort key.
public struct QueryInput: Sendable, Hashable, JSONEncodable {
  public var tableName: String
  public var indexName: String?
  public var keyConditionExpression: String?
  public var filterExpression: String?
  public var projectionExpression: String?
  public var expressionAttributeNames: [String: String]
  public var expressionAttributeValues: [String: AttributeValue]
  /// False for descending order of the sort key.
  public var scanIndexForward: Bool?
  /// Items to look at in one page, before the filter; 1 or more.
  public var limit: Int?
  public var consistentRead: Bool?
  public var select: Select?
  /// Where to go on: the last page's `lastEvaluatedKey`.
  public var exclusiveStartKey: [String: AttributeValue]?

  public init(
    tableName: String, indexName: String? = nil, keyConditionExpression: String? = nil, filterExpression: String? = nil,
    projectionExpression: String? = nil, expressionAttributeNames: [String: String] = [:],
    expressionAttributeValues: [String: AttributeValue] = [:], scanIndexForward: Bool? = nil, limit: Int? = nil,
    consistentRead: Bool? = nil, select: Select? = nil, exclusiveStartKey: [String: AttributeValue]? = nil
  ) {
    self.tableName = tableName
    self.indexName = indexName
    self.keyConditionExpression = keyConditionExpression
    self.filterExpression = filterExpression
    self.projectionExpression = projectionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.expressionAttributeValues = expressionAttributeValues
    self.scanIndexForward = scanIndexForward
    self.limit = limit
    self.consistentRead = consistentRead
    self.select = select
    self.exclusiveStartKey = exclusiveStartKey
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("TableName", tableName)
    writer.member(ifPresent: "IndexName", indexName)
    writer.member(ifPresent: "KeyConditionExpression", keyConditionExpression)
    writer.member(ifPresent: "FilterExpression", filterExpression)
    writer.member(ifPresent: "ProjectionExpression", projectionExpression)
    writer.member(ifAny: "ExpressionAttributeNames", expressionAttributeNames)
    writer.member(ifAny: "ExpressionAttributeValues", expressionAttributeValues)
    writer.member(ifPresent: "ScanIndexForward", scanIndexForward)
    writer.member(ifPresent: "Limit", limit)
    writer.member(ifPresent: "ConsistentRead", consistentRead)
    writer.member(ifPresent: "Select", select?.rawValue)
    if let exclusiveStartKey { writer.member("ExclusiveStartKey", exclusiveStartKey) }
    writer.endObject()
  }
}

/// One page of a query.
public struct QueryOutput: Sendable, Hashable, JSONDecodable {
  public var items: [[String: AttributeValue]]
  /// Items in this page; with `select: .count` the only answer.
  public var count: Int
  /// Items looked at before the filter.
  public var scannedCount: Int
  /// Where the next page begins; nil on the last page.
  public var lastEvaluatedKey: [String: AttributeValue]?

  public init(
    items: [[String: AttributeValue]] = [], count: Int? = nil, scannedCount: Int? = nil, lastEvaluatedKey: [String: AttributeValue]? = nil
  ) {
    self.items = items
    self.count = count ?? items.count
    self.scannedCount = scannedCount ?? self.count
    self.lastEvaluatedKey = lastEvaluatedKey
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Items":
        try reader.beginArray()
        while try reader.nextElement() { items.append(try reader.readAttributes()) }
      case "Count": count = try reader.readInt()
      case "ScannedCount": scannedCount = try reader.readInt()
      case "LastEvaluatedKey": lastEvaluatedKey = try reader.readIfNull() ? nil : try reader.readAttributes()
      default: try reader.skipValue()
      }
    }
  }
}
