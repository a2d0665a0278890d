import Foundation
import Testing

@testable import CostOptimizer

/// Every requirement of the journal's seed has its place in the prompt.
@Suite struct CostAgentPromptTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/CostOptimizer/Agent")

  let prompt: String

  init() throws { prompt = try String(contentsOf: Self.folder.appending(path: "prompt.md"), encoding: .utf8) }

  func section(_ title: String, level: String = "#") -> String {
    let lines = prompt.components(separatedBy: "\n")
    guard let start = lines.firstIndex(of: "\(level) \(title)") else { return "" }
    let rest = lines[(start + 1)...]
    let end = rest.firstIndex { $0.hasPrefix("# ") || $0.hasPrefix("\(level) ") } ?? rest.endIndex
    return rest[..<end].joined(separator: "\n")
  }

  @Test func `the built-in prompt is the file's`() {
    #expect(CostAgentPrompt.builtIn == prompt, "run `make prompt`")
  }

  @Test func `the sections stand in their order`() {
    let titles = prompt.components(separatedBy: "\n").filter { $0.hasPrefix("# ") }
    #expect(titles == ["# ENVIRONMENT", "# JOURNALING RULES", "# DETERMINISTIC WORKFLOW", "# ERROR HANDLING"])
  }

  @Test(arguments: Phase.allCases)
  func `each phase has its start, its completion and its failure in the journal`(_ phase: Phase) {
    let text = section("Phase \(phase.number): \(phase.rawValue)", level: "##")
    #expect(text.contains("- Start: journal start_task \"\(phase.rawValue)\"."))
    #expect(text.contains("- Work: "))
    #expect(text.contains("- Failure: "))
    #expect(text.contains("FAILED"))
    #expect(text.contains("error_message"))
    #expect(text.contains("- Completion: "))
    if phase == .fallbacks {
      // The program's own, since nobody is asked any more.
      #expect(text.contains("the program completes this phase's record, and then the session"))
      #expect(text.contains("A failure of this phase is handled like any other"))
    } else {
      #expect(text.contains("- Completion: journal complete_task \"\(phase.rawValue)\", COMPLETED; the record holds the count of"))
      #expect(text.contains("the duration"))
      #expect(
        text.contains(
          "- Failure: journal complete_task \"\(phase.rawValue)\", FAILED, with the error_message; go on with phase \(phase.number + 1)"))
    }
  }

  @Test func `the phases stand in the workflow in their order, and no other does`() {
    let titles = section("DETERMINISTIC WORKFLOW").components(separatedBy: "\n").filter { $0.hasPrefix("## ") }
    #expect(titles == Phase.allCases.map { "## Phase \($0.number): \($0.rawValue)" })
  }

  /// Requirement, the section it stands in, and what is said there.
  static let requirements: [(String, String, [String])] = [
    ("000 1.1 a session's record with its id", "JOURNALING RULES", ["First of all", "start_session", "This happens once in a session"]),
    ("000 1.1 a unique id, not invented", "ENVIRONMENT", ["Session id: {session_id}", "invent none"]),
    ("000 1.2 start and status", "ENVIRONMENT", ["STARTED", "start_time", "status (INITIATED"]),
    (
      "000 1.3 the end of the session", "DETERMINISTIC WORKFLOW",
      ["then the session: status COMPLETED with end_time, duration_seconds and the totals"]
    ),
    ("000 1.4 a missing table", "ENVIRONMENT", ["A table that is missing is created", "the failed write is repeated", "the gap is noted"]),
    ("000 2.1 a phase starts", "JOURNALING RULES", ["At the start of every phase", "start_task", "IN_PROGRESS"]),
    ("000 2.2 a phase is completed", "JOURNALING RULES", ["complete_task", "status COMPLETED", "end time"]),
    ("000 2.3 a phase fails", "JOURNALING RULES", ["When a phase failed", "status FAILED and the error_message"]),
    ("000 2.4 the phases", "DETERMINISTIC WORKFLOW", Phase.allCases.map(\.rawValue)),
    ("000 3.1 read by the session's id", "ENVIRONMENT", ["partition key PK is the session id"]),
    ("000 3.2 running and finished phases differ", "ENVIRONMENT", ["IN_PROGRESS, COMPLETED, FAILED, CANCELLED, SKIPPED"]),
    ("000 3.3 why a phase failed", "ENVIRONMENT", ["Attributes of a phase's record", "error_message"]),
    ("000 3.4 in the order of time", "ENVIRONMENT", ["TASK#<ISO 8601 time>#<n>"]),
    ("000 4.1 when it starts", "JOURNALING RULES", ["Do it when the phase starts, not later"]),
    ("000 4.2 when it ends", "JOURNALING RULES", ["When a phase is completed"]),
    ("000 4.3 when it fails", "JOURNALING RULES", ["When a phase failed"]),
    ("000 4.4 a time for every status", "ENVIRONMENT", ["timestamp, start_time, end_time"]),
    ("000 5.1 keys", "ENVIRONMENT", ["PK", "SK", "SESSION"]),
    ("000 5.2 the index", "ENVIRONMENT", ["status-date-index"]),
    ("000 5.3 attributes", "ENVIRONMENT", ["Attributes of the session's record", "Attributes of a phase's record"]),
    ("000 5.4 expiry", "ENVIRONMENT", ["ttl of 30 days"]),
    ("000 6.1 (7.1) start of a phase", "ENVIRONMENT", ["start_time"]),
    ("000 6.2 (7.1, 7.2) end and duration of a phase", "JOURNALING RULES", ["end time, duration_seconds"]),
    ("000 6.3 (7.4) duration of the session", "ENVIRONMENT", ["duration_seconds", "phase_seconds"]),
    ("000 task 7 (6.1) attempts", "JOURNALING RULES", ["up to 3 times after 1, 2 and 4 seconds"]),
    ("000 task 7 (6.2) logged", "ERROR HANDLING", ["Journaling failures", "logged and noted under Gaps & Limitations"]),
    ("000 task 7 (6.3) no DynamoDB at all", "JOURNALING RULES", ["not available at all, do the whole analysis without it"]),
    ("000 task 7 (6.4) never interrupted", "JOURNALING RULES", ["Journaling never interrupts the analysis"]),
    ("000 task 8 (7.3) counts", "JOURNALING RULES", ["resource_count and recommendation_count"]),
    ("000 task 1 the table's name", "ENVIRONMENT", ["JOURNAL_TABLE_NAME", "{journal_table_name}", "{s3_bucket_name}"]),
    (
      "000 task 9 the report stays as it was", "DETERMINISTIC WORKFLOW",
      ["cost_report.txt and evidence.txt", "\"Report:\" and \"Evidence:\""]
    ),
    ("003 1.1 statuses", "ENVIRONMENT", ["INITIATED", "BUSY", "COMPLETED", "FAILED"]),
    ("003 1.4 BUSY once", "JOURNALING RULES", ["status BUSY. This happens once"]),
    ("003 1.5 BUSY first", "JOURNALING RULES", ["First of all, before any other tool"]),
    ("data gates", "DETERMINISTIC WORKFLOW", ["Data gates"]),
    ("the report's sections", "DETERMINISTIC WORKFLOW", [ReportContract.sections.joined(separator: "; ")]),
  ]

  @Test(arguments: requirements.indices)
  func `every requirement has its place`(_ index: Int) {
    let (requirement, title, phrases) = Self.requirements[index]
    let text = section(title)
    for phrase in phrases { #expect(text.contains(phrase), "\(requirement): \(title) does not say '\(phrase)'") }
  }

  @Test func `the places are filled, and nothing else is`() {
    let values = [
      "session_id": "s-1", "s3_bucket_name": "reports", "journal_table_name": "{session_id}", "region": "eu-west-1",
      "current_datetime": "now",
    ]
    let filled = CostAgentPrompt(text: prompt).filled(values)
    #expect(filled.contains("s3://reports/s-1/"))
    // A value is not looked into.
    #expect(filled.contains("(JOURNAL_TABLE_NAME): {session_id}."))
    for name in values.keys where name != "session_id" { #expect(!filled.contains("{\(name)}")) }
    #expect(CostAgentPrompt(text: "{a} {{session_id} {unknown {session_id}").filled(values) == "{a} {s-1 {unknown s-1")
  }

  @Test func `a prompt of one's own comes from a file, and a bad one says which`() throws {
    let file = URL.temporaryDirectory.appending(path: "prompt-\(UUID().uuidString).md")
    defer { try? FileManager.default.removeItem(at: file) }
    try "Mine, for {session_id}.".write(to: file, atomically: true, encoding: .utf8)
    #expect(try CostAgentPrompt.load(file: file.path()).filled(["session_id": "s"]) == "Mine, for s.")
    try Data([0xFF, 0xFE]).write(to: file)
    #expect(throws: CostAgentPrompt.Problem.self) { try CostAgentPrompt.load(file: file.path()) }
    let problem = #expect(throws: CostAgentPrompt.Problem.self) { try CostAgentPrompt.load(file: "/nowhere/prompt.md") }
    #expect(problem?.description == "the prompt's file '/nowhere/prompt.md' (PROMPT_FILE) cannot be read")
    #expect(try CostAgentPrompt.load(file: nil).text == prompt)
  }

  @Test func `the prompt names every tool, and no tool that there is not`() throws {
    let time = TestTime()
    let journal = Journal(store: InMemoryJournalStore(), sessionID: "s", agentRun: "r", clock: time, pause: time.pause)
    let analysis = CostAnalysis(sessionID: "s", bucket: "b", region: "r", parts: AnalysisDouble().parts, journal: journal, clock: time)
    let names =
      ["journal"] + PhaseTool.factTools(analysis).map(\.name)
      + ["get_facts", "write_report", StoreReportTool.store(analysis).name, StoreReportTool.verify(analysis).name, "calculate", "use_aws"]
    #expect(section("ENVIRONMENT").contains("- Tools: \(names.joined(separator: ", "))."))
  }
}
