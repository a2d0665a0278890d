import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// A reply that has been paid for is neither thrown away nor forgotten in the bill, whatever the ledger does.
@Suite struct PaidReplyTests {
  private static let throttled = AWSError(
    code: "ThrottlingException", message: "slow down", httpStatus: 400, isRetryable: true, isThrottling: true)
  private static let refused = AWSError(code: "ValidationException", message: "Item size has exceeded the maximum", httpStatus: 400)

  /// What keeps a write from being done now, and not for good.
  private static let passing = [
    throttled,
    AWSError(
      code: "TransactionCanceledException", message: "Transaction cancelled", httpStatus: 400, isRetryable: true, isThrottling: true,
      cancellationReasons: [.init(code: "ThrottlingError"), .init(code: "None")]),
    AWSError(
      code: "TransactionCanceledException", message: "Transaction cancelled", httpStatus: 400,
      cancellationReasons: [.init(code: "TransactionConflict"), .init(code: "None")]),
    AWSError(code: "UnrecognizedClientException", message: "The security token included in the request is invalid", httpStatus: 400),
  ]

  @Test(arguments: passing) func `a ledger that fails after the reply is asked again, not the model`(error: AWSError) async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    let model = ModelDouble { _, turn in
      world.store.failWrites(error, error)
      return turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished")
    }
    let supervisor = world.supervisor { $0.model = model }
    try await supervisor.accept(TaskRequest(task: "Do it", orchestrationID: World.id), eventID: "e", traceHeader: nil)
    #expect(world.queue.tasks.map(\.toolUseID) == ["t1"])
    try await supervisor.complete(TaskCompletion(orchestrationID: World.id, toolUseID: "t1", node: "echo", data: "done"))
    let record = try #require(try await world.record())
    #expect(record.state == .completed)
    #expect(model.requests.count == 2)
    #expect(record.spending.costMicroUSD == 2 * World.callCost)
    #expect(record.troubles.modelFailures == 0)
  }

  @Test func `a ledger that refuses the reply ends the run with that reason, and the call is paid for`() async throws {
    let world = World { _, _ in .says("finished") }
    let model = ModelDouble { _, _ in
      world.store.failWrites(Self.refused)
      return .says("finished")
    }
    let supervisor = world.supervisor { $0.model = model }
    try await supervisor.accept(TaskRequest(task: "Do it", orchestrationID: World.id), eventID: "e", traceHeader: nil)
    let record = try #require(try await world.record())
    #expect(record.outcome?.code == "reply_not_stored")
    #expect(record.outcome?.message.contains("Item size has exceeded") == true)
    #expect(record.spending.costMicroUSD == World.callCost)
    #expect(model.requests.count == 1)
    #expect(world.bus.details("arbiter.error").map { $0["code"] } == ["reply_not_stored"])
    #expect(world.bus.details("supervisor.feedback").map { $0["code"] } == ["reply_not_stored"])
  }

  @Test(arguments: [(35, OrchestrationState.completed), (100, .expired)])
  func `a ledger that stays away leaves the reservation as spent`(failures: Int, end: OrchestrationState) async throws {
    let world = World { _, _ in .says("finished") }
    let model = ModelDouble { _, turn in
      if turn == 0 { for _ in 0..<failures { world.store.failWrites(Self.throttled) } }
      return .says("finished")
    }
    let supervisor = world.supervisor { $0.model = model }
    await #expect(throws: AWSError.self) {
      try await supervisor.accept(TaskRequest(task: "Do it", orchestrationID: World.id), eventID: "e", traceHeader: nil)
    }
    let reserved = try #require(try await world.record()?.spending.reservedMicroUSD)
    #expect(reserved > World.callCost)
    for _ in 0..<100 where try await world.record()?.state == .running {
      world.clock.advance(seconds: 121)
      try await supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
    }
    let record = try #require(try await world.record())
    #expect(record.state == end)
    #expect(record.spending.costMicroUSD == reserved + (end == .completed ? World.callCost : 0))
    #expect(record.spending.reservedMicroUSD == 0)
  }

  @Test func `a canceller that writes between the reply and its settlement does not lose the cost`() async throws {
    let world = World { _, _ in .says("finished") }
    let model = ModelDouble { _, _ in
      // The run is cancelled and told of while the model speaks, and its row changes again at the last moment.
      try await world.supervisor.cancel(World.id, reason: "stop")
      return .says("finished")
    }
    var effects = world.supervisor.effects
    effects.model = model
    effects.store = Meddling(inner: world.store) { record in
      guard record.state == .cancelled, record.lease != nil, let fresh = try await world.store.load(record.id),
        fresh.version == record.version
      else { return }
      var touched = fresh
      touched.wakeAtMilliseconds = 1
      _ = try await world.store.update(fresh, to: touched)
    }
    let supervisor = Supervisor(configuration: world.supervisor.configuration, effects: effects)
    try await supervisor.accept(TaskRequest(task: "Do it", orchestrationID: World.id), eventID: "e", traceHeader: nil)
    let record = try #require(try await world.record())
    #expect(record.state == .cancelled)
    #expect(record.spending.costMicroUSD == World.callCost)
    #expect(record.spending.reservedMicroUSD == 0)
    #expect(record.lease == nil)
  }

  @Test func `a failed call of a run that was cancelled meanwhile gives its lease and reservation back`() async throws {
    let world = World { _, _ in .says("finished") }
    let model = ModelDouble { _, _ in
      try await world.supervisor.cancel(World.id, reason: "stop")
      throw Self.throttled
    }
    let supervisor = world.supervisor { $0.model = model }
    try await supervisor.accept(TaskRequest(task: "Do it", orchestrationID: World.id), eventID: "e", traceHeader: nil)
    let record = try #require(try await world.record())
    #expect(record.state == .cancelled)
    #expect(record.lease == nil)
    #expect(record.spending.reservedMicroUSD == 0)
    #expect(record.spending.costMicroUSD == 0)
  }

  @Test func `a run that ends for its budget tells also of the lost call that used it up`() async throws {
    let world = World { _, _ in throw Crash() }
    _ = try? await world.request()
    let reserved = try #require(try await world.record()?.spending.reservedMicroUSD)
    let poor = World { _, _ in throw Crash() }
    _ = try? await poor.request(budgetMicroUSD: reserved + 1)
    try await poor.sweep(afterSeconds: 121)
    let record = try #require(try await poor.record())
    #expect(record.state == .budgetExhausted)
    #expect(record.spending.costMicroUSD == reserved)
    #expect(poor.bus.details("supervisor.feedback").first?["usage"]?["cost_micro_usd"] == .number(reserved))
  }

  @Test func `a conversation that cannot be read costs nothing`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    try await world.request(String(repeating: "long ", count: 60_000))
    let spent = try #require(try await world.record()?.spending.costMicroUSD)
    let blobs = AbsentBlobs()
    let supervisor = world.supervisor { $0.blobs = blobs }
    for _ in 0..<20 {
      _ = try? await supervisor.complete(TaskCompletion(orchestrationID: World.id, toolUseID: "t1", node: "echo", data: "done"))
      world.clock.advance(seconds: 60)
      try await supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
    }
    #expect(try await world.record()?.state == .running)
    #expect(try await world.record()?.spending.costMicroUSD == spent)
    try await world.sweep(afterSeconds: 60)
    #expect(try await world.record()?.state == .completed)
  }
}

/// A store before whose updates somebody else may write.
private struct Meddling: OrchestrationStore {
  let inner: any OrchestrationStore
  let meddle: @Sendable (OrchestrationRecord) async throws -> Void

  func create(_ record: OrchestrationRecord) async throws -> CreateOutcome { try await inner.create(record) }
  func load(_ id: String) async throws -> OrchestrationRecord? { try await inner.load(id) }
  func loadRound(_ requestID: String) async throws -> RoundRecord? { try await inner.loadRound(requestID) }
  func update(_ old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    if old.wakeAtMilliseconds != 1 { try await meddle(old) }
    return try await inner.update(old, to: new)
  }
  func begin(_ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    try await inner.begin(round, updating: old, to: new)
  }
  func close(_ toolUseID: String, of requestID: String, state: TaskEntry.State, result: TaskResult) async throws -> CloseOutcome {
    try await inner.close(toolUseID, of: requestID, state: state, result: result)
  }
  func markSent(_ toolUseIDs: [String], of requestID: String, atMilliseconds: Int64) async throws {
    try await inner.markSent(toolUseIDs, of: requestID, atMilliseconds: atMilliseconds)
  }
  func due(atMilliseconds: Int64, limit: Int) async throws -> [String] { try await inner.due(atMilliseconds: atMilliseconds, limit: limit) }
}

/// A blob store that does not answer.
private struct AbsentBlobs: BlobStore {
  private static let error = AWSError(code: "SlowDown", message: "later", httpStatus: 503, isRetryable: true)
  func put(key: String, bytes: [UInt8], contentType: String) async throws { throw Self.error }
  func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool { throw Self.error }
  func get(key: String) async throws -> [UInt8]? { throw Self.error }
  func list(prefix: String, limit: Int) async throws -> [BlobSummary] { throw Self.error }
  func delete(key: String) async throws { throw Self.error }
}
