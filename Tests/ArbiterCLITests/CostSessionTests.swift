import AWSClient
import AWSDoubles
import CostOptimizer
import JSON
import SimulatedAWS
import Testing

@testable import ArbiterCLI

/// Sessions of the cost optimizer as the command line tells of them.
struct CostSessionTests {
  private static let session = "7bf73129-1428-4cd3-a780-95db273d1602"
  private static let beginning = ISO8601.milliseconds("2026-11-27T10:00:00.000Z") ?? 0

  private func time(_ seconds: Double) -> String { ISO8601.text(milliseconds: Self.beginning + Int64(seconds * 1_000)) }
  private func now(_ seconds: Double) -> Int64 { Self.beginning + Int64(seconds * 1_000) }

  private func row(_ status: SessionStatus, _ change: (inout SessionRecord) -> Void = { _ in }) -> SessionRecord {
    var row = SessionRecord(sessionID: Self.session, status: status)
    row.createdAt = time(0)
    row.startTime = time(0)
    row.timestamp = time(0)
    change(&row)
    return row
  }

  private func task(_ phase: Phase, _ status: TaskStatus, from start: Double, _ change: (inout TaskRecord) -> Void = { _ in }) -> TaskRecord
  {
    var task = TaskRecord(
      key: TaskKey(startTime: time(start), phase: phase), phaseName: phase.rawValue, status: status, timestamp: time(start),
      startTime: time(start))
    change(&task)
    return task
  }

  // MARK: Progress

  @Test func eachThingIsToldOnceAndInItsTime() {
    var progress = CostProgress()
    var journal = SessionJournal(session: row(.initiated), tasks: [])
    #expect(
      progress.news(in: journal, nowMilliseconds: now(0.1)) == [
        .init(kind: .plain, what: "initiated", details: "by the workflow", offsetMilliseconds: 0)
      ])
    #expect(progress.news(in: journal, nowMilliseconds: now(1)).isEmpty)

    journal.session = row(.busy) {
      $0.agentStartTime = time(2)
      $0.heartbeat = time(2)
    }
    journal.tasks = [task(.discovery, .inProgress, from: 2.5)]
    #expect(
      progress.news(in: journal, nowMilliseconds: now(3)) == [
        .init(kind: .plain, what: "busy", details: "the agent has begun", offsetMilliseconds: 2_000),
        .init(kind: .began, what: "Discovery", details: "", offsetMilliseconds: 2_500),
      ])
    #expect(CostProgress.now(journal, nowMilliseconds: now(6)) == "Discovery 3.5 s, sign of life 4.0 s ago, 6.0 s in all")

    journal.tasks = [
      task(.discovery, .completed, from: 2.5) {
        $0.endTime = time(6.5)
        $0.durationSeconds = "4"
        $0.resourceCount = 63
      },
      task(.usage, .failed, from: 6.5) {
        $0.endTime = time(7)
        $0.durationSeconds = "0.5"
        $0.errorMessage = "AccessDenied:\nno metrics"
      }, task(.analysis, .skipped, from: 7) { $0.endTime = time(7) },
    ]
    #expect(
      progress.news(in: journal, nowMilliseconds: now(8)) == [
        .init(kind: .completed, what: "Discovery", details: "4.0 s, 63 resources", offsetMilliseconds: 6_500),
        .init(kind: .began, what: "Usage and Metrics Collection", details: "", offsetMilliseconds: 6_500),
        .init(kind: .failed, what: "Usage and Metrics Collection", details: "0.5 s, AccessDenied: no metrics", offsetMilliseconds: 7_000),
        .init(kind: .began, what: "Analysis and Decision Rules", details: "", offsetMilliseconds: 7_000),
        .init(kind: .left, what: "Analysis and Decision Rules", details: "skipped", offsetMilliseconds: 7_000),
      ])

    journal.session = row(.completed) {
      $0.agentStartTime = time(2)
      $0.endTime = time(9)
      $0.durationSeconds = "9"
      $0.totals = SessionTotals(resourceCount: 63, recommendationCount: 1, phaseMilliseconds: [:])
    }
    #expect(
      progress.news(in: journal, nowMilliseconds: now(9)) == [
        .init(
          kind: .completed, what: "COMPLETED", details: "9.0 s in all, 1 of 8 phases completed, 63 resources, 1 recommendation",
          offsetMilliseconds: 9_000)
      ])
  }

  /// The message itself is the last line of 'follow', in full: Tests/Integration/test_demo_cost.py.
  @Test func aFailedSessionTellsHowFarItCame() {
    var progress = CostProgress()
    let journal = SessionJournal(
      session: row(.failed) {
        $0.endTime = time(61)
        $0.errorMessage = "the agent gave no sign of life for 60 s"
      }, tasks: [])
    let lines = progress.news(in: journal, nowMilliseconds: now(62))
    #expect(lines.last?.kind == .failed)
    #expect(lines.last?.details == "0 of 8 phases completed")
  }

  @Test func silenceIsToldOnceUntilThereIsASignOfLife() {
    var progress = CostProgress()
    func busy(_ heartbeat: Double) -> SessionJournal {
      SessionJournal(session: row(.busy) { $0.heartbeat = time(heartbeat) }, tasks: [])
    }
    _ = progress.news(in: busy(10), nowMilliseconds: now(60))
    #expect(progress.news(in: busy(10), nowMilliseconds: now(70)).isEmpty)
    #expect(progress.news(in: busy(10), nowMilliseconds: now(71)).map(\.what) == ["no sign of life"])
    #expect(progress.news(in: busy(10), nowMilliseconds: now(80)).isEmpty)
    #expect(progress.news(in: busy(80), nowMilliseconds: now(81)).isEmpty)
    #expect(progress.news(in: busy(80), nowMilliseconds: now(141)).map(\.details) == ["for 1 min 1 s"])
  }

  // MARK: Following

  /// Follows the session, long after it began.
  private func follower(of store: InMemoryJournalStore) -> CostSessionFollower {
    CostSessionFollower(
      Self.session, patience: .namedByCaller, environment: "local", pauseMilliseconds: 1, clock: { Self.beginning + 700_000 },
      read: { try await store.journal(of: Self.session, nowSeconds: 0) })
  }

  @Test func followingEndsWithTheSession() async throws {
    let store = InMemoryJournalStore()
    store.put(row(.completed) { $0.endTime = time(5) })
    var follower = follower(of: store)
    #expect(try await follower.follow().session?.status == .completed)
  }

  @Test func aSessionThatNobodyWillEndIsGivenUp() async throws {
    let store = InMemoryJournalStore()
    store.put(row(.busy) { $0.heartbeat = time(5) })
    var follower = follower(of: store)
    let error = await #expect(throws: CommandError.self) { try await follower.follow() }
    #expect(error?.exitCode == .runFailed && error?.message.contains("nothing has been written into the journal for") == true)
  }

  @Test func aSessionThatDoesNotAppearIsNotFound() {
    #expect(CostSessionFollower.missing("x", .namedByCaller, environment: "dev").contains("no session 'x' in 'dev'"))
    #expect(CostSessionFollower.missing("x", .started, environment: "dev").contains("after 60 s"))
  }

  // MARK: Views

  @Test func aSessionAsJSON() throws {
    let journal = SessionJournal(
      session: row(.completed) {
        $0.durationSeconds = "9.125"
        $0.totals = SessionTotals(resourceCount: 63, recommendationCount: 12, phaseMilliseconds: ["Discovery": 4_000])
        $0.expiresAtSeconds = 1_800_000_000
      },
      tasks: [task(.discovery, .completed, from: 2) { $0.resourceCount = 63 }])
    #expect(
      CostSessionView(session: Self.session, journal: journal).json == [
        "sessionId": .string(Self.session), "status": "COMPLETED", "createdAt": "2026-11-27T10:00:00.000Z",
        "startTime": "2026-11-27T10:00:00.000Z", "durationSeconds": 9.125, "expiresAtSeconds": 1_800_000_000, "resourceCount": 63,
        "recommendationCount": 12, "phaseSeconds": ["Discovery": 4],
        "phases": [["phase": "Discovery", "status": "COMPLETED", "startTime": "2026-11-27T10:00:02.000Z", "resourceCount": 63]],
      ])
  }

  @Test func aSessionAsText() {
    let journal = SessionJournal(
      session: row(.busy) { $0.heartbeat = time(60) }, tasks: [task(.discovery, .inProgress, from: 2)])
    let text = CostSessionView(session: Self.session, journal: journal).lines(.standard, nowMilliseconds: now(75)).joined(separator: "\n")
    #expect(text.contains("status           BUSY"))
    #expect(text.contains("sign of life     15 s ago"))
    #expect(text.contains("Discovery  IN_PROGRESS"))
  }

  /// Whoever may write into the table writes onto the terminal of those who look.
  @Test func aJournalDoesNotMoveTheTerminalsCursor() throws {
    let hostile = "fine\u{1B}[2J\u{9B}31m\u{202E}\r\nsession completed"
    let journal = SessionJournal(
      session: row(.failed) {
        $0.errorMessage = hostile
        $0.createdAt = hostile
        $0.endTime = hostile
      },
      tasks: [
        task(.discovery, .failed, from: 2) {
          $0.phaseName = hostile
          $0.startTime = hostile
          $0.errorMessage = hostile
        }
      ])
    var progress = CostProgress()
    let told = progress.news(in: journal, nowMilliseconds: now(75)).flatMap { [$0.what, $0.details] }
    let view = CostSessionView(session: hostile, journal: journal).lines(.standard, nowMilliseconds: now(75))
    let summary = try #require(
      CostSessions.Summary(["PK": .string(hostile), "status": .string(hostile), "timestamp": "", "error_message": .string(hostile)]))
    for line in told + view + CostListCommand.table([summary], .standard).lines(.standard) {
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0 == "\u{202E}" }, "\(line)")
    }
    #expect(view.joined().contains("fine<U+001B>[2J<U+009B>31m<U+202E> session completed"))
  }

  @Test func aSessionWithoutErrorsFitsEightyColumns() throws {
    let phases = Phase.allCases.enumerated().map { index, phase in
      task(phase, .completed, from: Double(index)) {
        $0.resourceCount = phase.countsFiles ? 4 : 63
        $0.recommendationCount = 12
        $0.durationSeconds = "1.5"
      }
    }
    var lines = CostSessionView(session: Self.session, journal: SessionJournal(session: row(.completed), tasks: phases))
      .lines(.standard, nowMilliseconds: now(75))
    #expect(lines.contains { $0.hasPrefix("S3 Write Requirements") && $0.contains("4 files") })
    let summary = try #require(
      CostSessions.Summary([
        "PK": "11111111-2222-3333-4444-555555555555", "SK": "SESSION", "status": "COMPLETED", "timestamp": .string(time(9)),
        "created_at": .string(time(0)), "duration_seconds": 200, "recommendation_count": 12,
      ]))
    lines += CostListCommand.table([summary], .standard).lines(.standard)
    for line in lines { #expect(line.count <= 80 && line.last != " ", "\(line)") }
    #expect(!lines.contains { $0.contains("ERROR") })
  }

  @Test func aListIsReadFromRows() throws {
    let row = try #require(
      CostSessions.Summary([
        "PK": .string(Self.session), "SK": "SESSION", "status": "FAILED", "timestamp": .string(time(9)), "created_at": .string(time(0)),
        "duration_seconds": 9, "error_message": "no table",
      ]))
    #expect(row.orderTime == time(0))
    let lines = CostListCommand.table([row], .standard).lines(.standard)
    #expect(lines.last?.contains("FAILED") == true && lines.last?.contains("9.0 s") == true && lines.last?.hasSuffix("no table") == true)
    #expect(CostListCommand.json(row)["durationSeconds"] == 9)
    #expect(CostSessions.Summary(["SK": "SESSION"]) == nil)
  }

  /// A journal with sessions that began at these seconds, each with a phase that completed.
  private func sessions(_ rows: [(id: String, status: SessionStatus, start: Double)], pageSize: Int = 1_000) async throws -> CostSessions {
    let double = DynamoDBDouble(
      [
        TableDefinition(
          name: "journal", partitionKey: KeyAttribute("PK"), sortKey: KeyAttribute("SK"),
          indexes: [IndexDefinition(name: "status-date-index", partitionKey: KeyAttribute("status"), sortKey: KeyAttribute("timestamp"))])
      ], pageSize: pageSize)
    let client = try double.client
    for row in rows {
      for (key, status) in [("SESSION", row.status.rawValue), ("TASK#\(time(row.start))#01", "COMPLETED")] {
        _ = try await client.putItem(
          PutItemInput(
            tableName: "journal",
            item: [
              "PK": .string(row.id), "SK": .string(key), "status": .string(status), "timestamp": .string(time(row.start + 5)),
              "created_at": .string(time(row.start)), "ttl": 4_000_000_000,
            ]))
      }
    }
    return CostSessions(client: client, table: "journal")
  }

  @Test(arguments: [1, 1_000]) func theNewestComeFirstWhateverTheirStatus(pageSize: Int) async throws {
    let journal = try await sessions(
      [("a", .completed, 1), ("b", .failed, 3), ("c", .completed, 2), ("d", .busy, 4)], pageSize: pageSize)
    let all = try await journal.newest(SessionStatus.allCases, limit: 10)
    #expect(all.sessions.map(\.session) == ["d", "b", "c", "a"] && !all.isCut)
    let two = try await journal.newest(SessionStatus.allCases, limit: 2)
    #expect(two.sessions.map(\.session) == ["d", "b"] && two.isCut)
    let completed = try await journal.newest([.completed], limit: 10)
    #expect(completed.sessions.map(\.session) == ["c", "a"])
  }

  @Test func aMissingTableIsToldAsAMissingDeployment() async throws {
    let journal = CostSessions(client: try DynamoDBDouble([]).client, table: "journal")
    let error = await #expect(throws: CommandError.self) { try await journal.journal(of: Self.session) }
    #expect(error?.exitCode == .notFound && error?.message.contains("there is no table 'journal'") == true)
  }
}
