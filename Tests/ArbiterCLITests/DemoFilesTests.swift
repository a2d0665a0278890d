import AgentKit
import JSON
import LocalCloud
import Orchestration
import Testing

@testable import ArbiterCLI

/// The files of Demo/ fit what reads them.
struct DemoFilesTests {
  private static let folder = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Demo"

  @Test func theScenarioCanBeRead() throws {
    #expect(try Scenario(json: try Files.read(Self.folder + "/scenario.json")).name == "demo")
  }

  @Test func everyAgentCanBeUsed() throws {
    let rows = try #require(try JSONValue(parsing: try Files.read(Self.folder + "/agents.json")).arrayValue)
    #expect(rows.count == 3)
    for row in rows {
      let agent = try AgentConfiguration(row: row)
      #expect(agent.kind == .prompt)
      #expect(agent.state == .active)
      #expect(!agent.description.isEmpty)
      _ = try JSONSchema(compiling: agent.schema)
      #expect(Set(agent.tools).isSubset(of: BuiltInTools.names), "\(agent.agentID): \(agent.tools)")
    }
  }
}
