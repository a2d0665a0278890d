import AWSClient
import AWSDoubles
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// What every claim store must do. The store on DynamoDB runs against a double of it.
@Suite("Claim stores")
struct ClaimStoreTests {
  enum Kind: CaseIterable { case memory, dynamoDB }

  /// A claim store and the round that it asks about.
  private struct Setting {
    let claims: any ClaimStore
    let rounds: any OrchestrationStore
    var double: DynamoDBDouble?
  }

  private static let task = TaskKey(orchestrationID: "run-1", requestID: "run-1#1", toolUseID: "use-1")
  private static let loneTask = TaskKey(orchestrationID: "0", requestID: nil, toolUseID: "use-1")
  private static let answer = TaskCompletion(
    orchestrationID: "run-1", toolUseID: "use-1", node: "echo", requestID: "run-1#1", data: ["text": "Ünï \"quoted\""],
    usage: TaskCompletion.Usage(inputTokens: 1, outputTokens: 2, costMicroUSD: 3))

  private let clock = ManualClock()

  private func setting(_ kind: Kind) async throws -> Setting {
    let setting: Setting
    switch kind {
    case .memory:
      let rounds = InMemoryOrchestrationStore()
      setting = Setting(
        claims: InMemoryClaimStore { requestID, toolUseID in
          (try? await rounds.loadRound(requestID))?.task(toolUseID)?.isPending == true
        }, rounds: rounds)
    case .dynamoDB:
      let double = DynamoDBDouble.ledger()
      setting = Setting(
        claims: DynamoDBClaimStore(client: try double.client(clock: clock), workerStateTable: "worker-state"),
        rounds: DynamoDBOrchestrationStore(
          client: try double.client(clock: clock), orchestrationTable: "orchestrations", workerStateTable: "worker-state",
          ids: SequentialIDs()),
        double: double)
    }
    // A round with two pending tasks, written the way the Supervisor writes it.
    let record = OrchestrationRecord(
      id: "run-1", task: "Do it", createdAtMilliseconds: 0, deadlineMilliseconds: 100_000, budgetMicroUSD: 1_000,
      conversation: [.inline(.user("Do it"))])
    guard case .created(let created) = try await setting.rounds.create(record) else { throw Refused() }
    let tasks = ["use-1", "use.2:b"].map { id in
      TaskEntry(toolUseID: id, toolName: "echo", agentID: "echo", queueURL: nil, input: [:], state: .pending, dueAtMilliseconds: 1_000)
    }
    let round = RoundRecord(orchestrationID: "run-1", number: 1, createdAtMilliseconds: 0, tasks: tasks)
    #expect(try await setting.rounds.begin(round, updating: created, to: created) != nil)
    return setting
  }

  private func claim(_ setting: Setting, _ task: TaskKey, _ owner: String, until: Int64 = 1_000, now: Int64 = 0) async throws
    -> ClaimOutcome
  {
    try await setting.claims.claim(task, owner: owner, untilMilliseconds: until, nowMilliseconds: now)
  }

  @Test("Of two workers one gets the task", arguments: Kind.allCases)
  func exclusive(kind: Kind) async throws {
    let setting = try await setting(kind)
    #expect(try await claim(setting, Self.task, "a") == .claimedFirst)
    #expect(try await claim(setting, Self.task, "b") == .inProgress(untilMilliseconds: 1_000))
    // Another task of the same round is free, also when its id holds a dot.
    let other = TaskKey(orchestrationID: "run-1", requestID: "run-1#1", toolUseID: "use.2:b")
    #expect(try await claim(setting, other, "b") == .claimedFirst)
  }

  @Test("Of many workers at once exactly one gets the task", arguments: Kind.allCases)
  func race(kind: Kind) async throws {
    let setting = try await setting(kind)
    let outcomes = try await withThrowingTaskGroup(of: ClaimOutcome.self) { group in
      for number in 0..<50 { group.addTask { try await self.claim(setting, Self.task, "worker \(number)") } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count { $0 == .claimedFirst } == 1)
    #expect(outcomes.count { $0 == .inProgress(untilMilliseconds: 1_000) } == 49)
  }

  @Test("Claiming again as the same owner does no harm", arguments: Kind.allCases)
  func repeatedClaim(kind: Kind) async throws {
    let setting = try await setting(kind)
    #expect(try await claim(setting, Self.task, "a") == .claimedFirst)
    #expect(try await claim(setting, Self.task, "a") == .claimedFirst)
  }

  @Test("A claim expires, but not a moment before its time", arguments: Kind.allCases)
  func expiry(kind: Kind) async throws {
    let setting = try await setting(kind)
    #expect(try await claim(setting, Self.task, "a", until: 1_000) == .claimedFirst)
    #expect(try await claim(setting, Self.task, "b", until: 2_000, now: 1_000) == .inProgress(untilMilliseconds: 1_000))
    #expect(try await claim(setting, Self.task, "b", until: 2_000, now: 1_001) == .claimedFirst)
    #expect(try await !setting.claims.finish(Self.task, owner: "a", answer: Self.answer))
    #expect(try await setting.claims.finish(Self.task, owner: "b", answer: Self.answer))
  }

  @Test("A finished task keeps its answer for ever", arguments: Kind.allCases)
  func finished(kind: Kind) async throws {
    let setting = try await setting(kind)
    #expect(try await claim(setting, Self.task, "a") == .claimedFirst)
    #expect(try await setting.claims.finish(Self.task, owner: "a", answer: Self.answer))
    #expect(try await claim(setting, Self.task, "b", now: 999_999) == .finished(Self.answer))
    #expect(try await claim(setting, Self.task, "a", now: 999_999) == .finished(Self.answer))
  }

  @Test("A task that was never claimed cannot be finished", arguments: Kind.allCases)
  func unclaimed(kind: Kind) async throws {
    let setting = try await setting(kind)
    #expect(try await !setting.claims.finish(Self.task, owner: "a", answer: Self.answer))
    #expect(try await claim(setting, Self.task, "a") == .claimedFirst)
  }

  @Test("A task that is answered, of another round, or unknown is not claimed", arguments: Kind.allCases)
  func notPending(kind: Kind) async throws {
    let setting = try await setting(kind)
    for key in [
      TaskKey(orchestrationID: "run-1", requestID: "run-1#2", toolUseID: "use-1"),
      TaskKey(orchestrationID: "run-1", requestID: "run-1#1", toolUseID: "use-9"),
      TaskKey(orchestrationID: "run-9", requestID: "run-9#1", toolUseID: "use-1"),
    ] { #expect(try await claim(setting, key, "a") == .notPending) }
    guard
      case .closed = try await setting.rounds.close(
        "use-1", of: "run-1#1", state: .timedOut, result: TaskResult(isError: true, closedAtMilliseconds: 0))
    else { throw Refused() }
    #expect(try await claim(setting, Self.task, "a") == .notPending)
  }

  @Test("A finished task of a closed round still tells its answer", arguments: Kind.allCases)
  func finishedAndClosed(kind: Kind) async throws {
    let setting = try await setting(kind)
    #expect(try await claim(setting, Self.task, "a") == .claimedFirst)
    #expect(try await setting.claims.finish(Self.task, owner: "a", answer: Self.answer))
    _ = try await setting.rounds.close(
      "use-1", of: "run-1#1", state: .succeeded, result: TaskResult(isError: false, closedAtMilliseconds: 0))
    #expect(try await claim(setting, Self.task, "b") == .finished(Self.answer))
  }

  @Test("A task of no round is claimed like any other", arguments: Kind.allCases)
  func noRound(kind: Kind) async throws {
    let setting = try await setting(kind)
    #expect(try await claim(setting, Self.loneTask, "a") == .claimedFirst)
    #expect(try await claim(setting, Self.loneTask, "b") == .inProgress(untilMilliseconds: 1_000))
    #expect(try await claim(setting, Self.loneTask, "b", now: 1_001) == .claimedFirst)
    #expect(try await setting.claims.finish(Self.loneTask, owner: "b", answer: Self.answer))
    #expect(try await claim(setting, Self.loneTask, "c") == .finished(Self.answer))
  }

  @Test("A claim that meets other transactions is tried again while there is time for the task, and then comes again")
  func conflict() async throws {
    let setting = try await setting(.dynamoDB)
    let now = clock.nowMilliseconds
    setting.double?.conflictNext(100)
    #expect(try await claim(setting, Self.task, "a", until: now + 150_000, now: now) == .claimedFirst)

    let other = TaskKey(orchestrationID: "run-1", requestID: "run-1#1", toolUseID: "use.2:b")
    let later = clock.nowMilliseconds
    setting.double?.conflictNext(.max)
    let error = await #expect(throws: AWSError.self) { try await claim(setting, other, "b", until: later + 150_000, now: later) }
    #expect(error?.code == "TransactionCanceledException")
    #expect((110_000...120_000).contains(clock.nowMilliseconds - later))
  }

  @Test("A worker's own writes outlast the claims of duplicate deliveries on the same row")
  func conflictAtWork() async throws {
    let setting = try await setting(.dynamoDB)
    let until = clock.nowMilliseconds + 150_000
    #expect(try await claim(setting, Self.task, "a", until: until, now: clock.nowMilliseconds) == .claimedFirst)
    setting.double?.conflictNext(50, on: "UpdateItem")
    #expect(try await setting.claims.reserve(Self.task, owner: "a", atMostMicroUSD: 7, untilMilliseconds: until) == 0)
    setting.double?.conflictNext(50, on: "UpdateItem")
    #expect(try await setting.claims.finish(Self.task, owner: "a", answer: Self.answer, untilMilliseconds: until))
    // A task of no round is claimed by a single write.
    setting.double?.conflictNext(50, on: "UpdateItem")
    let now = clock.nowMilliseconds
    #expect(try await claim(setting, Self.loneTask, "a", until: now + 150_000, now: now) == .claimedFirst)
  }

  @Test("A claim whose answer was lost is had all the same", arguments: [task, loneTask])
  func lostAnswers(key: TaskKey) async throws {
    let setting = try await setting(.dynamoDB)
    let operation = key.requestID == nil ? "UpdateItem" : "TransactWriteItems"
    setting.double?.loseAnswers(1, of: operation)
    #expect(try await claim(setting, key, "a", until: 10) == .claimedFirst)
    setting.double?.loseAnswers(1, of: "UpdateItem")
    #expect(try await setting.claims.reserve(key, owner: "a", atMostMicroUSD: 300) == 0)
    setting.double?.loseAnswers(1, of: operation)
    #expect(try await claim(setting, key, "b", until: 20, now: 11) == .claimed(spentEarlierMicroUSD: 300))
    setting.double?.loseAnswers(1, of: "UpdateItem")
    #expect(try await setting.claims.finish(key, owner: "b", answer: Self.answer))
    #expect(try await claim(setting, key, "c", now: 99) == .finished(Self.answer))
  }

  @Test("A claim that cannot be read says which attribute is wrong", arguments: ["claim_state", "claim_owner", "claimed_until"])
  func unreadable(attribute: String) async throws {
    let setting = try await setting(.dynamoDB)
    #expect(try await claim(setting, Self.task, "a", until: 10) == .claimedFirst)
    var item = try #require(setting.double?.item("worker-state", Self.task.claimID))
    item[attribute] = ["BOOL": true]
    setting.double?.put(item, into: "worker-state")
    let error = await #expect(throws: LedgerError.self) { try await claim(setting, Self.task, "b", until: 20, now: 11) }
    #expect(error?.problem.field == attribute)
    #expect(error?.key == Self.task.claimID)
  }

  @Test("A claim does not disturb the round's own row")
  func separateRows() async throws {
    let setting = try await setting(.dynamoDB)
    let before = try await setting.rounds.loadRound("run-1#1")
    #expect(try await claim(setting, Self.task, "a") == .claimedFirst)
    #expect(try await setting.claims.finish(Self.task, owner: "a", answer: Self.answer))
    #expect(try await setting.rounds.loadRound("run-1#1") == before)
    #expect(setting.double?.item("worker-state", "claim#run-1#1#use-1")?["orchestration_id"]?["S"] == "run-1")
  }

  @Test("What a dead attempt had noted as spent is known to those after it", arguments: Kind.allCases)
  func spending(_ kind: Kind) async throws {
    let setting = try await setting(kind)
    #expect(try await claim(setting, Self.task, "a", until: 10) == .claimedFirst)
    #expect(try await setting.claims.reserve(Self.task, owner: "a", atMostMicroUSD: 300) == 0)
    #expect(try await setting.claims.reserve(Self.task, owner: "a", atMostMicroUSD: 500) == 0)
    #expect(try await claim(setting, Self.task, "b", until: 20, now: 11) == .claimed(spentEarlierMicroUSD: 500))
    #expect(try await claim(setting, Self.task, "b", until: 20, now: 11) == .claimed(spentEarlierMicroUSD: 500))
    #expect(try await setting.claims.reserve(Self.task, owner: "a", atMostMicroUSD: 900) == nil)
    #expect(try await setting.claims.reserve(Self.task, owner: "b", atMostMicroUSD: 70) == 500)
    #expect(try await claim(setting, Self.task, "c", until: 30, now: 21) == .claimed(spentEarlierMicroUSD: 570))
    #expect(try await setting.claims.reserve(Self.task, owner: "c", atMostMicroUSD: 1) == 570)
    #expect(try await setting.claims.finish(Self.task, owner: "c", answer: Self.answer))
    #expect(try await setting.claims.reserve(Self.task, owner: "c", atMostMicroUSD: 2) == nil)
  }

  @Test("A note of an earlier call that arrives late lowers nothing", arguments: Kind.allCases, [task, loneTask])
  func lateNote(_ kind: Kind, key: TaskKey) async throws {
    let setting = try await setting(kind)
    #expect(try await claim(setting, key, "a", until: 10) == .claimedFirst)
    #expect(try await setting.claims.reserve(key, owner: "a", atMostMicroUSD: 500) == 0)
    #expect(try await setting.claims.reserve(key, owner: "a", atMostMicroUSD: 300) == 0)
    #expect(try await claim(setting, key, "b", until: 20, now: 11) == .claimed(spentEarlierMicroUSD: 500))
    // Of an attempt that has lost its claim no note counts, however large.
    #expect(try await setting.claims.reserve(key, owner: "b", atMostMicroUSD: 100) == 500)
    #expect(try await setting.claims.reserve(key, owner: "a", atMostMicroUSD: 50) == nil)
    #expect(try await setting.claims.reserve(key, owner: "a", atMostMicroUSD: 900) == nil)
    #expect(try await claim(setting, key, "c", until: 30, now: 21) == .claimed(spentEarlierMicroUSD: 600))
  }

  @Test("Whether a task is still asked for can be asked at any time", arguments: Kind.allCases)
  func pending(_ kind: Kind) async throws {
    let setting = try await setting(kind)
    #expect(try await setting.claims.isPending(Self.task))
    #expect(try await setting.claims.isPending(Self.loneTask))
    _ = try await setting.rounds.close(
      "use-1", of: "run-1#1", state: .timedOut, result: TaskResult(isError: true, code: "timed_out", closedAtMilliseconds: 1))
    #expect(try await !setting.claims.isPending(Self.task))
    #expect(try await !setting.claims.isPending(TaskKey(orchestrationID: "run-9", requestID: "run-9#1", toolUseID: "use-1")))
  }
}
