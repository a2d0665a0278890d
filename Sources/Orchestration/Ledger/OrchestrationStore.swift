/// The ledger: orchestrations and the tracking records of their rounds.
///
/// Every read is strongly consistent except `due` and `list`. Every write is conditional, so that of two handlers that saw the same
/// state only one moves it on.
public protocol OrchestrationStore: Sendable {
  /// Writes a new orchestration, or answers the one that has the id already.
  func create(_ record: OrchestrationRecord) async throws -> CreateOutcome

  func load(_ id: String) async throws -> OrchestrationRecord?

  func loadRound(_ requestID: String) async throws -> RoundRecord?

  /// Writes the difference between two states of an orchestration, on the condition that nobody wrote since `old` was read.
  /// - Returns: the record as written, with its new version; nil when somebody else wrote first.
  func update(_ old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord?

  /// Like `update`, and writes the round's tracking record in the same transaction: both or neither.
  func begin(_ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord?

  /// Closes exactly one pending task of exactly this round.
  func close(_ toolUseID: String, of requestID: String, state: TaskEntry.State, result: TaskResult) async throws -> CloseOutcome

  /// Notes that the messages of these tasks have been accepted by their queues.
  func markSent(_ toolUseIDs: [String], of requestID: String, atMilliseconds: Int64) async throws

  /// Ids of orchestrations whose `wakeAt` is not after the given time, oldest first, at most `limit`.
  func due(atMilliseconds: Int64, limit: Int) async throws -> [String]
}

public enum CreateOutcome: Sendable, Equatable {
  case created(OrchestrationRecord)
  case exists(OrchestrationRecord)
}

public enum CloseOutcome: Sendable, Equatable {
  case closed(RoundRecord)
  /// The task had an answer before; nothing was changed.
  case alreadyClosed(RoundRecord)
  case unknownTask(RoundRecord)
  case unknownRound
}

/// A row that is there and cannot be read: which one, which attribute, and what it should hold.
public struct LedgerError: Error, Sendable, Equatable, CustomStringConvertible {
  public let table: String
  public let key: String
  public let problem: WireError

  public init(table: String, key: String, problem: WireError) {
    self.table = table
    self.key = key
    self.problem = problem
  }

  public var description: String { "row '\(key)' of table '\(table)' cannot be read: \(problem)" }
}
