/// Where the journal is kept. Every write sets its own attributes only, and is safe to be repeated: what other writers put into a row stays,
/// and a final status is never changed.
///
/// Methods throw what the store's service says (`AWSError`), or `CancellationError`.
public protocol JournalStore: Sendable {
  /// Makes a session busy, once; a session that has no row gets one first, with the status STARTED.
  func begin(_ begin: SessionBegin) async throws -> SessionBeginning
  /// Tells that the run is alive. A session that is not busy with this run is left as it is.
  /// - Returns: false for a session that this run does not have, or has no longer.
  func beat(sessionID: String, agentRun: String, time: String) async throws -> Bool
  /// Ends a session, unless it has ended before or another run has it.
  /// - Returns: the row as it is then.
  func finish(_ end: SessionEnd) async throws -> SessionRecord
  /// Writes a phase as it stands; a phase that has ended is left as it is.
  /// - Returns: false when the row has ended with another status before.
  func write(_ task: TaskRecord, sessionID: String) async throws -> Bool
  /// The session's row; nil when there is none, or its time has passed.
  func session(_ sessionID: String, nowSeconds: Int64) async throws -> SessionRecord?
  /// The session and its phases in the order of their starts, without rows whose time has passed; nil when nothing is there.
  func journal(of sessionID: String, nowSeconds: Int64) async throws -> SessionJournal?
  /// Makes the place where the journal is kept, and returns when it can be used.
  /// - Throws: `JournalTableNotAllowed` where that is not this store's to do.
  func createTable() async throws
}

/// A store that may not make its table.
public struct JournalTableNotAllowed: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// A run of an agent that wants a session.
public struct SessionBegin: Sendable, Hashable {
  public var sessionID: String
  /// Tells this run from others, so that a write whose answer was lost knows itself again.
  public var agentRun: String
  /// ISO 8601 text.
  public var time: String
  /// Seconds since the Unix epoch.
  public var expiresAtSeconds: Int64

  public init(sessionID: String, agentRun: String, time: String, expiresAtSeconds: Int64) {
    self.sessionID = sessionID
    self.agentRun = agentRun
    self.time = time
    self.expiresAtSeconds = expiresAtSeconds
  }
}

/// What became of the wish for a session.
public enum SessionBeginning: Sendable, Hashable {
  case began(SessionRecord)
  /// Another run has the session, however long ago it gave a sign of life.
  case alreadyRunning(SessionRecord)
  case alreadyFinished(SessionRecord)
}

/// How a session ends.
public struct SessionEnd: Sendable, Hashable {
  public var sessionID: String
  public var agentRun: String
  /// `completed` or `failed`.
  public var status: SessionStatus
  /// When the run began and ended: ISO 8601 text. The row's own start counts where it has one.
  public var agentStartTime: String
  public var endTime: String
  /// Milliseconds from the session's start to its end.
  public var durationMilliseconds: Int64
  public var errorMessage: String?
  public var totals: SessionTotals
  public var expiresAtSeconds: Int64

  public init(
    sessionID: String, agentRun: String, status: SessionStatus, agentStartTime: String, endTime: String, durationMilliseconds: Int64,
    errorMessage: String?, totals: SessionTotals, expiresAtSeconds: Int64
  ) {
    self.sessionID = sessionID
    self.agentRun = agentRun
    self.status = status
    self.agentStartTime = agentStartTime
    self.endTime = endTime
    self.durationMilliseconds = durationMilliseconds
    self.errorMessage = errorMessage
    self.totals = totals
    self.expiresAtSeconds = expiresAtSeconds
  }
}
