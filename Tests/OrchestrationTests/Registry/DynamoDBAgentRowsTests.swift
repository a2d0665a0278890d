import AWSClient
import AWSDoubles
import JSON
import Testing

@testable import Orchestration

/// How the registry is read from its table.
@Suite struct DynamoDBAgentRowsTests {
  private func rows(_ items: [DynamoDBDouble.Item], pageSize: Int = 1_000) throws -> (DynamoDBAgentRows, DynamoDBDouble) {
    let double = DynamoDBDouble(keyNames: ["agents": "agentId"], pageSize: pageSize)
    for item in items { double.put(item, into: "agents") }
    return (DynamoDBAgentRows(client: try double.client, table: "agents"), double)
  }

  private func item(_ id: String, config: JSONObject = [:], _ more: DynamoDBDouble.Item = [:]) -> DynamoDBDouble.Item {
    var members: JSONObject = [
      "kind": ["S": "prompt"], "prompt": ["S": "You help."], "schema": ["M": ["type": ["S": "object"]]],
    ]
    for (name, value) in config { members[name] = value }
    var item: DynamoDBDouble.Item = ["agentId": ["S": .string(id)], "state": ["S": "active"], "config": ["M": .object(members)]]
    item.merge(more) { $1 }
    return item
  }

  @Test func `all pages of the table are read`() async throws {
    let ids = (0..<25).map { "agent-\($0)" }
    let (rows, double) = try rows(ids.map { item($0) }, pageSize: 10)
    #expect(Set(try await rows.rows().compactMap { $0["agentId"]?.stringValue }) == Set(ids))
    #expect(double.count(of: "Scan") == 3)
    let directory = AgentDirectory(rows: try await rows.rows())
    #expect(directory.entries.count == 25 && directory.rejected.isEmpty)
  }

  @Test func `sets are lists, at every level`() async throws {
    let (rows, _) = try rows([
      item(
        "writer", config: ["tools": ["SS": ["calculate", "query_table"]], "notes": ["L": [["NS": ["1", "2.5"]]]]],
        ["categories": ["SS": ["a", "b"]]])
    ])
    let row = try #require(try await rows.row("writer"))
    #expect(row["config"]?["notes"]?.text == "[[1,2.5]]")
    let agent = try AgentConfiguration(row: row)
    #expect(agent.tools == ["calculate", "query_table"])
    #expect(agent.categories == ["a", "b"])
  }

  @Test(
    arguments: [
      (["config": ["B": "AAEC"]], "config", "binary data of 3 bytes"),
      (["state": ["BS": ["AAEC"]]], "state", "a set of binary data with 1 elements"),
      (["categories": ["L": [["B": "AAEC"]]]], "categories", "binary data of 3 bytes"),
    ] as [(DynamoDBDouble.Item, String, String)])
  func `what JSON cannot hold is named where it stands`(change: DynamoDBDouble.Item, field: String, value: String) async throws {
    let (rows, _) = try rows([item("writer", change)])
    let row = try #require(try await rows.row("writer"))
    let error = #expect(throws: AgentConfigurationError.self) { try AgentConfiguration(row: row) }
    #expect(error?.problem.field == field)
    #expect(error?.problem.value.contains(value) == true)
  }

  @Test(arguments: ["prompt", "tools", "model", "description", "limits", "schema", "name"])
  func `binary data fits no field of a configuration`(field: String) async throws {
    let binary: JSONValue = ["B": "AAEC"]
    let (rows, _) = try rows([item("writer", config: JSONObject([(field, binary)]))])
    let row = try #require(try await rows.row("writer"))
    let error = #expect(throws: AgentConfigurationError.self) { try AgentConfiguration(row: row) }
    #expect(error?.problem.field == "config.\(field)")
  }

  @Test func `the configuration as JSON text is read as it is`() async throws {
    let text = #"{"kind":"prompt","prompt":"p","schema":{"type":"object"},"limits":{"turns":2}}"#
    let (rows, _) = try rows([item("writer", ["config": ["S": .string(text)]])])
    #expect(try AgentConfiguration(row: try #require(try await rows.row("writer"))).limits.turns == 2)
    #expect(try await rows.row("nobody") == nil)
  }

  @Test func `the deployment's own row is no agent`() async throws {
    let (rows, _) = try rows([item("writer"), ["agentId": ["S": "#seeded"], "state": ["S": "inactive"], "seeded_ids": ["SS": ["writer"]]]])
    #expect(try await rows.rows().map { $0["agentId"] } == ["writer"])
    #expect(try await rows.row("#seeded") == nil)
  }
}
