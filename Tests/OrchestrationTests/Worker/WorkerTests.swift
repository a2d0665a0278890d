import AWSClient
import AgentKit
import JSON
import Synchronization
import Testing

@testable import Orchestration

/// Rows of the registry by agent id; may fail.
private final class RowsDouble: AgentRowReader {
  private let rows: Mutex<[String: JSONValue]>
  init(_ rows: [String: JSONValue]) { self.rows = Mutex(rows) }
  func row(_ agentID: String) async throws -> JSONValue? {
    if agentID == "unreachable" { throw AWSError(code: "ProvisionedThroughputExceededException", message: "slow down") }
    return rows.withLock { $0[agentID] }
  }
}

/// Claims that can be made to fail or to be lost.
private final class FailingClaims: ClaimStore {
  enum Fault { case none, finishThrows, finishLost, claimThrows, reserveThrows }
  let inner: InMemoryClaimStore
  let fault: Mutex<Fault>
  init(_ inner: InMemoryClaimStore, _ fault: Fault) {
    self.inner = inner
    self.fault = Mutex(fault)
  }
  func claim(_ task: TaskKey, owner: String, untilMilliseconds: Int64, nowMilliseconds: Int64) async throws -> ClaimOutcome {
    if fault.withLock({ $0 == .claimThrows }) { throw Refused() }
    return try await inner.claim(task, owner: owner, untilMilliseconds: untilMilliseconds, nowMilliseconds: nowMilliseconds)
  }
  func isPending(_ task: TaskKey) async throws -> Bool { try await inner.isPending(task) }
  func reserve(_ task: TaskKey, owner: String, atMostMicroUSD: Int64) async throws -> Int64? {
    if fault.withLock({ $0 == .reserveThrows }) { throw Refused() }
    return try await inner.reserve(task, owner: owner, atMostMicroUSD: atMostMicroUSD)
  }
  func finish(_ task: TaskKey, owner: String, answer: TaskCompletion) async throws -> Bool {
    switch fault.withLock({ $0 }) {
    case .finishThrows: throw Refused()
    case .finishLost: return false
    default: return try await inner.finish(task, owner: owner, answer: answer)
    }
  }
}

/// A blob store whose writes fail.
private struct ReadOnlyBlobs: BlobStore {
  func put(key: String, bytes: [UInt8], contentType: String) async throws { throw Refused() }
  func get(key: String) async throws -> [UInt8]? { nil }
  func list(prefix: String, limit: Int) async throws -> [BlobSummary] { [] }
  func delete(key: String) async throws {}
}

@Suite("Worker")
struct WorkerTests {
  private let clock = ManualClock()
  private let bus = BusDouble()
  private let blobs = InMemoryBlobStore(["workspaces/shared/sales.csv": Array("region,amount\nnorth,1.10\nsouth,2.20\nnorth,3.30\n".utf8)])
  private let observer = RecordingObserver()

  private static let echo: JSONValue = [
    "agentId": "echo", "state": "active",
    "config": [
      "name": "echo", "kind": "prompt", "prompt": "You are echo.", "tools": ["query_table", "write_object"],
      "schema": ["type": "object", "properties": ["text": ["type": "string"]], "required": ["text"]],
    ],
  ]

  private func worker(
    _ model: ModelDouble, claims: (any ClaimStore)? = nil, blobs: (any BlobStore)? = nil, rows: [String: JSONValue] = ["echo": echo],
    inlineBytes: Int = 200_000
  ) -> Worker {
    var configuration = WorkerConfiguration()
    configuration.inlineBytes = inlineBytes
    return Worker(
      configuration: configuration,
      effects: Worker.Effects(
        claims: claims ?? InMemoryClaimStore { _, _ in true }, registry: RowsDouble(rows), blobs: blobs ?? self.blobs, bus: bus,
        model: model,
        clock: clock, ids: SequentialIDs(), prices: .builtIn, observer: observer))
  }

  private func message(
    _ input: JSONValue = ["text": "hi"], node: String = "echo", requestID: String? = "run-1#1", dueAt: Int64? = nil, budget: Int64? = nil,
    reference: PayloadReference? = nil, orchestrationID: String = "run-1"
  ) -> [UInt8] {
    TaskMessage(
      input: input, inputReference: reference, orchestrationID: orchestrationID, toolUseID: "use-1", node: node, requestID: requestID,
      dueAtMilliseconds: dueAt, budgetMicroUSD: budget
    ).json
  }

  private func handle(_ worker: Worker, _ body: [UInt8]) async throws {
    try await worker.handle(body, traceHeader: "Root=1-5", deadlineMilliseconds: clock.nowMilliseconds + 120_000)
  }

  private var completions: [TaskCompletion] {
    get throws { try bus.details("task.completion").map { try TaskCompletion(detail: $0) } }
  }

  private var completion: TaskCompletion {
    get throws {
      let all = try completions
      try #require(all.count == 1)
      return all[0]
    }
  }

  // MARK: The original's defect

  /// A blob store that remembers what was read from it.
  private final class WatchedBlobs: BlobStore {
    let inner = InMemoryBlobStore(["agents/tool.py": Array("handler = steal".utf8)])
    private let reads = Mutex<[String]>([])
    var readKeys: [String] { reads.withLock { $0 } }
    func put(key: String, bytes: [UInt8], contentType: String) async throws { try await inner.put(key: key, bytes: bytes, contentType: contentType) }
    func get(key: String) async throws -> [UInt8]? {
      reads.withLock { $0.append(key) }
      return try await inner.get(key: key)
    }
    func list(prefix: String, limit: Int) async throws -> [BlobSummary] { try await inner.list(prefix: prefix, limit: limit) }
    func delete(key: String) async throws { try await inner.delete(key: key) }
  }

  @Test func `B8: generated code is never loaded into the worker's own process, warm or cold`() async throws {
    let blobs = WatchedBlobs()
    let code: JSONValue = [
      "agentId": "made", "state": "active", "config": ["name": "made", "kind": "code", "filename": "tool.py", "schema": ["type": "object"]],
    ]
    let worker = worker(ModelDouble { _, _ in .says("unused") }, blobs: blobs, rows: ["made": code])
    for round in 1...2 { try await handle(worker, message([:], node: "made", requestID: "run-1#\(round)")) }
    #expect(try completions.map(\.status) == [.error, .error])
    #expect(try completions.map(\.code) == ["code_not_available", "code_not_available"])
    #expect(try completions.allSatisfy { $0.message?.contains("sandbox") == true })
    #expect(blobs.readKeys.isEmpty)
  }

  // MARK: Model calls

  @Test func `an agent at work stops before its next model call when nobody waits for it any more`() async throws {
    let isWanted = Mutex(true)
    let model = ModelDouble { _, _ in
      isWanted.withLock { $0 = false }
      return .asks((id: "q", agent: "query_table", input: ["path": "shared/sales.csv"]))
    }
    let claims = InMemoryClaimStore { _, _ in isWanted.withLock { $0 } }
    try await handle(worker(model, claims: claims), message())
    #expect(model.requests.count == 1)
    #expect(try completion.code == "cancelled")
    #expect(try #require(try completion.usage?.costMicroUSD) > 0)
  }

  @Test func `a task that is run again has the budget that is left, and reports what both runs took`() async throws {
    let claims = InMemoryClaimStore { _, _ in true }
    let key = TaskKey(orchestrationID: "run-1", requestID: "run-1#1", toolUseID: "use-1")
    // A worker that died in its model call.
    _ = try await claims.claim(key, owner: "dead", untilMilliseconds: clock.nowMilliseconds, nowMilliseconds: clock.nowMilliseconds)
    _ = try await claims.reserve(key, owner: "dead", atMostMicroUSD: 400_000)
    clock.advance(seconds: 1)
    try await handle(worker(ModelDouble { _, _ in .says("done") }, claims: claims), message(budget: 1_000_000))
    #expect(try completion.status == .success)
    #expect(try #require(try completion.usage?.costMicroUSD) > 400_000)

    let poor = TaskKey(orchestrationID: "run-2", requestID: "run-2#1", toolUseID: "use-1")
    _ = try await claims.claim(poor, owner: "dead", untilMilliseconds: clock.nowMilliseconds, nowMilliseconds: clock.nowMilliseconds)
    _ = try await claims.reserve(poor, owner: "dead", atMostMicroUSD: 990_000)
    clock.advance(seconds: 1)
    let model = ModelDouble { _, _ in .says("done") }
    try await handle(worker(model, claims: claims), message(requestID: "run-2#1", budget: 1_000_000, orchestrationID: "run-2"))
    #expect(try completions.last?.code == "budget_exhausted")
    #expect(model.requests.isEmpty)
  }

  @Test func `a model is not asked when what it costs cannot be noted`() async throws {
    let model = ModelDouble { _, _ in .says("done") }
    try await handle(worker(model, claims: FailingClaims(InMemoryClaimStore { _, _ in true }, .reserveThrows)), message())
    #expect(try completion.code == "ledger_unavailable")
    #expect(model.requests.isEmpty)
  }

  // MARK: Success

  @Test("A prompt agent runs with its tools, and its answer is published with usage and cost")
  func promptAgent() async throws {
    let model = ModelDouble { request, index in
      if index == 0 {
        return .asks(
          (
            id: "q", agent: "query_table",
            input: [
              "path": "shared/sales.csv", "group_by": ["region"], "aggregates": [["function": "sum", "column": "amount", "as": "total"]],
            ]
          ))
      }
      let result = request.messages.last?.toolResults.first?.content.first?.json
      if index == 1 {
        return .asks((id: "w", agent: "write_object", input: ["path": "out.md", "content": .string(result?["rows"]?.text ?? "")]))
      }
      return .says("written")
    }
    try await handle(worker(model), message())
    let completion = try completion
    #expect(completion.status == .success)
    #expect(completion.data == "written")
    #expect(completion.orchestrationID == "run-1" && completion.toolUseID == "use-1" && completion.node == "echo")
    #expect(completion.requestID == "run-1#1")
    #expect(completion.usage?.inputTokens == 300 && completion.usage?.outputTokens == 60)
    #expect((completion.usage?.costMicroUSD ?? 0) > 0)
    let file = try #require(try await blobs.get(key: "workspaces/run-1/out.md"))
    #expect(String(decoding: file, as: UTF8.self) == #"[{"region":"north","total":4.4},{"region":"south","total":2.2}]"#)
    #expect(model.violations.isEmpty)
    #expect(model.requests[0].system == [.text("You are echo.")])
    #expect(model.requests[0].messages == [.user("Your input, as JSON:\n{\"text\":\"hi\"}")])
    #expect(bus.events("task.completion").first?.traceHeader == "Root=1-5")
  }

  @Test("An answer that is JSON travels as JSON")
  func jsonAnswer() async throws {
    try await handle(worker(ModelDouble { _, _ in .says(#"{"total": 1.10}"#) }), message())
    #expect(try completion.data.text == #"{"total":1.10}"#)
  }

  @Test("A large result goes to the blob store and travels as a reference")
  func largeResult() async throws {
    let text = String(repeating: "x", count: 300_000)
    try await handle(worker(ModelDouble { _, _ in .says(text) }), message())
    let completion = try completion
    #expect(completion.status == .success && completion.data == .null)
    let reference = try #require(completion.dataReference)
    #expect(reference == PayloadReference(key: "payloads/run-1/1-use-1.json", byteCount: 300_002))
    #expect(try await blobs.get(key: reference.key) == JSONValue.string(text).json)
  }

  @Test("An input that travels as a reference is fetched")
  func referencedInput() async throws {
    try await blobs.put(key: "payloads/run-1/in.json", bytes: Array(#"{"text":"from afar"}"#.utf8), contentType: "application/json")
    let model = ModelDouble { _, _ in .says("ok") }
    try await handle(worker(model), message([:], reference: PayloadReference(key: "payloads/run-1/in.json", byteCount: 20)))
    #expect(try completion.status == .success)
    #expect(model.requests[0].messages[0].text.hasSuffix(#"{"text":"from afar"}"#))
  }

  // MARK: Once

  @Test("A finished task publishes its stored answer again and does not run again")
  func duplicateAfterFinish() async throws {
    let model = ModelDouble { _, index in .says("answer \(index)") }
    let worker = worker(model)
    try await handle(worker, message())
    try await handle(worker, message())
    #expect(model.requests.count == 1)
    #expect(try completions.map(\.data) == ["answer 0", "answer 0"])
  }

  @Test("While one worker has the task another leaves the message in the queue, until the claim expires")
  func duplicateInProgress() async throws {
    let claims = InMemoryClaimStore { _, _ in true }
    let key = TaskKey(orchestrationID: "run-1", requestID: "run-1#1", toolUseID: "use-1")
    #expect(
      try await claims.claim(key, owner: "other", untilMilliseconds: clock.nowMilliseconds + 60_000, nowMilliseconds: clock.nowMilliseconds)
        == .claimed)
    let model = ModelDouble { _, _ in .says("ok") }
    let worker = worker(model, claims: claims)
    await #expect(throws: Worker.TaskInProgress.self) { try await handle(worker, message()) }
    #expect(model.requests.isEmpty && bus.events.isEmpty)
    clock.advance(seconds: 61)
    try await handle(worker, message())
    #expect(try completion.status == .success)
    // The first one comes back from the dead: its answer does not count.
    #expect(
      try await !claims.finish(
        key, owner: "other", answer: TaskCompletion(orchestrationID: "run-1", toolUseID: "use-1", node: "echo")))
  }

  @Test("A task that its round no longer waits for is not run")
  func notPending() async throws {
    let model = ModelDouble { _, _ in .says("ok") }
    try await handle(worker(model, claims: InMemoryClaimStore { _, _ in false }), message())
    #expect(model.requests.isEmpty && bus.events.isEmpty)
    #expect(observer.counted("TaskNotPending") == 1)
  }

  @Test("The same toolUseId in a later round is another task")
  func laterRound() async throws {
    let model = ModelDouble { _, index in .says("answer \(index)") }
    let worker = worker(model)
    try await handle(worker, message(requestID: "run-1#1"))
    try await handle(worker, message(requestID: "run-1#2"))
    #expect(try completions.map(\.data) == ["answer 0", "answer 1"])
  }

  @Test("A message of the original, without request_id, runs once too")
  func originalMessage() async throws {
    let model = ModelDouble { _, index in .says("answer \(index)") }
    let worker = worker(model)
    let body = Array(#"{"agent_input":{"text":"hi"},"orchestration_id":"run-1","agent_use_id":"use-1","node":"echo"}"#.utf8)
    try await handle(worker, body)
    try await handle(worker, body)
    #expect(model.requests.count == 1)
    #expect(try completions.map(\.data) == ["answer 0", "answer 0"])
  }

  @Test("A completion that the bus refuses is published when the message comes again, without another run")
  func refusedEvent() async throws {
    let model = ModelDouble { _, index in .says("answer \(index)") }
    let worker = worker(model)
    bus.refuseNext(1)
    await #expect(throws: Refused.self) { try await handle(worker, message()) }
    #expect(try completions.isEmpty)
    try await handle(worker, message())
    #expect(try completion.data == "answer 0")
    #expect(model.requests.count == 1)
  }

  @Test("An answer that cannot be kept is published all the same")
  func answerNotKept() async throws {
    let claims = FailingClaims(InMemoryClaimStore { _, _ in true }, .finishThrows)
    try await handle(worker(ModelDouble { _, _ in .says("ok") }, claims: claims), message())
    #expect(try completion.data == "ok")
    #expect(observer.counted("AnswerNotKept") == 1)
  }

  @Test("A worker that lost its claim leaves the answer to the other one")
  func claimLost() async throws {
    let claims = FailingClaims(InMemoryClaimStore { _, _ in true }, .finishLost)
    try await handle(worker(ModelDouble { _, _ in .says("ok") }, claims: claims), message())
    #expect(bus.events.isEmpty)
    #expect(observer.counted("ClaimLost") == 1)
  }

  @Test("Without a claim nothing runs, and the message comes again")
  func claimUnavailable() async throws {
    let model = ModelDouble { _, _ in .says("ok") }
    let claims = FailingClaims(InMemoryClaimStore { _, _ in true }, .claimThrows)
    await #expect(throws: Refused.self) { try await handle(worker(model, claims: claims), message()) }
    #expect(model.requests.isEmpty)
  }

  // MARK: Every path ends in a completion

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
      (row(["kind": "code", "filename": "a.js"]), "code_not_available", "before the sandbox"),
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
    var row = Self.echo.objectValue ?? [:]
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

  @Test("An input reference that leads out of the orchestration is refused", arguments: ["conversations/run-1/0-a.json", "payloads/run-2/in.json"])
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
