import AWSClient
import AgentKit
import JSON
import Synchronization

@testable import Orchestration

/// A whole deployment in memory: what the tests look at is what a user would see on the bus, in the queues and in the rows.
final class World: Sendable {
  let store = LedgerDouble()
  let queue = QueueDouble()
  let bus = BusDouble()
  let blobs = InMemoryBlobStore()
  let model: ModelDouble
  let clock = ManualClock()
  let ids = SequentialIDs()
  let observer = RecordingObserver()
  let supervisor: Supervisor

  convenience init(agents: [AgentConfiguration] = [.echo], limits: Limits = Limits(), script: @escaping ModelDouble.Script) {
    self.init(rows: agents.map(\.row), limits: limits, script: script)
  }

  /// - Parameter rows: the registry as its table holds it.
  init(rows: [JSONValue], limits: Limits = Limits(), script: @escaping ModelDouble.Script) {
    model = ModelDouble(script)
    var configuration = SupervisorConfiguration(workerQueueURL: "https://queue/worker")
    configuration.limits = limits
    supervisor = Supervisor(
      configuration: configuration,
      effects: Supervisor.Effects(
        store: store, queue: queue, bus: bus, blobs: blobs, model: model, registry: FixedRegistry(AgentDirectory(rows: rows)),
        clock: clock, ids: ids, prices: .builtIn, observer: observer, pause: { [clock] in clock.advance(milliseconds: $0) }))
  }

  /// What one call of the Supervisor's model costs with the usage that `ConverseResponse.says` and its like report.
  static let callCost = ModelPrices.builtIn.cost(
    of: TokenUsage(inputTokens: 100, outputTokens: 20), modelID: SupervisorConfiguration.seedModelID)

  /// The same Supervisor with other effects.
  func supervisor(_ change: (inout Supervisor.Effects) -> Void) -> Supervisor {
    var effects = supervisor.effects
    change(&effects)
    return Supervisor(configuration: supervisor.configuration, effects: effects)
  }

  static let id = "run-1"

  @discardableResult
  func request(_ task: String = "Do it", id: String = World.id, budgetMicroUSD: Int64? = nil, callback: Callback? = nil) async throws
    -> String
  {
    try await supervisor.accept(
      TaskRequest(task: task, orchestrationID: id, budgetMicroUSD: budgetMicroUSD, callback: callback), eventID: "event-1",
      traceHeader: nil)
  }

  /// Answers a task that is in a queue.
  func answer(
    _ toolUseID: String, _ data: JSONValue = "done", status: TaskCompletion.Status = .success, code: String? = nil, message: String? = nil
  ) async throws {
    guard let task = queue.tasks.last(where: { $0.toolUseID == toolUseID }) else { return }
    try await supervisor.complete(
      TaskCompletion(
        orchestrationID: task.orchestrationID, toolUseID: toolUseID, node: task.node, requestID: task.requestID, status: status, data: data,
        code: code, message: message))
  }

  /// The schedule's work after so many seconds.
  func sweep(afterSeconds seconds: Int64 = 0) async throws {
    clock.advance(seconds: seconds)
    try await supervisor.sweep(untilMilliseconds: clock.nowMilliseconds + 1000)
  }

  func record(_ id: String = World.id) async throws -> OrchestrationRecord? { try await store.load(id) }

  /// What the blob store has of a run.
  func objects(_ id: String = World.id) async throws -> Set<String> {
    Set(blobs.keys.filter { $0.hasPrefix("conversations/\(id)/") || $0.hasPrefix("payloads/\(id)/") })
  }

  /// What a run's rows refer to.
  func neededObjects(_ id: String = World.id) async throws -> Set<String> {
    guard let record = try await record(id) else { return [] }
    var keys = record.payloadKeys
    for number in stride(from: 1, through: record.rounds, by: 1) {
      keys.formUnion(try await store.loadRound(RoundRecord.requestID(orchestrationID: id, number: number))?.payloadKeys ?? [])
    }
    return keys
  }
}

extension AgentConfiguration {
  static let echo = agent("echo")

  static func agent(_ name: String, schema: JSONValue = ["type": "object"], kind: Kind = .queue) -> AgentConfiguration {
    AgentConfiguration(
      agentID: name, name: name, description: "Says what it is told.", schema: schema, kind: kind,
      queueURL: kind == .queue ? "https://queue/\(name)" : nil, prompt: kind == .prompt ? "You are \(name)." : nil)
  }

  /// The row that the registry would hold.
  var row: JSONValue {
    var config: JSONObject = [
      "name": .string(name), "description": .string(description), "schema": schema, "version": .string(version),
      "kind": .string(kind.rawValue),
    ]
    if let queueURL { config["action"] = ["type": "sqs", "target": .string(queueURL)] }
    if let prompt { config["prompt"] = .string(prompt) }
    return ["agentId": .string(agentID), "config": .object(config), "state": .string(state.rawValue)]
  }
}

/// Time stands still until a test moves it.
final class ManualClock: Clock {
  private let now = Mutex<Int64>(1_800_000_000_000)
  var nowMilliseconds: Int64 { now.withLock { $0 } }
  func advance(seconds: Int64) { advance(milliseconds: seconds * 1000) }
  func advance(milliseconds: Int64) { now.withLock { $0 += milliseconds } }
}

/// Waiting moves the time on.
extension ManualClock: AWSClock {
  func sleep(milliseconds: Int64) async throws { advance(milliseconds: milliseconds) }
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

struct FixedRegistry: AgentRegistry {
  let agents: AgentDirectory
  init(_ agents: AgentDirectory) { self.agents = agents }
  func directory(changedAtMilliseconds: Int64?) async throws -> AgentDirectory { agents }
}

/// A model that follows a script, and notes every request that Bedrock would refuse.
final class ModelDouble: Model {
  typealias Script = @Sendable (ConverseRequest, Int) async throws -> ConverseResponse

  private let script: Script
  private let seen = Mutex<(requests: [ConverseRequest], violations: [String])>(([], []))

  init(_ script: @escaping Script) { self.script = script }

  var requests: [ConverseRequest] { seen.withLock { $0.requests } }
  var violations: [String] { seen.withLock { $0.violations } }

  func converse(modelID: String, _ request: ConverseRequest) async throws -> ConverseResponse {
    let index = seen.withLock { seen in
      seen.requests.append(request)
      seen.violations += ConversationRules.violations(of: request).map(\.description)
      return seen.requests.count - 1
    }
    return try await script(request, index)
  }
}

extension ConverseResponse {
  static func says(_ text: String) -> ConverseResponse {
    ConverseResponse(message: .assistant(.text(text)), stopReason: .endTurn, usage: TokenUsage(inputTokens: 100, outputTokens: 20))
  }

  static func asks(_ uses: (id: String, agent: String, input: JSONValue)...) -> ConverseResponse {
    ConverseResponse(
      message: Message(role: .assistant, content: uses.map { .toolUse(id: $0.id, name: $0.agent, input: $0.input) }), stopReason: .toolUse,
      usage: TokenUsage(inputTokens: 100, outputTokens: 20))
  }

  static func stops(_ reason: StopReason, _ text: String = "half") -> ConverseResponse {
    ConverseResponse(message: .assistant(.text(text)), stopReason: reason, usage: TokenUsage(inputTokens: 100, outputTokens: 20))
  }
}

/// Queues that keep what they are sent; a test may look over the sender's shoulder, or refuse.
final class QueueDouble: TaskQueue {
  private let state = Mutex<(messages: [QueueMessage], failures: [String: SendFailure])>(([], [:]))
  private let hook = Mutex<(@Sendable (TaskMessage) async -> Void)?>(nil)

  var messages: [QueueMessage] { state.withLock { $0.messages } }
  var tasks: [TaskMessage] { messages.compactMap { try? TaskMessage(body: $0.body) } }

  /// Runs for each task the moment its queue has it, as the fastest possible agent would.
  func onSend(_ body: @escaping @Sendable (TaskMessage) async -> Void) { hook.withLock { $0 = body } }
  /// Refuses the messages of this id until told otherwise.
  func refuse(_ id: String, _ failure: SendFailure?) { state.withLock { $0.failures[id] = failure } }

  func send(_ messages: [QueueMessage]) async -> [String: SendFailure] {
    let failures = state.withLock { state in
      let failures = state.failures.filter { failure in messages.contains { $0.id == failure.key } }
      state.messages += messages.filter { failures[$0.id] == nil }
      return failures
    }
    if let hook = hook.withLock({ $0 }) {
      for message in messages where failures[message.id] == nil {
        if let task = try? TaskMessage(body: message.body) { await hook(task) }
      }
    }
    return failures
  }
}

struct Refused: Error {}

/// A bus that keeps what is published, and can be made to refuse.
final class BusDouble: EventBus {
  private let state = Mutex<(events: [BusEvent], refusals: Int, refusedText: String?)>(([], 0, nil))

  var events: [BusEvent] { state.withLock { $0.events } }
  func events(_ detailType: String) -> [BusEvent] { events.filter { $0.detailType == detailType } }
  /// The details of all events of this type.
  func details(_ detailType: String) -> [JSONValue] { events(detailType).compactMap { try? JSONValue(parsing: $0.detail) } }
  func refuseNext(_ count: Int) { state.withLock { $0.refusals = count } }
  /// Refuses every event that contains the text.
  func refuseAll(containing text: String) { state.withLock { $0.refusedText = text } }

  func publish(_ events: [BusEvent]) async throws {
    try state.withLock { state in
      if state.refusals > 0 {
        state.refusals -= 1
        throw Refused()
      }
      if let text = state.refusedText, events.contains(where: { String(decoding: $0.detail, as: UTF8.self).contains(text) }) {
        throw Refused()
      }
      state.events += events
    }
  }
}

final class RecordingObserver: OrchestrationObserver {
  private let lines = Mutex<[(level: ObservationLevel, message: String, fields: JSONObject)]>([])
  private let counts = Mutex<[String: Int]>([:])
  var messages: [String] { lines.withLock { $0.map(\.message) } }
  func note(_ level: ObservationLevel, _ message: String, _ fields: JSONObject) { lines.withLock { $0.append((level, message, fields)) } }
  /// The fields of the first note of this message.
  func fields(of message: String) -> JSONObject? { lines.withLock { $0.first { $0.message == message }?.fields } }
  func fields(startingWith beginning: String) -> JSONObject? {
    lines.withLock { $0.first { $0.message.hasPrefix(beginning) }?.fields }
  }
  func count(_ metric: String) { counts.withLock { $0[metric, default: 0] += 1 } }
  func counted(_ metric: String) -> Int { counts.withLock { $0[metric] ?? 0 } }
}
