import AWSClient
import CodeAgents
import JSON
import Orchestration
import Testing

@testable import Fabrication

/// What is there already is found.
@Suite struct SearchTests {
  private func ranked(_ query: String, _ texts: (String, String)...) -> [String] {
    RankedSearch(texts.map { RankedSearch.Document(name: $0.0, text: $0.1) }).ranked(query).map { texts[$0.index].0 }
  }

  @Test func `the most telling words decide, names before texts`() {
    let found = ranked(
      "median of a column of a CSV file", ("csv-reader", "Reads a CSV file."),
      ("csv-median", "Computes the median of a column of a CSV file."),
      ("median-house", "Finds houses."), ("weather", "Tells the weather."))
    #expect(found.first == "csv-median")
    #expect(!found.contains("weather"))
    #expect(Set(found) == ["csv-median", "csv-reader", "median-house"])
  }

  @Test func `plurals, cases and joined names do not matter`() {
    #expect(ranked("OUTLIERS in columns", ("csv_outlier", "Finds an outlier of one column.")) == ["csv_outlier"])
    #expect(ranked("the of and", ("a", "The tool of the agent and that.")).isEmpty)
    #expect(ranked("", ("a", "b")).isEmpty)
    #expect(ranked("größe", ("masse", "Die Größe eines Werts.")) == ["masse"])
  }

  @Test func `of two as good ones the first comes first`() {
    #expect(ranked("sum", ("one", "sum"), ("two", "sum")) == ["one", "two"])
  }

  @Test func `an agent that another fabrication made meanwhile is found, and completes the task`() async throws {
    let first = try FabricationWorld(script: Modules.script())
    try await first.ask()
    let row = try #require(first.transport.item(["agentId": "word-count"], in: "agents"))
    let world = try FabricationWorld(
      script: Modules.steps(Modules.upload(), ("search_agents", ["query": "count words"]), Modules.complete()))
    let transport = world.transport
    transport.onRequest { if $0 == "bedrock-runtime ConverseStream", transport.requests.count == 1 { transport.put(row, into: "agents") } }
    try await world.ask(toolUseID: "use-2")
    #expect(world.text(atTurn: 2).contains("\"id\":\"word-count\""), "\(world.text(atTurn: 2))")
    let completion = try #require(try world.completions.first)
    #expect(completion.status == .success && completion.data["reused"] == true && completion.registryChanged, "\(completion)")
  }

  @Test func `an agent that has been quarantined meanwhile completes no task`() async throws {
    let first = try FabricationWorld(script: Modules.script())
    try await first.ask()
    var row = try #require(first.transport.item(["agentId": "word-count"], in: "agents"))
    let world = try FabricationWorld(script: Modules.steps(Modules.complete()))
    world.transport.put(row, into: "agents")
    row["state"] = "quarantined"
    let (transport, quarantined) = (world.transport, row)
    transport.onRequest { if $0 == "bedrock-runtime ConverseStream" { transport.put(quarantined, into: "agents") } }
    try await world.ask(toolUseID: "use-2")
    #expect(world.text(atTurn: 1).hasPrefix("no_such_agent: "), "\(world.text(atTurn: 1))")
    #expect(try world.completions.map(\.status) == [.error])
  }

  @Test func `agents that are not in use, and those that are built in, are not offered`() async throws {
    func row(_ id: String, state: String, categories: [AttributeValue] = []) -> [String: AttributeValue] {
      [
        "agentId": .string(id), "state": .string(state), "categories": .list(categories),
        "config": [
          "name": .string(id), "description": "Computes the median of a column.", "schema": ["type": "object"], "kind": "prompt",
          "prompt": "You compute.",
        ],
      ]
    }
    let world = try FabricationWorld(script: Modules.steps(("search_agents", ["query": "median of a column"])))
    for (id, state) in [("on", "active"), ("off", "inactive"), ("waits", "pending"), ("broken", "quarantined"), ("away", "maintenance")] {
      world.transport.put(row(id, state: state), into: "agents")
    }
    world.transport.put(row("house", state: "active", categories: ["built-in"]), into: "agents")
    try await world.ask()
    let found = try JSONValue(parsing: world.text(atTurn: 1))["found"]?.arrayValue ?? []
    #expect(found.map { $0["id"] } == ["on"] && found.first?["kind"] == "agent")
  }
}
