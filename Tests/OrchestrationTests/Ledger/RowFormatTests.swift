import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

@Suite struct RowFormatTests {
  private static func record() -> OrchestrationRecord {
    var record = OrchestrationRecord(
      id: "run-1", task: "Do it", createdAtMilliseconds: 1_800_000_000_123, deadlineMilliseconds: 1_800_000_900_000,
      budgetMicroUSD: 2_000_000, callback: .eventBridge(busName: nil, source: "s", detailType: "d"), depth: 1, traceHeader: "Root=1-2",
      conversation: [
        .inline(.user("Do it")), .spilled(role: .assistant, PayloadReference(key: "conversations/run-1/1-a.json", byteCount: 5)),
        .inline(.user(.toolResult(id: "t", content: [.json(["data": 1])], status: .success))),
      ])
    record.rounds = 2
    record.requestID = "run-1#2"
    record.lease = Lease(owner: "me", untilMilliseconds: 1_800_000_100_000)
    record.wakeAtMilliseconds = 1_800_000_100_000
    record.retryAtMilliseconds = 5
    record.spending.costMicroUSD = 7
    record.spending.reservedMicroUSD = 8
    record.spending.inputTokens = 9
    record.spending.outputTokens = 10
    record.spending.modelCalls = 11
    record.troubles.compaction = 1
    record.troubles.continuations = 2
    record.troubles.malformedReplies = 3
    record.troubles.modelFailures = 4
    record.cancelRequested = "enough"
    record.outcome = Outcome(
      state: .cancelled, message: "m", messageReference: PayloadReference(key: "payloads/run-1/result.txt", byteCount: 9),
      code: "cancelled",
      decidedAtMilliseconds: 12)
    record.publishedAtMilliseconds = 13
    record.registryChangedAtMilliseconds = 14
    return record
  }

  @Test func `a row holds everything`() throws {
    let record = Self.record()
    #expect(try OrchestrationRecord(attributes: record.attributes) == record)
  }

  @Test func `a row that needs nothing more is not in the sweeper's index`() {
    var record = Self.record()
    #expect(record.attributes["wakeShard"]?.stringValue?.hasPrefix("shard-") == true)
    record.wakeAtMilliseconds = nil
    #expect(record.attributes["wakeShard"] == nil)
    #expect(record.attributes["wakeAt"] == nil)
  }

  @Test func `orchestrations spread over the index`() {
    let shards = Set(
      (0..<200).map { number in
        var record = Self.record()
        record.id = "run-\(number)"
        return record.attributes["wakeShard"]?.stringValue
      })
    #expect(shards.count == 8)
  }

  @Test func `a row that the original wrote is read`() throws {
    let record = try OrchestrationRecord(attributes: [
      "orchestrationId": "6b0c", "instance": 1_700_000_000, "request_id": "abc",
      "conversation": [["role": "user", "content": [["text": "Do it"]]]],
    ])
    #expect(record.state == .running)
    #expect(record.version == 0)
    #expect(record.createdAtMilliseconds == 1_700_000_000_000)
    #expect(record.conversation == [.inline(.user("Do it"))])
  }

  @Test func `what DynamoDB would refuse in a map is kept as text`() throws {
    var deep: JSONValue = "ground"
    for _ in 0..<40 { deep = ["level": deep] }
    var record = Self.record()
    record.conversation = [
      .inline(.user(.toolResult(id: "t", content: [.json(["data": deep])]))),
      .inline(.user(.toolResult(id: "t", content: [.json(["data": ["": "nameless"]])]))),
    ]
    for message in record.attributes["conversation"]?.listValue ?? [] {
      #expect(Set(message.mapValue?.keys ?? [:].keys) == ["role", "json_text"])
    }
    #expect(try OrchestrationRecord(attributes: record.attributes) == record)
  }

  private static let unreadable: [(String, AttributeValue, String)] = [
    ("state", AttributeValue.string("odd"), "state"), ("conversation", .string("text"), "conversation"),
    ("conversation", [["role": 7]], "conversation[0]"), ("deadline", .string("soon"), "deadline"),
    ("outcome", ["state": "completed"], "outcome.message"),
  ]

  @Test(arguments: unreadable)
  func `a row that cannot be read names the attribute`(name: String, value: AttributeValue, field: String) {
    var attributes = Self.record().attributes
    attributes[name] = value
    #expect { try OrchestrationRecord(attributes: attributes) } throws: { error in
      (error as? LedgerError)?.problem.field == field && (error as? LedgerError)?.key == "run-1"
    }
  }

  @Test(arguments: [
    #"{"role":"user","content":[{"text":"plain"}]}"#,
    #"{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"json":{"data":0.5}}]}}]}"#,
    #"{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"json":{"data":1.50}}]}}]}"#,
    #"{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"json":{"data":1e400}}]}}]}"#,
    #"{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"json":{"data":1234567890123456789012345678901234567890}}]}}]}"#,
    #"{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"so","signature":"a=="}}},{"toolUse":{"toolUseId":"t","name":"n","input":{"a":null,"b":[],"c":{}}}}]}"#,
  ])
  func `a message comes back with the numbers and blocks that it had`(text: String) throws {
    let message = try Message(json: Array(text.utf8))
    var record = Self.record()
    record.conversation = [.inline(message)]
    #expect(try OrchestrationRecord(attributes: record.attributes).conversation == [.inline(message)])
  }

  @Test func `a tracking record holds everything`() throws {
    var round = RoundRecord(
      orchestrationID: "run-1", number: 3, createdAtMilliseconds: 5,
      tasks: [
        TaskEntry(
          toolUseID: "t:2", toolName: "echo", agentID: "echo", agentVersion: "4", queueURL: "q", input: ["a": 1.50], state: .pending,
          dueAtMilliseconds: 6, sentAtMilliseconds: 7, budgetMicroUSD: 8),
        TaskEntry(
          toolUseID: "t.1", toolName: "nobody", agentID: nil, queueURL: nil, input: [:], state: .refused, dueAtMilliseconds: 6,
          result: TaskResult(isError: true, code: "unknown_agent", message: "no", closedAtMilliseconds: 9)),
        TaskEntry(
          toolUseID: "t-3", toolName: "echo", agentID: "echo", queueURL: "q", input: [:],
          inputReference: PayloadReference(key: "payloads/x", byteCount: 1), state: .succeeded, dueAtMilliseconds: 6,
          result: TaskResult(
            isError: false, data: ["rows": [1, 2.0]], usage: TaskCompletion.Usage(inputTokens: 1, outputTokens: 2, costMicroUSD: 3),
            closedAtMilliseconds: 9)),
      ])
    #expect(round.pendingCount == 1)
    #expect(try RoundRecord(attributes: round.attributes) == round)
    round.tasks[2].result?.data = .string("text")
    #expect(try RoundRecord(attributes: round.attributes) == round)
  }
}
