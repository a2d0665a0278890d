import AWSClient

/// The row of the agent registry that keeps the ids of all agents that deployments have ever brought along.
///
/// An agent whose id is there and whose row is not was removed on purpose. What a deployment asked for before does not tell as much: after a
/// roll-back it is what the failed deployment asked for.
enum SeedMemory {
  /// No agent has this id. The row is in state `inactive`, so that readers of the registry that do not know it pass it over.
  static let rowID = "#seeded"
  static let idsAttribute = "seeded_ids"

  static func ids(_ row: [String: AttributeValue]) -> Set<String> { Set(row[idsAttribute]?.stringSetValue ?? []) }

  /// Adds ids, which is the same however often it is done, and makes the row where there is none.
  static func update(_ ids: Set<String>, table: String) -> TransactUpdate {
    TransactUpdate(
      tableName: table, key: ["agentId": .string(rowID)], updateExpression: "SET #state = :inactive ADD \(idsAttribute) :ids",
      expressionAttributeNames: ["#state": "state"],
      expressionAttributeValues: [":inactive": .string(AgentConfiguration.State.inactive.rawValue), ":ids": .stringSet(ids.sorted())])
  }
}
