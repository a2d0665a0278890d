import AWSClient
import AgentKit
import CodeAgents
import Fabrication
import JSON
import Orchestration
import Sandbox
import SimulatedAWS
import Synchronization
import TestSupport

/// A deployment's Fabricator with AWS in memory, at the level of HTTP, a scripted model and the real sandbox.
final class FabricationWorld: Sendable {
  /// What the model says, by the number of its answers so far in the conversation.
  typealias Script = @Sendable (_ turn: Int, _ request: ConverseRequest) -> ModelReply

  static let bucket = "code"
  static let orchestrationID = "run-1"
  static let requestID = "run-1#1"
  static let queueURL = "https://sqs.us-east-1.amazonaws.com/123456789012/workers"

  let clock = TestClock()
  let transport: CloudTransport
  let observer = RecordingObserver()
  let fabricator: Fabricator

  init(_ settings: [String: String] = [:], script: @escaping Script) throws {
    transport = CloudTransport(clock: clock, script: script)
    var variables = [
      "AGENT_CONFIG_TABLE": "agents", "TOOLS_CONFIG_TABLE": "tools", "WORKER_STATE_TABLE": "worker-state", "AGENT_BUCKET_NAME": Self.bucket,
      "COMPLETION_BUS_NAME": "bus", "WORKER_QUEUE_URL": Self.queueURL, "MODEL_ID": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ]
    for (name, value) in settings { variables[name] = value }
    let configuration = AWSConfiguration(
      region: "us-east-1",
      credentials: StaticCredentialsProvider(Credentials(accessKeyID: "AKIAEXAMPLE", secretAccessKey: "an example of a secret")))
    fabricator = try Fabricator(
      environment: Environment(variables), client: AWSClient(configuration: configuration, transport: transport, clock: clock),
      observer: observer, program: .ofTests, clock: clock, ids: SequentialIDs())
    // The round that asks: two tasks wait for the Fabricator.
    let pending: AttributeValue = ["state": "pending"]
    transport.put(["requestId": .string(Self.requestID), "tasks": .map(["use-1": pending, "use-2": pending])], into: "worker-state")
    transport.put(Self.fabricatorRow, into: "agents")
  }

  static let fabricatorRow: [String: AttributeValue] = [
    "agentId": "fabricator", "state": "active", "categories": .list(["built-in", "developer"]),
    "config": [
      "name": "fabricator", "description": "Creates a new agent.", "schema": ["type": "object"], "version": "1",
      "action": ["type": "sqs", "target": "https://queue/fabricator"],
    ],
  ]

  // MARK: Asking

  func ask(
    _ details: JSONValue = "Count the words of a text.", toolUseID: String = "use-1", budgetMicroUSD: Int64? = nil,
    seconds: Int64 = 900
  ) async throws {
    try await handle(
      TaskMessage(
        input: ["taskDetails": details], orchestrationID: Self.orchestrationID, toolUseID: toolUseID, node: "fabricator",
        requestID: Self.requestID, budgetMicroUSD: budgetMicroUSD
      ).json, seconds: seconds)
  }

  func handle(_ body: [UInt8], requestID: String? = nil, messageID: String = "m-1", seconds: Int64 = 900) async throws {
    try await fabricator.handle(
      body, requestID: requestID, messageID: messageID, traceHeader: "Root=1-5",
      deadlineMilliseconds: clock.nowMilliseconds + seconds * 1_000)
  }

  // MARK: What came of it

  /// The details of all events of a type.
  func details(_ detailType: String) -> [JSONValue] {
    transport.events.filter { $0.detailType == detailType }.compactMap { try? JSONValue(parsing: $0.detail) }
  }

  var completions: [TaskCompletion] { get throws { try details("task.completion").map { try TaskCompletion(detail: $0) } } }

  func row(_ id: String, in table: String = "agents") -> JSONValue? {
    transport.item([table == "agents" ? "agentId" : "toolId": .string(id)], in: table).map { DynamoDBAgentRows.json($0) }
  }

  /// Agents of the table that are not built in.
  var fabricatedAgents: [JSONValue] {
    transport.items(in: "agents").map { DynamoDBAgentRows.json($0) }.filter { $0["agentId"] != "fabricator" }
  }

  /// The lines of progress in the claim's row.
  func progress(toolUseID: String = "use-1") -> [String] {
    let item = transport.item(["requestId": .string("claim#\(Self.requestID)#\(toolUseID)")], in: "worker-state")
    return (item?["progress"]?.listValue ?? []).map { "\($0["step"]?.stringValue ?? ""): \($0["text"]?.stringValue ?? "")" }
  }

  /// What the model was answered at a turn: the results of the tools that it used at the turn before.
  func results(atTurn turn: Int) -> [ToolResult] {
    transport.requests.last { $0.messages.count == 2 * turn + 1 }?.messages.last?.toolResults ?? []
  }

  /// The text of the only tool result at a turn.
  func text(atTurn turn: Int) -> String {
    let content = results(atTurn: turn).first?.content.first
    return content?.text ?? content?.json?.text ?? ""
  }
}

extension SandboxProgram {
  /// The child that is built beside the tests.
  static let ofTests = SandboxProgram(path: BuiltPrograms.location(of: "SandboxRunner"))
}

extension ModelReply {
  /// The model uses tools.
  static func uses(_ uses: (name: String, input: JSONValue)...) -> ModelReply {
    .message(
      uses.enumerated().map { .toolUse(id: "call-\($0.offset)", name: $0.element.name, input: $0.element.input) }, stopReason: .toolUse,
      usage: TokenUsage(inputTokens: 1_000, outputTokens: 500))
  }

  static func says(_ text: String) -> ModelReply {
    .message([.text(text)], stopReason: .endTurn, usage: TokenUsage(inputTokens: 1_000, outputTokens: 500))
  }
}

/// Time stands still until a test moves it. Short waits move it; long ones are those of time limits, which a test must not meet.
final class TestClock: Clock, AWSClock {
  private let now = Mutex<Int64>(1_800_000_000_000)
  var nowMilliseconds: Int64 { now.withLock { $0 } }
  func advance(seconds: Int64) { now.withLock { $0 += seconds * 1_000 } }
  func sleep(milliseconds: Int64) async throws {
    guard milliseconds > 10_000 else { return now.withLock { $0 += milliseconds } }
    try await Task.sleep(for: .milliseconds(milliseconds))
  }
  func randomFraction() -> Double { 0.5 }
}

final class SequentialIDs: IDSource {
  private let count = Mutex(0)
  func makeID() -> String {
    count.withLock {
      $0 += 1
      return "id-\($0)"
    }
  }
}

final class RecordingObserver: OrchestrationObserver {
  private let lines = Mutex<[(message: String, fields: JSONObject)]>([])
  var messages: [String] { lines.withLock { $0.map(\.message) } }
  func note(_ level: ObservationLevel, _ message: String, _ fields: JSONObject) { lines.withLock { $0.append((message, fields)) } }
  func count(_ metric: String) {}
}
