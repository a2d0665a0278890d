import AWSClient
import JSON
import Orchestration
import Testing

@testable import ArbiterCLI

struct OrchestrationSnapshotTests {
  private static func record() -> OrchestrationRecord {
    var record = OrchestrationRecord(
      id: "run", task: "Compare.", createdAtMilliseconds: 1_000, deadlineMilliseconds: 100_000, budgetMicroUSD: 5_000_000,
      conversation: [.inline(.user("Compare."))])
    record.rounds = 1
    return record
  }

  private static func round(_ states: TaskEntry.State...) -> RoundRecord {
    RoundRecord(
      orchestrationID: "run", number: 1, createdAtMilliseconds: 2_000,
      tasks: states.enumerated().map { index, state in
        TaskEntry(
          toolUseID: "t\(index)", toolName: "agent-\(index)", agentID: "agent-\(index)", queueURL: nil, input: [:], state: state,
          dueAtMilliseconds: 50_000, sentAtMilliseconds: index == 0 ? 2_100 : nil)
      })
  }

  @Test func anUnfinishedRunWaitsForItsPendingTasks() {
    let snapshot = OrchestrationSnapshot(record: Self.record(), rounds: [Self.round(.pending, .pending, .succeeded)])
    let waiting = snapshot.waitingFor(nowMilliseconds: 3_000)
    #expect(waiting.map(\.what) == ["agent agent-0", "agent agent-1 (task not sent yet)"])
    #expect(waiting.map(\.untilMilliseconds) == [50_000, 50_000])
  }

  @Test func itWaitsForTheModelWhileTheLeaseLasts() {
    var record = Self.record()
    record.rounds = 0
    record.lease = Lease(owner: "me", untilMilliseconds: 9_000)
    record.wakeAtMilliseconds = 9_000
    let snapshot = OrchestrationSnapshot(record: record, rounds: [])
    #expect(snapshot.waitingFor(nowMilliseconds: 3_000).map(\.what) == ["the model"])
    #expect(snapshot.waitingFor(nowMilliseconds: 9_500).map(\.what) == ["the next sweep"])
  }

  @Test func aFinishedRunWaitsForNothing() {
    var record = Self.record()
    record.state = .completed
    #expect(OrchestrationSnapshot(record: record, rounds: [Self.round(.pending)]).waitingFor(nowMilliseconds: 3_000).isEmpty)
  }

  @Test func theJSONHasWhatTheTextHas() {
    let json = OrchestrationSnapshot(record: Self.record(), rounds: [Self.round(.pending, .succeeded)]).json(nowMilliseconds: 3_000)
    #expect(json["state"] == "running")
    #expect(json["createdAt"] == "1970-01-01T00:00:01.000Z")
    #expect(json["rounds"]?[0]?["tasks"]?[0]?["sentAt"] == "1970-01-01T00:00:02.100Z")
    #expect(json["rounds"]?[0]?["pending"] == 1)
    #expect(json["waitingFor"]?[0]?["what"] == "agent agent-0")
  }

  @Test func whatTheModelLastFailedWithIsTold() {
    var record = Self.record()
    #expect(OrchestrationSnapshot(record: record, rounds: []).json(nowMilliseconds: 3_000)["lastModelError"] == nil)
    record.troubles.lastError = "network: connection refused"
    #expect(
      OrchestrationSnapshot(record: record, rounds: []).json(nowMilliseconds: 3_000)["lastModelError"] == "network: connection refused")
  }

  @Test func theCallbackIsTold() {
    var record = Self.record()
    #expect(OrchestrationSnapshot(record: record, rounds: []).json(nowMilliseconds: 3_000)["callback"] == nil)
    for (callback, json, words) in [
      (.sqs(queueURL: "http://q"), ["type": "sqs", "queueUrl": "http://q"], "queue http://q"),
      (
        .eventBridge(busName: "b", source: "s", detailType: "d"),
        ["type": "eventbridge", "source": "s", "detailType": "d", "eventBusName": "b"], "event d on bus b"
      ),
    ] as [(Callback, JSONValue, String)] {
      record.callback = callback
      #expect(OrchestrationSnapshot(record: record, rounds: []).json(nowMilliseconds: 3_000)["callback"] == json)
      #expect(callback.words == words)
    }
  }

  @Test func aResultThatIsNotOutIsWaitedFor() {
    var record = Self.record()
    record.state = .completed
    record.outcome = Outcome(state: .completed, message: "done", decidedAtMilliseconds: 5_000)
    let json = OrchestrationSnapshot(record: record, rounds: []).json(nowMilliseconds: 6_000)
    #expect(json["waitingFor"]?[0]?["what"] == "its result to be published")
    record.publishedAtMilliseconds = 5_500
    #expect(OrchestrationSnapshot(record: record, rounds: []).json(nowMilliseconds: 6_000)["waitingFor"] == [])
  }

  @Test func whatIsTooLargeForTheRowIsToldInTheJSON() {
    var record = Self.record()
    record.state = .completed
    record.outcome = Outcome(
      state: .completed, message: "the beginn", messageReference: PayloadReference(key: "payloads/run/result.txt", byteCount: 300_000),
      decidedAtMilliseconds: 5_000)
    var round = Self.round(.succeeded)
    round.tasks[0].inputReference = PayloadReference(key: "payloads/run/input.json", byteCount: 200_000)
    let json = OrchestrationSnapshot(record: record, rounds: [round]).json(nowMilliseconds: 6_000, message: "the beginning and the end")
    #expect(json["outcome"]?["message"] == "the beginning and the end")
    #expect(json["outcome"]?["messageReference"] == ["key": "payloads/run/result.txt", "bytes": 300_000])
    #expect(json["rounds"]?[0]?["tasks"]?[0]?["inputReference"] == ["key": "payloads/run/input.json", "bytes": 200_000])
  }

  @Test(arguments: [
    (OrchestrationState.completed, ExitCode.success), (.failed, .runFailed), (.cancelled, .runCancelled), (.expired, .runExpired),
    (.budgetExhausted, .runBudgetExhausted),
  ])
  func everyOutcomeHasAnExitCodeOfItsOwn(_ state: OrchestrationState, _ code: ExitCode) { #expect(state.exitCode == code) }
}
