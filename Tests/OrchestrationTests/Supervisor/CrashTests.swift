import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// A handler is lost at each step at which it touches the world in turn: rows, queues, bus, blobs, registry and model, before and after.
@Suite struct CrashTests {
  /// Two tasks side by side, inputs and results too large for the tracking record among them.
  private static func world() -> World {
    World { request, _ in
      request.messages.count == 1
        ? .asks(("t1", "echo", ["text": .string(String(repeating: "i", count: 100_000))]), ("t2", "echo", ["n": 2])) : .says("finished")
    }
  }

  private static let results: [String: JSONValue] = ["t1": .string(String(repeating: "r", count: 250_000)), "t2": "small"]

  /// The events of a run as EventBridge delivers them; a handler that is lost is tried again, or not.
  private static func run(_ world: World, lostAtStep step: Int, retries: Bool) async throws -> Bool {
    let faults = Faults()
    let supervisor = faults.supervisor(of: world)
    faults.crash(atStep: step)
    var wasLost = false
    func deliver(_ handle: () async throws -> Void) async throws {
      do { try await handle() } catch is Crash {
        wasLost = faults.recover() || wasLost
        if retries {
          world.clock.advance(seconds: 60)
          try await handle()
        }
      }
      // A queue's sender swallows the loss.
      wasLost = faults.recover() || wasLost
    }
    try await deliver {
      try await supervisor.accept(
        TaskRequest(task: "Do it", orchestrationID: World.id, budgetMicroUSD: 50_000_000), eventID: "event-1", traceHeader: nil)
    }
    var answered: Set<String> = []
    for _ in 0..<45 {
      // Agents answer what has reached them, once.
      for task in world.queue.tasks where answered.insert(task.toolUseID).inserted {
        try await deliver {
          try await supervisor.complete(
            TaskCompletion(
              orchestrationID: World.id, toolUseID: task.toolUseID, node: task.node, requestID: task.requestID,
              data: results[task.toolUseID] ?? .null))
        }
      }
      let record = try await world.record()
      // To the very end: until what lost handlers left behind has been removed.
      if let record, record.state.isTerminal, record.wakeAtMilliseconds == nil { break }
      world.clock.advance(seconds: record?.publishedAtMilliseconds == nil ? 60 : 3600)
      try await deliver { try await supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000) }
    }
    return wasLost
  }

  /// - Parameter mayTimeOut: true when a lost answer does not come again.
  private static func check(_ world: World, _ place: Comment, mayTimeOut: Bool = false) async throws {
    let record = try #require(try await world.record(), place)
    #expect(record.state == .completed, place)
    #expect(record.publishedAtMilliseconds != nil, place)
    #expect(record.wakeAtMilliseconds == nil, place)
    #expect(try await world.objects() == world.neededObjects(), place)
    #expect(world.model.violations.isEmpty, place)
    let conversation = try #require(world.model.requests.last?.messages)
    #expect(conversation.flatMap(\.toolResults).map(\.id) == ["t1", "t2"], place)
    for result in conversation.flatMap(\.toolResults) {
      let isTimeOut = mayTimeOut && result.content.first?.text?.hasPrefix("timed_out: ") == true
      #expect(isTimeOut || result.content.first?.json?["data"] == results[result.id], place)
    }
    // One lost handler loses at most one reply, and never what it cost.
    #expect(world.model.requests.count <= 3, place)
    #expect(record.spending.costMicroUSD >= Int64(world.model.requests.count) * World.callCost, place)
    #expect(record.spending.reservedMicroUSD == 0, place)
    let outcomes = world.bus.details("supervisor.feedback")
    #expect(!outcomes.isEmpty, place)
    #expect(Set(outcomes.compactMap { $0["result_id"]?.stringValue }) == ["run-1#result"], place)
    #expect(Set(outcomes.compactMap { $0["message"]?.stringValue }) == ["finished"], place)
  }

  @Test func `a run survives the loss of its handler at any step when the event comes again`() async throws {
    var step = 1
    while true {
      let world = Self.world()
      guard try await Self.run(world, lostAtStep: step, retries: true) else { break }
      try await Self.check(world, "lost at step \(step)")
      step += 1
    }
    #expect(step > 40, "a run touches the world more often than that")
  }

  @Test func `what is written down is carried on by the sweeper when no event comes again`() async throws {
    var step = 1
    var accepted = 0
    while true {
      let world = Self.world()
      guard try await Self.run(world, lostAtStep: step, retries: false) else { break }
      // A request that was lost before its row was written is in the dead-letter queue.
      if try await world.record() != nil {
        accepted += 1
        try await Self.check(world, "lost at step \(step)", mayTimeOut: true)
      }
      step += 1
    }
    #expect(accepted > 40)
  }

  @Test func `a handler that is slow and then lost loses its lease to the sweeper`() async throws {
    let world = World { _, turn in
      if turn == 0 { throw Crash() }
      return .says("finished")
    }
    await #expect(throws: Crash.self) { try await world.request() }
    try await world.sweep()
    #expect(world.model.requests.count == 1, "the lease still holds")
    try await world.sweep(afterSeconds: 121)
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
    try await world.sweep(afterSeconds: 121)
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
    try await world.sweep()
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
