import AWSClient
import AgentKit
import JSON
import Synchronization
import Telemetry
import Testing

@testable import CostOptimizer

@Suite struct CostAgentSessionTests {
  static let heartbeat: Int64 = 15_000
  static let words: JSONValue = [
    "executive_summary": "The account can save 2.42 USD a month by giving large-fn 512 MB.", "next_review": "Look again in 30 days.",
    "remarks": [["id": .string(SmallAccount.finding.id), "text": "Begin with this one."]],
  ]

  /// A session with everything that a test looks at.
  final class Bench: Sendable {
    let time = TestTime(holding: CostAgentSessionTests.heartbeat)
    let memory = InMemoryJournalStore()
    let double: AnalysisDouble
    let script: ModelScript?
    let session: CostAgentSession

    init(
      _ double: AnalysisDouble = AnalysisDouble(), script: ModelScript? = nil,
      settings: CostAgentSettings = CostAgentSettings(), store: ((InMemoryJournalStore) -> any JournalStore)? = nil
    ) throws {
      self.double = double
      self.script = script
      let (printed, logged) = (Printed(), Printed())
      self.printed = printed
      self.logged = logged
      let store: any JournalStore = store?(memory) ?? memory
      let parts = CostAgentParts(
        store: { _ in store }, analysis: { _ in double.parts }, model: script, region: "us-east-1", clock: time, pause: time.pause,
        logger: Logger(threshold: .error, output: { logged.add(String(decoding: $0, as: UTF8.self)) }), printLine: { printed.add($0) })
      session = try CostAgentSession(
        payload: #"{"session_id": "s", "s3_bucket_name": "reports", "ddb_table_name": "journal"}"#.utf8.map(\.self), environment: [:],
        settings: settings, parts: parts)
    }

    final class Printed: Sendable {
      private let lines = Mutex<[String]>([])
      func add(_ line: String) { lines.withLock { $0.append(line) } }
      var all: [String] { lines.withLock { $0 } }
    }

    let printed: Printed
    let logged: Printed

    func row() async throws -> SessionRecord { try #require(try await memory.session("s", nowSeconds: 0)) }
    func tasks() async throws -> [TaskRecord] { try await memory.journal(of: "s", nowSeconds: 0)?.tasks ?? [] }
    func report() async throws -> String { try await double.blobs.text("s/cost_report.txt") ?? "" }
  }

  static let done = CostAgentSession.Outcome.completed(report: "s3://reports/s/cost_report.txt", evidence: "s3://reports/s/evidence.txt")

  // MARK: With a model

  @Test func `a model that does its work leaves eight COMPLETED phases and its words in the report`() async throws {
    let bench = try Bench(script: ModelScript(ModelScript.diligent(words: Self.words)))
    #expect(await bench.session.run() == Self.done)
    #expect(try await bench.row().status == .completed)
    #expect(try await bench.tasks().map(\.phase) == Phase.allCases)
    #expect(try await bench.tasks().allSatisfy { $0.status == .completed })
    let report = try await bench.report()
    #expect(report.contains("The account can save 2.42 USD a month by giving large-fn 512 MB."))
    #expect(report.contains("Reduce the memory of large-fn Begin with this one."))
    #expect(report.contains("Look again in 30 days."))
    #expect(report.contains("- Model") == false)
    #expect(bench.printed.all == ["Report: s3://reports/s/cost_report.txt", "Evidence: s3://reports/s/evidence.txt"])
    // The last tool ended the run: nobody was asked what to do after it.
    #expect(bench.script?.requests.count == 25)
    let system = try #require(bench.script?.requests.first?.system.first?.text)
    #expect(system.contains("s3://reports/s/"))
    #expect(system.contains("(JOURNAL_TABLE_NAME): journal."))
  }

  @Test(arguments: [
    AWSError(code: "AccessDeniedException", message: "no model for you", service: "Bedrock Runtime", httpStatus: 403),
    AWSError(
      code: "ThrottlingException", message: "later", service: "Bedrock Runtime", httpStatus: 429, isRetryable: true, isThrottling: true),
    AWSError(code: "ResourceNotFoundException", message: "retired", service: "Bedrock Runtime", httpStatus: 404),
  ])
  func `a model that cannot be asked leaves the facts, and a gap`(_ error: AWSError) async throws {
    let bench = try Bench(script: ModelScript(Array(repeating: ModelScript.fails(error), count: 5)))
    #expect(await bench.session.run() == Self.done)
    #expect(try await bench.tasks().allSatisfy { $0.status == .completed })
    #expect(try await bench.report().contains("- Model: The model 'anthropic.claude-3-5-sonnet-20241022-v2:0' failed: model_failed"))
    #expect(try await bench.report().contains(error.code))
    #expect(try await bench.report().contains("Written from the facts."))
  }

  @Test func `a model that stops in the middle is finished for`() async throws {
    let bench = try Bench(script: ModelScript([ModelScript.calls("collect_metrics"), ModelScript.says("I am done.")]))
    #expect(await bench.session.run() == Self.done)
    #expect(try await bench.tasks().map(\.phase) == Phase.allCases)
    #expect(bench.double.called.filter { $0 != "render" } == ["discover", "collectUsage", "decide", "estimate"])
    #expect(try await bench.report().contains("ended before the phase 'Analysis and Decision Rules'."))
  }

  @Test func `a model that calls nothing is finished for`() async throws {
    let bench = try Bench(script: ModelScript([ModelScript.says("Everything is fine, you save 1,000,000 USD.")]))
    #expect(await bench.session.run() == Self.done)
    #expect(try await bench.report().contains("ended before the phase 'Discovery'."))
    #expect(try await bench.report().contains("1,000,000") == false)
  }

  @Test func `a model without end is ended by its turns`() async throws {
    var settings = CostAgentSettings()
    settings.turns = 3
    let bench = try Bench(
      script: ModelScript(Array(repeating: ModelScript.calls("get_facts", ["kind": "summary"]), count: 10)), settings: settings)
    #expect(await bench.session.run() == Self.done)
    #expect(bench.script?.requests.count == 3)
    #expect(try await bench.report().contains("failed: turn_limit"))
  }

  @Test func `a model without a budget is not asked`() async throws {
    var settings = CostAgentSettings()
    settings.budgetMicroUSD = 1
    let bench = try Bench(script: ModelScript([]), settings: settings)
    #expect(await bench.session.run() == Self.done)
    #expect(bench.script?.requests.isEmpty == true)
    #expect(try await bench.report().contains("failed: budget_exhausted"))
  }

  @Test func `without a model the report is written from the facts`() async throws {
    var settings = CostAgentSettings()
    settings.modelID = nil
    let bench = try Bench(settings: settings)
    #expect(await bench.session.run() == Self.done)
    #expect(try await bench.report().contains("No model was asked: none is configured."))
  }

  @Test func `words with a figure that is not in the report are refused by its name, and better ones taken`() async throws {
    let bad: JSONValue = ["executive_summary": "You save 3.00 USD, that is half."]
    let script = ModelScript([
      ModelScript.calls("write_report", bad),
      { request in
        let text = request.messages.last?.toolResults.first?.content.first?.text ?? ""
        #expect(text.contains("3.00 dollars"))
        #expect(text.contains("half"))
        #expect(text.contains("One more attempt is left."))
        return try await ModelScript.calls("write_report", Self.words)(request)
      },
      ModelScript.calls("verify_report"),
    ])
    let bench = try Bench(script: script)
    #expect(await bench.session.run() == Self.done)
    #expect(try await bench.report().contains("giving large-fn 512 MB"))
    #expect(try await bench.report().contains("3.00") == false)
  }

  @Test func `words that are refused twice are left out, and a gap says which figures`() async throws {
    let bad: JSONValue = ["executive_summary": "You save 3.00 USD."]
    let script = ModelScript([
      ModelScript.calls("write_report", bad), ModelScript.calls("write_report", bad), ModelScript.calls("verify_report"),
    ])
    let bench = try Bench(script: script)
    #expect(await bench.session.run() == Self.done)
    let report = try await bench.report()
    #expect(report.contains("Written from the facts."))
    #expect(report.contains("The model's words were refused 2 times: the words name figures that the report does not have: 3.00 dollars."))
  }

  @Test func `words are taken as used only where the stored report has them, whichever tool of a turn comes first`() async throws {
    for order in [["write_report", "store_report"], ["store_report", "write_report"]] {
      let script = ModelScript([
        ModelScript.calls(order.map { ($0, $0 == "write_report" ? Self.words : [:]) }), ModelScript.says("Done."),
      ])
      let bench = try Bench(script: script)
      #expect(await bench.session.run() == Self.done)
      let results = script.lastResults
      #expect(results.count == 2)
      let written = try #require(results.first { $0.id.hasSuffix("-\(order[0] == "write_report" ? 0 : 1)") })
      let isUsed = written.content.first?.json?["words_used"]?.boolValue == true
      #expect(try await bench.report().contains("The account can save 2.42 USD a month") == isUsed)
      if !isUsed { #expect(written.content.description.contains("already_written")) }
    }
  }

  @Test func `words that come when the report is being written are left out`() async throws {
    let time = TestTime()
    let journal = Journal(store: InMemoryJournalStore(), sessionID: "s", agentRun: "r", clock: time, pause: time.pause)
    let analysis = CostAnalysis(
      sessionID: "s", bucket: "reports", region: "us-east-1", parts: AnalysisDouble().parts, journal: journal, clock: time,
      pause: time.pause)
    #expect(await analysis.setWords(CostReport.Words(executiveSummary: "Early.", nextReview: nil, modelID: "m"), remarks: [:]))
    await analysis.perform(.outputContract)
    #expect(await !analysis.setWords(CostReport.Words(executiveSummary: "Late.", nextReview: nil, modelID: "m"), remarks: [:]))
    #expect(await analysis.reportText()?.contains("Early.") == true)
  }

  @Test func `words for a recommendation that there is not are refused`() async throws {
    let script = ModelScript([
      ModelScript.calls("write_report", ["executive_summary": "Fine.", "remarks": [["id": "lambda-tea:arn", "text": "No."]]]),
      { request in
        #expect(request.messages.last?.toolResults.first?.content.first?.text?.hasPrefix("unknown_recommendation: There is no") == true)
        return try await ModelScript.calls("write_report", Self.words)(request)
      }, ModelScript.calls("verify_report"),
    ])
    let bench = try Bench(script: script)
    #expect(await bench.session.run() == Self.done)
  }

  @Test func `facts are shown in pages`() async throws {
    let script = ModelScript([
      ModelScript.calls("estimate_costs"), ModelScript.calls("get_facts", ["kind": "resources", "limit": 1]),
      { request in
        let page = request.messages.last?.toolResults.first?.content.first?.json
        #expect(page?["count"] == 2)
        #expect(page?["next_offset"] == 1)
        #expect(page?["items"]?[0]?["name"] == "idle-fn")
        return try await ModelScript.calls([
          ("get_facts", ["kind": "resources", "limit": 1, "offset": 1]), ("get_facts", ["kind": "recommendations"]),
          ("get_facts", ["kind": "recommendations", "service": "S3"]), ("get_facts", ["kind": "unchanged"]),
          ("get_facts", ["kind": "summary"]),
        ])(request)
      },
      { request in
        let pages = request.messages.last?.toolResults.map { $0.content.first?.json } ?? []
        #expect(pages.count == 5)
        #expect(pages[0]?["next_offset"] == nil)
        #expect(pages[1]?["items"]?[0]?["saved_per_month"] == "2.42 USD")
        #expect(pages[2]?["items"] == [])
        #expect(pages[3]?["items"]?[0]?["reason"] == "No metric is there.")
        #expect(pages[4]?["saved_per_month"] == "2.42 USD")
        return try await ModelScript.calls("verify_report")(request)
      },
    ])
    #expect(await (try Bench(script: script)).session.run() == Self.done)
    #expect(script.requests.count == 4)
  }

  // MARK: Begin and end

  @Test func `a second start is told that the session runs, or has ended`() async throws {
    let bench = try Bench()
    var row = SessionRecord(sessionID: "s", status: .busy)
    row.agentRun = "another"
    row.heartbeat = "2020-01-01T00:00:00.000Z"
    bench.memory.put(row)
    #expect(await bench.session.run() == .alreadyRunning(row))
    #expect(bench.double.called.isEmpty)
    #expect(try await bench.row() == row)

    let ended = try Bench()
    row.status = .completed
    ended.memory.put(row)
    #expect(await ended.session.run() == .alreadyFinished(row))
    #expect(try await ended.row() == row)
  }

  @Test func `asked twice, a session runs once`() async throws {
    let bench = try Bench()
    async let first = bench.session.run()
    async let second = bench.session.run()
    #expect(await first == Self.done)
    #expect(await second == Self.done)
    #expect(bench.double.called.count { $0 == "discover" } == 1)
  }

  @Test func `signs of life are given while the work lasts`() async throws {
    let gate = Gate()
    let bench = try Bench(AnalysisDouble { part in if part == "discover" { await gate.pass() } })
    let run = Task { await bench.session.run() }
    await gate.arrival()
    await bench.time.releaseHeld()
    await bench.time.releaseHeld()
    // The third pause has begun, so the second sign of life is written.
    await bench.time.heldAgain()
    #expect(try await bench.row().heartbeat == "2027-01-15T08:00:30.000Z")
    gate.open()
    #expect(await run.value == Self.done)
  }

  @Test func `a session that the workflow has given up is not worked on`() async throws {
    let gate = Gate()
    let bench = try Bench(AnalysisDouble { part in if part == "collectUsage" { await gate.pass() } })
    let run = Task { await bench.session.run() }
    await gate.arrival()
    try await StoreUnderTest.memory(bench.memory).failFromOutside("s", "2027-01-15T08:01:00.000Z")
    await bench.time.releaseHeld()
    #expect(await run.value == .failed("the session was ended from outside: no sign of life"))
    #expect(try await bench.row().errorMessage == "no sign of life")
    #expect(try await bench.tasks().map(\.status) == [.completed] + Array(repeating: .cancelled, count: 7))
    #expect(bench.double.blobs.tried.isEmpty)
    gate.open()
  }

  @Test func `a run that sees only later that another has the session leaves its journal alone`() async throws {
    let gate = Gate()
    let bench = try Bench(
      AnalysisDouble { part in if part == "discover" { await gate.pass() } },
      store: { memory in FaultyStore(memory) { _, number in number <= 8 ? .refused(FaultyStore.throttled) : nil } })
    let run = Task { await bench.session.run() }
    await gate.arrival()
    var row = SessionRecord(sessionID: "s", status: .busy)
    row.agentRun = "another"
    bench.memory.put(row)
    await bench.time.releaseHeld()
    #expect(await run.value == .failed("another run has the session"))
    #expect(try await bench.row() == row)
    // What it had begun is ended; of the seven phases that it had not, nothing is written.
    #expect(try await bench.tasks().map(\.phase) == [.discovery])
    #expect(try await bench.tasks().map(\.status) == [.cancelled])
    #expect(bench.double.blobs.tried.isEmpty)
    gate.open()
  }

  @Test func `a model that hangs is left at its time's end, and the report is written`() async throws {
    var settings = CostAgentSettings()
    settings.modelSeconds = 9
    let gate = Gate()
    let bench = try Bench(
      script: ModelScript([
        { _ in
          await gate.pass()
          throw CancellationError()
        }
      ]), settings: settings)
    #expect(await bench.session.run() == Self.done)
    #expect(try await bench.report().contains("failed: deadline_exceeded"))
    #expect(try await bench.tasks().map(\.status) == Array(repeating: .completed, count: 8))
    gate.open()
  }

  @Test func `a report that is not stored when the session is ended is in the log`() async throws {
    let gate = Gate()
    let bench = try Bench(AnalysisDouble(blobs: FaultyBlobs(gate: gate)))
    let run = Task { await bench.session.run() }
    await gate.arrival()
    await bench.session.cancel("SIGTERM")
    #expect(await run.value == .failed("SIGTERM"))
    #expect(try await bench.row().status == .failed)
    #expect(bench.logged.all.contains { $0.contains("the report, since it is not stored") && $0.contains("1. Executive Summary") })
    gate.open()
  }

  @Test func `an end from outside leaves FAILED with its reason, also when a part does not listen`() async throws {
    let gate = Gate()
    let bench = try Bench(AnalysisDouble { part in if part == "discover" { await gate.pass() } })
    let run = Task { await bench.session.run() }
    await gate.arrival()
    await bench.session.cancel("SIGTERM")
    #expect(await run.value == .failed("SIGTERM"))
    #expect(try await bench.row().status == .failed)
    #expect(try await bench.row().errorMessage == "SIGTERM")
    #expect(try await bench.tasks().map(\.status) == Array(repeating: .cancelled, count: 8))
    gate.open()
  }

  @Test func `a cancelled task ends its session`() async throws {
    let gate = Gate()
    let bench = try Bench(AnalysisDouble { part in if part == "discover" { await gate.pass() } })
    let run = Task { await bench.session.run() }
    await gate.arrival()
    run.cancel()
    #expect(await run.value == .failed(CostAgentSession.terminated))
    #expect(try await bench.row().errorMessage == CostAgentSession.terminated)
    gate.open()
  }

  @Test func `a model that does not answer does not hold the end`() async throws {
    let gate = Gate()
    let bench = try Bench(
      script: ModelScript([
        { _ in
          await gate.pass()
          throw CancellationError()
        }
      ]))
    let run = Task { await bench.session.run() }
    await gate.arrival()
    await bench.session.cancel("SIGTERM")
    #expect(await run.value == .failed("SIGTERM"))
    gate.open()
  }

  @Test func `an end before the begin leaves FAILED`() async throws {
    let bench = try Bench()
    await bench.session.cancel("SIGTERM")
    #expect(await bench.session.run() == .failed("SIGTERM"))
    #expect(try await bench.row().status == .failed)
    #expect(bench.double.called.isEmpty)
  }

  @Test func `an end after the end changes nothing`() async throws {
    let bench = try Bench()
    #expect(await bench.session.run() == Self.done)
    let row = try await bench.row()
    await bench.session.cancel("SIGTERM")
    #expect(try await bench.row() == row)
    #expect(await bench.session.run() == Self.done)
  }

  @Test func `a journal that hangs in its waits lets the end through`() async throws {
    let gate = Gate()
    let bench = try Bench(
      AnalysisDouble { part in if part == "discover" { await gate.pass() } },
      store: { memory in
        FaultyStore(memory) { call, _ in call.hasPrefix("begin") ? nil : .refused(FaultyStore.throttled) }
      })
    let run = Task { await bench.session.run() }
    await gate.arrival()
    let before = bench.time.pauses.count
    await bench.session.cancel("SIGTERM")
    #expect(await run.value == .failed("SIGTERM"))
    #expect(bench.time.pauses.count == before)
    gate.open()
  }

  // MARK: Faults

  @Test func `a lost bucket ends FAILED with a message`() async throws {
    let bench = try Bench(AnalysisDouble(blobs: FaultyBlobs { _, _ in FaultyBlobs.gone }))
    guard case .failed(let problem) = await bench.session.run() else {
      Issue.record("the session did not fail")
      return
    }
    #expect(problem.contains("s3://reports/s/cost_report.txt: S3: NoSuchBucket (HTTP 404): The specified bucket does not exist"))
    #expect(try await bench.row().status == .failed)
    #expect(try await bench.row().errorMessage == problem)
    #expect(bench.printed.all.isEmpty)
  }

  /// The journal's writes of a whole session: begin, 16 of phases, the end.
  static let writes = 18

  @Test(arguments: 1...writes)
  func `a journal's write that fails once is made again`(_ number: Int) async throws {
    let bench = try Bench(store: { memory in FaultyStore(memory) { _, call in call == number ? .refused(FaultyStore.throttled) : nil } })
    #expect(await bench.session.run() == Self.done)
    #expect(try await bench.row().status == .completed)
    #expect(try await bench.tasks().map(\.status) == Array(repeating: .completed, count: 8))
    #expect(bench.time.pauses == [1_000])
  }

  @Test(arguments: 1...writes)
  func `a journal's write whose answer is lost is the same write`(_ number: Int) async throws {
    let bench = try Bench(store: { memory in FaultyStore(memory) { _, call in call == number ? .lost(FaultyStore.throttled) : nil } })
    #expect(await bench.session.run() == Self.done)
    #expect(try await bench.row().status == .completed)
    #expect(try await bench.tasks().map(\.status) == Array(repeating: .completed, count: 8))
  }

  @Test(arguments: 1...writes)
  func `a journal that is gone for ever from one write on stops nothing`(_ number: Int) async throws {
    let bench = try Bench(store: { memory in FaultyStore(memory) { _, call in call >= number ? .refused(FaultyStore.throttled) : nil } })
    #expect(await bench.session.run() == Self.done)
    #expect(bench.double.blobs.kept.keys.count == 4)
    #expect(bench.time.pauses.reduce(0, +) <= 21_000)
    // No row says more than what happened.
    if number > 1 { #expect(try await bench.row().status == .busy) }
    for task in try await bench.tasks() { #expect(task.status == .completed || task.status == .inProgress) }
    // The report tells of every write before its own.
    if number < 16 { #expect(try await bench.report().contains("- Journal: DYNAMODB_ERROR")) }
  }

  @Test(arguments: 1...8)
  func `a bucket that fails at one write for ever ends FAILED, never COMPLETED without a report`(_ number: Int) async throws {
    let bench = try Bench(AnalysisDouble(blobs: FaultyBlobs { _, call in call >= number ? FaultyBlobs.slow : nil }))
    let outcome = await bench.session.run()
    let isWhole = bench.double.blobs.kept.keys.count == 4
    #expect(try await bench.row().status == (isWhole ? .completed : .failed))
    #expect((outcome == Self.done) == isWhole)
    #expect(bench.printed.all.isEmpty == !isWhole)
  }

  @Test(arguments: ["discover", "collectUsage", "estimate"])
  func `a part that throws fails its phase and not the session`(_ part: String) async throws {
    let bench = try Bench(AnalysisDouble { called in if called == part { throw AnalysisDouble.Failure(description: "broken: \(part)") } })
    #expect(await bench.session.run() == Self.done)
    #expect(try await bench.report().contains("broken: \(part)"))
    #expect(try await bench.tasks().contains { $0.status == .failed && $0.errorMessage == "broken: \(part)" })
  }
}
