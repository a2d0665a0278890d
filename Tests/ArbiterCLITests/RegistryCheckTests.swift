import JSON
import Orchestration
import Testing

@testable import ArbiterCLI

struct RegistryCheckTests {
  private static func row(
    _ id: String, name: String? = nil, state: String = "active", tools: JSONValue = [], schema: JSONValue = ["type": "object"]
  ) -> JSONValue {
    [
      "agentId": .string(id), "state": .string(state), "categories": [],
      "config": ["name": .string(name ?? id), "kind": "prompt", "prompt": "You work.", "tools": tools, "schema": schema],
    ]
  }

  private static func problem(_ new: JSONValue..., into present: [JSONValue] = []) -> String? {
    do throws(AgentConfigurationError) { try RegistryCheck.check(new, into: present) } catch { return "\(error)" }
    return nil
  }

  @Test func goodRowsPass() {
    #expect(Self.problem(Self.row("a", tools: ["calculate"]), Self.row("b"), into: [Self.row("a"), Self.row("c")]) == nil)
  }

  @Test(arguments: [
    (row("a", tools: ["read_file"]), "config.tools", "read_file"),
    (row("a", tools: ["calculate", "calculate"]), "config.tools", "each tool once"),
    (row("a", schema: ["type": "array"]), "config.schema.type", "array"),
    (row("a", schema: ["type": "object", "$dynamicRef": "#x"]), "config.schema", "$dynamicRef"),
    (row("a", state: "inactive", schema: ["type": "object", "$dynamicRef": "#x"]), "config.schema", "$dynamicRef"),
    (row("a", state: "perhaps"), "state", "perhaps"),
    (["agentId": "", "state": "active"] as JSONValue, "agentId", "\"\""),
  ])
  func aRowThatCannotWorkIsNamed(_ row: JSONValue, _ field: String, _ value: String) {
    let told = Self.problem(row)
    #expect(told?.contains(field) == true && told?.contains(value) == true, "\(told ?? "nothing")")
  }

  @Test func aNameIsTakenOnlyOnce() {
    #expect(Self.problem(Self.row("b", name: "clerk"), into: [Self.row("a", name: "clerk")])?.contains("agent 'b'") == true)
    // The one that would lose is the one that is there.
    #expect(Self.problem(Self.row("a", name: "clerk"), into: [Self.row("b", name: "clerk")])?.contains("agent 'b'") == true)
    #expect(Self.problem(Self.row("b", name: "clerk", state: "inactive"), into: [Self.row("a", name: "clerk")]) == nil)
    #expect(Self.problem(Self.row("a", name: "clerk"), into: [Self.row("a", name: "clerk")]) == nil)
  }

  @Test func anIdIsTakenOnlyOnceInAFile() {
    #expect(Self.problem(Self.row("a"), Self.row("a"))?.contains("no other row of the file") == true)
  }

  @Test func aMemberThatNothingReadsIsToldWithTheNearestThatIsRead() {
    let row: JSONValue = [
      "agentId": "a", "state": "active", "catagories": [], "config": ["promt": "You work.", "tools": [], "colour": "blue"],
    ]
    #expect(
      RegistryCheck.unknownMembers(row) == [
        "agent 'a': nothing reads 'catagories'; did you mean 'categories'?",
        "agent 'a': nothing reads 'config.promt'; did you mean 'config.prompt'?", "agent 'a': nothing reads 'config.colour'",
      ])
    #expect(RegistryCheck.unknownMembers(Self.row("a")).isEmpty)
    #expect(
      RegistryCheck.unknownMembers(["agentId": "a", "config": #"{"toolz":[]}"#]) == [
        "agent 'a': nothing reads 'config.toolz'; did you mean 'config.tools'?"
      ])
  }

  @Test func rowsThatWereUnusableBeforeAreNobodysFault() {
    #expect(Self.problem(Self.row("a"), into: [Self.row("broken", tools: ["read_file"])]) == nil)
  }
}
