public import Orchestration

/// Counts how often in a row agents failed by their own fault, in their registry rows, and takes those out of use that failed too often.
public protocol FailureLedger: Sendable {
  /// Counts the failure of a task, once for each task, while the agent's row is active and still names the code that failed.
  /// - Parameters:
  ///   - problem: what failed, for the row's note.
  ///   - quarantineAt: the count at which the agent is quarantined; 0 for never.
  func count(
    agentID: String, _ code: TaskCompletion.CodeVersion, _ task: TaskKey, problem: String, quarantineAt: Int
  ) async throws -> FailureOutcome

  /// Begins to count anew after a success, once for each task, while the row still names the code that succeeded.
  func clear(agentID: String, _ code: TaskCompletion.CodeVersion, _ task: TaskKey) async throws
}

/// The end of an agent's use because it failed too often.
public struct Quarantine: Sendable, Equatable {
  /// Failures in a row.
  public var failures: Int
  /// In milliseconds since the Unix epoch.
  public var atMilliseconds: Int64
  /// SHA-256 of the version's manifest; nil for an agent without versions.
  public var versionSHA256: String?
  /// Why, in a sentence, as the row's note has it.
  public var reason: String
  /// False when it was told before.
  public var isNew: Bool

  public init(failures: Int, atMilliseconds: Int64, versionSHA256: String? = nil, reason: String, isNew: Bool) {
    self.failures = failures
    self.atMilliseconds = atMilliseconds
    self.versionSHA256 = versionSHA256
    self.reason = reason
    self.isNew = isNew
  }
}

/// What the count of a failure led to.
public enum FailureOutcome: Sendable, Equatable {
  /// So many in a row now.
  case counted(failures: Int)
  /// The failure was the last that the agent was allowed. Told again for a task that was counted before.
  case quarantined(Quarantine)
  /// Nothing was counted: it had been, or the row is gone, not active, or names other code now.
  case ignored
}
