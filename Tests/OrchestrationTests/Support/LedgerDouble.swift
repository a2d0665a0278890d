import AWSClient
import JSON
import Synchronization

@testable import Orchestration

struct Crash: Error {}

/// The ledger in memory with DynamoDB's limit of 400 KB an item, every write going through the real row format; can lose its process
/// at any write.
final class LedgerDouble: OrchestrationStore {
  private let inner = InMemoryOrchestrationStore()
  private let state = Mutex<(writes: Int, crashAfter: Int?)>((0, nil))
  private let unreadable = Mutex<Set<String>>([])
  private let refusals = Mutex<[any Error]>([])
  private let hiddenRoundReads = Mutex(0)

  struct ItemTooLarge: Error { let byteCount: Int }

  var writes: Int { state.withLock { $0.writes } }

  /// The process dies right after its n-th write from now: the write is there, and nothing that follows it happens.
  func crash(afterWrites count: Int) { state.withLock { $0.crashAfter = $0.writes + count } }
  func neverCrash() { state.withLock { $0.crashAfter = nil } }

  /// The next writes to an orchestration's row fail with these errors, and write nothing.
  func failWrites(_ errors: any Error...) { refusals.withLock { $0 += errors } }

  /// The next reads of tracking records find none, as in the moments in which the transaction that writes one takes effect.
  func hideRounds(reads: Int) { hiddenRoundReads.withLock { $0 = reads } }

  private func mayWrite() throws {
    if let error = refusals.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw error }
  }

  private func wrote() throws {
    try state.withLock { state in
      state.writes += 1
      if state.writes == state.crashAfter { throw Crash() }
    }
  }

  private func checked(_ record: OrchestrationRecord) throws -> OrchestrationRecord {
    try Self.check(record.attributes)
    return try OrchestrationRecord(attributes: record.attributes)
  }

  private static func check(_ attributes: [String: AttributeValue]) throws {
    let byteCount = try AttributeValue.map(attributes).toJSON().bytes.count
    if byteCount > 400_000 { throw ItemTooLarge(byteCount: byteCount) }
  }

  func create(_ record: OrchestrationRecord) async throws -> CreateOutcome {
    let outcome = try await inner.create(try checked(record))
    try wrote()
    return outcome
  }

  func load(_ id: String) async throws -> OrchestrationRecord? { try await inner.load(id) }
  func loadRound(_ requestID: String) async throws -> RoundRecord? {
    if unreadable.withLock({ $0.contains(requestID) }) {
      throw LedgerError(table: "worker state", key: requestID, problem: WireError(field: "tasks", value: "absent", expected: "a map"))
    }
    let isHidden = hiddenRoundReads.withLock { reads in
      defer { reads = max(0, reads - 1) }
      return reads > 0
    }
    return isHidden ? nil : try await inner.loadRound(requestID)
  }

  /// Makes a tracking record one that cannot be read.
  func spoil(_ requestID: String) { _ = unreadable.withLock { $0.insert(requestID) } }

  func update(_ old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    try mayWrite()
    let written = try await inner.update(old, to: try checked(new))
    try wrote()
    return written
  }

  func begin(_ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    try mayWrite()
    try Self.check(round.attributes)
    let written = try await inner.begin(try RoundRecord(attributes: round.attributes), updating: old, to: try checked(new))
    try wrote()
    return written
  }

  func close(_ toolUseID: String, of requestID: String, state: TaskEntry.State, result: TaskResult) async throws -> CloseOutcome {
    let outcome = try await inner.close(toolUseID, of: requestID, state: state, result: result)
    if case .closed(let round) = outcome { try Self.check(round.attributes) }
    try wrote()
    return outcome
  }

  func markSent(_ toolUseIDs: [String], of requestID: String, atMilliseconds: Int64) async throws {
    try await inner.markSent(toolUseIDs, of: requestID, atMilliseconds: atMilliseconds)
    try wrote()
  }

  func due(atMilliseconds: Int64, limit: Int) async throws -> [String] {
    try await inner.due(atMilliseconds: atMilliseconds, limit: limit)
  }
}
