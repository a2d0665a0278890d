import AWSClient
import AWSDoubles
import JSON
import Orchestration
import Testing

@testable import ArbiterCLI

/// What the Fabricator tells of its work, as the command line reads it.
struct TaskProgressTests {
  private static let task = TaskKey(orchestrationID: "run", requestID: "run#1", toolUseID: "t0")

  @Test func stepsAreReadFromTheClaimsRow() async throws {
    let tables = DynamoDBDouble.ledger()
    let client = try tables.client
    let table = TableDefinitionName.workerState
    let steps: AttributeValue = [
      ["at": 1_000, "step": "search_agents", "text": "none fits"], ["at": 2_000, "step": "test_agent", "text": "1 of 3 cases failed"],
      ["what": "no step"],
    ]
    _ = try await client.putItem(
      PutItemInput(tableName: table, item: ["requestId": .string(Self.task.claimID), "progress": steps, "claim_owner": "me"]))
    let other = TaskKey(orchestrationID: "run", requestID: "run#1", toolUseID: "t1")
    let found = try await DynamoDBTaskProgress(client: client, table: table).steps(of: [Self.task, other])
    #expect(
      found == [
        Self.task: [
          TaskProgress(atMilliseconds: 1_000, step: "search_agents", text: "none fits"),
          TaskProgress(atMilliseconds: 2_000, step: "test_agent", text: "1 of 3 cases failed"),
        ]
      ])
  }

  @Test func moreTasksThanARequestHasRoomForAreReadInSeveral() async throws {
    let tables = DynamoDBDouble.ledger()
    let tasks = (0..<250).map { TaskKey(orchestrationID: "run", requestID: "run#1", toolUseID: "t\($0)") }
    #expect(try await DynamoDBTaskProgress(client: tables.client, table: TableDefinitionName.workerState).steps(of: tasks).isEmpty)
    #expect(tables.count(of: "BatchGetItem") == 3)
  }

  /// Cut to a line of 80 columns, a failed test would not say what was wrong.
  @Test func theReasonOfAFailedTestIsWholeOnANarrowTerminal() {
    let text = "3 of 4 cases passed; 'billed twice' failed: '/above/0/actual' is 166.68000000000004, expected 166.68"
    let lines = OrchestrationFollower.lines(of: text, after: 28, width: 80)
    #expect(lines == ["3 of 4 cases passed; 'billed twice' failed:", "'/above/0/actual' is 166.68000000000004, expected 166.68"])
    #expect(OrchestrationFollower.lines(of: text, after: 28, width: 200) == [text])
    #expect(OrchestrationFollower.lines(of: text, after: 28, width: nil) == [text])
    #expect(OrchestrationFollower.lines(of: "one two", after: 28, width: 30) == ["", "one two"])
    let long = OrchestrationFollower.lines(of: String(repeating: "x", count: 90), after: 30, width: 60)
    #expect(long.joined() == String(repeating: "x", count: 90) && long.allSatisfy { $0.count <= 42 })
    #expect(OrchestrationFollower.lines(of: "", after: 28, width: 80) == [""])
  }

  @Test func stepsAreInTheJSONOfTheirTask() {
    let record = OrchestrationRecord(
      id: "run", task: "Compare.", createdAtMilliseconds: 1_000, deadlineMilliseconds: 100_000, budgetMicroUSD: 5,
      conversation: [.inline(.user("Compare."))])
    let round = RoundRecord(
      orchestrationID: "run", number: 1, createdAtMilliseconds: 2_000,
      tasks: ["t0", "t1"].map {
        TaskEntry(
          toolUseID: $0, toolName: "fabricator", agentID: "fabricator", queueURL: nil, input: [:], state: .pending,
          dueAtMilliseconds: 50_000, sentAtMilliseconds: 1)
      })
    let snapshot = OrchestrationSnapshot(record: record, rounds: [round])
    let step = TaskProgress(atMilliseconds: 1_000, step: "test_agent", text: "passed")
    let json = snapshot.json(nowMilliseconds: 3_000, steps: [snapshot.key(of: round.tasks[1], round): [step]])
    #expect(json["rounds"]?[0]?["tasks"]?[0]?["progress"] == nil)
    #expect(
      json["rounds"]?[0]?["tasks"]?[1]?["progress"] == [["at": "1970-01-01T00:00:01.000Z", "step": "test_agent", "text": "passed"]])
  }
}

private enum TableDefinitionName {
  /// What `DynamoDBDouble.ledger()` calls it.
  static let workerState = "worker-state"
}
