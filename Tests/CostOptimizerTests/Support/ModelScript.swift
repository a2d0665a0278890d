import AWSClient
import AgentKit
import CostOptimizer
import JSON
import Synchronization

/// A model that follows a script: one step an answer, each of which sees the request.
final class ModelScript: Model {
  typealias Step = @Sendable (ConverseRequest) async throws -> ConverseResponse

  private struct State {
    var steps: [Step]
    var requests: [ConverseRequest] = []
  }

  private let state: Mutex<State>

  init(_ steps: [Step]) { state = Mutex(State(steps: steps)) }

  var requests: [ConverseRequest] { state.withLock { $0.requests } }

  /// The last tool results that the model was shown.
  var lastResults: [ToolResult] { requests.last?.messages.last?.toolResults ?? [] }

  func converse(modelID: String, _ request: ConverseRequest) async throws -> ConverseResponse {
    let step: Step? = state.withLock { state in
      state.requests.append(request)
      return state.steps.isEmpty ? nil : state.steps.removeFirst()
    }
    guard let step else {
      throw AWSError(code: "ValidationException", message: "the script has ended", service: "Bedrock Runtime", httpStatus: 400)
    }
    return try await step(request)
  }

  static let usage = TokenUsage(inputTokens: 100, outputTokens: 10)

  static func says(_ text: String) -> Step {
    { _ in ConverseResponse(message: .assistant(.text(text)), stopReason: .endTurn, usage: usage) }
  }

  static func calls(_ uses: [(String, JSONValue)]) -> Step {
    { request in
      let content = uses.enumerated().map { index, use in
        ContentBlock.toolUse(id: "t\(request.messages.count)-\(index)", name: use.0, input: use.1)
      }
      return ConverseResponse(message: Message(role: .assistant, content: content), stopReason: .toolUse, usage: usage)
    }
  }

  static func calls(_ name: String, _ input: JSONValue = [:]) -> Step { calls([(name, input)]) }
  static func fails(_ error: AWSError) -> Step { { _ in throw error } }

  /// What a good model does.
  static func diligent(words: JSONValue) -> [Step] {
    func phase(_ phase: Phase, _ tool: String, _ input: JSONValue = [:]) -> [Step] {
      [
        calls("journal", ["action": "start_task", "phase_name": .string(phase.rawValue)]), calls(tool, input),
        calls("journal", ["action": "complete_task", "phase_name": .string(phase.rawValue), "status": "COMPLETED"]),
      ]
    }
    var steps = [calls("journal", ["action": "start_session", "status": "BUSY"])]
    steps += phase(.discovery, "discover_resources")
    steps += phase(.usage, "collect_metrics")
    steps += phase(.analysis, "analyze")
    steps += phase(.recommendations, "format_recommendations")
    steps += phase(.costEstimation, "estimate_costs")
    steps += [calls("get_facts", ["kind": "summary"])]
    steps += phase(.outputContract, "write_report", words)
    steps += phase(.storage, "store_report")
    steps += phase(.fallbacks, "verify_report")
    return steps
  }
}
