import Synchronization

/// The ledger in memory, with the semantics of the DynamoDB one; for tests and simulation.
public final class InMemoryOrchestrationStore: OrchestrationStore {
  private struct Tables {
    var orchestrations: [String: OrchestrationRecord] = [:]
    var rounds: [String: RoundRecord] = [:]
  }

  private let tables = Mutex(Tables())

  public init() {}

  public func create(_ record: OrchestrationRecord) async throws -> CreateOutcome {
    tables.withLock { tables in
      if let existing = tables.orchestrations[record.id] { return .exists(existing) }
      tables.orchestrations[record.id] = record
      return .created(record)
    }
  }

  public func load(_ id: String) async throws -> OrchestrationRecord? { tables.withLock { $0.orchestrations[id] } }

  public func loadRound(_ requestID: String) async throws -> RoundRecord? { tables.withLock { $0.rounds[requestID] } }

  public func update(_ old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    tables.withLock { Self.update(&$0, old, to: new) }
  }

  public func begin(_ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord) async throws
    -> OrchestrationRecord?
  {
    tables.withLock { tables in
      guard tables.rounds[round.requestID] == nil, let written = Self.update(&tables, old, to: new) else { return nil }
      tables.rounds[round.requestID] = round
      return written
    }
  }

  public func close(_ toolUseID: String, of requestID: String, state: TaskEntry.State, result: TaskResult) async throws -> CloseOutcome {
    tables.withLock { tables in
      guard var round = tables.rounds[requestID] else { return .unknownRound }
      guard let index = round.tasks.firstIndex(where: { $0.toolUseID == toolUseID }) else { return .unknownTask(round) }
      guard round.tasks[index].isPending else { return .alreadyClosed(round) }
      round.tasks[index].state = state
      round.tasks[index].result = result
      round.pendingCount -= 1
      tables.rounds[requestID] = round
      return .closed(round)
    }
  }

  public func markSent(_ toolUseIDs: [String], of requestID: String, atMilliseconds: Int64) async throws {
    tables.withLock { tables in
      guard var round = tables.rounds[requestID] else { return }
      for index in round.tasks.indices where toolUseIDs.contains(round.tasks[index].toolUseID) {
        round.tasks[index].sentAtMilliseconds = atMilliseconds
      }
      tables.rounds[requestID] = round
    }
  }

  public func due(atMilliseconds: Int64, limit: Int) async throws -> [String] {
    tables.withLock { tables in
      tables.orchestrations.values
        .compactMap { record in record.wakeAtMilliseconds.map { (wakeAt: $0, id: record.id) } }
        .filter { $0.wakeAt <= atMilliseconds }
        .sorted { ($0.wakeAt, $0.id) < ($1.wakeAt, $1.id) }
        .prefix(limit)
        .map(\.id)
    }
  }

  private static func update(
    _ tables: inout Tables, _ old: OrchestrationRecord, to new: OrchestrationRecord
  ) -> OrchestrationRecord? {
    guard tables.orchestrations[old.id]?.version == old.version else { return nil }
    var written = new
    written.version = old.version + 1
    tables.orchestrations[old.id] = written
    return written
  }
}
