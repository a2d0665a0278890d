/// A session as its row in the journal has it. Times are ISO 8601 text in UTC with milliseconds, as they are stored.
public struct SessionRecord: Sendable, Hashable {
  public var sessionID: String
  public var status: SessionStatus
  /// Of the last change of status.
  public var timestamp: String?
  public var createdAt: String?
  /// When the workflow, or an agent without one, began.
  public var startTime: String?
  /// When the agent became busy.
  public var agentStartTime: String?
  public var endTime: String?
  /// The agent's last sign of life while it is busy.
  public var heartbeat: String?
  /// Seconds from the start to the end, to the millisecond, as decimal text.
  public var durationSeconds: String?
  public var errorMessage: String?
  public var totals: SessionTotals?
  /// Which run of an agent took the session; nil before one did.
  public var agentRun: String?
  /// Seconds since the Unix epoch after which the row counts as gone.
  public var expiresAtSeconds: Int64?

  public init(sessionID: String, status: SessionStatus) {
    self.sessionID = sessionID
    self.status = status
  }
}

/// What a session's row sums up at its end.
public struct SessionTotals: Sendable, Hashable {
  public var resourceCount: Int
  public var recommendationCount: Int
  /// Milliseconds that each phase took that has begun, by the phase's name.
  public var phaseMilliseconds: [String: Int64]

  public init(resourceCount: Int, recommendationCount: Int, phaseMilliseconds: [String: Int64]) {
    self.resourceCount = resourceCount
    self.recommendationCount = recommendationCount
    self.phaseMilliseconds = phaseMilliseconds
  }
}

/// A phase of a session as its row in the journal has it. Times are ISO 8601 text in UTC with milliseconds.
public struct TaskRecord: Sendable, Hashable {
  public var key: TaskKey
  public var phaseName: String
  public var status: TaskStatus
  /// Of the last change of status.
  public var timestamp: String
  public var startTime: String
  public var endTime: String?
  /// Seconds from start to end, to the millisecond, as decimal text.
  public var durationSeconds: String?
  public var resourceCount: Int?
  public var recommendationCount: Int?
  public var errorMessage: String?
  /// Seconds since the Unix epoch after which the row counts as gone.
  public var expiresAtSeconds: Int64?

  public init(key: TaskKey, phaseName: String, status: TaskStatus, timestamp: String, startTime: String) {
    self.key = key
    self.phaseName = phaseName
    self.status = status
    self.timestamp = timestamp
    self.startTime = startTime
  }

  /// nil for a phase that this version does not know.
  public var phase: Phase? { Phase(rawValue: phaseName) }
}

/// The sort key of a phase's row: `TASK#<ISO 8601 time of the start>#<number of the phase>`, which sorts by time, and phases of one instant
/// by their order.
public struct TaskKey: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// What all of them begin with.
  public static let prefix = "TASK#"

  public let text: String

  public init(text: String) { self.text = text }

  public init(startTime: String, phase: Phase) {
    text = "\(Self.prefix)\(startTime)#\(phase.number < 10 ? "0" : "")\(phase.number)"
  }

  public var description: String { text }
  public static func < (left: TaskKey, right: TaskKey) -> Bool { left.text.utf8.lexicographicallyPrecedes(right.text.utf8) }
}

/// A session with its phases in the order in which they began.
public struct SessionJournal: Sendable, Hashable {
  /// nil when there are phases, but no row of the session.
  public var session: SessionRecord?
  public var tasks: [TaskRecord]

  public init(session: SessionRecord?, tasks: [TaskRecord]) {
    self.session = session
    self.tasks = tasks
  }
}
