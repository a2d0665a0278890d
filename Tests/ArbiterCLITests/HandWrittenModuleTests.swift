import AWSClient
import AgentKit
import CodeAgents
import JSON
import Orchestration
import Sandbox
import Testing

@testable import ArbiterCLI

/// `arbiter agents put --module`.
struct HandWrittenModuleTests {
  private static let source = Array("export default () => 1".utf8)

  private static func row(_ id: String = "sum", _ config: JSONObject = [:]) -> JSONValue {
    var complete: JSONObject = ["name": "sum", "description": "Adds.", "schema": ["type": "object"]]
    for (name, value) in config { complete[name] = value }
    return ["agentId": .string(id), "config": .object(complete), "state": "active", "categories": []]
  }

  @Test func theRowNamesTheModuleByItsHash() async throws {
    let module = try HandWrittenModule(row: Self.row(), path: "row.json", source: Self.source, file: "sum.js")
    let agent = try AgentConfiguration(row: module.row)
    let sha256 = try ContentHash.sha256(Self.source)
    #expect(agent.kind == .code)
    #expect(agent.filename == "sum/\(sha256).js")
    #expect(agent.sha256 == sha256)
    try agent.checkForWorker()
    let blobs = InMemoryBlobStore()
    let versions = VersionStore(blobs: blobs, clock: AgentKit.SystemClock())
    #expect(try await module.publish(versions) == "agents/sum/\(sha256).js")
    // A second time it is the same object.
    #expect(try await module.publish(versions) == "agents/sum/\(sha256).js")
    #expect(blobs.keys == ["agents/sum/\(sha256).js"])
  }

  @Test func aModuleThatDoesNotCompileIsToldWithItsLine() {
    let failure = SandboxFailure(.compileError, "SyntaxError: Unexpected identifier 'b'", stack: "    at sum.js:3:16\n")
    #expect(HandWrittenModule.refusal(failure, file: "sum.js") == "sum.js: SyntaxError: Unexpected identifier 'b'\n  at sum.js:3:16")
    #expect(HandWrittenModule.refusal(SandboxFailure(.compileError, "no export"), file: "sum.js") == "sum.js: no export")
  }

  @Test func toolsThatAreNotBuiltInAreLookedForInTheRegistry() {
    let config: JSONValue = ["tools": ["query_table", "csv-median"]]
    #expect(HandWrittenModule.registryTools(of: ["config": config]) == ["csv-median"])
    #expect(HandWrittenModule.registryTools(of: ["config": .string(config.text)]) == ["csv-median"])
    #expect(HandWrittenModule.registryTools(of: ["config": [:]]).isEmpty)
  }

  @Test func anotherKindHasNoModule() {
    #expect {
      try HandWrittenModule(row: Self.row("sum", ["kind": "prompt"]), path: "row.json", source: Self.source, file: "sum.js")
    } throws: {
      "\($0)".contains("row.json") && "\($0)".contains("'prompt'")
    }
  }

  @Test(arguments: ["../sum", "Sum", ""]) func anIdThatIsNoFolderIsRefused(_ id: String) {
    #expect { try HandWrittenModule(row: Self.row(id), path: "row.json", source: Self.source, file: "sum.js") } throws: {
      "\($0)".contains(CodeIdentifier.rule)
    }
  }
}

/// What this machine's sandbox may do without.
struct SandboxOfThisMachineTests {
  @Test func locksAreRequiredUnlessSomebodySaysOtherwise() throws {
    _ = try Sandbox.local([:])
    _ = try Sandbox.local(["SANDBOX_LOCKS": "available"])
    #expect { try Sandbox.local(["SANDBOX_LOCKS": "none"]) } throws: { "\($0)".contains("SANDBOX_LOCKS") && "\($0)".contains("available") }
  }
}
