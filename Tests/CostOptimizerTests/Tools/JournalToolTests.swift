import AWSClient
import AgentKit
import JSON
import Testing

@testable import CostOptimizer

@Suite struct JournalToolTests {
  let time = TestTime()
  let memory = InMemoryJournalStore()

  struct Bench {
    let journal: Journal
    let analysis: CostAnalysis
    let tool: JournalTool

    func call(_ input: JSONValue) async throws -> JSONValue {
      // As the agent's loop does: no input that breaks the schema reaches a tool.
      #expect(try JSONSchema(compiling: tool.inputSchema).validate(input).isEmpty)
      return try await tool.run(input, ToolContext(orchestrationID: "s", taskID: "s"))
    }
  }

  func bench(_ store: (any JournalStore)? = nil, session: String = "s", begins: Bool = true) async -> Bench {
    let journal = Journal(store: store ?? memory, sessionID: session, agentRun: "run-\(session)", clock: time, pause: time.pause)
    if begins { _ = await journal.begin() }
    let analysis = CostAnalysis(
      sessionID: session, bucket: "reports", region: "us-east-1", parts: AnalysisDouble().parts, journal: journal, clock: time,
      pause: time.pause)
    return Bench(journal: journal, analysis: analysis, tool: JournalTool(journal: journal, analysis: analysis, clock: time))
  }

  // MARK: The defects of the first journal tool, each a test

  @Test func `defect 1: starting the session keeps created_at and start_time of the workflow`() async throws {
    try await StoreUnderTest.memory(memory).initiate("s", "2027-01-15T07:59:00.000Z")
    let bench = await bench()
    let reply = try await bench.call(["action": "start_session", "status": "BUSY"])
    #expect(reply["success"] == true)
    #expect(reply["start_time"] == "2027-01-15T07:59:00.000Z")
    let row = try #require(try await memory.session("s", nowSeconds: 0))
    #expect(row.createdAt == "2027-01-15T07:59:00.000Z")
    #expect(row.startTime == "2027-01-15T07:59:00.000Z")
  }

  @Test func `defect 2: a task that this process does not have is found in the table by its real key`() async throws {
    let first = await bench()
    await first.analysis.perform(.discovery)
    // Another process, which remembers nothing.
    let second = await bench(begins: false)
    let reply = try await second.call(["action": "complete_task", "phase_name": "Discovery", "status": "COMPLETED"])
    #expect(reply["success"] == true)
    #expect(reply["resource_count"] == 2)
    #expect(reply["start_time"] == "2027-01-15T08:00:00.000Z")
    #expect(try await memory.journal(of: "s", nowSeconds: 0)?.tasks.map(\.key.text) == ["TASK#2027-01-15T08:00:00.000Z#01"])
  }

  @Test func `defect 3: two sessions of one process share nothing`() async throws {
    let first = await bench(session: "one")
    let second = await bench(session: "two")
    #expect(try await first.call(["action": "start_task", "phase_name": "Discovery"])["session_id"] == "one")
    let reply = try await second.call(["action": "complete_task", "phase_name": "Discovery", "status": "COMPLETED"])
    #expect(reply["error_type"] == "TASK_NOT_FOUND")
    #expect(reply["session_id"] == "two")
    #expect(try await memory.journal(of: "two", nowSeconds: 0)?.tasks.isEmpty == true)
  }

  @Test(arguments: ["start_session", "update_session", "complete_task", "complete_session"])
  func `defect 4: a status that nobody knows is an error reply`(_ action: String) async throws {
    let bench = await bench()
    await bench.analysis.perform(.discovery)
    let reply = try await bench.call(["action": .string(action), "phase_name": "Discovery", "status": "DONE"])
    #expect(reply["success"] == false)
    #expect(reply["error_type"] == "VALIDATION_ERROR")
    #expect(reply["error"]?.stringValue?.hasPrefix("status is 'DONE'; expected one of ") == true)
    #expect(reply["status"] == "DONE")
    #expect(reply["timestamp"] == "2027-01-15T08:00:00.000Z")
  }

  @Test func `defect 5: a phase that is started twice is one record`() async throws {
    let bench = await bench()
    let first = try await bench.call(["action": "start_task", "phase_name": "Discovery"])
    time.advance(5_000)
    let second = try await bench.call(["action": "start_task", "phase_name": "Discovery"])
    #expect(second == first)
    await bench.analysis.perform(.discovery)
    let third = try await bench.call(["action": "start_task", "phase_name": "Discovery"])
    #expect(third["status"] == "COMPLETED")
    let tasks = try await memory.journal(of: "s", nowSeconds: 0)?.tasks
    #expect(tasks?.count == 1)
    // The phase began when it was announced.
    #expect(tasks?.first?.durationSeconds == "5")
  }

  // MARK: What the tool can and cannot do

  @Test func `the session is BUSY by the program, and told so`() async throws {
    let bench = await bench()
    for action in ["start_session", "update_session"] {
      let reply = try await bench.call(["action": .string(action), "status": "BUSY"])
      #expect(
        reply == [
          "success": true, "session_id": "s", "status": "BUSY", "timestamp": "2027-01-15T08:00:00.000Z",
          "start_time": "2027-01-15T08:00:00.000Z", "agent_start_time": "2027-01-15T08:00:00.000Z",
        ])
    }
    #expect(try await bench.call(["action": "start_session"])["status"] == "BUSY")
    #expect(try await bench.call(["action": "start_session", "status": "INITIATED"])["error_type"] == "VALIDATION_ERROR")
  }

  @Test func `a phase that has been done is confirmed with its figures`() async throws {
    let bench = await bench()
    await bench.analysis.perform(.analysis)
    let reply = try await bench.call(["action": "complete_task", "phase_name": "Analysis and Decision Rules"])
    #expect(
      reply == [
        "success": true, "session_id": "s", "status": "COMPLETED", "timestamp": "2027-01-15T08:00:00.000Z",
        "phase_name": "Analysis and Decision Rules", "start_time": "2027-01-15T08:00:00.000Z", "duration_seconds": 0, "resource_count": 2,
        "recommendation_count": 1,
      ])
  }

  @Test func `a model completes nothing that has not happened`() async throws {
    let bench = await bench()
    _ = try await bench.call(["action": "start_task", "phase_name": "Discovery"])
    let reply = try await bench.call(["action": "complete_task", "phase_name": "Discovery", "status": "COMPLETED"])
    #expect(reply["error_type"] == "CONDITION_FAILED")
    #expect(try await memory.journal(of: "s", nowSeconds: 0)?.tasks.map(\.status) == [.inProgress])
    await bench.analysis.perform(.discovery)
    let other = try await bench.call([
      "action": "complete_task", "phase_name": "Discovery", "status": "FAILED", "error_message": "I think so",
    ])
    #expect(other["error_type"] == "CONDITION_FAILED")
    #expect(try await memory.journal(of: "s", nowSeconds: 0)?.tasks.map(\.status) == [.completed])
  }

  @Test func `a phase out of its order, an unknown phase and an unknown action are errors`() async throws {
    let bench = await bench()
    let early = try await bench.call(["action": "start_task", "phase_name": "Output Contract"])
    #expect(early["error_type"] == "VALIDATION_ERROR")
    #expect(early["error"] == "the next phase is 'Discovery'; 'Output Contract' comes later")
    let unknown = try await bench.call(["action": "start_task", "phase_name": "Tea"])
    #expect(unknown["error"]?.stringValue?.hasPrefix("phase_name is 'Tea'; expected one of 'Discovery', ") == true)
    #expect(
      try await bench.call(["action": "complete_task", "phase_name": "Discovery", "status": "IN_PROGRESS"])["error_type"]
        == "VALIDATION_ERROR")
    #expect(try await bench.call(["action": "dance"])["error_type"] == "VALIDATION_ERROR")
    #expect(try await memory.journal(of: "s", nowSeconds: 0)?.tasks.isEmpty == true)
  }

  @Test func `a model does not end the session`() async throws {
    let bench = await bench()
    let early = try await bench.call(["action": "complete_session", "status": "COMPLETED"])
    #expect(early["error_type"] == "CONDITION_FAILED")
    #expect(early["error"]?.stringValue?.contains("'Discovery'") == true)
    for action in ["update_session", "complete_session"] {
      #expect(try await bench.call(["action": .string(action), "status": "FAILED"])["error_type"] == "CONDITION_FAILED")
    }
    time.advance(3_000)
    await bench.analysis.performRemaining()
    let reply = try await bench.call(["action": "complete_session", "status": "COMPLETED"])
    #expect(reply["success"] == true)
    #expect(reply["status"] == "BUSY")
    #expect(reply["duration_seconds"] == 3)
    #expect(try await memory.session("s", nowSeconds: 0)?.status == .busy)
  }

  @Test(arguments: [
    (FaultyStore.noTable, "TABLE_NOT_FOUND"), (FaultyStore.denied, "ACCESS_DENIED"), (FaultyStore.throttled, "DYNAMODB_ERROR"),
    (AWSError(code: "ValidationException", message: "no", service: "DynamoDB"), "VALIDATION_ERROR"),
    (AWSError(code: "ConditionalCheckFailedException", message: "no", service: "DynamoDB"), "CONDITION_FAILED"),
  ])
  func `a table that cannot be used is told by its error`(_ error: AWSError, _ type: String) async throws {
    let bench = await bench(FaultyStore(memory) { _, _ in .refused(error) })
    #expect(try await bench.call(["action": "check_table"])["error_type"] == .string(type))
    #expect(try await bench.call(["action": "start_session", "status": "BUSY"])["error_type"] == .string(type))
    // The phase goes on all the same.
    #expect(try await bench.call(["action": "start_task", "phase_name": "Discovery"])["success"] == true)
  }

  @Test func `a table that is there is told, and a session without a record`() async throws {
    let bench = await bench(begins: false)
    #expect(
      try await bench.call(["action": "check_table"])
        == ["success": true, "session_id": "s", "status": "ACTIVE", "timestamp": "2027-01-15T08:00:00.000Z"])
    #expect(try await bench.call(["action": "start_session"])["error_type"] == "NO_SESSION")
  }
}
