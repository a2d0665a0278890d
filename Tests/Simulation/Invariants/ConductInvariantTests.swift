import AWSClient
import JSON
import Orchestration
import Testing

@testable import Simulation

/// The checkers of what functions do on the way, beside those of what comes of it.
@Suite struct ConductInvariantTests {
  private static let supervisor = Stage.invocation(1, "supervisor")

  private func ended(_ invocation: InvocationFacts, _ answer: JSONValue) -> Fact { .ended(invocation, .returned(answer.text)) }

  // MARK: A run is what was asked for

  @Test func aRunThatIsAllowedMoreThanWasAskedForIsFound() {
    func asking(_ change: (inout TaskRequest) -> Void) -> String {
      breach(RunsAreAsAsked(), .request) { _, stage in
        var request = TaskRequest(task: "Do it", orchestrationID: Stage.id, callback: .sqs(queueURL: Stage.callbackQueue))
        change(&request)
        stage.tell(.requested(id: Stage.id, request))
      }
    }
    #expect(asking { $0.deadlineSeconds = 60 } == "run-1 has 3600 s of time, and 60 s were asked for or allowed")
    #expect(asking { $0.budgetMicroUSD = 9_999 } == "run-1 may spend $0.01, and $0.009999 were asked for")
    #expect(asking { $0.callback = nil } == "run-1 has another callback than was asked for")
    #expect(asking { ($0.deadlineSeconds, $0.budgetMicroUSD) = (7_200, 20_000) } == "nothing is wrong")
  }

  @Test func aCancellationThatIsForgottenIsFound() {
    let answer: JSONValue = ["status": "cancelled", "orchestrationId": "run-1", "state": "cancelled"]
    let found = breach(RunsAreAsAsked(), .lease) { _, stage in stage.tell(ended(Self.supervisor, answer)) }
    #expect(found == "run-1's cancellation was acknowledged, and its row does not know of it")
    let kept = breach(RunsAreAsAsked(), .lease) { _, stage in
      stage.change { $0.cancelRequested = "no longer wanted" }
      stage.tell(ended(Self.supervisor, answer))
    }
    #expect(kept == "nothing is wrong")
  }

  // MARK: An answer is what the model said

  @Test(arguments: [StopReason.maxTokens, .guardrailIntervened, .contentFiltered, .malformedModelOutput])
  func aReplyThatWasNoAnswerIsFound(reason: StopReason) {
    let run = StagedRun(AnswersAreTheModels())
    for step in StagedRun.Step.allCases {
      if step == .callModel || step == .callModelAgain { run.stage.callModel([.user("Do it")], stopReason: reason) } else { run.play(step) }
    }
    #expect(run.stage.breaches.map(\.message) == ["run-1 is completed by a reply that was no answer"])
  }

  @Test func anotherAnswerThanTheModelsIsFound() {
    let found = breach(AnswersAreTheModels(), .endRun) { _, stage in
      stage.change {
        $0.conversation.append(.inline(.assistant(.text("yes"))))
        $0.state = .completed
        $0.outcome = Outcome(state: .completed, message: "no", decidedAtMilliseconds: 1)
      }
    }
    #expect(found == "run-1 is completed with another answer than the model gave")
  }

  // MARK: One handler asks the model at a time

  @Test func aLeaseThatIsTakenFromItsOwnerIsFound() {
    func takenOver(afterMilliseconds: Int64) -> String {
      breach(OneHandlerAsks(), .callModel) { _, stage in
        stage.nowMilliseconds += afterMilliseconds
        stage.change { $0.lease = Lease(owner: "another", untilMilliseconds: stage.nowMilliseconds + 120_000) }
      }
    }
    #expect(takenOver(afterMilliseconds: 0) == "run-1's lease is taken 119 s before its end")
    #expect(takenOver(afterMilliseconds: 120_000) == "nothing is wrong")
  }

  // MARK: Messages and events

  @Test func aMessageOfATaskThatIsNotWrittenDownIsFound() {
    let found = breach(MessagesAreOfTasks(), .lease) { _, stage in
      stage.during(Self.supervisor) { stage.send(["agent_use_id": "t1", "request_id": "run-1#1"], to: Stage.agentQueue) }
    }
    #expect(found == "a message of t1 of run-1#1 is sent, and no row has that task")
  }

  @Test func aMessageThatIsDoneWithBeforeItsAnswerIsFound() {
    func deleting(after step: StagedRun.Step) -> String {
      breach(MessagesAreOfTasks(), step) { run, stage in
        run.play(step)
        stage.takeAll(from: Stage.workerQueue)
      }
    }
    #expect(deleting(after: .claim) == "the last message of t1 of run-1#1 is done with, and nobody has answered it")
    #expect(deleting(after: .completeFirst) == "nothing is wrong")
    #expect(deleting(after: .closeFirst) == "nothing is wrong")
  }

  @Test func anEventThatIsDoneWithTooSoonIsFound() {
    let run = StagedRun(EventsAreWrittenDown())
    run.stage.publish(TaskRequest.source, TaskRequest.source, ["orchestrationId": "run-1", "task": "Do it"])
    let request = run.stage.handled(by: Self.supervisor)
    run.stage.tell(ended(request, ["status": "rejected"]))
    #expect(run.stage.breaches.isEmpty)
    run.stage.tell(ended(request, ["status": "accepted"]))
    #expect(run.stage.breaches.last?.message == "invocation 1 is done with the request of run-1, which has no row")
    for step in [StagedRun.Step.create, .begin, .completeFirst] { run.play(step) }
    let completion = run.stage.handled(by: Self.supervisor)
    run.stage.tell(ended(completion, ["status": "recorded"]))
    #expect(run.stage.breaches.last?.message == "invocation 1 is done with an answer to t1 of run-1#1, which is still waited for")
    run.play(.closeFirst)
    run.stage.tell(ended(completion, ["status": "recorded"]))
    #expect(run.stage.breaches.count == 2)
  }

  // MARK: Objects, agents and answers

  @Test func anObjectThatChangesIsFound() {
    let stage = StagedRun(ObjectsStay()).stage
    for bytes in [[1], [1]] as [[UInt8]] { stage.put("payloads/run-1/1-t1-w.json", bytes, by: Self.supervisor) }
    // Agents and workspaces are their own.
    for bytes in [[1], [2]] as [[UInt8]] {
      stage.put("payloads/run-1/t2-agent.json", bytes)
      stage.put("workspaces/run-1/notes.md", bytes, by: StagedRun.worker)
    }
    #expect(stage.breaches.isEmpty)
    stage.put("payloads/run-1/1-t1-w.json", [2], by: Self.supervisor)
    #expect(stage.breaches.map(\.message) == ["the object payloads/run-1/1-t1-w.json is put a second time, with other content"])
  }

  @Test func aTaskThatAnotherAgentDoesIsFound() {
    let found = breach(AgentsAreThemselves(), .callAgentsModel) { _, stage in
      stage.callModel([.user("Your input")], toolUseID: "t1", system: "You are adder.", by: StagedRun.worker)
    }
    #expect(found == "t1 of run-1#1 is for poet, and is done with the prompt \"You are adder.\"")
  }

  @Test func anAnswerThatIsNotKeptIsFound() {
    func telling(_ prepare: (Stage) -> Void) -> String {
      breach(AnswersAreKept(), .finish) { _, stage in
        prepare(stage)
        stage.during(StagedRun.worker) { stage.complete(StagedRun.answer) }
      }
    }
    #expect(telling { _ in } == "invocation 2 tells of an answer to claim#run-1#1#t1 that is not kept")
    let excuse = "the answer could not be kept: the table is away"
    #expect(telling { $0.tell(.noted(.error, excuse, [:], StagedRun.worker)) } == "nothing is wrong")
  }

  @Test func aClaimThatOutlivesItsWorkerIsFound() {
    let found = breach(AnswersAreKept(), .claim) { _, stage in
      stage.claim("run-1#1#t1", owner: "w", until: StagedRun.worker.deadlineMilliseconds + 3_600_000, by: StagedRun.worker)
    }
    #expect(found == "claim#run-1#1#t1 is taken for 3600 s longer than its worker can live")
  }
}
