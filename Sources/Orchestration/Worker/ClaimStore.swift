/// Keeps who works on which task, and the answers of finished tasks, so that no task runs twice at once and none is answered twice with
/// different answers.
public protocol ClaimStore: Sendable {
  /// Takes a task, unless it is finished, taken, or no longer asked for. Atomic: of two callers only one gets it.
  /// - Parameters:
  ///   - owner: identifies this attempt; a claim is repeated by its owner without harm.
  ///   - untilMilliseconds: when the claim expires, in milliseconds since the Unix epoch; anybody may take the task then.
  /// - Throws: `LedgerError` when the claim's row is there and cannot be read.
  func claim(_ task: TaskKey, owner: String, untilMilliseconds: Int64, nowMilliseconds: Int64) async throws -> ClaimOutcome

  /// Whether the round still waits for the task; true where nobody can tell.
  func isPending(_ task: TaskKey) async throws -> Bool

  /// Notes, before a model call, what this attempt will have spent at most when the call is over; an attempt that dies has spent it. The
  /// largest note counts: they need not arrive in their order.
  /// - Parameter untilMilliseconds: when to stop trying, in milliseconds since the Unix epoch.
  /// - Returns: what earlier attempts at the task have spent at most, in millionths of a US dollar; nil when the claim has been lost.
  func reserve(_ task: TaskKey, owner: String, atMostMicroUSD: Int64, untilMilliseconds: Int64) async throws -> Int64?

  /// Keeps the answer of a task.
  /// - Parameter untilMilliseconds: when to stop trying, in milliseconds since the Unix epoch.
  /// - Returns: false when the claim has been lost to another owner, whose answer counts.
  func finish(_ task: TaskKey, owner: String, answer: TaskCompletion, untilMilliseconds: Int64) async throws -> Bool
}

/// Identifies one task of one round.
public struct TaskKey: Sendable, Hashable {
  public let orchestrationID: String
  /// The round's tracking record; nil when the message names none, then nobody can tell whether the task is still asked for.
  public let requestID: String?
  public let toolUseID: String

  public init(orchestrationID: String, requestID: String?, toolUseID: String) {
    self.orchestrationID = orchestrationID
    self.requestID = requestID
    self.toolUseID = toolUseID
  }

  /// The key of the claim's row. It names the round, because some models use the same toolUseId again in a later round.
  public var claimID: String { "claim#\(requestID ?? orchestrationID)#\(toolUseID)" }
}

public enum ClaimOutcome: Sendable, Equatable {
  /// The task is the caller's; earlier attempts at it, all dead, have spent so much at most, in millionths of a US dollar.
  case claimed(spentEarlierMicroUSD: Int64)
  /// The task is done; its answer.
  case finished(TaskCompletion)
  /// Somebody works on it.
  case inProgress(untilMilliseconds: Int64)
  /// The round does not wait for this task any more: it was answered, timed out or cancelled, or is not known.
  case notPending
}
