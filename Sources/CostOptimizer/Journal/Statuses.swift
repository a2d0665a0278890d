/// Where a session stands.
public enum SessionStatus: String, Sendable, Hashable, CaseIterable {
  /// Written by the workflow, before the agent is asked.
  case initiated = "INITIATED"
  /// Written by an agent that was asked without a workflow.
  case started = "STARTED"
  /// Set once, when the agent begins.
  case busy = "BUSY"
  case completed = "COMPLETED"
  case failed = "FAILED"

  public var isFinal: Bool { self == .completed || self == .failed }
}

/// Where a phase of a session stands.
public enum TaskStatus: String, Sendable, Hashable, CaseIterable {
  case inProgress = "IN_PROGRESS"
  case completed = "COMPLETED"
  case failed = "FAILED"
  case cancelled = "CANCELLED"
  case skipped = "SKIPPED"

  public var isFinal: Bool { self != .inProgress }
}
