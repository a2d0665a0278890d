import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// What the schedule brings forward, and in which order.
@Suite struct SweepTests {
  @Test func `a complete round whose last handler died is joined within one more sweep, long before its tasks are due`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    try await world.request()
    try await world.sweep(afterSeconds: 31)
    _ = try await world.store.close(
      "t1", of: "run-1#1", state: .succeeded, result: TaskResult(isError: false, data: "done", closedAtMilliseconds: 1))
    try await world.sweep(afterSeconds: 60)
    #expect(try await world.record()?.state == .completed)
  }

  @Test func `a waiting run is looked at once a minute, and nothing about it changes`() async throws {
    let world = World { _, _ in .asks(("t1", "echo", [:])) }
    try await world.request()
    try await world.sweep(afterSeconds: 31)
    let before = world.store.writes
    // Six times a minute: it is only due once.
    for _ in 0..<60 { try await world.sweep(afterSeconds: 10) }
    #expect((9...11).contains(world.store.writes - before))
    #expect(world.model.requests.count == 1)
    #expect(world.queue.tasks.count == 1)
    #expect(try await world.record()?.state == .running)
  }

  /// Thirty runs whose first call was throttled.
  private static func throttledRuns(limits: Limits = Limits()) async throws -> World {
    let world = World(limits: limits) { _, turn in
      if turn < 30 { throw AWSError(code: "ThrottlingException", message: "slow down", isRetryable: true, isThrottling: true) }
      return .says("finished")
    }
    for number in 0..<30 { try await world.request(id: "run-\(number)") }
    return world
  }

  @Test func `after an outage the sweeper makes a few model calls itself and wakes an invocation for each of the others`() async throws {
    let world = try await Self.throttledRuns()
    try await world.sweep(afterSeconds: 6)
    let limit = world.supervisor.configuration.limits.callsOfSweep
    #expect(world.bus.events("supervisor.feedback").count == limit)
    let woken = world.bus.details("task.wake").compactMap { $0["orchestrationId"]?.stringValue }
    #expect(woken.count == 30 - limit)
    for id in woken {
      let event: JSONValue = ["source": "task.wake", "detail-type": "task.wake", "detail": ["orchestrationId": .string(id)]]
      let answer = try await world.supervisor.handle(
        event.bytes, traceHeader: nil, deadlineMilliseconds: world.clock.nowMilliseconds + 120_000)
      #expect(answer["status"] == "advanced")
    }
    #expect(world.bus.events("supervisor.feedback").count == 30)
    #expect(world.model.requests.count == 60)
  }

  @Test func `one sweep wakes no more than so many, and the next ones the others`() async throws {
    var limits = Limits()
    limits.wakesOfSweep = 5
    let world = try await Self.throttledRuns(limits: limits)
    var woken = 0
    // Nobody answers the events, so that only what the sweeper does itself goes on.
    for sweep in 1...3 {
      try await world.sweep(afterSeconds: sweep == 1 ? 6 : 1)
      let now = world.bus.events("task.wake").count
      #expect((0...5).contains(now - woken))
      woken = now
      #expect(world.bus.events("supervisor.feedback").count == sweep * limits.callsOfSweep)
    }
    // 22 and 14 were left after the first two sweeps' own eight each, and 6 after the third's.
    #expect(woken == 15)
  }

  @Test func `a sweeper that cannot wake others makes the calls itself`() async throws {
    let world = try await Self.throttledRuns()
    world.bus.refuseAll(containing: "{\"orchestrationId\":")
    try await world.sweep(afterSeconds: 6)
    #expect(world.bus.events("supervisor.feedback").count == 30)
  }

  @Test func `an outcome that only waits to be published does not wait behind model calls`() async throws {
    let world = try await Self.throttledRuns()
    let model = ModelDouble { _, _ in
      #expect(world.bus.details("supervisor.feedback").contains { $0["orchestration_id"] == "done-before" })
      return .says("finished")
    }
    let supervisor = world.supervisor { $0.model = model }
    var ended = OrchestrationRecord(
      id: "done-before", task: "Do it", createdAtMilliseconds: 1, deadlineMilliseconds: world.clock.nowMilliseconds + 1_000_000,
      budgetMicroUSD: 1,
      conversation: [.inline(.user("Do it"))])
    ended.state = .completed
    ended.outcome = Outcome(state: .completed, message: "done", decidedAtMilliseconds: 1)
    // Due after all of the others.
    ended.wakeAtMilliseconds = world.clock.nowMilliseconds + 6_000
    _ = try await world.store.create(ended)
    world.clock.advance(seconds: 6)
    let looked = try await supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
    #expect(looked == 31)
    #expect(model.requests.count == world.supervisor.configuration.limits.callsOfSweep)
  }

  @Test func `a cancellation that overtakes its request reaches it`() async throws {
    let world = World { _, _ in .says("finished") }
    var effects = world.supervisor.effects
    effects.pause = { milliseconds in
      world.clock.advance(milliseconds: milliseconds)
      // The request arrives while the cancellation waits; its model call is a long one.
      if try await world.record() == nil {
        _ = try await world.store.create(
          OrchestrationRecord(
            id: World.id, task: "Do it", createdAtMilliseconds: world.clock.nowMilliseconds,
            deadlineMilliseconds: world.clock.nowMilliseconds + 3_600_000, budgetMicroUSD: 5_000_000,
            conversation: [.inline(.user("Do it"))]))
      }
    }
    let supervisor = Supervisor(configuration: world.supervisor.configuration, effects: effects)
    #expect(try await supervisor.cancel(World.id, reason: "not needed") == .cancelled)
    #expect(try await world.record()?.state == .cancelled)
    #expect(world.model.requests.isEmpty)
  }

  @Test func `cancelling a run that has ended says how it had ended`() async throws {
    let world = World { _, _ in .says("finished") }
    try await world.request()
    let event: JSONValue = ["source": "task.cancel", "detail-type": "task.cancel", "detail": ["orchestrationId": "run-1"]]
    let answer = try await world.supervisor.handle(
      event.bytes, traceHeader: nil, deadlineMilliseconds: world.clock.nowMilliseconds + 30_000)
    #expect(answer == ["status": "unchanged", "orchestrationId": "run-1", "state": "completed"])
  }
}
