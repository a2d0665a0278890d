import Synchronization

/// A journal in the memory of the process, for tests and for runs without a table.
public final class InMemoryJournalStore: JournalStore {
  private struct Rows {
    var sessions: [String: SessionRecord] = [:]
    var tasks: [String: [TaskKey: TaskRecord]] = [:]
  }

  private let rows = Mutex(Rows())

  public init() {}

  /// Puts a session's row as a workflow does.
  public func put(_ session: SessionRecord) { rows.withLock { $0.sessions[session.sessionID] = session } }

  public func begin(_ begin: SessionBegin) async throws -> SessionBeginning {
    rows.withLock { rows in
      var row = rows.sessions[begin.sessionID] ?? SessionRecord(sessionID: begin.sessionID, status: .started)
      if row.agentRun == begin.agentRun, row.status == .busy { return .began(row) }
      if row.status.isFinal { return .alreadyFinished(row) }
      guard row.status != .busy else { return .alreadyRunning(row) }
      row.status = .busy
      row.timestamp = begin.time
      row.createdAt = row.createdAt ?? begin.time
      row.startTime = row.startTime ?? begin.time
      row.agentStartTime = begin.time
      row.heartbeat = begin.time
      row.agentRun = begin.agentRun
      row.expiresAtSeconds = begin.expiresAtSeconds
      rows.sessions[begin.sessionID] = row
      return .began(row)
    }
  }

  public func beat(sessionID: String, agentRun: String, time: String) async throws -> Bool {
    rows.withLock { rows in
      guard let row = rows.sessions[sessionID], row.status == .busy, row.agentRun == agentRun else { return false }
      rows.sessions[sessionID]?.heartbeat = time
      return true
    }
  }

  public func finish(_ end: SessionEnd) async throws -> SessionRecord {
    rows.withLock { rows in
      var row = rows.sessions[end.sessionID] ?? SessionRecord(sessionID: end.sessionID, status: .started)
      guard !row.status.isFinal, row.agentRun == nil || row.agentRun == end.agentRun else { return row }
      row.status = end.status
      row.timestamp = end.endTime
      row.createdAt = row.createdAt ?? end.agentStartTime
      row.startTime = row.startTime ?? end.agentStartTime
      row.agentStartTime = row.agentStartTime ?? end.agentStartTime
      row.endTime = end.endTime
      row.durationSeconds = JournalTime.seconds(milliseconds: end.durationMilliseconds)
      row.errorMessage = end.errorMessage
      row.totals = end.totals
      row.agentRun = end.agentRun
      row.expiresAtSeconds = end.expiresAtSeconds
      rows.sessions[end.sessionID] = row
      return row
    }
  }

  public func write(_ task: TaskRecord, sessionID: String) async throws -> Bool {
    rows.withLock { rows in
      if let row = rows.tasks[sessionID]?[task.key], row.status.isFinal { return row.status == task.status }
      rows.tasks[sessionID, default: [:]][task.key] = task
      return true
    }
  }

  public func session(_ sessionID: String, nowSeconds: Int64) async throws -> SessionRecord? {
    rows.withLock { rows in
      rows.sessions[sessionID].flatMap { JournalTime.hasPassed($0.expiresAtSeconds, nowSeconds: nowSeconds) ? nil : $0 }
    }
  }

  public func journal(of sessionID: String, nowSeconds: Int64) async throws -> SessionJournal? {
    let session = try await session(sessionID, nowSeconds: nowSeconds)
    let tasks = rows.withLock { rows in
      (rows.tasks[sessionID] ?? [:]).values
        .filter { !JournalTime.hasPassed($0.expiresAtSeconds, nowSeconds: nowSeconds) }
        .sorted { $0.key < $1.key }
    }
    return session == nil && tasks.isEmpty ? nil : SessionJournal(session: session, tasks: tasks)
  }

  public func createTable() async throws { throw JournalTableNotAllowed("a journal in memory has no table") }
}
