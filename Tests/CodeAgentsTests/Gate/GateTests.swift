import AWSClient
import AWSDoubles
import AgentKit
import JSON
import Orchestration
import Sandbox
import Synchronization
import Testing

@testable import CodeAgents

/// What a module may ask of its host, and what it is told when it may not.
@Suite struct GateTests {
  /// Makes one call of the host in an agent's run, and returns what the module would see: the answer, or the refusal.
  private func call(
    _ world: CodeWorld, _ name: String, _ input: JSONValue, config: JSONObject
  ) async throws -> JSONValue {
    try await world.register(
      "made",
      """
      try { return {answer: await host.callTool(input.name, input.input)} }
      catch (error) { return {code: error.code, message: error.message} }
      """, config: config)
    return try await world.answer("use-\(world.bus.events.count)", ["name": .string(name), "input": input]).data
  }

  @Test func `an input that breaks the tool's schema, and a path that leads elsewhere, are refused and audited`() async throws {
    let world = try CodeWorld()
    let wrong = try await call(world, "read_object", ["path": 1], config: ["tools": ["read_object"]])
    #expect(wrong["code"] == "invalid_input" && wrong["message"]?.stringValue?.contains("'/path': 1 is a number") == true)
    #expect(world.observer.audits.last?["decision"] == "deny" && world.observer.audits.last?["code"] == "invalid_input")
    let outside = try await call(world, "read_object", ["path": "../run-2/secret"], config: ["tools": ["read_object"]])
    #expect(outside["code"] == "invalid_path")
    // It was let through to the tool, which refused.
    #expect(world.observer.audits.last?["decision"] == "allow" && world.observer.audits.last?["code"] == "invalid_path")
    #expect(world.observer.counted("HostCallDenied") == 1)
  }

  @Test func `a call that was not granted reaches nothing, even if it reached the gate`() async throws {
    let world = try CodeWorld(
      runner: ScriptedRunner { _, _, host in
        do throws(HostCallError) { return .success(try await host.callTool("write_object", ["path": "x", "content": "y"])) } catch {
          return .success([.string(error.code)])
        }
      })
    try await world.register("made", "return 1", config: ["tools": ["calculate"]])
    #expect(try await world.answer().data == ["not_granted"])
    #expect(world.observer.audits.map { $0["decision"] } == ["deny"])
    #expect(!world.blobs.inner.keys.contains { $0.hasPrefix("workspaces/run-1") })
  }

  @Test func `calls that the sandbox denies are audited too`() async throws {
    let world = try CodeWorld()
    let answer = try await call(world, "write_object", ["path": "x", "content": "y"], config: ["tools": ["calculate"]])
    #expect(answer["code"] == "not_granted")
    let audit = try #require(world.observer.audits.first)
    #expect(audit["decision"] == "deny" && audit["tool"] == "write_object" && audit["code"] == "not_granted")
    #expect(world.observer.counted("HostCallDenied") == 1)
  }

  @Test func `converse that was not granted reaches no model`() async throws {
    let world = try CodeWorld(
      runner: ScriptedRunner { _, _, host in
        do throws(HostCallError) { return .success(try await host.converse(["prompt": "x"])) } catch {
          return .success(.string(error.code))
        }
      })
    try await world.register("made", "return 1")
    #expect(try await world.answer().data == "not_granted")
    #expect(world.model.requests.isEmpty)
  }

  @Test func `an answer that is too large is refused with the figures`() async throws {
    let world = try CodeWorld()
    try await world.blobs.put(
      key: "workspaces/shared/long.txt", bytes: Array(String(repeating: "x", count: 5_000).utf8), contentType: "text/plain")
    let answer = try await call(
      world, "read_object", ["path": "shared/long.txt"], config: ["tools": ["read_object"], "limits": ["hostCallBytes": 2_000]])
    #expect(answer["code"] == "result_too_large" && answer["message"]?.stringValue?.contains("2000") == true)
  }

  @Test func `a tool that does not answer in its time is given up`() async throws {
    let late: ScriptedModel.Script = { _, _ in
      try await Task.sleep(for: .seconds(600))
      return .saying("late")
    }
    let world = try CodeWorld(model: late) { (configuration: inout CodeAgentsConfiguration) in configuration.toolTimeoutMilliseconds = 50 }
    try await world.registerTool("slow", "await host.converse({prompt: 'x'})", config: ["capabilities": ["converse"]])
    let answer = try await call(world, "slow", [:], config: ["tools": ["slow"], "capabilities": ["converse"]])
    #expect(answer["code"] == "deadline_exceeded", "\(answer.text)")
  }

  // MARK: Tools that are modules

  @Test func `a tool that is a module runs with its own row's grants and limits, and its run stands in the record`() async throws {
    let world = try CodeWorld()
    try await world.registerTool(
      "double", "return {twice: (await host.callTool('calculate', {expression: input.n + ' * 2'})).result ?? null, at: host.now()}",
      config: [
        "tools": ["calculate"], "capabilities": ["now"], "schema": ["type": "object", "required": ["n"]],
        "limits": ["cpuMilliseconds": 200], "version": "4",
      ])
    let answer = try await call(world, "double", ["n": 21], config: ["tools": ["double", "calculate"], "capabilities": ["now"]])
    #expect(answer["answer"]?["at"]?.int64Value == world.clock.nowMilliseconds, "\(answer.text)")
    let missing = try await call(world, "double", [:], config: ["tools": ["double", "calculate"], "capabilities": ["now"]])
    #expect(missing["code"] == "invalid_input")
    #expect(world.observer.audits.compactMap { $0["module_chain"] } == [["double"]])
    let key = try #require(world.blobs.inner.keys.first { $0.hasPrefix("runs/") })
    let record = try JSONValue(parsing: try #require(try await world.blobs.inner.get(key: key)))
    #expect(record["toolRunCount"] == 1)
    #expect(record["toolRuns"]?.arrayValue?.first?["tool"] == "double" && record["toolRuns"]?.arrayValue?.first?["outcome"] == "success")
    #expect(record["toolRuns"]?.arrayValue?.first?["version"] == "4" && record["toolRuns"]?.arrayValue?.first?["hostCalls"] == 2)
    // And the record is one that can be read.
    #expect(try await world.records().count == 2)
  }

  @Test(
    arguments: [
      (["tools": ["calculate"]], "calculate"), (["capabilities": ["converse"]], "converse"),
      (["tools": ["calculate", "now"]], "calculate, now"),
    ] as [(JSONObject, String)])
  func `a tool never has more than who calls it`(grants: JSONObject, excess: String) async throws {
    let world = try CodeWorld()
    try await world.registerTool("greedy", "return 1", config: grants)
    let answer = try await call(world, "greedy", [:], config: ["tools": ["greedy"]])
    #expect(answer["code"] == "grants_exceeded")
    #expect(answer["message"]?.stringValue?.contains("needs \(excess), which 'made' has not been granted") == true, "\(answer.text)")
    #expect(world.observer.audits.last?["decision"] == "deny")
  }

  @Test func `a tool that failed, is switched off, unreadable or gone says which`() async throws {
    let world = try CodeWorld()
    try await world.registerTool("broken", "throw new Error('inside')")
    try await world.registerTool("off", "return 1", state: "inactive")
    try await world.registerTool("unsigned", "return 1", config: ["sha256": .null])
    try await world.registerTool("altered", "return 1", config: ["sha256": .string(String(repeating: "b", count: 64))])
    let tools: JSONValue = ["broken", "off", "unsigned", "altered", "gone"]
    let codes: [(String, String)] = [
      ("broken", "threw"), ("off", "tool_inactive"), ("unsigned", "tool_unreadable"), ("altered", "code_hash_mismatch"),
      ("gone", "unknown_tool"),
    ]
    for (name, code) in codes {
      let answer = try await call(world, name, [:], config: ["tools": tools])
      #expect(answer["code"] == .string(code), "\(name): \(answer.text)")
      #expect(answer["message"]?.stringValue?.contains(name) == true)
    }
  }

  @Test func `tools that call each other end at three, and never call themselves`() async throws {
    let world = try CodeWorld()
    let all: JSONValue = ["t1", "t2", "t3", "t4", "self"]
    for number in 1...4 {
      try await world.registerTool("t\(number)", "return await host.callTool('t\(number + 1)', {})", config: ["tools": all])
    }
    try await world.registerTool("self", "return await host.callTool('self', {})", config: ["tools": all])
    let deep = try await call(world, "t1", [:], config: ["tools": all])
    #expect(deep["message"]?.stringValue?.contains("too_deep") == true, "\(deep.text)")
    #expect(world.observer.audits.first { $0["code"] == "too_deep" }?["module_chain"] == ["t1", "t2", "t3"])
    let cycle = try await call(world, "self", [:], config: ["tools": all])
    #expect(cycle["message"]?.stringValue?.contains("tool_cycle") == true, "\(cycle.text)")
  }

  @Test func `a tool's calls of models are paid by its agent's task, and bounded by both rows`() async throws {
    let world = try CodeWorld()
    try await world.registerTool(
      "asker", "let n = 0; try { while (true) { await host.converse({prompt: 'x'}); n++ } } catch (error) { return {n, code: error.code} }",
      config: ["capabilities": ["converse"], "limits": ["turns": 2]])
    let config: JSONObject = ["tools": ["asker"], "capabilities": ["converse"], "limits": ["turns": 3]]
    #expect(try await call(world, "asker", [:], config: config)["answer"] == ["n": 2, "code": "turn_limit"])
    #expect(try world.completions.last?.usage?.inputTokens == 200)
    try await world.register(
      "made", "return [(await host.callTool('asker', {})).n, (await host.callTool('asker', {})).n]", config: config)
    #expect(try await world.answer("use-9").data == [2, 1])
  }
}
