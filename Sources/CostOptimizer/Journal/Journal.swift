import AWSClient
public import AgentKit
import JSON
public import Telemetry

/// The journal of one session, written as things happen, by the one run of an agent that has the session.
///
/// Nothing here throws, and no failure of the journal's table ends an analysis: a write that keeps failing is logged, becomes a line of the
/// report's gaps, and the analysis goes on. Writes are not interrupted when the analysis is cancelled.
public actor Journal {
  /// Whether a session is this run's.
  public enum Beginning: Sendable, Hashable {
    case began
    case alreadyRunning(SessionRecord)
    case alreadyFinished(SessionRecord)
    /// The journal could not be written; nobody knows whether another run has the session.
    case unavailable(String)
  }

  /// What a sign of life met.
  public enum Beat: Sendable, Hashable {
    case written
    /// The session is no longer this run's: somebody ended it, such as the workflow whose patience was over.
    case lost(SessionRecord?)
    case unavailable
  }

  public nonisolated let sessionID: String
  public nonisolated let agentRun: String
  private let store: any JournalStore
  private let clock: any Clock
  private let logger: Logger
  private var writer: JournalWriter
  private var hasBegun = false
  private var session: SessionRecord?
  private var isEnding = false
  /// Another run has the session, or has ended it: what this one has not begun does not belong into its journal.
  private var isForeign = false
  private var tasks: [Phase: TaskRecord] = [:]
  private var startedAt: String
  private var otherGaps: [Gap] = []

  /// - Parameters:
  ///   - agentRun: an identifier that no other run has.
  ///   - pause: waits so many milliseconds, or throws when the task is cancelled.
  public init(
    store: any JournalStore, sessionID: String, agentRun: String, clock: any Clock = AgentKit.SystemClock(),
    pause: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }, logger: Logger = .silent
  ) {
    self.store = store
    self.sessionID = sessionID
    self.agentRun = agentRun
    self.clock = clock
    self.logger = logger
    writer = JournalWriter(clock: clock, pause: pause)
    startedAt = ISO8601.text(milliseconds: clock.nowMilliseconds)
  }

  private var now: String { ISO8601.text(milliseconds: clock.nowMilliseconds) }
  private var expiry: Int64 { clock.nowMilliseconds / 1_000 + JournalTime.retentionSeconds }

  // MARK: The session

  /// Makes the session busy, once.
  public func begin() async -> Beginning {
    startedAt = now
    return await begin(isPatient: true)
  }

  private func begin(isPatient: Bool) async -> Beginning {
    let request = SessionBegin(sessionID: sessionID, agentRun: agentRun, time: startedAt, expiresAtSeconds: expiry)
    let outcome = await write("the session's begin", isPatient ? .normal : .once) { [store] in try await store.begin(request) }
    switch outcome {
    case .done(.began(let row)):
      hasBegun = true
      session = row
      return .began
    case .done(.alreadyRunning(let row)):
      noteOwner(row)
      return .alreadyRunning(row)
    case .done(.alreadyFinished(let row)):
      noteOwner(row)
      return .alreadyFinished(row)
    case .failed(let problem): return .unavailable(problem.description)
    }
  }

  private func noteOwner(_ row: SessionRecord?) { if let owner = row?.agentRun, owner != agentRun { isForeign = true } }

  /// A sign of life; where the session could not be begun before, it is begun now.
  public func beat() async -> Beat {
    guard !isEnding else { return .written }
    guard hasBegun else {
      switch await begin(isPatient: false) {
      case .began: return .written
      case .alreadyRunning(let row), .alreadyFinished(let row): return .lost(row)
      case .unavailable: return .unavailable
      }
    }
    let (time, store, sessionID, agentRun) = (now, store, sessionID, agentRun)
    let outcome = await write("a sign of life", .once) { try await store.beat(sessionID: sessionID, agentRun: agentRun, time: time) }
    switch outcome {
    case .done(true): return .written
    case .done(false):
      if isEnding { return .written }
      let seconds = clock.nowMilliseconds / 1_000
      let row = try? await store.session(sessionID, nowSeconds: seconds)
      noteOwner(row)
      return .lost(row)
    case .failed: return .unavailable
    }
  }

  /// Ends the session with the totals of its phases. Later signs of life write nothing.
  /// - Returns: the row as it is then; nil when it could not be written.
  @discardableResult
  public func finish(_ status: SessionStatus, error: String? = nil) async -> SessionRecord? {
    isEnding = true
    let end = now
    let request = SessionEnd(
      sessionID: sessionID, agentRun: agentRun, status: status, agentStartTime: session?.agentStartTime ?? startedAt, endTime: end,
      durationMilliseconds: JournalTime.milliseconds(from: session?.startTime ?? startedAt, to: end) ?? 0,
      errorMessage: error.map { JournalText.bounded($0) }, totals: totals, expiresAtSeconds: expiry)
    let outcome = await write("the session's end", .always) { [store] in try await store.finish(request) }
    guard case .done(let row) = outcome else { return nil }
    if row.status != status {
      logger.warning("the session had ended before", ["status": .string(row.status.rawValue), "wanted": .string(status.rawValue)])
    }
    session = row
    return row
  }

  /// From now on no write is repeated after a wait: the process is about to end.
  public func hurry() { writer.isHurried = true }

  public var record: SessionRecord? { session }

  /// The sums over the phases so far.
  public var totals: SessionTotals {
    var milliseconds: [String: Int64] = [:]
    for task in tasks.values { milliseconds[task.phaseName] = task.durationSeconds.flatMap { JournalTime.milliseconds(seconds: $0) } }
    return SessionTotals(
      resourceCount: tasks[.discovery]?.resourceCount ?? 0,
      recommendationCount: Phase.allCases.reversed().lazy.compactMap { self.tasks[$0]?.recommendationCount }.first ?? 0,
      phaseMilliseconds: milliseconds)
  }

  // MARK: Phases

  /// The record of a phase as this run has it.
  public func task(_ phase: Phase) -> TaskRecord? { tasks[phase] }

  /// Writes that a phase has begun; one that has begun before keeps its record.
  @discardableResult
  public func start(_ phase: Phase) async -> TaskRecord {
    if let task = tasks[phase] { return task }
    let time = now
    var task = TaskRecord(
      key: TaskKey(startTime: time, phase: phase), phaseName: phase.rawValue, status: .inProgress, timestamp: time, startTime: time)
    task.expiresAtSeconds = expiry
    tasks[phase] = task
    if !isForeign { await write(task) }
    return tasks[phase] ?? task
  }

  /// Writes how a phase ended. One that ended before is left as it is; one that never began (cancelled, skipped) gets its only record.
  @discardableResult
  public func end(
    _ phase: Phase, _ status: TaskStatus, resourceCount: Int? = nil, recommendationCount: Int? = nil, error: String? = nil
  ) async -> TaskRecord {
    let time = now
    let isInTable = tasks[phase] != nil || !isForeign
    var task =
      tasks[phase]
      ?? TaskRecord(
        key: TaskKey(startTime: time, phase: phase), phaseName: phase.rawValue, status: .inProgress, timestamp: time, startTime: time)
    guard !task.status.isFinal else { return task }
    task.status = status
    task.timestamp = time
    task.endTime = time
    task.durationSeconds = JournalTime.seconds(milliseconds: JournalTime.milliseconds(from: task.startTime, to: time) ?? 0)
    task.resourceCount = resourceCount
    task.recommendationCount = recommendationCount
    task.errorMessage = error.map { JournalText.bounded($0) }
    task.expiresAtSeconds = expiry
    tasks[phase] = task
    if isInTable { await write(task) }
    return task
  }

  private func write(_ task: TaskRecord) async {
    let (store, sessionID) = (store, sessionID)
    let outcome = await write("\(task.phaseName) \(task.status.rawValue)", .normal) { try await store.write(task, sessionID: sessionID) }
    if case .done(false) = outcome { logger.warning("a phase had ended before", ["phase": .string(task.phaseName)]) }
  }

  // MARK: Reading

  /// The record of a phase in the table, for a run that does not have it in memory.
  func storedTask(_ phase: Phase) async throws -> TaskRecord? {
    try await store.journal(of: sessionID, nowSeconds: clock.nowMilliseconds / 1_000)?.tasks.last { $0.phaseName == phase.rawValue }
  }

  /// Asks the table for the session's row, to see whether it can be read.
  func checkTable() async throws { _ = try await store.session(sessionID, nowSeconds: clock.nowMilliseconds / 1_000) }

  /// What the report says of writes that failed; empty when all were written.
  public var gaps: [Gap] { otherGaps + writer.gaps }

  /// The last failure of a write; nil when the last write succeeded.
  var problem: JournalProblem? { writer.problem }

  // MARK: Writing

  private enum Outcome<Value: Sendable>: Sendable {
    case done(Value)
    case failed(JournalProblem)
  }

  /// One write with its repetitions. It runs in a task of its own, so that a cancelled analysis can still say so.
  private func write<Value: Sendable>(
    _ what: String, _ effort: JournalWriter.Effort, _ operation: @escaping @Sendable () async throws -> Value
  ) async -> Outcome<Value> {
    await Task { await repeated(what, effort, operation) }.value
  }

  private func repeated<Value: Sendable>(
    _ what: String, _ effort: JournalWriter.Effort, _ operation: @escaping @Sendable () async throws -> Value
  ) async -> Outcome<Value> {
    guard writer.mayTry(effort) else {
      let problem = writer.problem ?? JournalProblem(.dynamoDBError, "the journal is not available")
      writer.noteLost(problem, effort)
      return .failed(problem)
    }
    var attempt = 0
    var hasCreated = false
    while true {
      do {
        let value = try await operation()
        writer.noteSuccess()
        return .done(value)
      } catch {
        var problem = JournalProblem(error)
        if problem.code == .tableNotFound, !hasCreated {
          hasCreated = true
          do {
            try await createTable()
            logger.info("the journal's table was made")
            continue
          } catch let lack as JournalTableWithoutExpiry {
            logger.warning("the journal's table was made", ["problem": .string("\(lack)")])
            otherGaps.append(Gap(.journal, subject: "Journal", message: "\(lack)"))
            continue
          } catch let refusal as JournalTableNotAllowed {
            problem = JournalProblem(.tableNotFound, "\(problem.message); \(refusal)")
          } catch {
            problem = JournalProblem(.tableNotFound, "\(problem.message); it could not be made: \(error)")
          }
        }
        attempt += 1
        guard problem.isTransient, let wait = writer.wait(afterAttempt: attempt, effort) else {
          writer.noteFailure(problem, effort)
          logger.error(
            "the journal could not be written", ["write": .string(what), "attempts": .number(attempt), "problem": .string("\(problem)")])
          return .failed(problem)
        }
        logger.warning(
          "the journal is written again", ["write": .string(what), "attempt": .number(attempt), "problem": .string("\(problem)")])
        try? await writer.pause(wait)
      }
    }
  }

  /// One attempt at a time, and one in all: who comes second while it is made repeats the write that failed.
  private var creation: Task<Void, any Error>?

  private func createTable() async throws {
    if let creation { return try await creation.value }
    let task = Task { [store] in try await store.createTable() }
    creation = task
    try await task.value
  }
}
