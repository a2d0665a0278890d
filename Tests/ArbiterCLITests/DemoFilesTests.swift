import AgentKit
import JSON
import LocalCloud
import Orchestration
import Testing

@testable import ArbiterCLI

/// The files of Demo/ fit what reads them.
struct DemoFilesTests {
  private static let folder = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Demo"

  @Test(arguments: [("scenario.json", "demo"), ("fabricate/scenario.json", "fabricate")])
  func theScenarioCanBeRead(_ file: String, _ name: String) throws {
    let path = "\(Self.folder)/\(file)"
    #expect(try Files.scenario(try Files.read(path), of: path).name == name)
  }

  /// A request of somebody else must not be answered with the demo's agent.
  @Test func theScriptedFabricatorKnowsTheDemosRequestOnly() throws {
    let scenario = try JSONValue(parsing: try Files.read(Self.folder + "/fabricate/scenario.json"))
    let rules = (scenario["rules"]?.arrayValue ?? []).filter { $0["name"]?.stringValue?.hasPrefix("the fabricator") == true }
    #expect(rules.count == 8)
    let request = scenario["rules"]?[0]?["reply"]?["toolUses"]?[0]?["input"]?["taskDetails"]?.stringValue ?? ""
    for rule in rules {
      let text = try #require(rule["when"]?["user"]?.stringValue, "\(rule["name"]?.text ?? "")")
      #expect(request.lowercased().contains(text.lowercased()))
    }
  }

  /// An edited draft is another scenario.
  @Test func theFilesOfAScenarioAreKnown() throws {
    let path = Self.folder + "/fabricate/scenario.json"
    let named = Files.named(inScenario: try Files.read(path), of: path)
    #expect(named == ["reconciler.draft.js", "reconciler.js"].map { "\(Self.folder)/fabricate/\($0)" })
    #expect(Files.named(inScenario: Array("{".utf8), of: path).isEmpty)
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
