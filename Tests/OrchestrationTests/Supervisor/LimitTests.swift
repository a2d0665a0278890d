import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

@Suite struct LimitTests {
  @Test func `a run ends before a model call that its budget may not cover`() async throws {
    let world = World { _, _ in .says("finished") }
    try await world.request(budgetMicroUSD: 10)
    let record = try #require(try await world.record())
    #expect(record.state == .budgetExhausted)
    #expect(world.model.requests.isEmpty)
    #expect(record.outcome?.message.contains("$0.00001") == true)
    #expect(world.bus.details("supervisor.feedback").first?["state"] == "budget_exhausted")
  }

  @Test func `a model that never stops delegating is stopped at its rounds`() async throws {
    var limits = Limits()
    limits.rounds = 3
    let world = World(limits: limits) { _, turn in .asks(("t\(turn)", "nobody", [:])) }
    try await world.request()
    #expect(try await world.record()?.outcome?.code == "round_limit")
    #expect(world.model.requests.count == 4)
  }

  @Test func `tasks over the cap of a round are answered with an error, the others are sent`() async throws {
    var limits = Limits()
    limits.tasksPerRound = 2
    let world = World(limits: limits) { _, turn in
      turn == 0 ? .asks(("t1", "echo", [:]), ("t2", "echo", [:]), ("t3", "echo", [:])) : .says("finished")
    }
    try await world.request()
    #expect(world.queue.tasks.map(\.toolUseID) == ["t1", "t2"])
    try await world.answer("t1")
    try await world.answer("t2")
    let results = world.model.requests.last?.messages.last?.toolResults ?? []
    #expect(results.map(\.status) == [.success, .success, .error])
    #expect(results.last?.content.first?.text?.hasPrefix("fan_out_limit") == true)
  }

  @Test func `a supervisor under too many others delegates nothing`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    try await world.supervisor.accept(TaskRequest(task: "Do it", depth: 3), eventID: World.id, traceHeader: nil)
    #expect(world.queue.messages.isEmpty)
    #expect(world.model.requests.last?.messages.last?.toolResults.first?.content.first?.text?.hasPrefix("depth_limit") == true)
    try await world.supervisor.accept(TaskRequest(task: "Do it", depth: 4), eventID: "run-2", traceHeader: nil)
    #expect(try await world.record("run-2")?.outcome?.code == "depth_limit")
  }

  @Test func `a run ends at its deadline, and its tasks are closed`() async throws {
    let world = World { _, _ in .asks(("t1", "echo", [:])) }
    try await world.supervisor.accept(
      TaskRequest(task: "Do it", orchestrationID: World.id, deadlineSeconds: 60), eventID: "event-1", traceHeader: nil)
    try await world.sweep(afterSeconds: 60)
    let record = try #require(try await world.record())
    #expect(record.state == .expired)
    #expect(try await world.store.loadRound(try #require(record.requestID))?.pendingCount == 0)
    try await world.answer("t1")
    #expect(try await world.record()?.state == .expired)
    #expect(world.model.requests.count == 1)
  }

  @Test func `an agent that has seconds is given up after seconds`() async throws {
    let hasty: JSONValue = [
      "agentId": "hasty", "state": "active",
      "config": [
        "schema": ["type": "object"], "action": ["type": "sqs", "target": "https://queue/hasty"], "limits": ["timeoutSeconds": 2],
      ],
    ]
    let world = World(rows: [hasty]) { _, turn in turn == 0 ? .asks(("t1", "hasty", [:])) : .says("finished without it") }
    try await world.request()
    try await world.sweep(afterSeconds: 1)
    #expect(try await world.record()?.state == .running)
    try await world.sweep(afterSeconds: 1)
    #expect(try await world.record()?.state == .completed)
  }

  @Test func `cancelling reaches a waiting run, and only once`() async throws {
    let world = World { _, _ in .asks(("t1", "echo", [:])) }
    try await world.request()
    try await world.supervisor.cancel(World.id, reason: "not needed")
    try await world.supervisor.cancel(World.id, reason: "again")
    let record = try #require(try await world.record())
    #expect(record.state == .cancelled)
    #expect(record.outcome?.message == "The run was cancelled: not needed")
    #expect(world.bus.events("supervisor.feedback").count == 1)
  }

  @Test func `cancelling wins over a reply that comes later, and the call is paid for`() async throws {
    let world = World { _, _ in .says("finished") }
    let model = ModelDouble { _, _ in
      try await world.supervisor.cancel(World.id, reason: "stop")
      return .says("finished")
    }
    let supervisor = Supervisor(
      configuration: world.supervisor.configuration,
      effects: Supervisor.Effects(
        store: world.store, queue: world.queue, bus: world.bus, blobs: world.blobs, model: model,
        registry: FixedRegistry(AgentDirectory(rows: [AgentConfiguration.echo.row])), clock: world.clock, ids: world.ids, prices: .builtIn,
        observer: world.observer))
    try await supervisor.accept(TaskRequest(task: "Do it", orchestrationID: World.id), eventID: "e", traceHeader: nil)
    let record = try #require(try await world.record())
    #expect(record.state == .cancelled)
    #expect(record.spending.costMicroUSD > 0)
    #expect(record.spending.reservedMicroUSD == 0)
  }

  /// The seconds between a run's model calls until its end.
  private static func pauses(_ world: World, sweeping seconds: Int) async throws -> [Int64] {
    try await world.request()
    var asked: [Int64] = [world.clock.nowMilliseconds]
    for _ in 0..<seconds {
      try await world.sweep(afterSeconds: 1)
      if world.model.requests.count > asked.count { asked.append(world.clock.nowMilliseconds) }
    }
    return zip(asked, asked.dropFirst()).map { ($1 - $0) / 1000 }
  }

  @Test func `a failing model is asked again after growing pauses, and not for ever`() async throws {
    let world = World { _, _ in throw AWSError(code: "ModelErrorException", message: "half way", httpStatus: 424) }
    let pauses = try await Self.pauses(world, sweeping: 600)
    #expect(pauses.count == 5)
    #expect(try await world.record()?.troubles.lastError == "ModelErrorException: half way")
    // Each between a half and the whole of its time, and the second that the sweep takes to come.
    for (pause, longest) in zip(pauses, [5, 10, 20, 40, 80]) {
      #expect((Int64(longest) / 2...Int64(longest) + 1).contains(pause), "\(pauses)")
    }
    #expect(try await world.record()?.outcome?.code == "model_failed")
    #expect(world.bus.details("arbiter.error").map { $0["code"] } == ["model_failed"])
  }

  @Test func `a model that is too busy is asked for until the run's deadline`() async throws {
    let world = World { _, turn in
      if turn < 12 { throw AWSError(code: "ThrottlingException", message: "slow down", isRetryable: true, isThrottling: true) }
      return .says("finished")
    }
    let pauses = try await Self.pauses(world, sweeping: 3000)
    #expect(pauses.count == 12)
    #expect(try await world.record()?.troubles.lastError == nil)
    #expect(pauses.allSatisfy { $0 <= 301 })
    #expect(try await world.record()?.state == .completed)
  }

  @Test func `an error that trying again cannot mend ends the run at once`() async throws {
    let world = World { _, _ in throw AWSError(code: "AccessDeniedException", message: "no access to the model") }
    try await world.request()
    let record = try #require(try await world.record())
    #expect(record.state == .failed)
    #expect(record.outcome?.message.contains("no access to the model") == true)
    #expect(record.spending.costMicroUSD == 0)
  }

  @Test func `agents that call models share the budget, and what they report is charged`() async throws {
    let world = World(agents: [.agent("writer", kind: .prompt), .agent("reader", kind: .prompt)]) { _, turn in
      turn == 0 ? .asks(("t1", "writer", [:]), ("t2", "reader", [:])) : .says("finished")
    }
    try await world.request(budgetMicroUSD: 3_000_000)
    let budgets = world.queue.tasks.compactMap(\.budgetMicroUSD)
    #expect(budgets.count == 2)
    #expect(budgets.reduce(0, +) < 3_000_000)
    for task in world.queue.tasks {
      try await world.supervisor.complete(
        TaskCompletion(
          orchestrationID: World.id, toolUseID: task.toolUseID, node: task.node, requestID: task.requestID, data: "ok",
          usage: TaskCompletion.Usage(inputTokens: 10, outputTokens: 5, costMicroUSD: 500)))
    }
    let record = try #require(try await world.record())
    #expect(record.state == .completed)
    #expect(record.spending.reservedMicroUSD == 0)
    #expect(
      record.spending.costMicroUSD == 1000 + 2
        * ModelPrices.builtIn.cost(of: TokenUsage(inputTokens: 100, outputTokens: 20), modelID: SupervisorConfiguration.seedModelID))
  }

  @Test func `an agent is told when nothing is left for it to spend`() async throws {
    let agents = [AgentConfiguration.agent("writer", kind: .prompt)]
    let lost = World(agents: agents) { _, _ in throw Crash() }
    _ = try? await lost.request()
    let firstCall = try #require(try await lost.record()?.spending.reservedMicroUSD)
    // The budget covers the first call and nothing else; the service does not say what it cost, so all of it is spent.
    let world = World(agents: agents) { _, _ in
      ConverseResponse(message: .assistant(.toolUse(id: "t1", name: "writer", input: [:])), stopReason: .toolUse, usage: nil)
    }
    try await world.request(budgetMicroUSD: firstCall)
    #expect(world.queue.tasks.first?.budgetMicroUSD == 0)
  }

  @Test func `a model call that the invocation has no time for is left to another, and costs nothing`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    try await RequestContext.$deadlineMilliseconds.withValue(world.clock.nowMilliseconds + 2000) { _ = try await world.request() }
    #expect(world.model.requests.isEmpty)
    #expect(world.bus.details("task.wake") == [["orchestrationId": "run-1"]])
    #expect(try await world.record()?.spending.costMicroUSD == 0)
    try await world.sweep()
    #expect(world.model.requests.count == 1)
    // The same for the answers of a round.
    try await RequestContext.$deadlineMilliseconds.withValue(world.clock.nowMilliseconds + 2000) { try await world.answer("t1") }
    #expect(world.model.requests.count == 1)
    try await world.sweep()
    #expect(try await world.record()?.state == .completed)
  }

  @Test func `an agent that reports tokens and no cost is charged its share`() async throws {
    let world = World(agents: [.agent("writer", kind: .prompt)]) { _, turn in turn == 0 ? .asks(("t1", "writer", [:])) : .says("finished") }
    try await world.request(budgetMicroUSD: 3_000_000)
    let task = try #require(world.queue.tasks.first)
    let share = try #require(task.budgetMicroUSD)
    try await world.supervisor.complete(
      TaskCompletion(detail: [
        "orchestration_id": .string(World.id), "agent_use_id": "t1", "node": "writer", "request_id": .string(try #require(task.requestID)),
        "data": "ok", "usage": ["input_tokens": 10, "output_tokens": 5],
      ]))
    let record = try #require(try await world.record())
    #expect(record.spending.costMicroUSD >= share)
    #expect(record.spending.inputTokens == 210)
  }

  @Test func `an answer of another agent does not close a task, though the model used its id again`() async throws {
    let world = World(agents: [.echo, .agent("other")]) { _, turn in
      switch turn {
      case 0: .asks(("t1", "echo", [:]))
      case 1: .asks(("t1", "other", [:]))
      default: .says("finished")
      }
    }
    try await world.request()
    let late = TaskCompletion(orchestrationID: World.id, toolUseID: "t1", node: "echo", data: "late")
    try await world.supervisor.complete(late)
    await #expect { try await world.supervisor.complete(late) } throws: { ($0 as? WireError)?.field == "detail.node" }
    #expect(try await world.record()?.state == .running)
  }

  @Test func `an invocation that is too short for any model call does not call for another`() async throws {
    let world = World { _, _ in .says("finished") }
    let event: JSONValue = [
      "id": "event-1", "source": "task.request", "detail-type": "task.request", "detail": ["task": "Do it", "orchestrationId": "run-1"],
    ]
    let deadline = world.clock.nowMilliseconds + 2_000
    try await RequestContext.$deadlineMilliseconds.withValue(deadline) {
      _ = try await world.supervisor.handle(event.bytes, traceHeader: nil, deadlineMilliseconds: deadline)
    }
    #expect(world.bus.events("task.wake").isEmpty)
    #expect(try await world.record()?.wakeAtMilliseconds == world.clock.nowMilliseconds)
  }

  @Test func `a second model call is not begun in the second half of an invocation`() async throws {
    let world = World { _, turn in turn < 2 ? .asks(("t\(turn)", "nobody", [:])) : .says("finished") }
    let slow = ModelDouble { request, turn in
      world.clock.advance(seconds: 35)
      return turn < 2 ? .asks(("t\(turn)", "nobody", [:])) : .says("finished")
    }
    let supervisor = world.supervisor { $0.model = slow }
    let event: JSONValue = [
      "id": "event-1", "source": "task.request", "detail-type": "task.request", "detail": ["task": "Do it", "orchestrationId": "run-1"],
    ]
    let deadline = world.clock.nowMilliseconds + 120_000
    try await RequestContext.$deadlineMilliseconds.withValue(deadline) {
      _ = try await supervisor.handle(event.bytes, traceHeader: nil, deadlineMilliseconds: deadline)
    }
    // 85 s were left for the second call, and 50 s for a third.
    #expect(slow.requests.count == 2)
    #expect(world.bus.details("task.wake") == [["orchestrationId": "run-1"]])
    let wake: JSONValue = ["source": "task.wake", "detail-type": "task.wake", "detail": ["orchestrationId": "run-1"]]
    _ = try await supervisor.handle(wake.bytes, traceHeader: nil, deadlineMilliseconds: world.clock.nowMilliseconds + 120_000)
    #expect(try await world.record()?.state == .completed)
  }

  @Test func `a request above what the deployment allows has an answer that names the field and the value`() async throws {
    var limits = Limits()
    limits.maximumBudgetMicroUSD = 10_000_000
    limits.maximumDeadlineSeconds = 600
    let world = World(limits: limits) { _, _ in .says("finished") }
    try await world.request(budgetMicroUSD: 10_000_001)
    try await world.supervisor.accept(
      TaskRequest(task: "Do it", orchestrationID: "run-2", deadlineSeconds: 601), eventID: "e", traceHeader: nil)
    #expect(try await world.record()?.outcome?.code == "budget_limit")
    #expect(try await world.record()?.outcome?.message == "The field 'budgetUSD' is $10.000001, and at most $10.00 are allowed.")
    #expect(try await world.record("run-2")?.outcome?.code == "deadline_limit")
    #expect(try await world.record("run-2")?.outcome?.message == "The field 'deadlineSeconds' is 601, and at most 600 are allowed.")
    #expect(world.bus.details("supervisor.feedback").map { $0["state"] } == ["failed", "failed"])
    #expect(world.model.requests.isEmpty)
  }
}
