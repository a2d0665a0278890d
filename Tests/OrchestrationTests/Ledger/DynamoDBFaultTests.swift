import AWSClient
import AWSDoubles
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// What the ledger on DynamoDB makes of writes whose answer is lost, and of writes that meet a transaction on the same row.
@Suite struct DynamoDBFaultTests {
  private let double = DynamoDBDouble.ledger()
  private let clock = ManualClock()

  private var store: DynamoDBOrchestrationStore {
    get throws {
      DynamoDBOrchestrationStore(
        client: try double.client(clock: clock), orchestrationTable: "orchestrations", workerStateTable: "worker-state",
        ids: RandomIDSource())
    }
  }

  private let record = OrchestrationRecord(
    id: "run-1", task: "Do it", createdAtMilliseconds: 0, deadlineMilliseconds: 100_000, budgetMicroUSD: 1_000,
    conversation: [.inline(.user("Do it"))])
  private let round = RoundRecord(
    orchestrationID: "run-1", number: 1, createdAtMilliseconds: 1,
    tasks: ["t1", "t2"].map {
      TaskEntry(toolUseID: $0, toolName: "echo", agentID: "echo", queueURL: nil, input: [:], state: .pending, dueAtMilliseconds: 9)
    })
  private let result = TaskResult(isError: false, data: "done", closedAtMilliseconds: 7)

  /// The record after its first round.
  private var next: OrchestrationRecord {
    var next = record
    next.rounds = 1
    next.requestID = round.requestID
    next.conversation.append(.inline(.assistant(.text("I ask."))))
    return next
  }

  @Test func `a record whose creation was answered to nobody is the caller's own`() async throws {
    double.loseAnswers(2, of: "PutItem")
    #expect(try await store.create(record) == .created(record))
    #expect(double.count(of: "PutItem") == 3)
    // Another caller's record is not.
    double.loseAnswers(1, of: "PutItem")
    #expect(try await store.create(record) == .exists(record))
  }

  @Test func `an update whose answer was lost is written once and known as written`() async throws {
    _ = try await store.create(record)
    double.loseAnswers(2, of: "UpdateItem")
    let written = try #require(try await store.update(record, to: next))
    #expect(written.version == record.version + 1)
    // Once: the message was appended, not appended again by each repetition.
    #expect(try await store.load(record.id) == written)
    #expect(double.count(of: "UpdateItem") == 3)
    double.loseAnswers(1, of: "UpdateItem")
    #expect(try await store.update(record, to: next) == nil)
  }

  @Test func `a round whose beginning was answered to nobody has begun`() async throws {
    _ = try await store.create(record)
    double.loseAnswers(2, of: "TransactWriteItems")
    let written = try #require(try await store.begin(round, updating: record, to: next))
    #expect(try await store.load(record.id) == written)
    #expect(try await store.loadRound(round.requestID) == round)
    #expect(double.count(of: "TransactWriteItems") == 3)
  }

  @Test func `a task whose closing was answered to nobody counts as closed before, and was closed once`() async throws {
    _ = try await store.create(record)
    _ = try #require(try await store.begin(round, updating: record, to: next))
    double.loseAnswers(1, of: "UpdateItem")
    let outcome = try await store.close("t1", of: round.requestID, state: .succeeded, result: result)
    let closed = try #require(try await store.loadRound(round.requestID))
    #expect(outcome == .alreadyClosed(closed))
    #expect(closed.pendingCount == 1)
    #expect(closed.task("t1")?.result == result)
  }

  @Test func `tasks whose mark was answered to nobody are marked`() async throws {
    _ = try await store.create(record)
    _ = try #require(try await store.begin(round, updating: record, to: next))
    double.loseAnswers(1, of: "UpdateItem")
    try await store.markSent(["t1"], of: round.requestID, atMilliseconds: 4)
    #expect(try await store.loadRound(round.requestID)?.tasks.map(\.sentAtMilliseconds) == [4, nil])
  }

  @Test func `every write outlasts transactions on its row`() async throws {
    let store = try store
    double.conflictNext(5, on: "PutItem")
    #expect(try await store.create(record) == .created(record))
    double.conflictNext(5, on: "UpdateItem")
    let updated = try #require(try await store.update(record, to: record))
    double.conflictNext(5, on: "TransactWriteItems")
    #expect(try await store.begin(round, updating: updated, to: next) != nil)
    double.conflictNext(5, on: "UpdateItem")
    try await store.markSent(["t1"], of: round.requestID, atMilliseconds: 4)
    double.conflictNext(5, on: "UpdateItem")
    guard case .closed = try await store.close("t1", of: round.requestID, state: .succeeded, result: result) else {
      Issue.record("the task was not closed")
      return
    }
  }

  @Test func `a transaction that a scaling table throttles is repeated`() async throws {
    _ = try await store.create(record)
    double.conflictNext(7, reason: "ThrottlingError")
    #expect(try await store.begin(round, updating: record, to: next) != nil)
    #expect(double.count(of: "TransactWriteItems") == 8)
  }

  @Test func `a row that is held for long is given up, before the deadline of the request`() async throws {
    _ = try await store.create(record)
    for (deadline, longest) in [(5_000, 4_000), (nil, 20_000)] as [(Int64?, Int64)] {
      double.conflictNext(.max, on: "UpdateItem")
      let began = clock.nowMilliseconds
      let error = await RequestContext.$deadlineMilliseconds.withValue(deadline.map { Self.requestClock + $0 }) {
        await #expect(throws: AWSError.self) { try await store.update(record, to: next) }
      }
      #expect(error?.code == "TransactionConflictException")
      #expect((1...longest).contains(clock.nowMilliseconds - began))
    }
    double.conflictNext(0, on: "UpdateItem")
    #expect(try await store.update(record, to: next) != nil)
  }

  /// Where `InstantClock` and `ManualClock` begin.
  private static let requestClock: Int64 = 1_800_000_000_000
}
