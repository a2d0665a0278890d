import AWSClient
import AgentKit
import JSON

@testable import Simulation

extension FaultSource {
  /// These faults always happen, and no others do.
  convenience init(_ faults: Fault..., seed: UInt64 = 1) {
    self.init(
      seed: seed, settings: FaultSettings(rates: Dictionary(uniqueKeysWithValues: faults.map { ($0, 1) }), variesByWorld: false),
      suppressed: [])
  }
}

/// A caller of models that keeps to the rules, and what it has been told.
struct Talk {
  var messages: [Message]
  var tools = ["agent-1", "agent-2"]
  var system = "You are a supervisor."
  var thoughts: [Thought] = []

  static let modelID = "anthropic.claude-3-5-sonnet-20241022-v2:0"

  init(_ text: String) { messages = [.user(text)] }

  /// As a prompt agent's model is asked for a planned task.
  init(agentFor names: TaskNames, text: String = ".") {
    self.init("Your input, as JSON:\n\(names.input(text: text).text)")
    tools = PlannedAgent.tools
  }

  var request: ConverseRequest {
    ConverseRequest(
      messages: messages, system: [.text(system)], inferenceConfiguration: InferenceConfiguration(maxTokens: 2_048),
      toolConfiguration: ToolConfiguration(tools: tools.map { ToolSpecification(name: $0, inputSchema: ["type": "object"]) }))
  }

  /// Asks once, and answers the tool uses.
  /// - Returns: false when the model has answered, or failed.
  mutating func ask(_ minds: Minds) -> Bool {
    let thought = minds.think(request, modelID: Self.modelID)
    thoughts.append(thought)
    guard let response = thought.response, case .useTools(let uses) = Reply(response) else { return false }
    messages.append(response.messageToKeep)
    messages.append(
      Message(role: .user, content: uses.map { .toolResult(id: $0.id, content: [.json(["data": "done"])], status: .success) }))
    return true
  }

  /// The tool uses of all rounds.
  var rounds: [[ToolUse]] { messages.filter { $0.role == .assistant }.map(\.toolUses) }
}

extension Thought {
  var stopReason: StopReason? { response?.stopReason }
  var errorCode: String? { if case .fails(let code, _, _) = reply { code } else { nil } }
}
