import AWSClient
import AWSDoubles
import CostOptimizer
import Testing

/// What every store of a journal must do.
@Suite struct JournalStoreContractTests {
  let early = "2027-01-15T08:00:00.000Z"
  let later = "2027-01-15T08:00:01.500Z"
  let last = "2027-01-15T08:10:00.000Z"
  let now: Int64 = 1_800_000_000

  func begin(_ run: String = "run-1", _ time: String? = nil) -> SessionBegin {
    SessionBegin(sessionID: "s", agentRun: run, time: time ?? later, expiresAtSeconds: now + 2_592_000)
  }

  func end(_ status: SessionStatus, run: String = "run-1", error: String? = nil) -> SessionEnd {
    SessionEnd(
      sessionID: "s", agentRun: run, status: status, agentStartTime: later, endTime: last, durationMilliseconds: 600_000,
      errorMessage: error,
      totals: SessionTotals(resourceCount: 60, recommendationCount: 7, phaseMilliseconds: ["Discovery": 1_250]),
      expiresAtSeconds: now + 2_592_000)
  }

  func task(_ phase: Phase, _ status: TaskStatus, start: String) -> TaskRecord {
    var task = TaskRecord(
      key: TaskKey(startTime: start, phase: phase), phaseName: phase.rawValue, status: status, timestamp: start, startTime: start)
    task.expiresAtSeconds = now + 2_592_000
    return task
  }

  @Test(arguments: StoreUnderTest.kinds)
  func `a session of the workflow turns BUSY and keeps what the workflow wrote`(_ kind: String) async throws {
    let test = try StoreUnderTest.make(kind)
    try await test.initiate("s", early)
    guard case .began(let row) = try await test.store.begin(begin()) else {
      Issue.record("the session did not begin")
      return
    }
    #expect(row.status == .busy)
    #expect(row.createdAt == early)
    #expect(row.startTime == early)
    #expect(row.agentStartTime == later)
    #expect(row.heartbeat == later)
    #expect(row.expiresAtSeconds == now + 2_592_000)
    #expect(try await test.store.session("s", nowSeconds: now) == row)
  }

  @Test(arguments: StoreUnderTest.kinds)
  func `a session without a workflow is made, and is busy then`(_ kind: String) async throws {
    let test = try StoreUnderTest.make(kind)
    guard case .began(let row) = try await test.store.begin(begin()) else {
      Issue.record("the session did not begin")
      return
    }
    #expect(row.status == .busy)
    #expect(row.createdAt == later)
    #expect(row.startTime == later)
  }

  @Test(arguments: StoreUnderTest.kinds)
  func `a second run of a session is told that it runs, however old its sign of life is`(_ kind: String) async throws {
    let test = try StoreUnderTest.make(kind)
    _ = try await test.store.begin(begin("run-1", early))
    guard case .alreadyRunning(let row) = try await test.store.begin(begin("run-2", last)) else {
      Issue.record("the second run began")
      return
    }
    #expect(row.agentRun == "run-1")
    #expect(row.agentStartTime == early)
  }

  @Test(arguments: StoreUnderTest.kinds)
  func `a run whose begin was answered by nobody knows its session again`(_ kind: String) async throws {
    let test = try StoreUnderTest.make(kind)
    let first = try await test.store.begin(begin())
    #expect(try await test.store.begin(begin()) == first)
  }

  @Test(arguments: StoreUnderTest.kinds, [SessionStatus.completed, .failed])
  func `a session that has ended is not begun again`(_ kind: String, _ status: SessionStatus) async throws {
    let test = try StoreUnderTest.make(kind)
    _ = try await test.store.begin(begin())
    let row = try await test.store.finish(end(status))
    #expect(try await test.store.begin(begin("run-2")) == .alreadyFinished(row))
    #expect(try await test.store.begin(begin("run-1")) == .alreadyFinished(row))
  }

  @Test(arguments: StoreUnderTest.kinds)
  func `the end keeps all that was there and adds times and totals`(_ kind: String) async throws {
    let test = try StoreUnderTest.make(kind)
    try await test.initiate("s", early)
    _ = try await test.store.begin(begin())
    #expect(try await test.store.beat(sessionID: "s", agentRun: "run-1", time: "2027-01-15T08:09:00.000Z"))
    let row = try await test.store.finish(end(.completed))
    #expect(row.status == .completed)
    #expect(row.createdAt == early)
    #expect(row.startTime == early)
    #expect(row.agentStartTime == later)
    #expect(row.heartbeat == "2027-01-15T08:09:00.000Z")
    #expect(row.endTime == last)
    #expect(row.durationSeconds == "600")
    #expect(row.totals == SessionTotals(resourceCount: 60, recommendationCount: 7, phaseMilliseconds: ["Discovery": 1_250]))
    #expect(try await test.store.session("s", nowSeconds: now) == row)
  }

  @Test(arguments: StoreUnderTest.kinds)
  func `a final status never changes`(_ kind: String) async throws {
    let test = try StoreUnderTest.make(kind)
    _ = try await test.store.begin(begin())
    let row = try await test.store.finish(end(.failed, error: "lost"))
    #expect(try await test.store.finish(end(.completed)) == row)
    #expect(try await !test.store.beat(sessionID: "s", agentRun: "run-1", time: last))
    #expect(try await test.store.session("s", nowSeconds: now) == row)
  }

  @Test(arguments: StoreUnderTest.kinds)
  func `a session that the workflow failed stays so, and no sign of life comes back`(_ kind: String) async throws {
    let test = try StoreUnderTest.make(kind)
    try await test.initiate("s", early)
    _ = try await test.store.begin(begin())
    try await test.failFromOutside("s", last)
    #expect(try await !test.store.beat(sessionID: "s", agentRun: "run-1", time: last))
    let row = try await test.store.finish(end(.completed))
    #expect(row.status == .failed)
    #expect(row.errorMessage == "no sign of life")
    #expect(row.totals == nil)
  }

  @Test(arguments: StoreUnderTest.kinds)
  func `a run does not touch the session of another`(_ kind: String) async throws {
    let test = try StoreUnderTest.make(kind)
    _ = try await test.store.begin(begin())
    #expect(try await !test.store.beat(sessionID: "s", agentRun: "run-2", time: last))
    #expect(try await test.store.finish(end(.failed, run: "run-2")).status == .busy)
  }

  @Test(arguments: StoreUnderTest.kinds)
  func `an end is written also where the begin never was`(_ kind: String) async throws {
    let test = try StoreUnderTest.make(kind)
    let row = try await test.store.finish(end(.completed))
    #expect(row.status == .completed)
    #expect(row.createdAt == later)
    #expect(row.agentStartTime == later)
  }

  @Test(arguments: StoreUnderTest.kinds)
  func `a phase begins and ends once`(_ kind: String) async throws {
    let test = try StoreUnderTest.make(kind)
    var task = task(.discovery, .inProgress, start: early)
    #expect(try await test.store.write(task, sessionID: "s"))
    #expect(try await test.store.journal(of: "s", nowSeconds: now)?.tasks == [task])
    task.status = .completed
    task.timestamp = later
    task.endTime = later
    task.durationSeconds = "1.5"
    task.resourceCount = 60
    #expect(try await test.store.write(task, sessionID: "s"))
    var other = task
    other.status = .failed
    other.errorMessage = "too late"
    #expect(try await !test.store.write(other, sessionID: "s"))
    // The same end again, whose first answer was lost.
    #expect(try await test.store.write(task, sessionID: "s"))
    var open = task
    open.status = .inProgress
    #expect(try await !test.store.write(open, sessionID: "s"))
    #expect(try await test.store.journal(of: "s", nowSeconds: now)?.tasks == [task])
  }

  @Test(arguments: StoreUnderTest.kinds)
  func `a session is read with its phases in their order, over pages, those of one instant too`(_ kind: String) async throws {
    let test = try StoreUnderTest.make(kind, pageSize: 2)
    _ = try await test.store.begin(begin())
    for phase in Phase.allCases.reversed() {
      #expect(try await test.store.write(task(phase, .inProgress, start: phase.number < 5 ? early : later), sessionID: "s"))
    }
    _ = try await test.store.write(task(.discovery, .inProgress, start: early), sessionID: "another")
    let journal = try #require(try await test.store.journal(of: "s", nowSeconds: now))
    #expect(journal.session?.status == .busy)
    #expect(journal.tasks.map(\.phase) == Phase.allCases)
    #expect(journal.tasks.map(\.key) == journal.tasks.map(\.key).sorted())
  }

  @Test(arguments: StoreUnderTest.kinds)
  func `rows whose time has passed are left out`(_ kind: String) async throws {
    let test = try StoreUnderTest.make(kind)
    _ = try await test.store.begin(begin())
    var old = task(.discovery, .completed, start: early)
    old.expiresAtSeconds = now + 5
    _ = try await test.store.write(old, sessionID: "s")
    _ = try await test.store.write(task(.usage, .inProgress, start: later), sessionID: "s")
    #expect(try await test.store.journal(of: "s", nowSeconds: now + 5)?.tasks.map(\.phase) == [.usage])
    #expect(try await test.store.session("s", nowSeconds: now + 2_592_000) == nil)
    #expect(try await test.store.journal(of: "s", nowSeconds: now + 2_592_000) == nil)
    #expect(try await test.store.journal(of: "nobody", nowSeconds: now) == nil)
  }

  @Test func `rows are stored under the names and types that others read`() async throws {
    let double = DynamoDBDouble([.journal])
    let test = try StoreUnderTest.dynamoDB(double)
    try await test.initiate("s", early)
    _ = try await test.store.begin(begin())
    _ = try await test.store.finish(end(.failed, error: "the bucket is gone"))
    var discovery = task(.discovery, .failed, start: early)
    discovery.endTime = later
    discovery.durationSeconds = "1.5"
    discovery.resourceCount = 3
    discovery.recommendationCount = 0
    discovery.errorMessage = "denied"
    _ = try await test.store.write(discovery, sessionID: "s")
    let items = try await double.client.scan(ScanInput(tableName: "journal")).items
    let session = try #require(items.first { $0["SK"] == "SESSION" })
    #expect(
      session == [
        "PK": "s", "SK": "SESSION", "status": "FAILED", "timestamp": .string(last), "created_at": .string(early),
        "start_time": .string(early),
        "agent_start_time": .string(later), "end_time": .string(last), "duration_seconds": .number("600"), "heartbeat": .string(later),
        "error_message": "the bucket is gone", "agent_run": "run-1", "resource_count": 60, "recommendation_count": 7,
        "phase_seconds": .map(["Discovery": .number("1.25")]), "ttl": .number(now + 2_592_000),
        "execution_arn": "arn:aws:states:us-east-1:111122223333:execution:cost:1",
      ])
    let phase = try #require(items.first { $0["SK"] == .string("TASK#\(early)#01") })
    #expect(
      phase == [
        "PK": "s", "SK": .string("TASK#\(early)#01"), "phase_name": "Discovery", "status": "FAILED", "timestamp": .string(early),
        "start_time": .string(early), "end_time": .string(later), "duration_seconds": .number("1.5"), "resource_count": 3,
        "recommendation_count": 0, "error_message": "denied", "ttl": .number(now + 2_592_000),
      ])
    let index = try await double.client.query(
      QueryInput(
        tableName: "journal", indexName: "status-date-index", keyConditionExpression: "#s = :failed AND #t >= :since",
        expressionAttributeNames: ["#s": "status", "#t": "timestamp"],
        expressionAttributeValues: [":failed": "FAILED", ":since": .string(last)]))
    #expect(index.items.map { $0["SK"] } == ["SESSION"])
  }

  @Test func `a status that nobody knows is an error with its row and the statuses that there are`() async throws {
    let double = DynamoDBDouble([.journal])
    let client = try double.client
    _ = try await client.putItem(PutItemInput(tableName: "journal", item: ["PK": "s", "SK": "SESSION", "status": "PAUSED"]))
    let store = DynamoDBJournalStore(client: client, tableName: "journal")
    let error = await #expect(throws: AWSError.self) { try await store.session("s", nowSeconds: now) }
    #expect(
      error?.message == "the status of the journal's row 'SESSION' is 'PAUSED'; expected one of INITIATED, STARTED, BUSY, COMPLETED, FAILED"
    )
  }
}
