import AgentKit
import CodeAgents
import JSON
import Sandbox
import Testing

@testable import ArbiterCLI

/// `arbiter agents test`: what is read, and what is said of it.
struct RegistryTestTests {
  private static func cases(_ text: String) throws -> [TrialCase] { try RegistryTest.cases(try JSONValue(parsing: text), path: "c.json") }

  @Test func casesAreAListOrTheMemberOfAnObject() throws {
    let list = #"[{"name": "a", "input": {}, "refuses": true}]"#
    #expect(try Self.cases(list).map(\.name) == ["a"])
    #expect(try Self.cases("{\"cases\": \(list)}").map(\.name) == ["a"])
  }

  @Test(arguments: [("[]", "expected a list"), ("{}", "expected a list"), (#"[{"name": "a", "input": {}}]"#, "exactly one of")])
  func aFileThatHasNoCasesSaysWhatItLacks(_ text: String, _ told: String) {
    #expect { try Self.cases(text) } throws: { "\($0)".contains("c.json") && "\($0)".contains(told) }
  }

  @Test func aModuleOfWhichNothingIsSaidIsGrantedEverything() throws {
    let json = try JSONValue(parsing: #"[{"name": "a", "input": {}, "refuses": true}]"#)
    let trial = try RegistryTest.handWritten("dir/sum.js", source: [], cases: json, path: "c.json")
    #expect(trial.subject.id == "sum")
    #expect(trial.subject.module.name == "sum.js")
    #expect(trial.subject.capabilities.tools == BuiltInTools.names)
    #expect(trial.subject.capabilities.functions == Capabilities.Function.allCases)
  }

  @Test func aFileMayGrantLessAndLimitMore() throws {
    let json = try JSONValue(
      parsing:
        #"{"tools": ["calculate"], "capabilities": [], "limits": {"hostCalls": 3}, "cases": [{"name": "a", "input": {}, "refuses": true}]}"#
    )
    let trial = try RegistryTest.handWritten("sum.js", source: [], cases: json, path: "c.json")
    #expect(trial.subject.capabilities == Capabilities(tools: ["calculate"]))
    #expect(trial.limits.hostCalls == 3)
    #expect(trial.limits.memoryBytes == SandboxLimits().memoryBytes)
  }

  @Test func outcomesAreAlignedAndFailuresExplained() {
    let evidence = Evidence(
      sha256: "", schema: [:], capabilities: Capabilities(),
      cases: [
        Evidence.CaseResult(trial: TrialCase(name: "a", input: [:], expectation: .equals(1)), outcome: .result(1), problem: nil),
        Evidence.CaseResult(
          trial: TrialCase(name: "long name", input: [:], expectation: .equals(1)),
          outcome: .failure(SandboxFailure(.threw, "Error: no", stack: "at handler (m.js:1:2)")), problem: "threw: Error: no",
          calls: [Evidence.HostCall(function: "callTool", name: "read_object", refusal: "not_found")], log: ["hello"]),
      ], testedAtMilliseconds: 0)
    #expect(
      RegistryTest.lines(evidence, .standard) == [
        "  ✓ a          1", "  ✗ long name  threw: Error: no", "      at handler (m.js:1:2)", "      called  read_object (not_found)",
        "      log     hello", "1 of 2 cases failed",
      ])
  }

  @Test func aModuleThatDoesNotRunSaysWhere() {
    let evidence = Evidence(
      sha256: "", schema: [:], capabilities: Capabilities(),
      compileFailure: SandboxFailure(.compileError, "unexpected token", stack: "at m.js:3:1"), testedAtMilliseconds: 0)
    #expect(RegistryTest.lines(evidence, .standard) == ["the module does not run: unexpected token", "    at m.js:3:1"])
  }
}
