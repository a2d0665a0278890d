import AWSClient
public import AgentKit
import JSON
public import Telemetry

/// The eight phases of an analysis. Each runs exactly once and in order, whoever asks for it first: a tool of the model's, or the code that runs
/// what the model left.
///
/// A phase never ends an analysis: it ends as FAILED with its error, and what depends on it is skipped or works with what is there. What happens
/// is written to the journal as it happens.
public actor CostAnalysis {
  public nonisolated let sessionID: String
  public nonisolated let bucket: String
  private let region: String
  private let parts: AnalysisParts
  private let journal: Journal
  private let clock: any Clock
  private let pause: @Sendable (Int64) async throws -> Void
  private let logger: Logger
  public private(set) var facts = AnalysisFacts()
  /// What the model wrote; nil without any.
  private var words: CostReport.Words?
  private var remarks: [String: String] = [:]
  private var work: [Phase: Task<CostReport.PhaseSummary, Never>] = [:]
  private var summaries: [Phase: CostReport.PhaseSummary] = [:]
  private var cancelReason: String?
  private var createdAtMilliseconds: Int64
  /// How many bytes the report's files have as they were stored, by name.
  private var stored: [String: Int] = [:]
  private var storedGaps: [Gap] = []

  /// - Parameters:
  ///   - region: what is told when the account could not be looked at.
  ///   - pause: waits so many milliseconds, or throws when the task is cancelled.
  public init(
    sessionID: String, bucket: String, region: String, parts: AnalysisParts, journal: Journal,
    clock: any Clock = AgentKit.SystemClock(),
    pause: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }, logger: Logger = .silent
  ) {
    self.sessionID = sessionID
    self.bucket = bucket
    self.region = region
    self.parts = parts
    self.journal = journal
    self.clock = clock
    self.pause = pause
    self.logger = logger
    createdAtMilliseconds = clock.nowMilliseconds
  }

  // MARK: Phases

  /// Runs a phase and those before it that have not run; waits for the one that somebody else runs.
  @discardableResult
  public func perform(_ phase: Phase) async -> CostReport.PhaseSummary {
    var summary = CostReport.PhaseSummary(phase: phase, status: .cancelled)
    for each in Phase.allCases where each.number <= phase.number {
      // Not a part of the caller's task: a tool that is out of time ends its wait, and not the phase.
      let task = work[each] ?? Task { await self.execute(each) }
      work[each] = task
      summary = await task.value
    }
    return summary
  }

  /// Runs all phases that have not run.
  public func performRemaining() async { await perform(.fallbacks) }

  public func summary(of phase: Phase) -> CostReport.PhaseSummary? { summaries[phase] }

  /// The first phase that has not begun; nil when all have.
  public var nextPhase: Phase? { Phase.allCases.first { work[$0] == nil } }

  /// True when all files of the report lie in the bucket.
  public var isStored: Bool { summaries[.fallbacks]?.status == .completed }

  /// True when there is a report that lies nowhere yet.
  var hasUnstoredReport: Bool {
    summaries[.outputContract]?.status == .completed && summaries[.storage]?.status != .completed && !isStored
  }

  /// Why the report is not stored; nil when it is, or nobody tried.
  public var storageProblem: String? { isStored ? nil : summaries[.fallbacks]?.error ?? summaries[.storage]?.error }

  /// Ends the phase that runs and those that have not begun: all of them are CANCELLED.
  public func cancel(_ reason: String) async {
    guard cancelReason == nil else { return }
    cancelReason = reason
    for task in work.values { task.cancel() }
    await withTaskGroup(of: Void.self) { group in
      for phase in Phase.allCases where summaries[phase] == nil {
        summaries[phase] = CostReport.PhaseSummary(phase: phase, status: .cancelled, error: reason)
        group.addTask { [journal] in await journal.end(phase, .cancelled, error: reason) }
      }
    }
  }

  private func execute(_ phase: Phase) async -> CostReport.PhaseSummary {
    if let summary = summaries[phase] { return summary }
    let outcome: PhaseOutcome
    if let reason = reasonToSkip(phase) {
      outcome = PhaseOutcome(.skipped, error: reason)
    } else {
      await journal.start(phase)
      logger.info("phase started", ["phase": .string(phase.rawValue)])
      outcome = await run(phase)
    }
    // Cancelled in the meantime: its end has been written.
    if let summary = summaries[phase] { return summary }
    if let error = outcome.error, outcome.status == .failed {
      note(Gap(.serviceFailure, subject: phase.rawValue, message: "The phase failed: \(error)", consequence: phase.consequenceOfFailure))
    }
    let record = await journal.end(
      phase, outcome.status, resourceCount: outcome.resourceCount, recommendationCount: outcome.recommendationCount, error: outcome.error)
    if let summary = summaries[phase] { return summary }
    let summary = CostReport.PhaseSummary(
      phase: phase, status: outcome.status, durationMilliseconds: JournalTime.milliseconds(from: record.startTime, to: record.endTime),
      resourceCount: outcome.resourceCount, recommendationCount: outcome.recommendationCount, error: outcome.error)
    summaries[phase] = summary
    logger.info(
      "phase ended",
      [
        "phase": .string(phase.rawValue), "status": .string(outcome.status.rawValue),
        "durationMilliseconds": summary.durationMilliseconds.map { .number($0) } ?? .null,
        "error": outcome.error.map { .string($0) } ?? .null,
      ])
    return summary
  }

  /// Why a phase has nothing to work with; nil when it has.
  private func reasonToSkip(_ phase: Phase) -> String? {
    switch phase {
    case .usage, .analysis: facts.inventory == nil ? "nothing was discovered" : nil
    case .recommendations, .costEstimation:
      summaries[.analysis]?.status == .completed ? nil : "the decision rules have not been applied"
    case .discovery, .outputContract, .storage, .fallbacks: nil
    }
  }

  private func run(_ phase: Phase) async -> PhaseOutcome {
    do {
      switch phase {
      case .discovery: return try await discover()
      case .usage: return try await collectUsage()
      case .analysis: return try analyze()
      case .recommendations: return format()
      case .costEstimation: return try await estimate()
      case .outputContract: return try await checkContract()
      case .storage: return await store()
      case .fallbacks: return await verify()
      }
    } catch is CancellationError {
      return PhaseOutcome(.cancelled, error: cancelReason ?? "the phase was cancelled")
    } catch {
      return PhaseOutcome(.failed, error: JournalText.bounded("\(error)"))
    }
  }

  // MARK: What the phases do

  private var resourceCount: Int { facts.inventory?.resourceCount ?? 0 }

  private func discover() async throws -> PhaseOutcome {
    let inventory = try await parts.discover()
    facts.inventory = inventory
    let failed = Set(inventory.gaps.lazy.filter { $0.kind == .permission || $0.kind == .serviceFailure }.map(\.subject))
    if inventory.resourceCount == 0, let first = inventory.gaps.first,
      ResourceReference.Service.allCases.allSatisfy({ failed.contains($0.rawValue) })
    {
      return PhaseOutcome(.failed, resourceCount: 0, error: "no service could be read; the first failure: \(first.message)")
    }
    return PhaseOutcome(.completed, resourceCount: inventory.resourceCount)
  }

  private func collectUsage() async throws -> PhaseOutcome {
    guard let inventory = facts.inventory else { return PhaseOutcome(.skipped, error: "nothing was discovered") }
    let (window, recent) = windows
    facts.usage = try await parts.collectUsage(inventory, window, recent)
    return PhaseOutcome(.completed, resourceCount: inventory.resourceCount)
  }

  private func analyze() throws -> PhaseOutcome {
    guard let inventory = facts.inventory else { return PhaseOutcome(.skipped, error: "nothing was discovered") }
    let (window, recent) = windows
    // Without usage the rules still see the configuration, and give no advice for which they would need figures.
    let decisions = try parts.decide(inventory, facts.usage ?? Usage(window: window, recentWindow: recent))
    facts.findings = decisions.findings
    facts.unchanged = decisions.unchanged
    facts.gaps += decisions.gaps
    return PhaseOutcome(.completed, resourceCount: resourceCount, recommendationCount: decisions.findings.count)
  }

  /// A finding that lacks what a recommendation must say is none.
  private func format() -> PhaseOutcome {
    let (complete, gaps) = RecommendationFormat.check(facts.findings)
    facts.findings = complete
    facts.gaps += gaps
    return PhaseOutcome(.completed, resourceCount: resourceCount, recommendationCount: complete.count)
  }

  private func estimate() async throws -> PhaseOutcome {
    guard let inventory = facts.inventory else { return PhaseOutcome(.skipped, error: "nothing was discovered") }
    let (window, recent) = windows
    // Whatever happens to the prices, the advice stays.
    facts.recommendations = facts.findings.map { finding in
      Recommendation(
        finding: finding,
        impact: Recommendation.Impact(
          monthlyBefore: nil, monthlyAfter: nil, method: "The impact could not be computed.", priceSource: AnalysisFacts.noPrices))
    }
    let estimates = try await parts.estimate(facts.findings, inventory, facts.usage ?? Usage(window: window, recentWindow: recent))
    facts.recommendations = estimates.recommendations
    facts.unchanged += estimates.unchanged
    facts.priceSource = estimates.priceSource
    facts.gaps += estimates.gaps
    return PhaseOutcome(.completed, resourceCount: resourceCount, recommendationCount: facts.recommendations.count)
  }

  private func checkContract() async throws -> PhaseOutcome {
    let documents = try parts.render(await report())
    guard let report = documents.first(where: { $0.name == ReportDocument.reportName }) else {
      return PhaseOutcome(.failed, error: "the report has no file '\(ReportDocument.reportName)'")
    }
    let missing = ReportContract.missingSections(of: report.bytes)
    return PhaseOutcome(
      missing.isEmpty ? .completed : .failed, resourceCount: resourceCount, recommendationCount: facts.recommendations.count,
      error: missing.isEmpty ? nil : "the report lacks, or has out of order: \(missing.joined(separator: ", "))")
  }

  private func store() async -> PhaseOutcome {
    let gaps = facts.allGaps(journal: await journal.gaps)
    do {
      let documents = try parts.render(await report())
      let failures = await write(documents)
      storedGaps = gaps
      return PhaseOutcome(failures.isEmpty ? .completed : .failed, resourceCount: stored.count, error: failures.first)
    } catch {
      return PhaseOutcome(.failed, resourceCount: 0, error: JournalText.bounded("the report could not be written: \(error)"))
    }
  }

  /// Looks whether the report is where it should be, and does again what failed; with gaps that came since, the report is written anew.
  private func verify() async -> PhaseOutcome {
    do {
      let documents = try parts.render(await report())
      var wanted = documents
      if facts.allGaps(journal: await journal.gaps) == storedGaps {
        var absent: [ReportDocument] = []
        for document in documents where await !isThere(document.name) { absent.append(document) }
        wanted = absent
      }
      let failures = await write(wanted)
      let complete = documents.allSatisfy { stored[$0.name] != nil }
      // What has not been stored by now will not be.
      return PhaseOutcome(
        complete ? .completed : .failed, resourceCount: stored.count, error: complete ? nil : failures.first ?? "the report was not stored")
    } catch {
      return PhaseOutcome(.failed, resourceCount: stored.count, error: JournalText.bounded("the report could not be written: \(error)"))
    }
  }

  // MARK: The report

  /// The long window and the recent one, both ending when the analysis began.
  private var windows: (Usage.Window, Usage.Window) {
    func window(days: Int64) -> Usage.Window {
      Usage.Window(fromMilliseconds: createdAtMilliseconds - days * 86_400_000, toMilliseconds: createdAtMilliseconds)
    }
    return (window(days: 30), window(days: 7))
  }

  /// The report as far as it is known now.
  public func report() async -> CostReport {
    let journalGaps = await journal.gaps
    let (window, recent) = windows
    return CostReport(
      sessionID: sessionID, accountID: facts.inventory.flatMap { $0.accountID.isEmpty ? nil : $0.accountID } ?? "unknown",
      region: facts.inventory?.region ?? region,
      createdAtMilliseconds: createdAtMilliseconds, window: facts.usage?.window ?? window,
      recentWindow: facts.usage?.recentWindow ?? recent,
      resourceCounts: facts.inventory?.resourceCounts ?? [:],
      recommendations: facts.recommendations.map { recommendation in
        var recommendation = recommendation
        recommendation.remark = remarks[recommendation.finding.id]
        return recommendation
      },
      unchanged: facts.unchanged, gaps: facts.allGaps(journal: journalGaps), words: words,
      evidence: EvidenceEntries.make(inventory: facts.inventory, usage: facts.usage), priceSource: facts.priceSource,
      phases: Phase.allCases.compactMap { summaries[$0] })
  }

  /// The report as text, without regard to where it lies.
  func reportText() async -> String? {
    let report = await report()
    return (try? parts.render(report))?.first { $0.name == ReportDocument.reportName }.map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  /// Where the report lies.
  public nonisolated func uri(_ name: String) -> String { "s3://\(bucket)/\(sessionID)/\(name)" }

  /// Knows the figures of a report, as its files and the model's tools show them.
  func figureGuard(for report: CostReport) -> FigureGuard {
    var report = report
    report.words = nil
    for index in report.recommendations.indices { report.recommendations[index].remark = nil }
    let documents = ((try? parts.render(report)) ?? []).filter { $0.contentType.hasPrefix("text/plain") }
    var facts = documents.map { String(decoding: $0.bytes, as: UTF8.self) }
    let recommendations = report.recommendations.map { FactsJSON.recommendation($0) }
    facts += FactText.lines(.object(FactsJSON.summary(report)))
    for value in recommendations + report.evidence.map(FactsJSON.entry) + report.unchanged.map(FactsJSON.unchanged)
      + report.gaps.map(FactsJSON.gap)
    {
      facts += FactText.lines(value)
    }
    let resources =
      report.evidence.map(\.resource) + report.unchanged.map(\.resource) + report.recommendations.flatMap(\.finding.resources)
    return FigureGuard(facts: facts, names: Set(resources.map(\.name)))
  }

  /// Takes the model's words for the report.
  /// - Returns: false when the report is being written, or has been: they come too late then, and are left out.
  func setWords(_ words: CostReport.Words?, remarks: [String: String]) -> Bool {
    guard work[.outputContract] == nil, cancelReason == nil else { return false }
    self.words = words
    self.remarks = remarks
    return true
  }

  /// Adds a line to the report's gaps.
  public func note(_ gap: Gap) { facts.gaps.append(gap) }

  // MARK: Files

  private func key(_ name: String) -> String { "\(sessionID)/\(name)" }

  /// Waits before a file is written again, in milliseconds.
  private static let waits: [Int64] = [1_000, 2_000, 4_000]

  /// How long one attempt at a file may take, in milliseconds. The client's own limit is one for objects of any size: a bucket that takes a
  /// connection and does not answer would hold the session for longer than anybody waits for it.
  private static let fileMilliseconds: Int64 = 60_000

  /// Writes files, each as often as it takes; the failures. After one that kept failing the others are tried once.
  private func write(_ documents: [ReportDocument]) async -> [String] {
    var failures: [String] = []
    var isPatient = true
    for document in documents {
      var attempt = 0
      let bytes = document.bytes
      while true {
        do {
          let limit = clock.nowMilliseconds.saturatingAdd(Self.fileMilliseconds)
          try await RequestContext.$deadlineMilliseconds.withValue(limit) {
            try await parts.blobs.put(key: key(document.name), bytes: bytes, contentType: document.contentType)
          }
          stored[document.name] = bytes.count
          break
        } catch {
          attempt += 1
          logger.warning("a file of the report could not be written", ["name": .string(document.name), "problem": .string("\(error)")])
          let mayGoOn =
            isPatient && attempt <= Self.waits.count && cancelReason == nil && !Task.isCancelled && StorageFailure(error).isTransient
          guard mayGoOn, (try? await pause(Self.waits[attempt - 1])) != nil else {
            isPatient = false
            failures.append("\(uri(document.name)): \(error)")
            break
          }
        }
      }
    }
    return failures
  }

  /// Whether a file lies where it was written; where nobody may look, that it was written counts.
  private func isThere(_ name: String) async -> Bool {
    guard let size = stored[name] else { return false }
    do {
      return try await parts.blobs.list(prefix: key(name), limit: 1).contains { $0.key == key(name) && $0.byteCount == size }
    } catch {
      return true
    }
  }
}
