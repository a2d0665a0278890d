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
  private let rows: ConditionalRows

  public init(client: DynamoDBClient, table: String) {
    self.client = client
    self.table = table
    rows = ConditionalRows(client: client, table: table, keyName: "agentId")
  }

  public func row(_ agentID: String) async throws -> [String: AttributeValue]? {
    try await rows.row(agentID)
  }

  public func seededIDs() async throws -> Set<String> { try await row(SeedMemory.rowID).map(SeedMemory.ids) ?? [] }

  public func noteSeeded(_ ids: Set<String>) async throws {
    guard !ids.isEmpty else { return }
    let update = SeedMemory.update(ids, table: table)
    _ = try await rows.isMet {
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
    return try await rows.isMet { _ = try await client.transactWriteItems(input) }
  }

  public func update(
    _ agentID: String, expected: [String: AttributeValue?], changes: [String: AttributeValue?]
  ) async throws -> Bool {
    try await rows.update(agentID, expected: expected, changes: changes)
  }
}
