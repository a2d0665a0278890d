public import AWSClient
import AgentKit
import JSON
import Telemetry

/// One session of the cost agent, from the payload to the end of its row in the journal. Whatever happens in between, the row ends as COMPLETED,
/// when the report is stored, or as FAILED with the reason.
public actor CostAgentSession {
  /// What became of a session.
  public enum Outcome: Sendable, Hashable {
    /// The addresses of the report and of its evidence.
    case completed(report: String, evidence: String)
    case failed(String)
    /// Another run has the session; nothing was done.
    case alreadyRunning(SessionRecord)
    case alreadyFinished(SessionRecord)
  }

  public nonisolated let request: CostAgentRequest
  private let settings: CostAgentSettings
  private let parts: CostAgentParts
  private let logger: Logger
  private let journal: Journal
  private let analysis: CostAnalysis
  private var running: Task<Outcome, Never>?
  private var work: Task<Void, Never>?
  /// Why the session is ended from outside; nil while it is not.
  private var endReason: String?
  private var ending: Task<Void, Never>?
  /// False while nobody knows whether the session is this run's.
  private var hasSession = false
  /// True when the work is done, and only its end has to be written.
  private var isFinishing = false
  private var isDone: AsyncStream<Void>.Continuation?

  public init(request: CostAgentRequest, settings: CostAgentSettings, parts: CostAgentParts) {
    self.request = request
    self.settings = settings
    self.parts = parts
    logger = parts.logger.with(["sessionId": .string(request.sessionID)])
    journal = Journal(
      store: parts.store(request), sessionID: request.sessionID, agentRun: parts.ids.makeID(), clock: parts.clock, pause: parts.pause,
      logger: logger)
    analysis = CostAnalysis(
      sessionID: request.sessionID, bucket: request.bucket, region: request.region ?? parts.region, parts: parts.analysis(request),
      journal: journal, clock: parts.clock, pause: parts.pause, logger: logger)
  }

  /// A session for a payload.
  /// - Throws: `CostAgentRequestError` for a payload that no session can be run for.
  public init(payload: [UInt8], environment: Environment, settings: CostAgentSettings, parts: CostAgentParts) throws(CostAgentRequestError)
  {
    self.init(request: try CostAgentRequest(payload: payload, environment: environment), settings: settings, parts: parts)
  }

  /// Runs the session to its end; asked again, answers with the same end. Cancellation of the calling task ends the session as `cancel` does.
  public func run() async -> Outcome {
    let task = running ?? Task { await self.begin() }
    running = task
    return await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      Task { await self.cancel(Self.terminated) }
    }
  }

  /// The reason of a session whose process has to end.
  public static let terminated = "the agent's process was told to end (SIGTERM) before the session was done"

  /// Ends the session as FAILED with a reason, its phases as CANCELLED. Returns when that is written, or could not be, within seconds.
  public func cancel(_ reason: String) async {
    guard let running else {
      endReason = endReason ?? reason
      return
    }
    await end(reason)
    _ = await running.value
  }

  // MARK: From begin to end

  private func begin() async -> Outcome {
    switch await journal.begin() {
    case .alreadyRunning(let row):
      logger.info("the session is already running", ["agentRun": row.agentRun.map { .string($0) } ?? .null])
      return .alreadyRunning(row)
    case .alreadyFinished(let row):
      logger.info("the session has ended before", ["status": .string(row.status.rawValue)])
      return .alreadyFinished(row)
    case .began: break
    case .unavailable(let problem): logger.error("the session's begin is not in the journal", ["problem": .string(problem)])
    }
    hasSession = true
    if let endReason {
      // Ended before it had begun.
      await endWithoutResult(endReason)
      return .failed(endReason)
    }
    let (done, isDone) = AsyncStream.makeStream(of: Void.self)
    self.isDone = isDone
    let beats = Task { await self.beat() }
    work = Task {
      await self.analyze()
      isDone.finish()
    }
    // The work, or the end from outside: a part that does not listen to its cancellation holds nobody.
    for await _ in done {}
    beats.cancel()
    if let ending {
      await ending.value
      return .failed(endReason ?? "the session was ended")
    }
    isFinishing = true
    return await finish()
  }

  private func analyze() async {
    await CostAgentModel(request: request, settings: settings, parts: parts, journal: journal, analysis: analysis, logger: logger).run()
    await analysis.performRemaining()
  }

  private func finish() async -> Outcome {
    let (report, evidence) = (analysis.uri(ReportDocument.reportName), analysis.uri(ReportDocument.evidenceName))
    guard await analysis.isStored else {
      let problem = await analysis.storageProblem ?? "the report was not stored"
      await logReport()
      await journal.finish(.failed, error: problem)
      logger.error("the session failed", ["problem": .string(problem)])
      return .failed(problem)
    }
    parts.printLine("Report: \(report)")
    parts.printLine("Evidence: \(evidence)")
    let row = await journal.finish(.completed)
    if let row, row.status != .completed {
      return .failed(row.errorMessage ?? "the session had ended as \(row.status.rawValue) before the report was stored")
    }
    return .completed(report: report, evidence: evidence)
  }

  /// Writes the report to the log, the last place where somebody can find it.
  private func logReport() async {
    guard let report = await analysis.reportText() else { return }
    logger.error("the report, since it is not stored", ["report": .string(JournalText.bounded(report, to: 100_000))])
  }

  /// Ends what runs; a second reason changes nothing.
  private func end(_ reason: String) async {
    endReason = endReason ?? reason
    await journal.hurry()
    guard hasSession, !isFinishing else { return }
    let task = ending ?? Task { await self.endWithoutResult(endReason ?? reason) }
    ending = task
    work?.cancel()
    await task.value
    isDone?.finish()
  }

  private func endWithoutResult(_ reason: String) async {
    logger.error("the session is ended", ["reason": .string(reason)])
    let isUnstored = await analysis.hasUnstoredReport
    async let phases: Void = analysis.cancel(reason)
    async let row = journal.finish(.failed, error: reason)
    _ = await (phases, row)
    if isUnstored { await logReport() }
  }

  /// Signs of life, until the work is done. A session that somebody else has ended is not worked on.
  private func beat() async {
    while !Task.isCancelled {
      do { try await parts.pause(Int64(settings.heartbeatSeconds) * 1_000) } catch { return }
      guard case .lost(let row) = await journal.beat(), !Task.isCancelled else { continue }
      let why =
        switch row?.status {
        case .failed?: "the session was ended from outside: \(row?.errorMessage ?? "no reason is given")"
        case .completed?: "the session was completed by another run"
        case .busy?: "another run has the session"
        default: "the session's row is gone"
        }
      await end(why)
      return
    }
  }
}
