public import AWSClient

/// The rows of a table with one key, each written only as long as it is what was read before.
public struct ConditionalRows: Sendable {
  private let client: DynamoDBClient
  private let table: String
  private let keyName: String
  private let retryingConflicts: ConflictRetry

  /// - Parameter keyName: the table's partition key, a string; letters only, since it stands in expressions as it is.
  public init(client: DynamoDBClient, table: String, keyName: String) {
    self.client = client
    self.table = table
    self.keyName = keyName
    retryingConflicts = ConflictRetry(clock: client.clock)
  }

  /// The row as it is now; nil when there is none.
  public func row(_ id: String) async throws -> [String: AttributeValue]? {
    try await client.getItem(GetItemInput(tableName: table, key: [keyName: .string(id)], consistentRead: true)).item
  }

  /// All rows as they are now.
  public func rows() async throws -> [[String: AttributeValue]] {
    var rows: [[String: AttributeValue]] = []
    for try await page in client.scanPages(ScanInput(tableName: table, consistentRead: true)) { rows += page.items }
    return rows
  }

  /// Writes a row; false when there is one of its key.
  public func create(_ row: [String: AttributeValue]) async throws -> Bool {
    try await isMet {
      _ = try await client.putItem(
        PutItemInput(tableName: table, item: row, conditionExpression: "attribute_not_exists(\(keyName))"))
    }
  }

  /// Sets attributes, or removes those whose value is nil; false when one of `expected` has become another, or absent, or present.
  public func update(
    _ id: String, expected: [String: AttributeValue?], changes: [String: AttributeValue?]
  ) async throws -> Bool {
    var input = UpdateItemInput(tableName: table, key: [keyName: .string(id)])
    var conditions = ["attribute_exists(\(keyName))"]
    for (index, (name, value)) in expected.sorted(by: { $0.key < $1.key }).enumerated() {
      input.expressionAttributeNames["#e\(index)"] = name
      if let value {
        input.expressionAttributeValues[":e\(index)"] = value
        conditions.append("#e\(index) = :e\(index)")
      } else {
        conditions.append("attribute_not_exists(#e\(index))")
      }
    }
    var sets: [String] = []
    var removes: [String] = []
    for (index, (name, value)) in changes.sorted(by: { $0.key < $1.key }).enumerated() {
      input.expressionAttributeNames["#c\(index)"] = name
      if let value {
        input.expressionAttributeValues[":c\(index)"] = value
        sets.append("#c\(index) = :c\(index)")
      } else {
        removes.append("#c\(index)")
      }
    }
    input.updateExpression = [
      sets.isEmpty ? nil : "SET " + sets.joined(separator: ", "), removes.isEmpty ? nil : "REMOVE " + removes.joined(separator: ", "),
    ].compactMap { $0 }.joined(separator: " ")
    input.conditionExpression = conditions.joined(separator: " AND ")
    let complete = input
    return try await isMet { _ = try await client.updateItem(complete) }
  }

  /// Whether the condition of a write was met; a write that meets a transaction at the same row is repeated.
  func isMet(_ write: () async throws -> Void) async throws -> Bool {
    do {
      try await retryingConflicts(write)
      return true
    } catch let error as AWSError where error.isConditionalCheckFailed || error.isTransactionConditionFailed {
      return false
    }
  }
}
