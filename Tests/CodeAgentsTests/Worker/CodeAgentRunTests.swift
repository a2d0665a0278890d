import AWSClient
import AWSDoubles
import AgentKit
import JSON
import LambdaRuntime
import Orchestration
import Sandbox
import Synchronization
import Testing

@testable import CodeAgents

/// Agents of kind code, run in the sandbox as functions run them.
@Suite struct CodeAgentRunTests {
  // MARK: Success

  @Test func `an agent runs with its tools, its model and its host, and its answer is published with what it spent`() async throws {
    let world = try CodeWorld()
    try await world.blobs.put(
      key: "workspaces/shared/sales.csv", bytes: Array("region,amount\nnorth,1\nnorth,2\n".utf8), contentType: "text/csv")
    try await world.register(
      "made",
      """
      const table = await host.callTool("query_table", {path: input.path, aggregates: [{function: "sum", column: "amount", as: "total"}]});
      const said = await host.converse({prompt: "Say yes"});
      host.log("total", table.rows[0].total);
      return {total: table.rows[0].total, said: said.text, stop: said.stopReason, tokens: said.usage.totalTokens, now: host.now(),
        random: host.random() < 1};
      """, config: ["tools": ["query_table"], "capabilities": ["converse", "log", "now", "random"], "version": "7"])
    let answer = try await world.answer("use-1", ["path": "shared/sales.csv"])
    #expect(answer.status == .success, "\(answer.message ?? "")")
    #expect(
      answer.data == [
        "total": 3, "said": "yes", "stop": "end_turn", "tokens": 120, "now": .number(world.clock.nowMilliseconds), "random": true,
      ])
    #expect(answer.usage?.inputTokens == 100 && answer.usage?.outputTokens == 20 && (answer.usage?.costMicroUSD ?? 0) > 0)
    #expect(answer.codeVersion?.version == "7" && answer.codeVersion?.failuresBefore == 0)
    #expect(answer.codeVersion?.sha256.utf8.count == 64)
    let request = try #require(world.model.requests.first)
    #expect(request.messages == [.user("Say yes")] && request.inferenceConfiguration?.maxTokens == 2_048)
    #expect(world.observer.lines.contains { $0.message == "the module logs" && $0.fields["log"] == "total 3" })
    // Each call has left its audit record.
    #expect(world.observer.audits.map { $0["function"] } == ["callTool", "converse"])
    #expect(world.observer.audits.allSatisfy { $0["decision"] == "allow" && $0["node"] == "made" && $0["agent_use_id"] == "use-1" })
    #expect(world.observer.audits[0]["tool"] == "query_table" && (world.observer.audits[0]["answer_bytes"]?.intValue ?? 0) > 0)
    #expect(world.observer.counted("HostCallAllowed") == 2)
  }

  @Test func `a result is any JSON, and a large one travels as a reference`() async throws {
    let world = try CodeWorld()
    for (number, body) in ["return 7", "return null", "return [1, \"two\"]", "return \"text\"", "return false"].enumerated() {
      try await world.register("made", body)
      let expected: [JSONValue] = [7, .null, [1, "two"], "text", false]
      #expect(try await world.answer("use-\(number)").data == expected[number])
    }
    try await world.register("made", "return 'x'.repeat(300000)")
    let large = try await world.answer("use-9")
    #expect(large.status == .success && large.dataReference?.byteCount == 300_002)
  }

  @Test func `the record of a run is kept, and the same run comes from it again`() async throws {
    let world = try CodeWorld()
    try await world.register(
      "made", "return {n: Math.random(), at: host.now(), time: (await host.callTool('current_time', {})).utc}",
      config: ["tools": ["current_time"], "capabilities": ["now"], "version": "3"])
    let answer = try await world.answer()
    #expect(answer.status == .success, "\(answer.message ?? "")")
    #expect(world.blobs.inner.keys.contains("runs/run-1/use-1-id-1.json"))
    let record = try #require(try await world.records().first)
    #expect(record.agent?.id == "made" && record.agent?.version == 3 && record.agent?.sha256 == answer.codeVersion?.sha256)
    let again = await Sandbox(program: CodeWorld.child, lockPolicy: .available).replay(record)
    #expect(again == .same(record.outcome))
  }

  @Test func `a record that cannot be kept is noted, and the task has its answer`() async throws {
    let world = try CodeWorld()
    world.blobs.refuseWrites("runs/")
    try await world.register("made", "return 1")
    #expect(try await world.answer().status == .success)
    #expect(world.observer.counted("RunRecordNotKept") == 1)
    #expect(world.observer.lines.contains { $0.message.contains("could not be kept: refused") && $0.level == .error })
  }

  // MARK: Failures, each with its code

  private static let failures: [(body: String, config: JSONObject, code: String, text: String)] = [
    ("return (", [:], "compile_error", "SyntaxError"),
    ("throw new TypeError('no column: ' + input.x)", [:], "threw", "no column: undefined"),
    ("return 10n", [:], "invalid_result", "use another agent"), ("while (true) {}", [:], "cpu_limit", "Give it less to do"),
    ("const all = []; while (true) all.push(new Array(10000).fill(1))", ["limits": ["memoryBytes": 4_194_304]], "memory_limit", ""),
    ("const f = () => f() + 1; return f()", [:], "recursion_limit", ""),
    ("return 'x'.repeat(2000)", ["limits": ["outputBytes": 1_000]], "output_limit", "1000"),
    (
      "for (let i = 0; i < 9; i++) await host.callTool('current_time', {}); return 1",
      ["tools": ["current_time"], "limits": ["hostCalls": 3]], "host_call_limit", "3"
    ),
    (
      "return await host.callTool('calculate', {expression: '1+'.repeat(600) + '1'})",
      ["tools": ["calculate"], "limits": ["hostCallBytes": 500]], "host_call_too_large", "500"
    ),
    ("await new Promise(() => {})", [:], "never_settles", ""),
  ]

  @Test(arguments: failures.indices) func `every failure of a module has its own code`(index: Int) async throws {
    let (body, config, code, text) = Self.failures[index]
    let world = try CodeWorld()
    try await world.register("made", body, config: config)
    let answer = try await world.answer()
    #expect(answer.status == .error)
    #expect(answer.code == code, "\(answer.message ?? "")")
    #expect(answer.message?.contains("Agent 'made'") == true && answer.message?.contains(text) == true, "\(answer.message ?? "")")
    #expect(answer.data == answer.message.map(JSONValue.string))
    let line = try #require(world.observer.lines.first { $0.message.hasPrefix("the module failed") })
    #expect(line.level == .error && line.fields["version"] == "1" && line.fields["node"] == "made")
    #expect(line.fields["sha256"]?.stringValue == answer.codeVersion?.sha256 && line.fields["code"] == .string(code))
    // The record of a run that failed is worth as much.
    #expect(try await world.records().count == 1)
    #expect(try await world.row()?.provenance.failures == 1)
  }

  @Test func `the stack trace goes to the log, and no more of it than a line to the model`() async throws {
    let world = try CodeWorld()
    try await world.register(
      module: """
        function inner(n) { if (n == 0) throw new Error("deep"); return inner(n - 1) }
        export default function handler() { return inner(20) }
        """)
    let answer = try await world.answer()
    let stack = world.observer.lines.first { $0.message.hasPrefix("the module failed") }?.fields["stack"]?.stringValue ?? ""
    #expect(stack.split(separator: "\n").count > 5)
    #expect(answer.message?.contains("deep (at inner") == true)
    #expect((answer.message ?? "").split(separator: "\n").count == 1)
  }

  @Test func `what a module is refused, and does not catch, is the reason that its task failed`() async throws {
    let world = try CodeWorld()
    try await world.register("made", "return await host.converse({prompt: 'x'})", config: ["capabilities": ["converse"]])
    let poor = try await world.answer("use-1", budget: 1)
    #expect(poor.code == "budget_exhausted" && poor.message?.contains("gave up") == true)
    #expect(try await world.row()?.provenance.failures == 0)
    // What it was refused for its own mistake stays its own failure.
    try await world.register("made", "return await host.callTool('calculate', {})", config: ["tools": ["calculate"]])
    let wrong = try await world.answer("use-2")
    #expect(wrong.code == "threw" && wrong.message?.contains("invalid_input") == true)
    #expect(try await world.row()?.provenance.failures == 1)
  }

  @Test func `an input that an agent refuses by name is no failure of its own`() async throws {
    let world = try CodeWorld()
    try await world.register("made", "throw Object.assign(new Error('no such city'), {name: 'InvalidInput'})")
    let answer = try await world.answer()
    #expect(answer.code == "input_refused" && answer.message == "Agent 'made' refuses its input: no such city")
    #expect(try await world.row()?.provenance.failures == 0)
  }

  @Test func `a path that the caller named wrongly is no failure of the agent`() async throws {
    let world = try CodeWorld()
    try await world.register(
      "made", "return await host.callTool('query_table', {path: input.table.path})", config: ["tools": ["query_table"]])
    let answer = try await world.answer("use-1", ["table": ["path": "shared/none.csv"]])
    #expect(answer.code == "input_refused", "\(answer.code ?? "") \(answer.message ?? "")")
    #expect(answer.message?.hasPrefix("Agent 'made' cannot work on its input: Error: There is no object 'shared/none.csv'.") == true)
    #expect(try await world.row()?.provenance.failures == 0)
    // One that the module made up is its own mistake.
    try await world.register(
      "made", "return await host.callTool('query_table', {path: 'shared/mine.csv'})", config: ["tools": ["query_table"]])
    #expect(try await world.answer("use-2", ["table": ["path": "shared/none.csv"]]).code == "threw")
    #expect(try await world.row()?.provenance.failures == 1)
  }

  @Test func `a run ends at the deadline, which is nobody's fault`() async throws {
    let world = try CodeWorld(model: { _, _ in
      try await Task.sleep(for: .seconds(600))
      return .saying("late")
    })
    try await world.register("made", "await host.converse({prompt: 'x'})", config: ["capabilities": ["converse"]])
    let answer = try await world.answer(seconds: 1)
    #expect(answer.code == "deadline_exceeded", "\(answer.code ?? "") \(answer.message ?? "")")
    // What was under way counts as spent.
    #expect((answer.usage?.costMicroUSD ?? 0) > 0)
    #expect(try await world.row()?.provenance.failures == 0)
  }

  @Test(
    arguments: [
      (["state": "pending"], "agent_pending"), (["state": "quarantined"], "agent_quarantined"), (["state": "inactive"], "agent_inactive"),
    ] as [(JSONObject, String)])
  func `agents that are not active do not run`(row: JSONObject, code: String) async throws {
    let runner = ScriptedRunner { _, _, _ in .success(1) }
    let world = try CodeWorld(runner: runner)
    try await world.register("made", "return 1", row: row)
    #expect(try await world.answer().code == code)
    #expect(runner.runs == 0)
  }

  @Test func `code that cannot be had, or is not what was registered, says so and does not run`() async throws {
    let runner = ScriptedRunner { _, _, _ in .success(1) }
    let world = try CodeWorld(runner: runner)
    try await world.register("made", "return 1", config: ["filename": "made/gone.js"])
    #expect(try await world.answer("use-1").code == "code_not_found")
    try await world.register("made", "return 1", config: ["sha256": .string(String(repeating: "a", count: 64))])
    let other = try await world.answer("use-2")
    #expect(other.code == "code_hash_mismatch")
    // A person must look.
    #expect(world.bus.details("arbiter.error").map { $0["code"] } == ["code_hash_mismatch"])
    #expect(try await world.row()?.provenance.failures == 1)
    try await world.register("made", "return '" + String(repeating: "x", count: 1_000_001) + "'")
    #expect(try await world.answer("use-3").code == "code_too_large")
    try await world.register("made", "return 2")
    world.blobs.failReads(Array(repeating: AWSError(code: "SlowDown", message: "later", httpStatus: 503, isRetryable: true), count: 3))
    #expect(try await world.answer("use-4").code == "code_unavailable")
    world.blobs.failReads([AWSError(code: "SlowDown", message: "later", httpStatus: 503, isRetryable: true)])
    #expect(try await world.answer("use-5").status == .success)
    #expect(runner.runs == 1)
    // An answer that says whose code it was not counts for nobody.
    #expect(try await world.answer("use-6", node: "nobody").codeVersion == nil)
  }

  @Test(arguments: ["not_locked", "not_started", "crashed"]) func `what the sandbox itself says keeps its code`(code: String) async throws {
    let world = try CodeWorld(runner: ScriptedRunner { _, _, _ in .failure(SandboxFailure(.init(rawValue: code), "it did not work")) })
    try await world.register("made", "return 1")
    #expect(try await world.answer().code == code)
    #expect(try await world.row()?.provenance.failures == (code == "crashed" ? 1 : 0))
    #expect(world.bus.details("arbiter.error").count == (code == "not_locked" ? 1 : 0))
  }

  // MARK: Once

  @Test func `a message that comes again runs nothing twice`() async throws {
    let runner = ScriptedRunner { _, _, _ in .success(1) }
    let world = try CodeWorld(runner: runner)
    try await world.register("made", "return 1")
    for _ in 1...3 { #expect(try await world.answer().data == 1) }
    #expect(runner.runs == 1)
    #expect(try world.completions.count == 3)
  }

  @Test func `a poisoned agent in a batch keeps its neighbours from nothing`() async throws {
    let world = try CodeWorld()
    try await world.register("poison", "while (true) {}")
    try await world.register("good", "return input.n * 2")
    let handler = SQSHandler { record, _ in try await world.handle(Array(record.body.utf8)) }
    let bodies = [
      world.message("use-1", node: "good", ["n": 1]), world.message("use-2", node: "poison"), world.message("use-3", node: "nobody"),
      Array("no task".utf8), world.message("use-4", node: "good", ["n": 4]),
    ]
    let records = bodies.enumerated().map { index, body -> JSONValue in
      [
        "messageId": .string("m\(index)"), "body": .string(String(decoding: body, as: UTF8.self)),
        "eventSourceARN": "arn:aws:sqs:us-east-1:1:q",
      ]
    }
    let response = try JSONValue(
      parsing: await handler.handle((["Records": .array(records)] as JSONValue).bytes, LambdaContext(requestID: "r")))
    #expect(response == ["batchItemFailures": [["itemIdentifier": "m3"]]])
    #expect(try world.completions.map(\.code) == [nil, "cpu_limit", "agent_not_found", nil])
    #expect(try world.completions.map(\.data).filter { $0.intValue != nil } == [2, 8])
  }
}
