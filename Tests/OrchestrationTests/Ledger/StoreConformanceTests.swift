import AWSClient
import AWSDoubles
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// What every ledger must do; run on the one in memory, on DynamoDB's against a double of the service, and on DynamoDB's where
/// ARBITER_LEDGER_ENDPOINT names a local cloud that has the tables of the variables ORCHESTRATION_TABLE and WORKER_STATE_TABLE (the
/// integration tests see to it).
@Suite struct StoreConformanceTests {
  enum Ledger: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case memory, dynamoDB, localCloud
    var testDescription: String { rawValue }

    static var available: [Ledger] {
      Environment.current["ARBITER_LEDGER_ENDPOINT"] == nil ? [.memory, .dynamoDB] : [.memory, .dynamoDB, .localCloud]
    }

    func make() throws -> any OrchestrationStore {
      switch self {
      case .memory: return InMemoryOrchestrationStore()
      case .dynamoDB:
        return DynamoDBOrchestrationStore(
          client: try DynamoDBDouble.ledger().client, orchestrationTable: "orchestrations", workerStateTable: "worker-state",
          ids: RandomIDSource())
      case .localCloud:
        var environment = Environment.current.variables
        environment["AWS_ENDPOINT_URL"] = environment["ARBITER_LEDGER_ENDPOINT"]
        let client = AWSClient(configuration: try .fromEnvironment(Environment(environment)))
        return DynamoDBOrchestrationStore(
          client: DynamoDBClient(client), orchestrationTable: environment["ORCHESTRATION_TABLE"] ?? "",
          workerStateTable: environment["WORKER_STATE_TABLE"] ?? "", ids: RandomIDSource())
      }
    }
  }

  private func record(wakeAt: Int64? = nil) -> OrchestrationRecord {
    var record = OrchestrationRecord(
      id: RandomIDSource().makeID(), task: "Do it", createdAtMilliseconds: 1_800_000_000_123, deadlineMilliseconds: 1_800_000_900_000,
      budgetMicroUSD: 5, conversation: [.inline(.user("Do it"))])
    record.wakeAtMilliseconds = wakeAt
    return record
  }

  private func round(_ record: OrchestrationRecord, tasks: [String]) -> RoundRecord {
    RoundRecord(
      orchestrationID: record.id, number: record.rounds + 1, createdAtMilliseconds: 1,
      tasks: tasks.map {
        TaskEntry(toolUseID: $0, toolName: "echo", agentID: "echo", queueURL: nil, input: ["n": 1.5], state: .pending, dueAtMilliseconds: 9)
      })
  }

  private let result = TaskResult(isError: false, data: ["rows": [1, 2]], closedAtMilliseconds: 7, registryChanged: true)

  @Test(arguments: Ledger.available) func `an orchestration is created once`(ledger: Ledger) async throws {
    let store = try ledger.make()
    let record = record()
    #expect(try await store.create(record) == .created(record))
    var other = record
    other.task = "Something else"
    #expect(try await store.create(other) == .exists(record))
    #expect(try await store.load(record.id) == record)
    #expect(try await store.load("no-such-run") == nil)
  }

  @Test(arguments: Ledger.available) func `B5: of two writers who saw the same row one succeeds`(ledger: Ledger) async throws {
    let store = try ledger.make()
    let record = record()
    _ = try await store.create(record)
    let written = try await withThrowingTaskGroup(of: OrchestrationRecord?.self) { group in
      for number in 0..<12 {
        group.addTask {
          var next = record
          next.rounds = number + 1
          next.conversation.append(.inline(.assistant(.text("reply \(number)"))))
          return try await store.update(record, to: next)
        }
      }
      return try await group.reduce(into: [OrchestrationRecord]()) { winners, winner in if let winner { winners.append(winner) } }
    }
    #expect(written.count == 1)
    #expect(written.first?.version == 2)
    #expect(try await store.load(record.id) == written.first)
  }

  @Test(arguments: Ledger.available) func `an update changes what differs and removes what is gone`(ledger: Ledger) async throws {
    let store = try ledger.make()
    let record = record(wakeAt: 5)
    _ = try await store.create(record)
    var leased = record
    leased.lease = Lease(owner: "me", untilMilliseconds: 8)
    leased.spending.reservedMicroUSD = 3
    let first = try #require(try await store.update(record, to: leased))
    var ended = first
    ended.lease = nil
    ended.wakeAtMilliseconds = nil
    ended.state = .completed
    ended.conversation = [.spilled(role: .user, PayloadReference(key: "k", byteCount: 2)), .inline(.assistant(.text("done")))]
    ended.outcome = Outcome(state: .completed, message: "done", decidedAtMilliseconds: 4)
    let second = try #require(try await store.update(first, to: ended))
    #expect(second.version == 3)
    #expect(try await store.load(record.id) == second)
  }

  @Test(arguments: Ledger.available) func `a round begins with its row or not at all`(ledger: Ledger) async throws {
    let store = try ledger.make()
    let record = record()
    _ = try await store.create(record)
    let round = round(record, tasks: ["t1", "t2"])
    var next = record
    next.rounds = 1
    next.requestID = round.requestID
    let written = try #require(try await store.begin(round, updating: record, to: next))
    #expect(try await store.loadRound(round.requestID) == round)
    #expect(try await store.load(record.id) == written)
    // Who saw the row before cannot begin another, and leaves nothing behind.
    var late = record
    late.rounds = 7
    let other = RoundRecord(orchestrationID: record.id, number: 7, createdAtMilliseconds: 1, tasks: [])
    #expect(try await store.begin(other, updating: record, to: late) == nil)
    #expect(try await store.loadRound(other.requestID) == nil)
    // Nor can a round begin twice.
    #expect(try await store.begin(round, updating: written, to: written) == nil)
  }

  @Test(arguments: Ledger.available) func `a task is closed once, whoever comes`(ledger: Ledger) async throws {
    let store = try ledger.make()
    let record = record()
    _ = try await store.create(record)
    let round = round(record, tasks: ["t1", "t:2"])
    _ = try #require(try await store.begin(round, updating: record, to: record))
    let outcomes = try await withThrowingTaskGroup(of: CloseOutcome.self) { group in
      for _ in 0..<10 {
        for task in ["t1", "t:2"] {
          group.addTask { try await store.close(task, of: round.requestID, state: .succeeded, result: self.result) }
        }
      }
      return try await group.reduce(into: [CloseOutcome]()) { $0.append($1) }
    }
    let closed = outcomes.compactMap { outcome -> RoundRecord? in if case .closed(let round) = outcome { round } else { nil } }
    #expect(closed.count == 2)
    #expect(closed.map(\.pendingCount).sorted() == [0, 1])
    let final = try #require(try await store.loadRound(round.requestID))
    #expect(final.pendingCount == 0)
    #expect(final.tasks.allSatisfy { $0.state == .succeeded && $0.result == result })
    #expect(try await store.close("t9", of: round.requestID, state: .failed, result: result) == .unknownTask(final))
    #expect(try await store.close("t1", of: "no-such-run#1", state: .failed, result: result) == .unknownRound)
  }

  @Test(arguments: Ledger.available) func `a task that was sent is noted as such`(ledger: Ledger) async throws {
    let store = try ledger.make()
    let record = record()
    _ = try await store.create(record)
    let round = round(record, tasks: ["t1", "t2", "t3"])
    _ = try #require(try await store.begin(round, updating: record, to: record))
    try await store.markSent([], of: round.requestID, atMilliseconds: 3)
    try await store.markSent(["t1", "t3"], of: round.requestID, atMilliseconds: 4)
    #expect(try await store.loadRound(round.requestID)?.tasks.map(\.sentAtMilliseconds) == [4, nil, 4])
  }

  @Test(arguments: Ledger.available) func `the index holds what is due, oldest first, and nothing else`(ledger: Ledger) async throws {
    let store = try ledger.make()
    // Times long ago, so that rows of other tests in the same table are not due.
    let first = record(wakeAt: 1000)
    let second = record(wakeAt: 2000)
    let third = record(wakeAt: 3001)
    let resting = record()
    for record in [third, resting, second, first] { _ = try await store.create(record) }
    let mine = Set([first.id, second.id, third.id, resting.id])
    #expect(try await store.due(atMilliseconds: 3000, limit: 100).filter { mine.contains($0) } == [first.id, second.id])
    var done = first
    done.wakeAtMilliseconds = nil
    _ = try #require(try await store.update(first, to: done))
    #expect(try await store.due(atMilliseconds: 3001, limit: 100).filter { mine.contains($0) } == [second.id, third.id])
    for record in [second, third] {
      var done = record
      done.wakeAtMilliseconds = nil
      _ = try await store.update(record, to: done)
    }
  }
}
