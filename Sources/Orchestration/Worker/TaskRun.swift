public import JSON

/// A task that this attempt may work on.
public struct TaskClaim: Sendable, Equatable {
  public let key: TaskKey
  /// Identifies this attempt.
  public let owner: String
  /// The invocation's deadline, in milliseconds since the Unix epoch.
  public let untilMilliseconds: Int64
  /// What earlier attempts at the task have spent at most, in millionths of a US dollar.
  public let spentEarlierMicroUSD: Int64

  public init(key: TaskKey, owner: String, untilMilliseconds: Int64, spentEarlierMicroUSD: Int64 = 0) {
    self.key = key
    self.owner = owner
    self.untilMilliseconds = untilMilliseconds
    self.spentEarlierMicroUSD = spentEarlierMicroUSD
  }
}

/// What the work on a task came to, and what it spent.
public struct TaskRun: Sendable {
  public var outcome: Result<JSONValue, TaskFailure>
  public var usage: TaskCompletion.Usage
  /// Which code did the work; nil when none has run.
  public var code: TaskCompletion.CodeVersion?
  /// The registry is another one than before, whatever the outcome.
  public var registryChanged: Bool

  public init(
    outcome: Result<JSONValue, TaskFailure>, usage: TaskCompletion.Usage, code: TaskCompletion.CodeVersion? = nil,
    registryChanged: Bool = false
  ) {
    self.outcome = outcome
    self.usage = usage
    self.code = code
    self.registryChanged = registryChanged
  }
}
