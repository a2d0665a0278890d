import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// The end of a run: whom it is told, what it cost, and that it comes.
@Suite struct EndingTests {
  private static let callback = Callback.eventBridge(busName: "nowhere", source: "task.response", detailType: "task.response")

  @Test func `a callback that is never taken does not keep the world from the outcome, and is given up in the end`() async throws {
    let world = World { _, _ in .says("finished") }
    // What only the callback's event has.
    world.bus.refuseAll(containing: "\"orchestrationId\"")
    try await world.request(callback: Self.callback)
    #expect(world.bus.details("supervisor.feedback").map { $0["message"] } == ["finished"])
    #expect(try await world.record()?.publishedAtMilliseconds == nil)
    for _ in 0..<(26 * 60) { try await world.sweep(afterSeconds: 60) }
    #expect(try await world.record()?.publishedAtMilliseconds != nil)
    #expect(try await world.record()?.wakeAtMilliseconds == nil)
    #expect(world.bus.events("supervisor.feedback").count < 20)
    #expect(world.bus.details("arbiter.error").first?["orchestration_id"] == "run-1")
  }

  @Test func `a callback that is taken later arrives then`() async throws {
    let world = World { _, _ in .says("finished") }
    world.queue.refuse("callback", SendFailure(reason: "ServiceUnavailable", isPermanent: false))
    try await world.request(callback: .sqs(queueURL: "https://queue/answers"))
    world.queue.refuse("callback", nil)
    try await world.sweep(afterSeconds: 61)
    #expect(world.queue.messages.map(\.queueURL) == ["https://queue/answers"])
    #expect(try await world.record()?.publishedAtMilliseconds != nil)
  }

  @Test func `a callback to a queue that does not exist is not given up before an error event has told so`() async throws {
    let world = World { _, _ in .says("finished") }
    world.queue.refuse("callback", SendFailure(reason: "NonExistentQueue", isPermanent: true))
    world.bus.refuseAll(containing: "NonExistentQueue")
    try await world.request(callback: .sqs(queueURL: "https://queue/nowhere"))
    #expect(try await world.record()?.publishedAtMilliseconds == nil)
    world.bus.refuseAll(containing: "nothing of this")
    try await world.sweep(afterSeconds: 61)
    #expect(world.bus.details("arbiter.error").first?["orchestration_id"] == "run-1")
    #expect(try await world.record()?.publishedAtMilliseconds != nil)
  }

  @Test func `a callback that is denied is reported and waits for its permission`() async throws {
    let world = World { _, _ in .says("finished") }
    world.queue.refuse("callback", SendFailure(reason: "name it in access.queues", isPermanent: true, isDenied: true))
    try await world.request(callback: .sqs(queueURL: "https://queue/answers"))
    #expect(world.bus.details("arbiter.error").first?["message"]?.stringValue?.contains("name it in access.queues") == true)
    world.queue.refuse("callback", nil)
    try await world.sweep(afterSeconds: 61)
    #expect(world.queue.messages.map(\.queueURL) == ["https://queue/answers"])
  }

  @Test func `what answered tasks cost counts also when the run ends before the others`() async throws {
    let agents = [AgentConfiguration.agent("writer", kind: .prompt)]
    let world = World(agents: agents) { _, _ in .asks(("t1", "writer", [:]), ("t2", "writer", [:])) }
    try await world.request()
    let before = try #require(try await world.record()?.spending.costMicroUSD)
    let task = try #require(world.queue.tasks.first)
    try await world.supervisor.complete(
      TaskCompletion(
        orchestrationID: World.id, toolUseID: task.toolUseID, node: task.node, requestID: task.requestID, data: "ok",
        usage: TaskCompletion.Usage(inputTokens: 10, outputTokens: 5, costMicroUSD: 70_000)))
    try await world.supervisor.cancel(World.id, reason: "enough")
    #expect(try await world.record()?.spending.costMicroUSD == before + 70_000)
    let usage = world.bus.details("supervisor.feedback").first?["usage"]
    #expect(usage?["cost_micro_usd"] == .number(before + 70_000))
    // What the other, which was under way, may have spent by then.
    #expect(usage?["reserved_micro_usd"] == .number(try #require(world.queue.tasks.last?.budgetMicroUSD)))
  }

  @Test func `a task that is answered while its run is being ended is paid for`() async throws {
    let world = World(agents: [.agent("writer", kind: .prompt)]) { _, _ in .asks(("t1", "writer", [:])) }
    try await world.request()
    // What the handler that ends the run has read before the answer comes.
    let row = try #require(try await world.record())
    let round = try #require(try await world.store.loadRound("run-1#1"))
    _ = try await world.store.close(
      "t1", of: "run-1#1", state: .succeeded,
      result: TaskResult(isError: false, data: "ok", usage: TaskCompletion.Usage(costMicroUSD: 500_000), closedAtMilliseconds: 1))
    let ended = try await world.supervisor.finish(row, Outcome(state: .cancelled, message: "enough", decidedAtMilliseconds: 2), round)
    #expect(ended?.spending.costMicroUSD == World.callCost + 500_000)
    #expect(ended?.spending.reservedMicroUSD == 0)
  }

  @Test func `a task that no queue took costs nothing`() async throws {
    let world = World(agents: [.agent("writer", kind: .prompt)]) { _, turn in turn == 0 ? .asks(("t1", "writer", [:])) : .says("finished") }
    world.queue.refuse("t1", SendFailure(reason: "NonExistentQueue", isPermanent: true))
    try await world.request()
    #expect(try await world.record()?.spending.costMicroUSD == 2 * World.callCost)
  }

  @Test func `a last model call that may have been paid for counts as spent`() async throws {
    var limits = Limits()
    limits.modelFailures = 1
    let world = World(limits: limits) { _, _ in throw AWSError(code: "ModelErrorException", message: "half way", httpStatus: 424) }
    try await world.request()
    let record = try #require(try await world.record())
    #expect(record.state == .failed)
    #expect(record.spending.costMicroUSD > 0)
    #expect(record.spending.reservedMicroUSD == 0)
  }

  @Test func `a handler lost while it ends a run leaves no task that is still asked for`() async throws {
    for write in 1...4 {
      let world = World(agents: [.agent("writer", kind: .prompt)]) { _, _ in .asks(("t1", "writer", [:]), ("t2", "writer", [:])) }
      try await world.request()
      let spending = try #require(try await world.record()?.spending)
      world.store.crash(afterWrites: write)
      _ = try? await world.supervisor.cancel(World.id, reason: "enough")
      world.store.neverCrash()
      try await world.sweep(afterSeconds: 61)
      let record = try #require(try await world.record())
      #expect(record.state == .cancelled)
      #expect(try await world.store.loadRound(try #require(record.requestID))?.pendingCount == 0, "lost after write \(write)")
      // What is known to be spent, and what may be, do not depend on how often it took to end the run.
      #expect(record.spending == spending, "lost after write \(write)")
    }
  }

  @Test func `a tracking record that cannot be read does not keep a run from its end`() async throws {
    let world = World { _, _ in .asks(("t1", "echo", [:])) }
    try await world.request()
    world.store.spoil("run-1#1")
    try await world.sweep(afterSeconds: 60)
    #expect(try await world.record()?.state == .running)
    #expect(world.bus.details("arbiter.error").first?["code"] == "ledger_unreadable")
    try await world.sweep(afterSeconds: 3600)
    #expect(try await world.record()?.state == .expired)
  }

  @Test func `a reason for cancelling of any length ends the run`() async throws {
    let world = World { _, _ in .asks(("t1", "echo", [:])) }
    try await world.request()
    let event: JSONValue = [
      "source": "task.cancel", "detail-type": "task.cancel",
      "detail": ["orchestrationId": "run-1", "reason": .string(String(repeating: "é", count: 120_000))],
    ]
    _ = try await world.supervisor.handle(event.bytes, traceHeader: nil, deadlineMilliseconds: world.clock.nowMilliseconds + 30_000)
    #expect(try await world.record()?.state == .cancelled)
    let feedback = try #require(world.bus.events("supervisor.feedback").first)
    #expect(feedback.detail.count < 5000)
  }

  @Test func `as many long errors as a round may have tasks fit into its tracking record`() async throws {
    var limits = Limits()
    limits.tasksPerRound = 64
    let uses = (0..<64).map {
      ContentBlock.toolUse(id: "t\($0)", name: "echo", input: ["text": .string(String(repeating: "i", count: 2200))])
    }
    let world = World(limits: limits) { _, turn in
      turn == 0 ? ConverseResponse(message: Message(role: .assistant, content: uses), stopReason: .toolUse, usage: nil) : .says("finished")
    }
    try await world.request(budgetMicroUSD: 100_000_000)
    let message = String(repeating: "端", count: 3000)
    for number in 0..<64 { try await world.answer("t\(number)", .string(message), status: .error, code: "bad", message: message) }
    #expect(try await world.record()?.state == .completed)
  }
}
