import AWSClient
import JSON
import Orchestration
import Testing

@testable import Simulation

@Suite struct InvariantTests {
  @Test func aGoodRunBreaksNoPromise() {
    for invariant in StandardInvariants.make() {
      let run = StagedRun(invariant)
      run.play()
      #expect(run.stage.breaches == [], "\(invariant.name)")
    }
  }

  @Test func everyPromiseHasANameOfItsOwn() {
    let names = StandardInvariants.make().map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.count == 21)
  }

  // MARK: Each tool use is answered once

  @Test func aToolUseWithoutAnAnswerIsFound() {
    let found = breach(ToolUsesAreAnswered(), .join) { _, stage in
      stage.change { $0.conversation.append(.inline(Message(role: .user, content: [StagedRun.answers.content[0]]))) }
    }
    #expect(found == "run-1: the tool uses t1, t2 are answered by t1")
  }

  @Test func aToolUseThatIsAnsweredTwiceIsFound() {
    let found = breach(ToolUsesAreAnswered(), .join) { _, stage in
      stage.change {
        $0.conversation.append(.inline(Message(role: .user, content: StagedRun.answers.content + [StagedRun.answers.content[0]])))
      }
    }
    #expect(found == "run-1: the tool uses t1, t2 are answered by t1, t1, t2")
  }

  @Test func anotherAnswerThanTheAcceptedOneIsFound() {
    let found = breach(ToolUsesAreAnswered(), .join) { _, stage in
      stage.change {
        $0.conversation.append(
          .inline(
            .user(
              .toolResult(id: "t1", content: [.json(["data": "another"])], status: .success), StagedRun.answers.content[1])))
      }
    }
    #expect(found.contains("the model is told another answer to t1"))
  }

  @Test func aSuccessInPlaceOfAnErrorIsFound() {
    let found = breach(ToolUsesAreAnswered(), .join) { _, stage in
      stage.change {
        $0.conversation.append(
          .inline(.user(StagedRun.answers.content[0], .toolResult(id: "t2", content: [.json(["data": .null])], status: .success))))
      }
    }
    #expect(found == "run-1: the model is told another answer to t2: a success instead of no_numbers")
  }

  @Test func aPendingTaskThatIsAnsweredForTheModelIsFound() {
    #expect(breach(ToolUsesAreAnswered(), .closeSecond) { _, _ in } == "run-1: t2 is answered for the model, and still pending")
  }

  @Test func anAnswerThatNobodyGaveIsFound() {
    let found = breach(ToolUsesAreAnswered(), .completeFirst) { _, stage in
      // Of another round, and of another task.
      var other = StagedRun.answer
      other.requestID = "run-1#7"
      stage.complete(other)
      other.requestID = nil
      other.toolUseID = "t2"
      stage.complete(other)
    }
    #expect(found == "t1 of run-1#1 has an answer that nobody gave it: \"a rhyme\"")
  }

  @Test func aTaskThatTimesOutBeforeItIsDueIsFound() {
    let found = breach(ToolUsesAreAnswered(), .closeSecond) { _, stage in
      stage.change(task: "t2") {
        $0.state = .timedOut
        $0.result = TaskResult(isError: true, code: "timed_out", message: "late", closedAtMilliseconds: stage.nowMilliseconds)
      }
    }
    #expect(found.contains("t2 of run-1#1 counts as timed out"))
  }

  @Test func aResultInTheBlobStoreIsWhatTheModelIsTold() {
    func play(_ stored: String) -> String {
      let reference = PayloadReference(key: "payloads/run-1/1-t1.json", byteCount: 9)
      let run = StagedRun(ToolUsesAreAnswered())
      for step in StagedRun.Step.allCases {
        switch step {
        case .completeFirst:
          var answer = StagedRun.answer
          answer.data = .null
          answer.dataReference = reference
          run.stage.put(reference.key, Array(stored.utf8))
          run.stage.complete(answer)
        case .closeFirst:
          run.stage.change(task: "t1") {
            $0.state = .succeeded
            $0.result = TaskResult(isError: false, reference: reference, closedAtMilliseconds: run.stage.nowMilliseconds)
          }
        default: run.play(step)
        }
      }
      return run.stage.breaches.first?.message ?? "nothing is wrong"
    }
    #expect(play("\"a rhyme\"") == "nothing is wrong")
    #expect(play("\"no rhyme\"").contains("the model is told another answer to t1"))
  }

  // MARK: Each round continues once

  @Test func aSecondJoinIsFound() {
    let found = breach(RoundsContinueOnce(), .callModelAgain) { _, stage in
      stage.change { $0.conversation.append(.inline(StagedRun.answers)) }
    }
    #expect(found == "run-1: 1 rounds were answered 2 times")
  }

  @Test func aRewrittenConversationIsFound() {
    let found = breach(RoundsContinueOnce(), .join) { _, stage in stage.change { $0.conversation[0] = .inline(.user("Do less")) } }
    #expect(found == "run-1: message 0 of the conversation was rewritten")
  }

  @Test func aMessageMayMoveToTheBlobStoreAsItIs() {
    func play(_ message: Message) -> String {
      breach(RoundsContinueOnce(), .join) { _, stage in
        stage.put("conversations/run-1/0-a.json", message.json)
        stage.change {
          $0.conversation[0] = .spilled(role: .user, PayloadReference(key: "conversations/run-1/0-a.json", byteCount: 10))
          $0.conversation.append(.inline(StagedRun.answers))
        }
      }
    }
    #expect(play(.user("Do it")) == "nothing is wrong")
    #expect(play(.user("Do that")) == "run-1: message 0 of the conversation was rewritten")
  }

  @Test func aRoundThatIsGoneOrBeginsAgainIsFound() {
    #expect(
      breach(RoundsContinueOnce(), .closeSecond) { _, stage in stage.remove(round: StagedRun.round) }
        == "the tracking record run-1#1 is gone")
    let again = breach(RoundsContinueOnce(), .closeSecond) { _, stage in stage.write(StagedRun.newRound(stage.nowMilliseconds)) }
    #expect(again == "run-1#1 begins a second time")
  }

  // MARK: A terminal state is never left

  @Test func aRunThatGoesOnAfterItsEndIsFound() {
    let resurrected = breach(OutcomesAreFinal(), .publish) { _, stage in
      stage.change {
        $0.state = .running
        $0.outcome = nil
      }
    }
    #expect(resurrected == "run-1 was completed, and is running")
    let changed = breach(OutcomesAreFinal(), .publish) { _, stage in stage.change { $0.outcome?.message = "no" } }
    #expect(changed == "run-1 has another outcome than it ended with")
    let longer = breach(OutcomesAreFinal(), .publish) { _, stage in stage.change { $0.conversation.append(.inline(.user("more"))) } }
    #expect(longer == "run-1 goes on after its end")
  }

  @Test func whatWasPublishedStaysSo() {
    let found = breach(OutcomesAreFinal(), .publish) { run, stage in
      run.play(.publish)
      stage.change { $0.publishedAtMilliseconds = nil }
    }
    #expect(found == "run-1 was published, and is not any more")
  }

  @Test func aWriteThatOverwritesAnotherIsFound() {
    #expect(breach(OutcomesAreFinal(), .join) { _, stage in stage.change { $0.version -= 1 } } == "run-1 goes from version 3 to 3")
  }

  @Test func aRowThatIsGoneIsFound() {
    #expect(breach(OutcomesAreFinal(), .publish) { _, stage in stage.remove(Stage.id) } == "run-1 is gone")
  }

  // MARK: No orchestration is silent

  @Test func aRowThatNobodyWillLookAtIsFound() {
    let found = breach(NothingFallsSilent(), .markSent) { _, stage in stage.change { $0.wakeAtMilliseconds = nil } }
    #expect(found == "run-1 is not done, and has no time at which somebody looks at it")
    let late = breach(NothingFallsSilent(), .markSent) { _, stage in
      stage.change { $0.wakeAtMilliseconds = $0.deadlineMilliseconds + 60_000 }
    }
    #expect(late == "run-1 is to be looked at 60000 ms after its deadline")
    let done = breach(NothingFallsSilent(), .publish) { _, stage in
      stage.change { $0.publishedAtMilliseconds = stage.nowMilliseconds }
    }
    #expect(done == "run-1 was published, and asks to be looked at for ever")
  }

  @Test func aDueRowThatNobodyLooksAtIsFoundOnceNothingGoesWrong() {
    func wait(_ milliseconds: Int64, quiet: Bool) -> String {
      breach(NothingFallsSilent(), .markSent) { _, stage in
        stage.isQuiet = quiet
        stage.tell(.quietened)
        stage.nowMilliseconds = (stage.orchestration(Stage.id)?.wakeAtMilliseconds ?? 0) + milliseconds
        stage.done()
      }
    }
    #expect(wait(70_000, quiet: true) == "nothing is wrong")
    #expect(wait(80_000, quiet: true) == "run-1 has been due since 80 s, and nobody looked at it")
    #expect(wait(800_000, quiet: false) == "nothing is wrong")
  }

  @Test func aRunThatOutlivesItsDeadlineIsFound() {
    let found = breach(NothingFallsSilent(), .markSent) { _, stage in
      stage.isQuiet = true
      stage.tell(.quietened)
      for minute in 0..<70 {
        stage.nowMilliseconds = Stage.begin + Int64(minute) * 60_000
        stage.change { $0.wakeAtMilliseconds = min($0.deadlineMilliseconds, stage.nowMilliseconds + 60_000) }
      }
    }
    #expect(found.hasPrefix("run-1 runs on 180 s after its deadline"), "\(found)")
  }

  // MARK: The budget is never exceeded

  @Test func aCallBeyondTheBudgetIsFound() {
    let found = breach(BudgetsHold(), .callModel) { _, stage in stage.callModel([.user("Do it")], costMicroUSD: 10_001) }
    #expect(found == "run-1's models have cost $0.010001, and its budget is $0.01")
  }

  @Test func aCallThatTheRowDoesNotCountIsFound() {
    let unreserved = breach(BudgetsHold(), .lease) { _, _ in }
    #expect(unreserved == "run-1's models have cost $0.0001, and its row counts $0.00, reservations included")
    let forgotten = breach(BudgetsHold(), .begin) { _, stage in
      stage.change {
        StagedRun.begin(&$0)
        $0.spending.costMicroUSD = 0
        $0.spending.reservedMicroUSD = 0
      }
    }
    #expect(forgotten.contains("and its row counts $0.00"))
  }

  @Test func aReservationThatIsLeftIsFound() {
    let found = breach(BudgetsHold(), .publish) { _, stage in stage.change { $0.spending.reservedMicroUSD = 500 } }
    #expect(found == "run-1 has ended, and $0.0005 are set aside for ever")
  }

  // MARK: Callbacks carry one id and one content

  @Test func anOutcomeThatIsToldBeforeTheEndIsFound() {
    #expect(breach(OutcomesAreTold(), .markSent) { run, _ in run.play(.tellBus) } == "supervisor.feedback of run-1 comes before the end")
  }

  @Test func anOutcomeUnderAnotherIDIsFound() {
    let found = breach(OutcomesAreTold(), .tellBus) { _, stage in
      var told = StagedRun.told("orchestration_id").objectValue ?? [:]
      told["result_id"] = "run-1#result-2"
      stage.publish("supervisor", "supervisor.feedback", .object(told))
    }
    #expect(found == "supervisor.feedback of run-1 has the id \"run-1#result-2\"")
  }

  @Test func anotherOutcomeThanTheRowsIsFound() {
    let found = breach(OutcomesAreTold(), .tellCaller) { _, stage in
      var told = StagedRun.told("orchestrationId").objectValue ?? [:]
      told["message"] = "no"
      stage.send(.object(told), to: Stage.callbackQueue)
    }
    #expect(found == "the callback of run-1 says something else than the row: \"completed\", \"no\"")
  }

  @Test func asecondTellingThatDiffersIsFound() {
    func second(_ change: (inout JSONObject) -> Void) -> String {
      breach(OutcomesAreTold(), .tellBus) { run, stage in
        run.play(.tellBus)
        var told = StagedRun.told("orchestration_id").objectValue ?? [:]
        change(&told)
        stage.publish("supervisor", "supervisor.feedback", .object(told))
      }
    }
    #expect(second { $0["timestamp"] = "later" } == "supervisor.feedback of run-1 differs from the one before")
    #expect(second { $0["usage"] = ["cost_micro_usd": 400] } == "nothing is wrong")
  }

  @Test func anOutcomeThatNobodyWasToldOfIsFound() {
    #expect(breach(OutcomesAreTold(), .tellBus) { _, _ in } == "run-1 has ended, and no supervisor.feedback told so")
    #expect(breach(OutcomesAreTold(), .tellCaller) { _, _ in } == "run-1 has ended, and neither its caller nor an arbiter.error was told")
    let givenUp = breach(OutcomesAreTold(), .tellCaller) { _, stage in
      stage.publish("arbiter", "arbiter.error", ["orchestration_id": "run-1", "code": "invalid_event"])
    }
    #expect(givenUp == "nothing is wrong")
  }

  @Test func anOutcomeInTheWrongQueueIsFound() {
    let found = breach(OutcomesAreTold(), .tellCaller) { _, stage in stage.send(StagedRun.told("orchestrationId"), to: Stage.agentQueue) }
    #expect(found == "an outcome goes to \(Stage.agentQueue), where nobody asked for it")
  }

  // MARK: A conversation is one that Converse accepts

  @Test func aRequestThatConverseRefusesIsFound() {
    let found = breach(ConversationsAreAcceptable(), .callModelAgain) { _, stage in stage.callModel([.user("Do it"), StagedRun.asks]) }
    #expect(found.hasPrefix("the Supervisor asks a model what Converse refuses: messages"), "\(found)")
    let agent = breach(ConversationsAreAcceptable(), .callAgentsModel) { _, stage in
      stage.callModel([.user("a"), .user("b")], toolUseID: "t1")
    }
    #expect(agent.hasPrefix("the agent of t1 asks a model what Converse refuses"), "\(agent)")
  }

  @Test func aRowThatKeepsWhatConverseRefusesIsFound() {
    let found = breach(ConversationsAreAcceptable(), .join) { _, stage in
      stage.change { $0.conversation.append(.inline(.user("never mind"))) }
    }
    #expect(found.hasPrefix("run-1 keeps a conversation that Converse refuses"), "\(found)")
  }
}
