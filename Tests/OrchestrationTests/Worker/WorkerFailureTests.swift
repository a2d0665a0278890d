import AWSClient
import AgentKit
import JSON
import Synchronization
import Testing

@testable import Orchestration

/// Every path ends in a completion.
@Suite("Worker: failures")
struct WorkerFailureTests: WorkerTesting {
  let world = WorkerWorld()

  private static let sha256 = JSONValue.string(String(repeating: "a", count: 64))

  private static func row(_ changes: [String: JSONValue?], state: String = "active") -> JSONValue {
    var config: JSONObject = ["name": "x", "kind": "prompt", "prompt": "You are x.", "schema": ["type": "object"]]
    for (name, value) in changes { config[name] = value }
    return ["agentId": "x", "state": .string(state), "config": .object(config)]
  }

  @Test(
    "Agents that cannot be run say why",
    arguments: [
      (nil, "agent_not_found", "no agent 'x'"), (row([:], state: "inactive"), "agent_inactive", "inactive"),
      (row(["prompt": nil]), "agent_unreadable", "config.prompt"), (row(["schema": "{broken"]), "agent_unreadable", "config.schema"),
      (row(["schema": ["unevaluatedItems": true]]), "agent_unreadable", "unevaluatedItems"),
      (row(["tools": ["no_such_tool"]]), "agent_unreadable", "no_such_tool"),
      (row([:], state: "maintenance"), "agent_inactive", "maintenance"), (row([:], state: "pending"), "agent_pending", "approval"),
      (row([:], state: "quarantined"), "agent_quarantined", "in a row"),
      (row(["kind": "code", "filename": "a.js"]), "agent_unreadable", "config.sha256' is absent"),
      (row(["kind": "code", "filename": "../a.js", "sha256": sha256]), "agent_unreadable", "config.filename"),
      (row(["kind": "code", "filename": "a.py", "sha256": sha256]), "agent_unreadable", "a JavaScript module"),
      (row(["kind": "code", "filename": "a.js", "sha256": sha256]), "code_not_available", "sandbox"),
      (row(["kind": "queue", "action": ["type": "sqs", "target": "https://q"]]), "wrong_queue", "its own consumer"),
      (row(["kind": "robot"]), "agent_unreadable", "config.kind"),
    ] as [(JSONValue?, String, String)])
  func unusableAgents(row: JSONValue?, code: String, text: String) async throws {
    let model = ModelDouble { _, _ in .says("ok") }
    try await handle(worker(model, rows: row.map { ["x": $0] } ?? [:]), message(node: "x"))
    let completion = try completion
    #expect(completion.status == .error)
    #expect(completion.code == code)
    #expect(completion.message?.contains(text) == true, "\(completion.message ?? "")")
    #expect(completion.usage == TaskCompletion.Usage())
    #expect(model.requests.isEmpty)
    // A row that cannot be read is for people to mend.
    #expect(bus.details("arbiter.error").map { $0["code"] } == (code == "agent_unreadable" ? ["agent_unreadable"] : []))
    #expect(observer.counted("CriticalError") == (code == "agent_unreadable" ? 1 : 0))
  }

  @Test("A claim that cannot be read is an error of the task and is reported, and the message does not come again")
  func claimUnreadable() async throws {
    let model = ModelDouble { _, _ in .says("ok") }
    let claims = FailingClaims(InMemoryClaimStore { _, _ in true }, .claimUnreadable)
    try await handle(worker(model, claims: claims), message())
    let completion = try completion
    #expect(completion.status == .error && completion.code == "claim_unreadable")
    #expect(completion.requestID == "run-1#1" && completion.toolUseID == "use-1")
    #expect(completion.message?.contains("field 'claimed_until' is soon, expected a whole number") == true)
    // What it cost stands in the same row: nothing is claimed about it.
    #expect(completion.usage == nil)
    #expect(model.requests.isEmpty)
    let error = try #require(bus.details("arbiter.error").first)
    #expect(error["code"] == "ledger_unreadable" && error["orchestration_id"] == "run-1")
    #expect(observer.counted("CriticalError") == 1)
  }

  @Test("A registry that does not answer, an input that is gone, an input that breaks the schema")
  func unusableInputs() async throws {
    let worker = worker(ModelDouble { _, _ in .says("ok") })
    try await handle(worker, message(node: "unreachable", requestID: "run-1#1"))
    try await handle(worker, message([:], requestID: "run-1#2", reference: PayloadReference(key: "payloads/run-1/gone", byteCount: 1)))
    try await handle(worker, message(["text": 1], requestID: "run-1#3"))
    #expect(try completions.map(\.code) == ["registry_unavailable", "input_unavailable", "invalid_input"])
    #expect(try completions[2].message?.contains("'/text': 1 is a number, expected string") == true)
  }

  @Test(
    "Failures of the run are errors with what was spent",
    arguments: [
      (StopReason.guardrailIntervened, "guardrail_intervened"), (StopReason(rawValue: "tomorrow"), "unknown_stop_reason"),
    ])
  func failedRuns(stopReason: StopReason, code: String) async throws {
    try await handle(worker(ModelDouble { _, _ in .stops(stopReason) }), message())
    let completion = try completion
    #expect(completion.status == .error && completion.code == code)
    #expect((completion.usage?.costMicroUSD ?? 0) > 0)
    #expect(completion.data == completion.message.map(JSONValue.string))
  }

  @Test("A model that refuses is an error of the task, and the message does not come again")
  func modelRefuses() async throws {
    try await handle(worker(ModelDouble { _, _ in throw AWSError(code: "AccessDeniedException", message: "no model access") }), message())
    #expect(try completion.code == "model_failed")
    #expect(try completion.message?.contains("no model access") == true)
  }

  @Test("A task that is overdue, or begun too late in the invocation, is not run")
  func tooLate() async throws {
    let model = ModelDouble { _, _ in .says("ok") }
    let worker = worker(model)
    try await handle(worker, message(dueAt: clock.nowMilliseconds))
    try await worker.handle(
      message(requestID: "run-1#2"), traceHeader: nil,
      deadlineMilliseconds: clock.nowMilliseconds)
    #expect(try completions.map(\.code) == ["deadline_exceeded", "deadline_exceeded"])
    #expect(model.requests.isEmpty)
  }

  @Test("Before the invocation ends the worker gives up and says so")
  func deadline() async throws {
    let model = ModelDouble { [clock] _, _ in
      clock.advance(seconds: 116)
      return .asks((id: "q", agent: "query_table", input: ["path": "shared/sales.csv"]))
    }
    try await handle(worker(model), message())
    #expect(try completion.code == "deadline_exceeded")
    #expect(model.requests.count == 1)
  }

  @Test("A task spends no more than its message and its agent allow")
  func budgets() async throws {
    let model = ModelDouble { _, _ in .says("ok") }
    try await handle(worker(model), message(budget: 1))
    #expect(try completion.code == "budget_exhausted")
    #expect(model.requests.isEmpty)
  }

  @Test("A model without a listed price is counted with the highest, and that is said")
  func unknownPrice() async throws {
    var row = WorkerWorld.echo.objectValue ?? [:]
    var config = row["config"]?.objectValue ?? [:]
    config["model"] = "maker.model-of-tomorrow"
    row["config"] = .object(config)
    try await handle(worker(ModelDouble { _, _ in .says("ok") }, rows: ["echo": .object(row)]), message())
    // 100 input tokens at 15 and 20 output tokens at 75 US dollars a million, the dearest of the table.
    #expect(try completion.usage?.costMicroUSD == 3_000)
    #expect(observer.messages.contains { $0.contains("no price is listed") })
  }

  @Test("A large result that cannot be stored is an error and is reported")
  func storeFails() async throws {
    let model = ModelDouble { _, _ in .says(String(repeating: "x", count: 300_000)) }
    try await handle(worker(model, blobs: ReadOnlyBlobs()), message())
    #expect(try completion.code == "result_not_stored")
    #expect(bus.details("arbiter.error").first?["code"] == "result_not_stored")
  }

  @Test("An orchestration id that would lead out of its folder is refused")
  func badOrchestrationID() async throws {
    try await handle(worker(ModelDouble { _, _ in .says("ok") }), message(orchestrationID: "../shared"))
    #expect(try completion.code == "invalid_task")
  }

  // MARK: Messages that are no tasks

  @Test(
    "An input reference that leads out of the orchestration is refused",
    arguments: ["conversations/run-1/0-a.json", "payloads/run-2/in.json"])
  func foreignReference(key: String) async throws {
    try await blobs.put(key: key, bytes: Array(#"{"text":"secret"}"#.utf8), contentType: "application/json")
    let model = ModelDouble { _, _ in .says("ok") }
    try await handle(worker(model), message([:], reference: PayloadReference(key: key, byteCount: 17)))
    #expect(try completion.code == "invalid_input")
    #expect(try completion.message?.contains(key) == true)
    #expect(model.requests.isEmpty)
  }

  @Test("A ceiling over what an event and a row can hold is refused")
  func inlineCeiling() throws {
    #expect(try WorkerConfiguration(environment: ["INLINE_PAYLOAD_BYTES": "240000"]).inlineBytes == 240_000)
    let error = #expect(throws: EnvironmentError.self) { try WorkerConfiguration(environment: ["INLINE_PAYLOAD_BYTES": "240001"]) }
    #expect(error?.problem.field == "INLINE_PAYLOAD_BYTES")
  }

  @Test("A budget below zero is an exhausted one")
  func negativeBudget() async throws {
    try await handle(worker(ModelDouble { _, _ in .says("ok") }), message(budget: -999_999))
    #expect(try completion.code == "budget_exhausted")
    #expect(try completion.message?.contains("-0.999999 USD") == true)
  }

  @Test("A message that names its task but cannot be used is answered")
  func unusableMessage() async throws {
    let body = Array(#"{"agent_input":"text","orchestration_id":"run-1","agent_use_id":"use-1","node":"echo","request_id":"run-1#1"}"#.utf8)
    try await handle(worker(ModelDouble { _, _ in .says("ok") }), body)
    let completion = try completion
    #expect(completion.code == "invalid_task" && completion.requestID == "run-1#1")
    #expect(completion.message?.contains("agent_input") == true)
    #expect(bus.details("arbiter.error").count == 1)
  }

  @Test("A message that names no task comes again, until its queue gives it up", arguments: ["", "{", "[]", #"{"node":"echo"}"#, "null"])
  func noTask(body: String) async throws {
    let worker = worker(ModelDouble { _, _ in .says("ok") })
    await #expect(throws: (any Error).self) { try await handle(worker, Array(body.utf8)) }
    #expect(try completions.isEmpty)
    #expect(bus.details("arbiter.error").first?["code"] == "invalid_task")
    #expect(observer.counted("InvalidTask") == 1)
  }
}
