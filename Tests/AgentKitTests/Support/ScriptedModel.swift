import AWSClient
import AgentKit
import JSON
import Synchronization

/// Answers with what a script says, and remembers what it was asked. Every request must be one that Bedrock accepts.
final class ScriptedModel: Model {
  typealias Step = @Sendable (ConverseRequest) async throws -> ConverseResponse

  private struct State {
    var steps: [Step]
    var requests: [ConverseRequest] = []
    var violations: [ConversationRules.Violation] = []
  }

  private let state: Mutex<State>

  init(_ steps: [Step]) { state = Mutex(State(steps: steps)) }

  convenience init(_ responses: ConverseResponse...) { self.init(responses.map { response in { _ in response } }) }

  convenience init(repeating step: @escaping Step, count: Int) { self.init(Array(repeating: step, count: count)) }

  var requests: [ConverseRequest] { state.withLock { $0.requests } }
  /// What Bedrock would have refused.
  var violations: [ConversationRules.Violation] { state.withLock { $0.violations } }

  struct ScriptEnded: Error {}

  func converse(modelID: String, _ request: ConverseRequest) async throws -> ConverseResponse {
    let step: Step? = state.withLock { state in
      state.requests.append(request)
      state.violations += ConversationRules.violations(of: request)
      return state.steps.isEmpty ? nil : state.steps.removeFirst()
    }
    guard let step else { throw ScriptEnded() }
    return try await step(request)
  }
}

extension ConverseResponse {
  static let usage = TokenUsage(inputTokens: 100, outputTokens: 10)

  static func text(_ text: String, _ stopReason: StopReason = .endTurn, usage: TokenUsage? = usage) -> ConverseResponse {
    ConverseResponse(message: .assistant(.text(text)), stopReason: stopReason, usage: usage)
  }

  static func tools(_ uses: (id: String, name: String, input: JSONValue)...) -> ConverseResponse {
    ConverseResponse(
      message: Message(role: .assistant, content: uses.map { .toolUse(id: $0.id, name: $0.name, input: $0.input) }), stopReason: .toolUse,
      usage: usage)
  }
}

/// A clock that stands still until it is told to go on.
final class ManualClock: Clock {
  private let now: Mutex<Int64>
  init(_ now: Int64 = 1_700_000_000_000) { self.now = Mutex(now) }
  var nowMilliseconds: Int64 { now.withLock { $0 } }
  func advance(_ milliseconds: Int64) { now.withLock { $0 += milliseconds } }
}

/// A tool made of a function.
struct FunctionTool: Tool {
  var name: String
  var description = "A tool of the tests."
  var inputSchema: JSONValue = ["type": "object"]
  var body: @Sendable (JSONValue, ToolContext) async throws -> JSONValue

  init(
    _ name: String, schema: JSONValue = ["type": "object"], _ body: @escaping @Sendable (JSONValue, ToolContext) async throws -> JSONValue
  ) {
    self.name = name
    inputSchema = schema
    self.body = body
  }

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue { try await body(input, context) }
}
