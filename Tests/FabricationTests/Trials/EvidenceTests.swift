import CodeAgents
import JSON
import Sandbox
import Testing

/// The rule of activation, condition by condition.
@Suite struct EvidenceTests {
  private static let passing = Evidence.CaseResult(
    trial: TrialCase(name: "good", input: [:], expectation: .equals(1)), outcome: .result(1), problem: nil)
  private static let refusal = Evidence.CaseResult(
    trial: TrialCase(name: "bad", input: 5, expectation: .refuses), outcome: .refusedBySchema("no object"), problem: nil)
  private static let capabilities = Capabilities(tools: ["calculate"], functions: [.now])

  private static func evidence(_ change: (inout Evidence) -> Void = { _ in }) -> Evidence {
    var evidence = Evidence(
      sha256: "aa", schema: ["type": "object"], capabilities: capabilities, cases: [passing, refusal], toolsUsed: ["calculate"],
      functionsUsed: [.now], testedAtMilliseconds: 0)
    change(&evidence)
    return evidence
  }

  private static func subject(_ change: (inout TrialSubject) -> Void = { _ in }) -> TrialSubject {
    var subject = TrialSubject(
      id: "a", module: SandboxModule(name: "a.js", source: []), schema: ["type": "object"], description: "Does it.",
      capabilities: capabilities)
    change(&subject)
    return subject
  }

  @Test func `a draft with all that is asked for has no problem`() {
    #expect(Self.evidence().problems(declaring: Self.subject(), sha256: "aa").isEmpty)
  }

  @Test func `each condition that is not met is a sentence of its own`() {
    let failing = Evidence.CaseResult(
      trial: TrialCase(name: "edge", input: [:], expectation: .equals(2)), outcome: .result(1), problem: "the result is 1, expected 2")
    let table: [(String, Evidence)] = [
      ("The module cannot be run: ", Self.evidence { $0.compileFailure = SandboxFailure(.compileError, "unexpected token") }),
      ("The schema is not valid: ", Self.evidence { $0.schemaProblem = "type" }),
      ("There is no tool 'calculate'", Self.evidence { $0.missingTools = ["calculate"] }),
      ("No case with a result has passed", Self.evidence { $0.cases = [Self.refusal] }),
      ("No case shows that bad input is refused", Self.evidence { $0.cases = [Self.passing] }),
      ("The case 'edge' fails: the result is 1, expected 2", Self.evidence { $0.cases.append(failing) }),
      ("The module calls 'read_object', which is not granted", Self.evidence { $0.callsNotGranted = ["read_object"] }),
      ("The tool 'calculate' is declared and no case used it", Self.evidence { $0.toolsUsed = [] }),
      ("The capability 'now' is declared and no case used it", Self.evidence { $0.functionsUsed = [] }),
    ]
    for (sentence, evidence) in table {
      let problems = evidence.problems(declaring: Self.subject(), sha256: "aa")
      #expect(problems.count == 1 && problems[0].hasPrefix(sentence), "\(problems)")
    }
    let undescribed = Self.evidence().problems(declaring: Self.subject { $0.description = " \n" }, sha256: "aa")
    #expect(undescribed.count == 1 && undescribed[0].hasPrefix("The description is empty"))
  }

  @Test func `evidence holds for these bytes, this schema and these grants alone`() {
    let evidence = Self.evidence()
    #expect(evidence.problems(declaring: Self.subject(), sha256: "bb").first?.hasPrefix("The test was of other code") == true)
    #expect(
      evidence.problems(declaring: Self.subject { $0.schema = ["type": "object", "required": ["x"]] }, sha256: "aa").first?
        .hasPrefix("The test was of another schema") == true)
    for capabilities in [
      Capabilities(), Capabilities(tools: ["calculate"]), Capabilities(tools: ["calculate", "http_get"], functions: [.now]),
      Capabilities(tools: ["calculate"], functions: [.now, .converse]),
    ] {
      let problems = evidence.problems(declaring: Self.subject { $0.capabilities = capabilities }, sha256: "aa")
      #expect(problems.count == 1 && problems[0].hasPrefix("The test granted other things (calculate, now)"), "\(problems)")
    }
    // In another order it is the same.
    let more = Self.evidence {
      $0.capabilities = Capabilities(tools: ["a", "b"])
      $0.toolsUsed = ["a", "b"]
      $0.functionsUsed = []
    }
    #expect(more.problems(declaring: Self.subject { $0.capabilities = Capabilities(tools: ["b", "a"]) }, sha256: "aa").isEmpty)
  }

  @Test func `cases that cannot be read say what is wrong`() {
    let table: [(JSONValue, String)] = [
      (["input": 1], "A case needs a 'name'"), (["name": "a"], "The case 'a' needs an 'input'"),
      (["name": "a", "input": 1], "The case 'a' needs exactly one of 'equals', 'matches' and 'refuses'; it has 0"),
      (
        ["name": "a", "input": 1, "equals": 1, "refuses": true],
        "The case 'a' needs exactly one of 'equals', 'matches' and 'refuses'; it has 2"
      ),
      (["name": "a", "input": 1, "equals": 1, "now": "soon"], "The case 'a' has the time \"soon\""),
      (["name": "a", "input": 1, "equals": 1, "files": ["f": 1]], "In the case 'a', 'files' has no text for 'f'"),
      (["name": "a", "input": 1, "equals": 1, "replies": [1]], "The case 'a' has a reply that is no text"),
    ]
    for (json, message) in table {
      do throws(TrialCaseError) {
        _ = try TrialCase(json: json)
        Issue.record("\(json) was read")
      } catch {
        #expect(error.message.hasPrefix(message), "\(error)")
      }
    }
  }
}
