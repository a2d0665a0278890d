import AWSClient
import JSON
import Orchestration
import Testing

@testable import Simulation

/// What remains when everything has come to rest, and what tells of it: waits, claims, rows, requests and objects.
@Suite struct RemainderInvariantTests {
  // MARK: Nothing waits on what no longer exists

  @Test func aTaskThatCountsAsSentWithoutAMessageIsFound() {
    #expect(breach(NothingWaitsInVain(), .send) { _, _ in } == "t1 of run-1#1 counts as sent, and no queue has its message")
  }

  @Test func aRoundThatIsNotThereIsFound() {
    let found = breach(NothingWaitsInVain(), .begin) { _, stage in
      stage.change { StagedRun.begin(&$0) }
      stage.done()
    }
    #expect(found == "run-1 names the round run-1#1, which is not there")
  }

  @Test func aRoundWithOtherTasksThanTheModelAskedForIsFound() {
    let found = breach(NothingWaitsInVain(), .begin) { _, stage in
      var round = StagedRun.newRound(stage.nowMilliseconds)
      round.tasks.removeLast()
      stage.write(round)
      stage.change { StagedRun.begin(&$0) }
      stage.done()
    }
    #expect(found == "run-1 was asked for t1, t2, and tracks t1")
  }

  @Test func aPendingTaskThatNobodyLooksAtWhenItIsDueIsFound() {
    let found = breach(NothingWaitsInVain(), .markSent) { _, stage in
      stage.change { $0.wakeAtMilliseconds = $0.deadlineMilliseconds }
      stage.done()
    }
    #expect(found == "run-1 is not looked at when t1 is due")
  }

  @Test func anObjectThatIsGoneIsFound() {
    let key = "conversations/run-1/0-a.json"
    let found = breach(NothingWaitsInVain(), .markSent) { _, stage in
      stage.put(key, Message.user("Do it").json)
      stage.change { $0.conversation[0] = .spilled(role: .user, PayloadReference(key: key, byteCount: 10)) }
      stage.delete(key)
    }
    #expect(found == "the object \(key) is gone, and run-1 points to it")
    let missing = breach(NothingWaitsInVain(), .markSent) { _, stage in
      stage.change { $0.conversation[0] = .spilled(role: .user, PayloadReference(key: key, byteCount: 10)) }
      stage.done()
    }
    #expect(missing == "run-1 points to \(key), which is not there")
  }

  // MARK: A task runs once at a time and has one answer

  @Test func aSecondAnswerOfARoundIsFound() {
    let found = breach(TasksRunOnce(), .join) { _, stage in
      stage.change(task: "t1") { $0.result?.data = "another" }
    }
    #expect(found == "run-1#1: t1 was succeeded, and takes another answer (succeeded)")
  }

  @Test func aTaskThatIsTakenTwiceAtOnceIsFound() {
    let other = Stage.invocation(3, "worker-wrapper")
    let early = breach(TasksRunOnce(), .callAgentsModel) { _, stage in
      stage.tell(.began(other))
      stage.claim("run-1#1#t1", owner: "v", until: other.deadlineMilliseconds, by: other)
    }
    #expect(early.hasPrefix("claim#run-1#1#t1 is taken over"), "\(early)")
    let inTime = breach(TasksRunOnce(), .callAgentsModel) { _, stage in
      stage.tell(.ended(StagedRun.worker, .timedOut))
      stage.nowMilliseconds = StagedRun.worker.deadlineMilliseconds
      stage.claim("run-1#1#t1", owner: "v", until: other.deadlineMilliseconds, by: other)
      stage.claim("run-1#1#t1", owner: "v", until: other.deadlineMilliseconds, answer: "{}", by: other)
    }
    #expect(inTime == "claim#run-1#1#t1 has a second answer", "by the good run's own worker, which goes on")
  }

  @Test func aSecondAnswerOfAClaimIsFound() {
    let found = breach(TasksRunOnce(), .completeFirst) { _, stage in
      stage.claim("run-1#1#t1", owner: "w", until: StagedRun.worker.deadlineMilliseconds, answer: "{}", by: StagedRun.worker)
    }
    #expect(found == "claim#run-1#1#t1 has a second answer")
  }

  @Test func workThatNobodyWaitsForIsFound() {
    let found = breach(TasksRunOnce(), .join) { _, stage in stage.claim("run-1#1#t2", owner: "v", until: Stage.begin + 150_000) }
    #expect(found == "claim#run-1#1#t2 is taken, and nobody waits for its task")
  }

  @Test func anAgentsModelThatIsAskedWithoutAClaimIsFound() {
    let found = breach(TasksRunOnce(), .claim) { _, stage in stage.tell(.began(StagedRun.worker)) }
    #expect(found == "invocation 2 asks a model for t1 without having claimed it")
  }

  @Test func tasksAreCountedRight() {
    let found = breach(TasksRunOnce(), .join) { _, stage in
      guard var round = stage.round(StagedRun.round) else { return }
      round.pendingCount = 1
      stage.write(round)
    }
    #expect(found == "run-1#1: 0 tasks are pending, and 1 are counted")
  }

  // MARK: The audit is complete

  @Test func aRefusedEventThatNobodyHearsOfIsFound() {
    let supervisor = Stage.invocation(1, "supervisor")
    func refuse(telling: (Stage) -> Void) -> String {
      breach(AuditIsComplete(), .markSent) { _, stage in
        telling(stage)
        stage.tell(.ended(supervisor, .returned(#"{"status":"rejected","error":"no task"}"#)))
      }
    }
    #expect(refuse { _ in }.hasPrefix("invocation 1 refused its event (test), and no arbiter.error tells of it"))
    #expect(
      refuse { stage in
        stage.publish("arbiter", "arbiter.error", ["code": "invalid_event"])
        stage.done(supervisor)
      } == "nothing is wrong")
    #expect(refuse { $0.tell(.noted(.error, "the error event could not be published: throttled", [:], supervisor)) } == "nothing is wrong")
  }

  @Test func aFailedInvocationThatNobodyHearsOfIsFound() {
    let found = breach(AuditIsComplete(), .markSent) { _, stage in
      stage.tell(.ended(Stage.invocation(1, "supervisor"), .failed("throttled")))
    }
    #expect(found == "invocation 1 failed (test), and no arbiter.error tells of it: throttled")
  }

  @Test func modelCallsThatAreCountedWrongAreFound() {
    let tooMany = breach(AuditIsComplete(), .callModel) { _, _ in }
    #expect(tooMany == "run-1 counts 1 model calls, and 0 were answered")
    let tooFew = breach(AuditIsComplete(), .begin) { _, stage in
      stage.write(StagedRun.newRound(stage.nowMilliseconds))
      stage.change {
        StagedRun.begin(&$0)
        $0.spending.modelCalls = 0
      }
    }
    #expect(tooFew == "run-1 counts 0 model calls, and keeps 1 replies")
  }

  @Test func aFailureWithoutAReasonIsFound() {
    let found = breach(AuditIsComplete(), .closeFirst) { _, stage in
      stage.change(task: "t1") {
        $0.state = .failed
        $0.result = TaskResult(isError: true, closedAtMilliseconds: stage.nowMilliseconds)
      }
    }
    #expect(found == "t1 of the ended run's run-1#1 is failed, and nothing says why")
  }

  @Test func aTaskThatIsNeverClosedIsFound() {
    #expect(breach(AuditIsComplete(), .closeSecond) { _, _ in } == "t2 of the ended run's run-1#1 is pending, and has no answer")
  }

  // MARK: Every request ends

  @Test func aRequestThatIsLostIsFound() {
    for invariant in [RequestsEnd(), AuditIsComplete()] as [any Invariant] {
      let stage = Stage(invariant)
      StagedRun(RequestsEnd()).play(.request)
      stage.tell(.requested(id: Stage.id, TaskRequest(task: "Do it", orchestrationID: Stage.id)))
      stage.end()
      #expect(stage.breaches.first?.message.hasPrefix("run-1 was asked for, and") == true)
    }
  }

  @Test func aRequestMayBeADeadLetter() {
    for invariant in [RequestsEnd(), AuditIsComplete()] as [any Invariant] {
      let stage = Stage(invariant)
      stage.tell(.requested(id: Stage.id, TaskRequest(task: "Do it", orchestrationID: Stage.id)))
      stage.publish("task.request", "task.request", ["task": "Do it", "orchestrationId": "run-1"])
      guard case .published(let event)? = stage.facts.last?.fact else { return #expect(Bool(false), "nothing was published") }
      stage.tell(.deadLettered(event, reason: "it took too long"))
      stage.end()
      #expect(stage.breaches == [])
    }
  }

  @Test func aRunThatNeverEndsIsFound() {
    let found = breach(RequestsEnd(), .endRun) { _, _ in }
    #expect(found == "run-1 never ends")
    #expect(breach(RequestsEnd(), .publish) { _, _ in } == "run-1 has ended, and nobody is told")
  }

  // MARK: No orphan is left

  @Test func whatIsLeftOverIsFound() {
    #expect(breach(NothingIsOrphaned(), .takeMessages) { _, _ in } == "1 messages are left in \(Stage.agentQueue)")
    #expect(breach(NothingIsOrphaned(), .endRun) { _, _ in } == "run-1 is still running")
    #expect(breach(NothingIsOrphaned(), .publish) { _, _ in } == "run-1 still wants to be looked at")
    #expect(breach(NothingIsOrphaned(), .closeSecond) { _, _ in } == "t2 of run-1#1 are still pending")
    let object = breach(NothingIsOrphaned(), .publish) { run, stage in
      run.play(.publish)
      stage.put("payloads/run-1/1-t1.json", [0x31])
      stage.put("agents/poet.js", [0x31])
    }
    #expect(object == "no row points to the object payloads/run-1/1-t1.json")
  }

  @Test func aClaimThatIsLeftIsFoundWhileItsTaskWaits() {
    let run = StagedRun(NothingIsOrphaned())
    for step in StagedRun.Step.allCases where step != .finish && step != .closeFirst { run.play(step) }
    run.stage.end()
    #expect(run.stage.breaches.map(\.message).contains("claim#run-1#1#t1 has no answer, and its task waits for one"))
  }

  @Test func anObjectOfAFinishedClaimsAnswerIsNoOrphan() {
    let found = breach(NothingIsOrphaned(), .finish) { _, stage in
      stage.put("payloads/run-1/1-t1.json", [0x31])
      var answer = StagedRun.answer
      answer.dataReference = PayloadReference(key: "payloads/run-1/1-t1.json", byteCount: 1)
      stage.claim(
        "run-1#1#t1", owner: "w", until: StagedRun.worker.deadlineMilliseconds, answer: String(decoding: answer.json, as: UTF8.self))
    }
    #expect(found == "nothing is wrong")
  }
}
