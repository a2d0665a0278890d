import AWSClient
import JSON
import Orchestration

@testable import Simulation

/// The steps of one good run: asked for, one round with a prompt agent's task `t1` and a queue agent's task `t2`, completed, told. A test plays as
/// many as it wants, and doctors one.
struct StagedRun {
  static let round = "run-1#1"
  static let worker = Stage.invocation(2, "worker-wrapper")
  static let asks = Message.assistant(
    .toolUse(id: "t1", name: "poet", input: [:]), .toolUse(id: "t2", name: "adder", input: [:]))
  static let answers = Message.user(
    .toolResult(id: "t1", content: [.json(["data": "a rhyme"])], status: .success),
    .toolResult(id: "t2", content: [.text("no_numbers: Send some.")], status: .error))
  static let outcome = Outcome(state: .completed, message: "yes", decidedAtMilliseconds: Stage.begin + 5_000)
  static let answer = TaskCompletion(
    orchestrationID: Stage.id, toolUseID: "t1", node: "poet", requestID: round, data: "a rhyme",
    usage: TaskCompletion.Usage(costMicroUSD: 100))
  static let failure = TaskCompletion(
    orchestrationID: Stage.id, toolUseID: "t2", node: "adder", requestID: round, status: .error, code: "no_numbers",
    message: "Send some.")

  let stage: Stage

  init(_ invariant: any Invariant) { stage = Stage(invariant) }

  /// All steps, with one in another step's place.
  func play(doctoring step: Step? = nil, _ doctored: (Stage) -> Void = { _ in }) {
    for next in Step.allCases {
      if next == step { doctored(stage) } else { play(next) }
      stage.nowMilliseconds += 500
    }
    stage.end()
  }

  enum Step: CaseIterable {
    case request, create, lease, callModel, begin, send, markSent, claim, callAgentsModel, finish, completeFirst, closeFirst, completeSecond
    case closeSecond, takeMessages, join, callModelAgain, endRun, tellBus, tellCaller, publish
  }

  func play(_ step: Step) {
    switch step {
    case .request:
      stage.tell(
        .requested(
          id: Stage.id, TaskRequest(task: "Do it", orchestrationID: Stage.id, callback: .sqs(queueURL: Stage.callbackQueue))))
    case .create:
      var record = OrchestrationRecord(
        id: Stage.id, task: "Do it", createdAtMilliseconds: Stage.begin, deadlineMilliseconds: Stage.begin + 3_600_000,
        budgetMicroUSD: 10_000, callback: .sqs(queueURL: Stage.callbackQueue), conversation: [.inline(.user("Do it"))])
      record.wakeAtMilliseconds = Stage.begin
      stage.write(record)
    case .lease: stage.change { StagedRun.lease(&$0, stage.nowMilliseconds) }
    case .callModel: stage.callModel([.user("Do it")])
    case .begin:
      stage.write(StagedRun.newRound(stage.nowMilliseconds))
      stage.change { StagedRun.begin(&$0) }
      stage.done()
    case .send:
      stage.send(["agent_use_id": "t1", "request_id": "run-1#1", "orchestration_id": "run-1"], to: Stage.workerQueue)
      stage.send(["agent_use_id": "t2", "request_id": "run-1#1", "orchestration_id": "run-1"], to: Stage.agentQueue)
    case .markSent:
      stage.change(round: StagedRun.round) { for index in $0.tasks.indices { $0.tasks[index].sentAtMilliseconds = stage.nowMilliseconds } }
    case .claim:
      stage.tell(.began(StagedRun.worker))
      stage.claim("run-1#1#t1", owner: "w", until: StagedRun.worker.deadlineMilliseconds, by: StagedRun.worker)
    case .callAgentsModel: stage.callModel([.user("Your input")], toolUseID: "t1", system: "You are poet.", by: StagedRun.worker)
    case .finish:
      stage.claim(
        "run-1#1#t1", owner: "w", until: StagedRun.worker.deadlineMilliseconds,
        answer: String(decoding: StagedRun.answer.json, as: UTF8.self), by: StagedRun.worker)
    case .completeFirst:
      stage.complete(StagedRun.answer)
      stage.tell(.ended(StagedRun.worker, .returned("null")))
    case .closeFirst:
      stage.change(task: "t1") {
        $0.state = .succeeded
        $0.result = TaskResult(
          isError: false, data: "a rhyme", usage: TaskCompletion.Usage(costMicroUSD: 100), closedAtMilliseconds: stage.nowMilliseconds)
      }
    case .completeSecond: stage.complete(StagedRun.failure)
    case .closeSecond:
      stage.change(task: "t2") {
        $0.state = .failed
        $0.result = TaskResult(
          isError: true, code: "no_numbers", message: "Send some.", closedAtMilliseconds: stage.nowMilliseconds)
      }
    case .takeMessages:
      stage.purge(Stage.workerQueue)
      stage.purge(Stage.agentQueue)
    case .join:
      stage.change {
        $0.conversation.append(.inline(StagedRun.answers))
        $0.spending.costMicroUSD += 100
        StagedRun.lease(&$0, stage.nowMilliseconds)
      }
    case .callModelAgain: stage.callModel([.user("Do it"), StagedRun.asks, StagedRun.answers])
    case .endRun:
      stage.change {
        $0.conversation.append(.inline(.assistant(.text("yes"))))
        $0.state = .completed
        $0.outcome = StagedRun.outcome
        $0.lease = nil
        $0.spending.costMicroUSD += 100
        $0.spending.reservedMicroUSD = 0
        $0.spending.modelCalls += 1
      }
      stage.done()
    case .tellBus: stage.publish("supervisor", "supervisor.feedback", StagedRun.told("orchestration_id"))
    case .tellCaller: stage.send(StagedRun.told("orchestrationId"), to: Stage.callbackQueue)
    case .publish:
      stage.change {
        $0.publishedAtMilliseconds = stage.nowMilliseconds
        $0.wakeAtMilliseconds = nil
      }
    }
  }

  static func lease(_ record: inout OrchestrationRecord, _ now: Int64) {
    record.lease = Lease(owner: "s", untilMilliseconds: now + 120_000)
    record.wakeAtMilliseconds = now + 120_000
    record.spending.reservedMicroUSD = 1_000
  }

  static func newRound(_ now: Int64) -> RoundRecord {
    func task(_ id: String, _ agent: String, _ queueURL: String?, _ budget: Int64?) -> TaskEntry {
      TaskEntry(
        toolUseID: id, toolName: agent, agentID: agent, queueURL: queueURL, input: [:], state: .pending, dueAtMilliseconds: now + 1_800_000,
        budgetMicroUSD: budget)
    }
    return RoundRecord(
      orchestrationID: Stage.id, number: 1, createdAtMilliseconds: now,
      tasks: [task("t1", "poet", nil, 500), task("t2", "adder", Stage.agentQueue, nil)])
  }

  static func begin(_ record: inout OrchestrationRecord) {
    record.conversation.append(.inline(asks))
    record.rounds = 1
    record.requestID = round
    record.lease = nil
    record.spending.costMicroUSD += 100
    record.spending.reservedMicroUSD = 500
    record.spending.modelCalls += 1
  }

  static func told(_ idMember: String) -> JSONValue {
    [
      idMember: "run-1", "message": "yes", "result_id": "run-1#result", "state": "completed",
      "usage": ["cost_micro_usd": 300],
    ]
  }
}

/// Plays the good run with one step doctored, and tells the first breach that one checker finds.
func breach(_ invariant: any Invariant, _ step: StagedRun.Step, _ doctored: (StagedRun, Stage) -> Void) -> String {
  let run = StagedRun(invariant)
  run.play(doctoring: step) { doctored(run, $0) }
  return run.stage.breaches.first?.message ?? "nothing is wrong"
}
