public import AWSClient
public import JSON
import Orchestration

/// Reads single rows of the tools table.
public protocol ToolRowReader: Sendable {
  /// The row `{toolId, config, state}`; nil when there is none of that id.
  func row(_ toolID: String) async throws -> JSONValue?
}

/// For deployments without a tools table.
public struct NoToolRows: ToolRowReader {
  public init() {}
  public func row(_ toolID: String) async throws -> JSONValue? { nil }
}

/// The rows of the tools table in DynamoDB.
public struct DynamoDBToolRows: ToolRowReader {
  private let client: DynamoDBClient
  private let table: String

  public init(client: DynamoDBClient, table: String) {
    self.client = client
    self.table = table
  }

  public func row(_ toolID: String) async throws -> JSONValue? {
    let output = try await client.getItem(GetItemInput(tableName: table, key: ["toolId": .string(toolID)], consistentRead: true))
    return output.item.map { DynamoDBAgentRows.json($0) }
  }
}
