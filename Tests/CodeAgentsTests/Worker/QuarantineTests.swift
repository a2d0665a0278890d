import AWSClient
import AWSDoubles
import AgentKit
import JSON
import Orchestration
import Sandbox
import Synchronization
import Testing

@testable import CodeAgents

/// An agent that fails again and again by its own fault is taken out of use, once, and that is told.
@Suite struct QuarantineTests {
  /// What the runs of a test come to.
  private final class Script: Sendable {
    private let next = Mutex<Result<JSONValue, SandboxFailure>>(.failure(.thrown))
    func set(_ outcome: Result<JSONValue, SandboxFailure>) { next.withLock { $0 = outcome } }
    var outcome: Result<JSONValue, SandboxFailure> { next.withLock { $0 } }
  }

  private let script = Script()

  private func world(_ change: (inout CodeAgentsConfiguration) -> Void = { _ in }) async throws -> CodeWorld {
    let script = script
    let world = try CodeWorld(runner: ScriptedRunner { _, _, _ in script.outcome }, change)
    try await world.register("made", "return 1", row: ["versionSha256": "ab"])
    return world
  }

  @Test func `three failures in a row end an agent's use, with an event, a note and a count`() async throws {
    let world = try await world()
    for number in 1...2 { try await world.answer("use-\(number)") }
    #expect(try await world.row()?.state == .active)
    #expect(try await world.row()?.provenance.failures == 2)
    try await world.answer("use-3")
    let row = try #require(try await world.row())
    #expect(row.state == .quarantined && row.provenance.failures == 3)
    #expect(row.provenance.note?.hasPrefix("it failed 3 times in a row; last: threw: ") == true)
    let event = try #require(world.bus.events.last)
    #expect(event.source == "arbiter" && event.detailType == "agent.quarantined")
    let detail = try JSONValue(parsing: event.detail)
    #expect(detail["agent_id"] == "made" && detail["version"] == 1 && detail["failures"] == 3 && detail["code"] == "threw")
    #expect(detail["state"] == "quarantined" && detail["by"] == "worker-wrapper" && detail["version_sha256"] == "ab")
    #expect(detail["message"]?.stringValue?.contains("x is undefined") == true)
    #expect(detail["timestamp"] == .string(ISO8601.text(milliseconds: world.clock.nowMilliseconds)))
    #expect(world.observer.counted("AgentQuarantined") == 1)
    // The history is what operators see, and by it they know that no operator did this.
    let item = try #require(try await world.tables.client.getItem(GetItemInput(tableName: "agents", key: ["agentId": "made"])).item)
    let history = RegistryRow(kind: .agent, id: "made", attributes: item).history
    #expect(history.map(\.action) == [.quarantine] && history.map(\.actor) == [.function("worker-wrapper")])
    #expect(history.first?.to.state == .quarantined)
    #expect(try await world.answer("use-4").code == "agent_quarantined")
  }

  @Test func `a success begins the count anew, and is written only after a failure`() async throws {
    let world = try await world()
    script.set(.success(1))
    try await world.answer("use-0")
    #expect(world.tables.count(of: "TransactWriteItems") == 0)
    script.set(.failure(.thrown))
    for number in 1...2 { try await world.answer("use-\(number)") }
    script.set(.success(1))
    let answer = try await world.answer("use-3")
    #expect(answer.codeVersion?.failuresBefore == 2)
    #expect(try await world.row()?.provenance.failures == 0)
    // The success told again does not undo failures that came after it.
    script.set(.failure(.thrown))
    try await world.answer("use-4")
    try await world.answer("use-3")
    #expect(try await world.row()?.provenance.failures == 1)
  }

  @Test func `a task counts once, however often it is delivered`() async throws {
    let world = try await world()
    for _ in 1...5 { try await world.answer("use-1") }
    #expect(try await world.row()?.provenance.failures == 1)
    #expect(try await world.row()?.state == .active)
  }

  @Test func `a failure of code that the row no longer names counts for nobody`() async throws {
    let world = try await world()
    try await world.register("other", "return 1")
    let answer = try await world.answer("use-1")
    try await world.register("made", "return 2", config: ["version": "2"], row: ["failures": 2])
    // The old version's failure comes again, from a handler that was slow to count it.
    let ledger = DynamoDBFailureLedger(
      client: try world.tables.client, agentTable: "agents", workerStateTable: "worker-state", clock: world.clock)
    try await world.answer("use-2", node: "other")
    let outcome = try await ledger.count(
      agentID: "made", try #require(answer.codeVersion), TaskKey(orchestrationID: "run-1", requestID: nil, toolUseID: "use-9"),
      problem: "p",
      quarantineAt: 3)
    #expect(outcome == .ignored)
    #expect(try await world.row()?.provenance.failures == 2)
    #expect(try await world.row()?.state == .active)
  }

  @Test func `of many that fail at once each counts, and one ends the agent's use`() async throws {
    let world = try await world { $0.quarantineFailures = 7 }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...16 { group.addTask { try await world.handle(world.message("use-\(number)")) } }
      try await group.waitForAll()
    }
    let row = try #require(try await world.row())
    #expect(row.state == .quarantined && row.provenance.failures == 7)
    #expect(world.bus.details("agent.quarantined").count == 1)
    #expect(world.observer.counted("AgentQuarantined") == 1)
  }

  @Test func `an event that the bus refuses is published when the message comes again`() async throws {
    let world = try await world { $0.quarantineFailures = 1 }
    world.bus.refuse("agent.quarantined", 1)
    await #expect(throws: Refused.self) { try await world.answer("use-1") }
    #expect(try await world.row()?.state == .quarantined)
    #expect(world.bus.details("agent.quarantined").isEmpty)
    world.clock.advance(milliseconds: 5_000)
    try await world.answer("use-1")
    let details = world.bus.details("agent.quarantined")
    #expect(details.count == 1 && details[0]["failures"] == 1)
    // When it happened, and not when it was told.
    #expect(details[0]["timestamp"] == .string(ISO8601.text(milliseconds: world.clock.nowMilliseconds - 5_000)))
  }

  @Test(arguments: [
    ("deadline_exceeded", false), ("cancelled", false), ("not_locked", false), ("not_started", false), ("tomorrow", false),
    ("compile_error", true), ("threw", true), ("invalid_result", true), ("cpu_limit", true), ("memory_limit", true),
    ("recursion_limit", true),
    ("output_limit", true), ("host_call_limit", true), ("host_call_too_large", true), ("never_settles", true), ("protocol_violation", true),
    ("crashed", true), ("code_hash_mismatch", true), ("code_too_large", true), ("code_unavailable", false), ("code_not_found", false),
    ("budget_exhausted", false), ("result_not_stored", false),
  ]) func `what counts is the agent's own fault`(code: String, counts: Bool) { #expect(CodeFault.isAgentsOwn(code) == counts) }

  @Test(
    arguments: [
      ("inactive", [:], "tool_inactive"), ("active", ["sha256": .null], "tool_unreadable"),
      ("active", ["tools": ["calculate"]], "grants_exceeded"), (nil, [:], "unknown_tool"),
    ] as [(String?, JSONObject, String)])
  func `a tool that was taken away from under an agent is not the agent's fault`(
    state: String?, config: JSONObject, code: String
  ) async throws {
    let world = try CodeWorld()
    if let state { try await world.registerTool("one", "return 1", config: config, state: state) }
    try await world.register("made", "return await host.callTool('one', {})", config: ["tools": ["one"]])
    #expect(try await world.answer().code == code)
    #expect(try await world.row()?.provenance.failures == 0)
  }

  @Test func `zero failures allowed means as many as it likes`() async throws {
    let world = try await world { $0.quarantineFailures = 0 }
    for number in 1...5 { try await world.answer("use-\(number)") }
    #expect(try await world.row()?.state == .active)
    #expect(try await world.row()?.provenance.failures == 5)
  }

  @Test func `a transaction in the way, and an answer that is lost, cost no count and make none`() async throws {
    let world = try await world()
    world.tables.conflictNext(2)
    try await world.answer("use-1")
    world.tables.loseAnswers(1, of: "TransactWriteItems")
    try await world.answer("use-2")
    #expect(try await world.row()?.provenance.failures == 2)
  }

  // MARK: Losses

  /// A handler is lost at each step at which it touches the world in turn: tables, bucket, bus and sandbox, before and after.
  @Test func `wherever a handler is lost, a failure counts once and its end is told`() async throws {
    var step = 1
    while true {
      let world = try await world { $0.quarantineFailures = 3 }
      try await world.register("made", "return 1", row: ["failures": 2])
      guard try await lost(world, atStep: step) else { break }
      let place: Comment = "lost at step \(step)"
      let row = try #require(try await world.row(), place)
      #expect(row.state == .quarantined && row.provenance.failures == 3, place)
      #expect(!world.bus.details("agent.quarantined").isEmpty, place)
      #expect(world.bus.details("agent.quarantined").allSatisfy { $0["failures"] == 3 && $0["code"] == "threw" }, place)
      #expect(try world.completions.last?.code == "threw", place)
      #expect(try Set(world.completions.map(\.code)) == ["threw"], place)
      step += 1
    }
    #expect(step > 15)
  }

  @Test func `wherever a handler is lost, a success begins the count anew`() async throws {
    script.set(.success(1))
    var step = 1
    while true {
      let world = try await world()
      try await world.register("made", "return 1", row: ["failures": 2])
      guard try await lost(world, atStep: step) else { break }
      #expect(try await world.row()?.provenance.failures == 0, "lost at step \(step)")
      #expect(try world.completions.last?.data == 1, "lost at step \(step)")
      step += 1
    }
    #expect(step > 12)
  }

  /// A message whose first handler is lost, and that comes again when its claim has expired.
  /// - Returns: false when there is no such step.
  private func lost(_ world: CodeWorld, atStep step: Int) async throws -> Bool {
    world.faults.crash(atStep: step)
    do { try await world.handle(world.message()) } catch is WorldFaults.Crash {}
    guard world.faults.recover() else { return false }
    world.clock.advance(milliseconds: 130_000)
    try await world.handle(world.message())
    return true
  }
}
