import AWSClient
import AgentKit
import CostOptimizer
import Testing

@Suite struct CostAnalysisTests {
  let time = TestTime()
  let memory = InMemoryJournalStore()

  func analysis(_ double: AnalysisDouble, store: (any JournalStore)? = nil) async -> (CostAnalysis, Journal) {
    let journal = Journal(store: store ?? memory, sessionID: "s", agentRun: "run", clock: time, pause: time.pause)
    _ = await journal.begin()
    let analysis = CostAnalysis(
      sessionID: "s", bucket: "reports", region: "us-east-1", parts: double.parts, journal: journal, clock: time, pause: time.pause)
    return (analysis, journal)
  }

  func tasks() async throws -> [TaskRecord] { try await memory.journal(of: "s", nowSeconds: 0)?.tasks ?? [] }

  @Test func `eight phases run in order, are journaled, and leave four files`() async throws {
    let double = AnalysisDouble()
    let (analysis, _) = await analysis(double)
    await analysis.performRemaining()
    let tasks = try await tasks()
    #expect(tasks.map(\.phase) == Phase.allCases)
    #expect(tasks.allSatisfy { $0.status == .completed })
    #expect(tasks.map(\.resourceCount) == [2, 2, 2, 2, 2, 2, 4, 4])
    #expect(tasks.map(\.recommendationCount) == [nil, nil, 1, 1, 1, 1, nil, nil])
    #expect(double.blobs.kept.keys == ["s/cost_report.txt", "s/evidence.txt", "s/report.html", "s/report.json"])
    #expect(await analysis.isStored)
    #expect(analysis.uri(ReportDocument.reportName) == "s3://reports/s/cost_report.txt")
    // Nothing came after the report was stored, so each file was written once.
    #expect(double.blobs.tried.count == 4)
    let report = await analysis.report()
    #expect(report.savedCents == 242)
    #expect(report.resourceCounts == [.lambda: 2, .apiGateway: 0, .dynamoDB: 0, .s3: 0, .stepFunctions: 0, .eventBridge: 0])
    // An entry a resource, found something to say of it or not.
    #expect(report.evidence.map(\.resource) == SmallAccount.inventory.references)
    #expect(report.evidence.allSatisfy { !$0.figures.isEmpty })
    #expect(report.window.days == 30)
    #expect(report.recentWindow.days == 7)
  }

  @Test func `a phase runs once, however many ask for it at the same time`() async throws {
    let gate = Gate()
    let double = AnalysisDouble { part in if part == "discover" { await gate.pass() } }
    let (analysis, _) = await analysis(double)
    await withTaskGroup(of: Void.self) { group in
      for phase in Phase.allCases { group.addTask { await analysis.perform(phase) } }
      await gate.arrival()
      gate.open()
    }
    #expect(double.called.filter { $0 != "render" } == ["discover", "collectUsage", "decide", "estimate"])
    #expect(try await tasks().map(\.phase) == Phase.allCases)
  }

  @Test func `whoever asks for a late phase gets those before it first`() async throws {
    let (analysis, _) = await analysis(AnalysisDouble())
    let summary = await analysis.perform(.analysis)
    #expect(summary.status == .completed)
    #expect(try await tasks().map(\.phase) == [.discovery, .usage, .analysis])
    #expect(await analysis.nextPhase == .recommendations)
  }

  @Test func `without metrics the rules see the configuration alone`() async throws {
    let double = AnalysisDouble { part in if part == "collectUsage" { throw AnalysisDouble.Failure(description: "CloudWatch is away") } }
    let (analysis, _) = await analysis(double)
    await analysis.performRemaining()
    let tasks = try await tasks()
    #expect(tasks.map(\.status) == [.completed, .failed, .completed, .completed, .completed, .completed, .completed, .completed])
    #expect(tasks[1].errorMessage == "CloudWatch is away")
    let report = await analysis.report()
    #expect(report.recommendations.isEmpty)
    #expect(
      report.gaps.contains(
        Gap(
          .serviceFailure, subject: "Usage and Metrics Collection", message: "The phase failed: CloudWatch is away",
          consequence: "Recommendations rest on the configuration alone.")))
    #expect(await analysis.isStored)
  }

  @Test func `without a discovery what depends on it is skipped, and the report says so`() async throws {
    let double = AnalysisDouble { part in if part == "discover" { throw AnalysisDouble.Failure(description: "no way in") } }
    let (analysis, _) = await analysis(double)
    await analysis.performRemaining()
    let tasks = try await tasks()
    #expect(tasks.map(\.status) == [.failed, .skipped, .skipped, .skipped, .skipped, .completed, .completed, .completed])
    #expect(tasks[1].errorMessage == "nothing was discovered")
    #expect(try await double.blobs.text("s/cost_report.txt")?.contains("no way in") == true)
    #expect(await analysis.isStored)
  }

  @Test func `a discovery that may read nothing at all has failed`() async throws {
    var parts = AnalysisDouble().parts
    parts.discover = {
      var inventory = Inventory(accountID: "", region: "us-east-1")
      inventory.gaps = ResourceReference.Service.allCases.map {
        Gap(.permission, subject: $0.rawValue, message: "\($0.rawValue): AccessDenied")
      }
      return inventory
    }
    let journal = Journal(store: memory, sessionID: "s", agentRun: "run", clock: time, pause: time.pause)
    let analysis = CostAnalysis(
      sessionID: "s", bucket: "reports", region: "us-east-1", parts: parts, journal: journal, clock: time, pause: time.pause)
    #expect(await analysis.perform(.discovery).status == .failed)
    #expect(try await tasks()[0].errorMessage == "no service could be read; the first failure: Lambda: AccessDenied")
    await analysis.performRemaining()
    #expect(await analysis.isStored)
  }

  @Test func `without prices the recommendations stay, of unknown impact`() async throws {
    let double = AnalysisDouble { part in if part == "estimate" { throw AnalysisDouble.Failure(description: "no prices") } }
    let (analysis, _) = await analysis(double)
    await analysis.performRemaining()
    let report = await analysis.report()
    #expect(report.recommendations.map(\.finding.id) == [SmallAccount.finding.id])
    #expect(report.recommendations[0].impact.savedCents == nil)
    #expect(report.gaps.contains { $0.subject == "Cost Estimation Method" })
  }

  @Test func `a finding that lacks what a recommendation must say is a gap`() async throws {
    var parts = AnalysisDouble().parts
    parts.decide = { _, _ in
      var broken = SmallAccount.finding
      broken.steps = []
      broken.validation = ""
      return ([broken], [], [])
    }
    let journal = Journal(store: memory, sessionID: "s", agentRun: "run", clock: time, pause: time.pause)
    let analysis = CostAnalysis(
      sessionID: "s", bucket: "reports", region: "us-east-1", parts: parts, journal: journal, clock: time, pause: time.pause)
    #expect(await analysis.perform(.recommendations).recommendationCount == 0)
    #expect(await analysis.facts.gaps.map(\.message) == ["The finding '\(SmallAccount.finding.id)' says nothing of: steps, validation."])
  }

  @Test func `a report without its sections in their order breaks the contract`() async throws {
    var parts = AnalysisDouble().parts
    parts.render = { _ in
      [
        ReportDocument(
          name: ReportDocument.reportName, contentType: "text/plain",
          text: "Executive Summary\nEvidence Appendix\nGaps & Limitations\nFindings & Recommendations by Service\n")
      ]
    }
    let journal = Journal(store: memory, sessionID: "s", agentRun: "run", clock: time, pause: time.pause)
    let analysis = CostAnalysis(
      sessionID: "s", bucket: "reports", region: "us-east-1", parts: parts, journal: journal, clock: time, pause: time.pause)
    let summary = await analysis.perform(.outputContract)
    #expect(summary.status == .failed)
    #expect(
      summary.error
        == "the report lacks, or has out of order: Gaps & Limitations, Evidence Appendix, Next Review Window and Monitoring Suggestions")
  }

  @Test func `a write that fails for a passing reason is repeated after 1, 2 and 4 seconds`() async throws {
    let double = AnalysisDouble(blobs: FaultyBlobs { _, number in number <= 3 ? FaultyBlobs.slow : nil })
    let (analysis, _) = await analysis(double)
    await analysis.perform(.storage)
    #expect(time.pauses == [1_000, 2_000, 4_000])
    #expect(double.blobs.kept.keys.count == 4)
  }

  @Test func `a bucket that does not answer holds nobody for long`() async throws {
    let late = AWSError(code: AWSError.deadlineCode, message: "the deadline leaves no time for attempt 2", service: "S3")
    let double = AnalysisDouble(blobs: FaultyBlobs { _, _ in late })
    let (analysis, _) = await analysis(double)
    await analysis.performRemaining()
    #expect(await !analysis.isStored)
    #expect(double.blobs.limits.allSatisfy { $0.map { $0 - time.nowMilliseconds <= 60_000 } == true })
    // In each of the two phases one file with all attempts, and the other three once.
    #expect(double.blobs.tried.count == 2 * (4 + 3))
    #expect(time.pauses == [1_000, 2_000, 4_000, 1_000, 2_000, 4_000])
  }

  @Test func `what could not be stored is stored by the last phase, with the gap in it`() async throws {
    let double = AnalysisDouble(blobs: FaultyBlobs { key, number in key.hasSuffix("evidence.txt") && number < 6 ? FaultyBlobs.slow : nil })
    let (analysis, _) = await analysis(double)
    await analysis.performRemaining()
    #expect(try await tasks().suffix(2).map(\.status) == [.failed, .completed])
    #expect(double.blobs.kept.keys.count == 4)
    #expect(await analysis.isStored)
    #expect(try await double.blobs.text("s/cost_report.txt")?.contains("The phase failed: s3://reports/s/evidence.txt") == true)
  }

  @Test func `a file that has gone is written again`() async throws {
    let double = AnalysisDouble()
    let (analysis, _) = await analysis(double)
    await analysis.perform(.storage)
    try await double.blobs.delete(key: "s/report.json")
    await analysis.performRemaining()
    #expect(double.blobs.tried.suffix(1) == ["s/report.json"])
    #expect(double.blobs.kept.keys.count == 4)
  }

  @Test func `where nobody may list, what was written counts`() async throws {
    let double = AnalysisDouble(blobs: FaultyBlobs(maySee: false))
    let (analysis, _) = await analysis(double)
    await analysis.performRemaining()
    #expect(double.blobs.tried.count == 4)
    #expect(await analysis.isStored)
  }

  @Test func `a bucket that is not there is no report, and a reason`() async throws {
    let double = AnalysisDouble(blobs: FaultyBlobs { _, _ in FaultyBlobs.gone })
    let (analysis, _) = await analysis(double)
    await analysis.performRemaining()
    #expect(await !analysis.isStored)
    #expect(try await tasks().suffix(2).map(\.status) == [.failed, .failed])
    #expect(await analysis.storageProblem?.contains("NoSuchBucket") == true)
    #expect(time.pauses.isEmpty)
  }

  @Test func `gaps that came after the report was stored are written into it`() async throws {
    let double = AnalysisDouble()
    let (analysis, _) = await analysis(double)
    await analysis.perform(.storage)
    await analysis.note(Gap(.model, subject: "Model", message: "the model said nothing more"))
    await analysis.performRemaining()
    #expect(double.blobs.tried.count == 8)
    #expect(try await double.blobs.text("s/cost_report.txt")?.contains("the model said nothing more") == true)
  }

  @Test func `a journal that fails for ever stops nothing and is told in the report`() async throws {
    let double = AnalysisDouble()
    let store = FaultyStore(memory) { _, _ in .refused(FaultyStore.throttled) }
    let (analysis, _) = await analysis(double, store: store)
    await analysis.performRemaining()
    #expect(await analysis.isStored)
    #expect(try await double.blobs.text("s/cost_report.txt")?.contains("- Journal: DYNAMODB_ERROR") == true)
  }

  @Test func `a cancelled analysis ends its phases as CANCELLED`() async throws {
    let gate = Gate()
    let double = AnalysisDouble { part in if part == "collectUsage" { await gate.pass() } }
    let (analysis, _) = await analysis(double)
    let work = Task { await analysis.performRemaining() }
    await gate.arrival()
    await analysis.cancel("the process ends")
    let tasks = try await tasks()
    #expect(tasks.map(\.phase) == Phase.allCases)
    #expect(tasks.map(\.status) == [.completed] + Array(repeating: .cancelled, count: 7))
    #expect(tasks.dropFirst().allSatisfy { $0.errorMessage == "the process ends" })
    gate.open()
    await work.value
    // What came back late changed nothing.
    #expect(try await self.tasks().map(\.status) == tasks.map(\.status))
    #expect(double.blobs.tried.isEmpty)
  }

  @Test func `equal gaps are counted together`() async throws {
    let (analysis, _) = await analysis(AnalysisDouble())
    await analysis.note(Gap(.model, subject: "Model", message: "again"))
    await analysis.note(Gap(.model, subject: "Model", message: "again", count: 2))
    #expect(await analysis.report().gaps.filter { $0.kind == .model }.map(\.count) == [3])
  }

  @Test func `a service that was not read has a gap of its name and no count`() async throws {
    let double = AnalysisDouble { part in if part == "discover" { throw AWSError(code: "Broken", message: "no network") } }
    let (analysis, _) = await analysis(double)
    await analysis.performRemaining()
    let report = await analysis.report()
    #expect(report.resourceCounts == [:])
    for service in ResourceReference.Service.allCases {
      #expect(report.gaps.filter { $0.subject == service.rawValue }.map(\.message) == ["The resources of this service were not read."])
    }
    #expect(TextReport.render(report).contains("S3: not read"))
  }

  @Test func `the evidence has the figures of every resource, and no figure that is not there`() async throws {
    let (analysis, _) = await analysis(AnalysisDouble())
    await analysis.perform(.usage)
    let evidence = await analysis.report().evidence
    #expect(evidence.map(\.resource.name) == ["idle-fn", "large-fn"])
    #expect(evidence[0].figures.allSatisfy { $0.windowDays == nil })
    #expect(
      evidence[1].figures.contains(
        Finding.Evidence(label: "invocations", value: "1500000", source: "CloudWatch AWS/Lambda Invocations", windowDays: 30)))
  }
}
