import AWSClient
import AgentKit
import JSON
import Synchronization
import Testing

@testable import Orchestration

/// Rows of the registry by agent id; may fail.
final class RowsDouble: AgentRowReader {
  private let rows: Mutex<[String: JSONValue]>
  init(_ rows: [String: JSONValue]) { self.rows = Mutex(rows) }
  func row(_ agentID: String) async throws -> JSONValue? {
    if agentID == "unreachable" { throw AWSError(code: "ProvisionedThroughputExceededException", message: "slow down") }
    return rows.withLock { $0[agentID] }
  }
}

/// Claims that can be made to fail or to be lost.
final class FailingClaims: ClaimStore {
  enum Fault { case none, finishThrows, finishLost, claimThrows, claimUnreadable, reserveThrows }
  let inner: InMemoryClaimStore
  let fault: Mutex<Fault>
  init(_ inner: InMemoryClaimStore, _ fault: Fault) {
    self.inner = inner
    self.fault = Mutex(fault)
  }
  func claim(_ task: TaskKey, owner: String, untilMilliseconds: Int64, nowMilliseconds: Int64) async throws -> ClaimOutcome {
    switch fault.withLock({ $0 }) {
    case .claimThrows: throw Refused()
    case .claimUnreadable:
      throw LedgerError(
        table: "worker-state", key: task.claimID, problem: WireError(field: "claimed_until", value: "soon", expected: "a whole number"))
    default: break
    }
    return try await inner.claim(task, owner: owner, untilMilliseconds: untilMilliseconds, nowMilliseconds: nowMilliseconds)
  }
  func isPending(_ task: TaskKey) async throws -> Bool { try await inner.isPending(task) }
  func reserve(_ task: TaskKey, owner: String, atMostMicroUSD: Int64, untilMilliseconds: Int64) async throws -> Int64? {
    if fault.withLock({ $0 == .reserveThrows }) { throw Refused() }
    return try await inner.reserve(task, owner: owner, atMostMicroUSD: atMostMicroUSD, untilMilliseconds: untilMilliseconds)
  }
  func finish(_ task: TaskKey, owner: String, answer: TaskCompletion, untilMilliseconds: Int64) async throws -> Bool {
    switch fault.withLock({ $0 }) {
    case .finishThrows: throw Refused()
    case .finishLost: return false
    default: return try await inner.finish(task, owner: owner, answer: answer, untilMilliseconds: untilMilliseconds)
    }
  }
}

/// A blob store whose writes fail.
struct ReadOnlyBlobs: BlobStore {
  func put(key: String, bytes: [UInt8], contentType: String) async throws { throw Refused() }
  func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool { throw Refused() }
  func get(key: String) async throws -> [UInt8]? { nil }
  func list(prefix: String, limit: Int) async throws -> [BlobSummary] { [] }
  func delete(key: String) async throws {}
}

/// A worker with everything around it in memory.
final class WorkerWorld: Sendable {
  let clock = ManualClock()
  let bus = BusDouble()
  let blobs = InMemoryBlobStore(["workspaces/shared/sales.csv": Array("region,amount\nnorth,1.10\nsouth,2.20\nnorth,3.30\n".utf8)])
  let observer = RecordingObserver()

  /// The row of an agent that says what it is told.
  static let echo: JSONValue = [
    "agentId": "echo", "state": "active",
    "config": [
      "name": "echo", "kind": "prompt", "prompt": "You are echo.", "tools": ["query_table", "write_object"],
      "schema": ["type": "object", "properties": ["text": ["type": "string"]], "required": ["text"]],
    ],
  ]
}

/// What suites that test a worker have in common.
protocol WorkerTesting {
  var world: WorkerWorld { get }
}

extension WorkerTesting {
  var clock: ManualClock { world.clock }
  var bus: BusDouble { world.bus }
  var blobs: InMemoryBlobStore { world.blobs }
  var observer: RecordingObserver { world.observer }

  func worker(
    _ model: ModelDouble, claims: (any ClaimStore)? = nil, blobs: (any BlobStore)? = nil,
    rows: [String: JSONValue] = ["echo": WorkerWorld.echo],
    inlineBytes: Int = 200_000
  ) -> Worker {
    var configuration = WorkerConfiguration()
    configuration.inlineBytes = inlineBytes
    return Worker(
      configuration: configuration,
      effects: Worker.Effects(
        claims: claims ?? InMemoryClaimStore { _, _ in true }, registry: RowsDouble(rows), blobs: blobs ?? self.blobs, bus: bus,
        model: model, clock: clock, ids: SequentialIDs(), prices: .builtIn, observer: observer))
  }

  func message(
    _ input: JSONValue = ["text": "hi"], node: String = "echo", requestID: String? = "run-1#1", dueAt: Int64? = nil, budget: Int64? = nil,
    reference: PayloadReference? = nil, orchestrationID: String = "run-1"
  ) -> [UInt8] {
    TaskMessage(
      input: input, inputReference: reference, orchestrationID: orchestrationID, toolUseID: "use-1", node: node, requestID: requestID,
      dueAtMilliseconds: dueAt, budgetMicroUSD: budget
    ).json
  }

  func handle(_ worker: Worker, _ body: [UInt8]) async throws {
    try await worker.handle(body, traceHeader: "Root=1-5", deadlineMilliseconds: clock.nowMilliseconds + 120_000)
  }

  var completions: [TaskCompletion] {
    get throws { try bus.details("task.completion").map { try TaskCompletion(detail: $0) } }
  }

  var completion: TaskCompletion {
    get throws {
      let all = try completions
      try #require(all.count == 1)
      return all[0]
    }
  }
}

extension ClaimStore {
  func reserve(_ task: TaskKey, owner: String, atMostMicroUSD: Int64) async throws -> Int64? {
    try await reserve(task, owner: owner, atMostMicroUSD: atMostMicroUSD, untilMilliseconds: .max)
  }

  func finish(_ task: TaskKey, owner: String, answer: TaskCompletion) async throws -> Bool {
    try await finish(task, owner: owner, answer: answer, untilMilliseconds: .max)
  }
}

extension ClaimOutcome {
  /// The task is the caller's, and nobody had it before.
  static let claimedFirst = ClaimOutcome.claimed(spentEarlierMicroUSD: 0)
}
