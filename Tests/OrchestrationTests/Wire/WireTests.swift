import AgentKit
import JSON
import Synchronization
import Testing

@testable import Orchestration

@Suite struct WireTests {
  @Test func `a message for an agent has the original's fields`() throws {
    let message = TaskMessage(
      input: ["city": "Rome"], orchestrationID: "run-1", toolUseID: "tooluse_1", node: "weather", requestID: "run-1#1",
      dueAtMilliseconds: 5, budgetMicroUSD: 6, depth: 1)
    let json = try JSONValue(parsing: message.json)
    #expect(json["agent_input"] == ["city": "Rome"])
    #expect(json["orchestration_id"] == "run-1")
    #expect(json["agent_use_id"] == "tooluse_1")
    #expect(json["node"] == "weather")
    #expect(try TaskMessage(body: message.json) == message)
  }

  @Test(arguments: [
    (#"{"orchestration_id":"r","agent_use_id":"t"}"#, "node"),
    (#"{"agent_input":[],"orchestration_id":"r","agent_use_id":"t","node":"n"}"#, "agent_input"),
    (#"[]"#, "body"), (#"{"orchestration_id":1,"agent_use_id":"t","node":"n"}"#, "orchestration_id"),
  ])
  func `a body that is no task names the field`(body: String, field: String) {
    #expect { try TaskMessage(body: Array(body.utf8)) } throws: { ($0 as? WireError)?.field == field }
  }

  @Test func `a completion of the original counts as a success`() throws {
    let completion = try TaskCompletion(detail: [
      "orchestration_id": "run-1", "data": "Task completed, details: 7", "agent_use_id": "t", "node": "n",
    ])
    #expect(completion.status == .success)
    #expect(completion.usage == nil)
    #expect(completion.requestID == nil)
  }

  @Test func `a completion survives its event`() throws {
    let completion = TaskCompletion(
      orchestrationID: "run-1", toolUseID: "t", node: "n", requestID: "run-1#1", status: .error, data: .null,
      dataReference: PayloadReference(key: "payloads/run-1/t.json", byteCount: 4), code: "c", message: "m",
      usage: TaskCompletion.Usage(inputTokens: 1, outputTokens: 2, costMicroUSD: 3),
      codeVersion: TaskCompletion.CodeVersion(version: "2", sha256: "ab", failuresBefore: 1), registryChanged: true)
    #expect(try TaskCompletion(detail: JSONValue(parsing: completion.event().detail)) == completion)
  }

  @Test func `a completion says of the registry and of code only what there is to say`() throws {
    let completion = TaskCompletion(orchestrationID: "run-1", toolUseID: "t", node: "n")
    let json = try JSONValue(parsing: completion.json)
    #expect(json["registry_changed"] == nil && json["code_version"] == nil)
    #expect(try !TaskCompletion(detail: json).registryChanged)
  }

  @Test func `SQS is spared the characters that it refuses`() throws {
    let message = TaskMessage(input: ["text": "a\u{1}b\u{FFFE}c\u{FFFF}"], orchestrationID: "r", toolUseID: "t", node: "n")
    let body = SQSTaskQueue.bodyText(message.json)
    #expect(!body.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0xFFFE || $0.value == 0xFFFF })
    #expect(try TaskMessage(body: Array(body.utf8)) == message)
  }

  @Test(arguments: [(0, "$0.00"), (1, "$0.000001"), (1_500_000, "$1.50"), (-20_000, "-$0.02"), (123_456_789, "$123.456789")])
  func `money reads as money`(microUSD: Int, text: String) { #expect(Money.text(Int64(microUSD)) == text) }

  @Test func `the registry is read once in a while, and an old reading serves when it fails`() async throws {
    let source = CountingRows()
    let clock = ManualClock()
    let registry = CachedAgentRegistry(source: source, clock: clock, observer: SilentObserver(), timeToLiveMilliseconds: 30_000)
    for _ in 0..<50 { #expect(try await registry.directory(changedAtMilliseconds: nil).entries.count == 1) }
    #expect(source.reads == 1)
    clock.advance(seconds: 31)
    source.fail()
    #expect(try await registry.directory(changedAtMilliseconds: nil).entries.count == 1)
    #expect(source.reads == 2)
  }

  @Test func `a row that cannot be used is reported once, until it is changed`() async throws {
    let source = BrokenRow()
    let clock = ManualClock()
    let reported = Mutex<[String]>([])
    let registry = CachedAgentRegistry(source: source, clock: clock, observer: SilentObserver(), timeToLiveMilliseconds: 1000) { problem in
      reported.withLock { $0.append(problem.problem.value) }
    }
    for config in ["{a", "{a", "{b", "{b", "{a"] {
      source.config.withLock { $0 = config }
      _ = try await registry.directory(changedAtMilliseconds: nil)
      clock.advance(seconds: 2)
    }
    #expect(reported.withLock { $0 } == ["{a", "{b", "{a"])
  }

  @Test func `two agents of one name cannot both be called`() {
    var twin = AgentConfiguration.echo
    twin.agentID = "twin"
    let directory = AgentDirectory(rows: [AgentConfiguration.echo.row, twin.row])
    #expect(directory.entries.map(\.agent.agentID) == ["echo"])
    #expect(directory.rejected.map(\.agentID) == ["twin"])
  }
}

private final class BrokenRow: AgentRowSource {
  let config = Mutex("")
  func rows(consistently: Bool) async throws -> [JSONValue] {
    [["agentId": "broken", "state": "active", "config": .string(config.withLock { $0 })]]
  }
}

private final class CountingRows: AgentRowSource {
  private let state = Mutex((reads: 0, fails: false))
  var reads: Int { state.withLock { $0.reads } }
  func fail() { state.withLock { $0.fails = true } }
  func rows(consistently: Bool) async throws -> [JSONValue] {
    let fails = state.withLock { state in
      state.reads += 1
      return state.fails
    }
    if fails { throw Refused() }
    return [AgentConfiguration.echo.row]
  }
}
