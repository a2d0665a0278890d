public import JSON

/// Reads every item of a table or an index.
public struct ScanInput: Sendable, Hashable, JSONEncodable {
  public var tableName: String
  public var indexName: String?
  public var filterExpression: String?
  public var projectionExpression: String?
  public var expressionAttributeNames: [String: String]
  public var expressionAttributeValues: [String: AttributeValue]
  /// Items to look at in one page, before the filter; 1 or more.
  public var limit: Int?
  public var consistentRead: Bool?
  public var select: Select?
  /// This scan's share of a parallel scan, from 0.
  public var segment: Int?
  public var totalSegments: Int?
  /// Where to go on: the last page's `lastEvaluatedKey`.
  public var exclusiveStartKey: [String: AttributeValue]?

  public init(
    tableName: String, indexName: String? = nil, filterExpression: String? = nil, projectionExpression: String? = nil,
    expressionAttributeNames: [String: String] = [:], expressionAttributeValues: [String: AttributeValue] = [:], limit: Int? = nil,
    consistentRead: Bool? = nil, select: Select? = nil, segment: Int? = nil, totalSegments: Int? = nil,
    exclusiveStartKey: [String: AttributeValue]? = nil
  ) {
    self.tableName = tableName
    self.indexName = indexName
    self.filterExpression = filterExpression
    self.projectionExpression = projectionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.expressionAttributeValues = expressionAttributeValues
    self.limit = limit
    self.consistentRead = consistentRead
    self.select = select
    self.segment = segment
    self.totalSegments = totalSegments
    self.exclusiveStartKey = exclusiveStartKey
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("TableName", tableName)
    writer.member(ifPresent: "IndexName", indexName)
    writer.member(ifPresent: "FilterExpression", filterExpression)
    writer.member(ifPresent: "ProjectionExpression", projectionExpression)
    writer.member(ifAny: "ExpressionAttributeNames", expressionAttributeNames)
    writer.member(ifAny: "ExpressionAttributeValues", expressionAttributeValues)
    writer.member(ifPresent: "Limit", limit)
    writer.member(ifPresent: "ConsistentRead", consistentRead)
    writer.member(ifPresent: "Select", select?.rawValue)
    writer.member(ifPresent: "Segment", segment)
    writer.member(ifPresent: "TotalSegments", totalSegments)
    if let exclusiveStartKey { writer.member("ExclusiveStartKey", exclusiveStartKey) }
    writer.endObject()
  }
}

/// One page of a scan.
public struct ScanOutput: Sendable, Hashable, JSONDecodable {
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
