import AWSClient
import AgentKit
import JSON
import Synchronization
import Testing

@testable import Orchestration

/// A bus that lets something happen before it takes an event.
private struct InterruptedBus: EventBus {
  let bus: BusDouble
  let interruption: @Sendable (BusEvent) async throws -> Void

  init(_ bus: BusDouble, _ interruption: @escaping @Sendable (BusEvent) async throws -> Void) {
    self.bus = bus
    self.interruption = interruption
  }

  func publish(_ events: [BusEvent]) async throws {
    for event in events { try await interruption(event) }
    try await bus.publish(events)
  }
}

/// Two handlers at one orchestration, in the orders that matter.
@Suite struct InterleavingTests {
  private static func supervisor(_ world: World, _ registry: InterruptedRegistry) -> Supervisor {
    var effects = world.supervisor.effects
    effects.registry = registry
    return Supervisor(configuration: world.supervisor.configuration, effects: effects)
  }

  @Test func `a round is joined also when the sweeper, which saw it before its last answer, writes first`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    let registry = InterruptedRegistry()
    let supervisor = Self.supervisor(world, registry)
    try await world.request()
    let task = try #require(world.queue.tasks.first)
    registry.interruptOnce {
      // The sweeper has found the task sent and not due, and lets the row rest until it is.
      guard let record = try await world.store.load(World.id) else { return }
      var resting = record
      resting.wakeAtMilliseconds = task.dueAtMilliseconds
      _ = try await world.store.update(record, to: resting)
    }
    try await supervisor.complete(
      TaskCompletion(orchestrationID: World.id, toolUseID: "t1", node: "echo", requestID: task.requestID, data: "done"))
    #expect(try await world.record()?.state == .completed)
    #expect(world.model.requests.count == 2)
  }

  @Test func `a duplicate that arrives while the outcome is being published does not publish it again`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    var effects = world.supervisor.effects
    effects.bus = InterruptedBus(world.bus) { event in
      if event.detailType == "supervisor.feedback" { try await world.answer("t1") }
    }
    let supervisor = Supervisor(configuration: world.supervisor.configuration, effects: effects)
    try await world.request()
    let task = try #require(world.queue.tasks.first)
    try await supervisor.complete(
      TaskCompletion(orchestrationID: World.id, toolUseID: "t1", node: "echo", requestID: task.requestID, data: "done"))
    #expect(world.bus.events("supervisor.feedback").count == 1)
    #expect(try await world.record()?.publishedAtMilliseconds != nil)
  }

  @Test func `a late duplicate of an agent that does not name its round changes nothing and alarms nobody`() async throws {
    let world = World { _, turn in turn < 2 ? .asks(("t\(turn + 1)", "echo", [:])) : .says("finished") }
    func answer(_ toolUseID: String) async throws {
      let detail: JSONValue = ["orchestration_id": "run-1", "agent_use_id": .string(toolUseID), "node": "echo", "data": "done"]
      _ = try await world.supervisor.handle(
        (["source": "task.completion", "detail-type": "task.completion", "detail": detail] as JSONValue).bytes, traceHeader: nil,
        deadlineMilliseconds: world.clock.nowMilliseconds + 30_000)
    }
    try await world.request()
    try await answer("t1")
    let before = try await world.record()
    try await answer("t1")
    #expect(try await world.record() == before)
    #expect(world.bus.events("arbiter.error").isEmpty)
    try await answer("t9")
    #expect(world.bus.events("arbiter.error").count == 1)
    try await answer("t2")
    #expect(try await world.record()?.state == .completed)
  }

  @Test func `a row that is seen a moment before its tracking record does not end the run`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    try await world.request()
    world.store.hideRounds(reads: 3)
    try await world.supervisor.wake(World.id)
    #expect(try await world.record()?.state == .running)
    try await world.answer("t1")
    #expect(try await world.record()?.state == .completed)
  }

  @Test(.timeLimit(.minutes(1))) func `a tracking record that an earlier run left behind ends the run instead of asking for ever`()
    async throws
  {
    let world = World { _, _ in .asks(("t1", "echo", [:])) }
    let other = OrchestrationRecord(
      id: "other", task: "Do it", createdAtMilliseconds: 1, deadlineMilliseconds: 2, budgetMicroUSD: 3, conversation: [])
    _ = try await world.store.create(other)
    let stray = RoundRecord(orchestrationID: World.id, number: 1, createdAtMilliseconds: 1, tasks: [])
    #expect(try await world.store.begin(stray, updating: other, to: other) != nil)
    try await world.request()
    let record = try #require(try await world.record())
    #expect(record.state == .failed)
    #expect(record.outcome?.code == "ledger_inconsistent")
    #expect(record.outcome?.message.contains("'run-1#1'") == true)
    #expect(record.spending.costMicroUSD > 0)
    #expect(record.spending.reservedMicroUSD == 0)
    #expect(world.model.requests.count == 1)
  }
}
