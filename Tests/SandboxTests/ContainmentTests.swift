import JSON
import Sandbox
import Testing

@testable import HostileCorpus

/// The judge of the hostile modules has to be able to find them guilty.
@Suite("Containment")
struct ContainmentTests {
  private func hostile(_ expect: String, source: String = "export default () => 1;") throws -> HostileCase {
    try HostileCase(file: "case.js", bytes: Array("/*\n{\"attempt\": \"Tries.\", \"expect\": \(expect)}\n*/\n\(source)".utf8))
  }

  private func breaches(_ expect: String, _ seen: Containment.Observation) throws -> [String] {
    try hostile(expect).containment.breaches(seen, input: ["given": 1])
  }

  private static let threw = SandboxFailure(.threw, "Error: it was so", stack: "    at handler (/tmp/case.js:1:1)")

  @Test(
    "Accepts what was expected",
    arguments: [
      (#"{"failure": "threw", "message": "was so", "stackContains": "handler"}"#, Containment.Observation(outcome: .failure(threw))),
      (#"{"result": [1, {"a": null}]}"#, Containment.Observation(outcome: .success([1, ["a": nil]]))),
      (#"{"resultIsInput": true}"#, Containment.Observation(outcome: .success(["given": 1]))),
      (
        #"{"anyResult": true, "calls": 2, "callsOnlyTo": ["echo"], "logs": ["x"]}"#,
        Containment.Observation(outcome: .success(2), calls: ["echo", "echo"], logs: ["x"])
      ),
      (#"{"failure": "compile_error"}"#, Containment.Observation(outcome: .failure(SandboxFailure(.compileError, "no UTF-8")), locks: [])),
    ])
  func accepts(_ expect: String, _ seen: Containment.Observation) throws {
    #expect(try breaches(expect, seen) == [])
  }

  @Test(
    "Finds every difference",
    arguments: [
      (#"{"failure": "cpu_limit"}"#, Containment.Observation(outcome: .failure(threw))),
      (#"{"failure": "threw"}"#, Containment.Observation(outcome: .success(nil))),
      (#"{"failure": "threw", "message": "otherwise"}"#, Containment.Observation(outcome: .failure(threw))),
      (#"{"failure": "threw", "messageBytesAtMost": 10}"#, Containment.Observation(outcome: .failure(threw))),
      (#"{"failure": "threw", "stackContains": "main"}"#, Containment.Observation(outcome: .failure(threw))),
      (#"{"failure": "threw", "stackLacks": ["/tmp"]}"#, Containment.Observation(outcome: .failure(threw))),
      (#"{"result": 1}"#, Containment.Observation(outcome: .failure(threw))),
      (#"{"result": 1}"#, Containment.Observation(outcome: .success(2))),
      (#"{"resultIsInput": true}"#, Containment.Observation(outcome: .success(["given": 2]))),
      (#"{"anyResult": true}"#, Containment.Observation(outcome: .failure(threw))),
      (#"{"anyResult": true}"#, Containment.Observation(outcome: .success(1), locks: SandboxLock.allCases.filter { $0 != .dumpable })),
      (#"{"anyResult": true, "calls": 0}"#, Containment.Observation(outcome: .success(1), calls: ["echo"])),
      (#"{"anyResult": true, "callsAtMost": 1}"#, Containment.Observation(outcome: .success(1), calls: ["echo", "echo"])),
      (#"{"anyResult": true, "callsOnlyTo": ["echo"]}"#, Containment.Observation(outcome: .success(1), calls: ["large"])),
      (#"{"anyResult": true, "logs": []}"#, Containment.Observation(outcome: .success(1), logs: ["x"])),
    ])
  func finds(_ expect: String, _ seen: Containment.Observation) throws {
    #expect(try breaches(expect, seen).count == 1)
  }

  @Test(
    "Refuses a case that would test nothing",
    arguments: [#"{}"#, #"{"failures": "threw"}"#, #"{"result": 1, "cals": 0}"#])
  func refuses(_ expect: String) {
    #expect(throws: HostileCase.Unusable.self) { try hostile(expect) }
  }

  @Test("Puts bytes into a source that no text file has")
  func putsBytes() throws {
    let text = """
      /*
      {
        "attempt": "Has them.",
        "bytes": {"begin": {"hex": "efbbbf"}, "@NUL@": {"hex": "00"}, "@MANY@": {"text": "n#;", "times": 3, "numbered": true}},
        "expect": {"anyResult": true}
      }
      */
      a@NUL@b@MANY@
      """
    let hostile = try HostileCase(file: "case.js", bytes: Array(text.utf8))
    #expect(hostile.module.source == [0xEF, 0xBB, 0xBF] + Array("a\0bn0;n1;n2;".utf8))
  }
}
