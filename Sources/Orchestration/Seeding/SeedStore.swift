public import AWSClient

/// The rows of the agent registry, as the seeder needs them.
public protocol SeedStore: Sendable {
  /// The row as it is now; nil when there is none.
  func row(_ agentID: String) async throws -> [String: AttributeValue]?
  /// The ids of all agents that deployments have ever brought along.
  func seededIDs() async throws -> Set<String>
  /// Adds to `seededIDs`.
  func noteSeeded(_ ids: Set<String>) async throws
  /// Writes a row and adds its id to `seededIDs`, both or neither; false when a row has come meanwhile.
  func create(_ row: [String: AttributeValue]) async throws -> Bool
  /// Sets attributes, or removes those whose value is nil; false when one of `expected` has become another, or absent, or present.
  func update(
    _ agentID: String, expected: [String: AttributeValue?], changes: [String: AttributeValue?]
  ) async throws -> Bool
}

/// The agent configuration table.
public struct DynamoDBSeedStore: SeedStore {
  private let client: DynamoDBClient
  private let table: String
  private let retryingConflicts: ConflictRetry

  public init(client: DynamoDBClient, table: String) {
    self.client = client
    self.table = table
    retryingConflicts = ConflictRetry(clock: client.clock)
  }

  public func row(_ agentID: String) async throws -> [String: AttributeValue]? {
    try await client.getItem(GetItemInput(tableName: table, key: ["agentId": .string(agentID)], consistentRead: true)).item
  }

  public func seededIDs() async throws -> Set<String> { try await row(SeedMemory.rowID).map(SeedMemory.ids) ?? [] }

  public func noteSeeded(_ ids: Set<String>) async throws {
    guard !ids.isEmpty else { return }
    let update = SeedMemory.update(ids, table: table)
    _ = try await isMet {
      _ = try await client.updateItem(
        UpdateItemInput(
          tableName: update.tableName, key: update.key, updateExpression: update.updateExpression,
          expressionAttributeNames: update.expressionAttributeNames, expressionAttributeValues: update.expressionAttributeValues))
    }
  }

  public func create(_ row: [String: AttributeValue]) async throws -> Bool {
    let put = TransactPut(tableName: table, item: row, conditionExpression: "attribute_not_exists(agentId)")
    let memory = SeedMemory.update([row["agentId"]?.stringValue ?? ""], table: table)
    let input = TransactWriteItemsInput(items: [.put(put), .update(memory)])
    return try await isMet { _ = try await client.transactWriteItems(input) }
  }

  public func update(
    _ agentID: String, expected: [String: AttributeValue?], changes: [String: AttributeValue?]
  ) async throws -> Bool {
    var input = UpdateItemInput(tableName: table, key: ["agentId": .string(agentID)])
    var conditions = ["attribute_exists(agentId)"]
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

  private func isMet(_ write: () async throws -> Void) async throws -> Bool {
    do {
      try await retryingConflicts(write)
      return true
    } catch let error as AWSError where error.isConditionalCheckFailed || error.isTransactionConditionFailed {
      return false
    }
  }
}
