import JSON
import Orchestration
import TestSupport
import Testing

@Suite struct SeedRequestTests {
  func request(_ properties: JSONObject, old: JSONObject? = nil) throws -> SeedRequest {
    try SeedRequest(properties: properties, oldProperties: old, fabricatorQueueURL: "https://queue")
  }

  @Test(arguments: ["custom-resource-create", "custom-resource-update"])
  func theSampleEventsAskForTheirAgents(name: String) throws {
    let event = try JSONValue(parsing: SampleEvents.bytes(name))
    let request = try request(
      try #require(event["ResourceProperties"]?.objectValue), old: event["OldResourceProperties"]?.objectValue)
    #expect(request.seeds.map(\.agentID) == ["fabricator", "sample-agent"])
    #expect(request.formerAgentIDs == (name.hasSuffix("update") ? ["fabricator", "sample-agent"] : []))
  }

  @Test func demoAgentsCanBeLeftOut() throws {
    let agents: JSONValue = .string(JSONValue.array([AgentSeederTests.row()]).text)
    #expect(try request(["Agents": agents, "DemoAgents": "false"]).seeds.map(\.agentID) == ["fabricator"])
    #expect(try request(["Agents": agents, "DemoAgents": "true"]).seeds.map(\.agentID) == ["fabricator", "writer"])
    #expect(try request(["Agents": ""]).seeds.map(\.agentID) == ["fabricator"])
  }

  @Test(
    arguments: [
      (["Agents": "[{"], "Agents"), (["Agents": "{}"], "Agents"), (["Agents": ["x"]], "Agents"), (["Agents": "[1]"], "Agents[0].agentId"),
      (["Agents": #"[{"agentId":"a","state":"active","config":{"kind":"prompt","schema":{}}}]"#], "Agents[0].config.prompt"),
      (["Agents": #"[{"agentId":"a","state":"asleep","config":{"schema":{}}}]"#], "Agents[0].state"),
      (["DemoAgents": "yes"], "DemoAgents"),
      (
        ["Agents": #"[{"agentId":"fabricator","state":"active","config":{"kind":"prompt","prompt":"p","schema":{"type":"object"}}}]"#],
        "Agents[0].agentId"
      ),
      (
        [
          "Agents":
            #"[{"agentId":"a","state":"active","config":{"kind":"prompt","prompt":"p","schema":{"type":"object","maximum":1e300}}}]"#
        ],
        "Agents[0]"
      ),
    ] as [(JSONObject, String)])
  func malformedPropertiesAreNamedBeforeAnythingIsWritten(properties: JSONObject, field: String) {
    let error = #expect(throws: WireError.self) { try request(properties) }
    #expect(error?.field == field)
  }

  private static let usable: JSONValue = AgentSeederTests.row()

  @Test(
    arguments: [
      (["schema": ["type": "array"]], "config.schema.type", "\"array\""),
      (["schema": ["type": "object", "$dynamicRef": "#a"]], "config.schema", "$dynamicRef"),
      (["tools": ["query_table", "read_file"]], "config.tools", "read_file"),
      (["limits": ["budgetUSD": 1]], "config.limits.budgetUSD", "1"),
      (["name": "fabricator"], "config.name", "fabricator"), (["name": "writer"], "config.name", "writer"),
    ] as [(JSONObject, String, String)])
  func rowsThatCouldNeverWorkAreNamedBeforeAnythingIsWritten(changes: JSONObject, field: String, value: String) throws {
    let rows = [Self.usable, AgentSeederTests.row("second", extra: changes)]
    let error = #expect(throws: WireError.self) { try request(AgentSeederTests.properties(rows)) }
    #expect(error?.field == "Agents[1].\(field)")
    #expect(error?.value.contains(value) == true)
  }

  @Test func aNameMayBeTakenByAnAgentThatIsNotActive() throws {
    var second = try #require(AgentSeederTests.row("second", extra: ["name": "writer"]).objectValue)
    second["state"] = "inactive"
    #expect(try request(AgentSeederTests.properties([Self.usable, .object(second)])).seeds.count == 3)
  }

  @Test func theDeploymentsOwnRowIsNoAgent() throws {
    let error = #expect(throws: WireError.self) { try request(AgentSeederTests.properties([AgentSeederTests.row("#seeded")])) }
    #expect(error?.field == "Agents[0].agentId")
  }

  @Test func formerPropertiesThatWereRefusedBroughtNothing() throws {
    #expect(try request([:], old: ["Agents": "[{"]).formerAgentIDs == ["fabricator"])
  }
}
