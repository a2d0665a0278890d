import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// The process is lost right after each of its writes in turn; events come again as EventBridge delivers them, the sweeper does the rest.
@Suite struct CrashTests {
  @Test(arguments: 1...14) func `a run survives the loss of its handler after any write`(write: Int) async throws {
    let world = World { _, turn in
      turn == 0 ? .asks(("t1", "echo", ["n": 1]), ("t2", "echo", ["n": 2])) : .says("finished")
    }
    world.store.crash(afterWrites: write)
    _ = try? await world.request()
    for task in ["t1", "t2"] { try? await world.answer(task, .string(task)) }
    world.store.neverCrash()
    // Whatever was lost is due at the latest when its lease or its grace period ends.
    for _ in 0..<4 {
      world.clock.advance(seconds: 121)
      try await world.request()
      try await world.supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
      for task in ["t1", "t2"] { try await world.answer(task, .string(task)) }
    }
    let record = try #require(try await world.record())
    #expect(record.state == .completed)
    #expect(record.wakeAtMilliseconds == nil)
    #expect(world.model.violations.isEmpty)
    let conversation = try #require(world.model.requests.last?.messages)
    #expect(conversation.flatMap(\.toolResults).map(\.id) == conversation.flatMap(\.toolUses).map(\.id))
    let results = world.bus.details("supervisor.feedback")
    #expect(!results.isEmpty)
    #expect(Set(results.compactMap { $0["result_id"]?.stringValue }) == ["run-1#result"])
    #expect(Set(results.compactMap { $0["message"]?.stringValue }) == ["finished"])
  }

  @Test func `a handler that is slow and then lost loses its lease to the sweeper`() async throws {
    let world = World { _, turn in
      if turn == 0 { throw Crash() }
      return .says("finished")
    }
    await #expect(throws: Crash.self) { try await world.request() }
    try await world.supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
    #expect(world.model.requests.count == 1, "the lease still holds")
    world.clock.advance(seconds: 121)
    try await world.supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
    #expect(try await world.record()?.state == .completed)
  }

  @Test func `what a lost call may have cost counts as spent`() async throws {
    let world = World { _, turn in
      if turn == 0 { throw Crash() }
      return .says("finished")
    }
    _ = try? await world.request()
    let reserved = try #require(try await world.record()?.spending.reservedMicroUSD)
    #expect(reserved > 0)
    world.clock.advance(seconds: 121)
    try await world.supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
    #expect(try #require(try await world.record()?.spending.costMicroUSD) > reserved)
  }

  @Test func `rows that nobody can move on do not hide those behind them from the sweeper`() async throws {
    let world = World { _, _ in .says("finished") }
    world.bus.refuseAll(containing: "stuck-")
    for number in 0..<150 { _ = try? await world.request(id: "stuck-\(number)") }
    world.clock.advance(seconds: 1)
    world.bus.refuseNext(1)
    _ = try? await world.request(id: "behind")
    #expect(world.bus.events("supervisor.feedback").isEmpty)
    world.clock.advance(seconds: 11)
    try await world.supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
    #expect(world.bus.details("supervisor.feedback").map { $0["orchestration_id"] } == ["behind"])
  }

  @Test func `a duplicate with another large answer does not change the first`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:]), ("t2", "echo", [:])) : .says("finished") }
    try await world.request()
    let first = JSONValue.string(String(repeating: "a", count: 300_000))
    try await world.answer("t1", first)
    try await world.answer("t1", .string(String(repeating: "b", count: 300_000)))
    try await world.answer("t2")
    #expect(world.model.requests.last?.messages.last?.toolResults.first?.content.first?.json?["data"] == first)
  }
}
