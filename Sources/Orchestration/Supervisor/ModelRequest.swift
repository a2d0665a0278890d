import AWSClient
import AgentKit
import JSON

/// What the Supervisor asks a model.
enum ModelRequest {
  /// The conversation after so many steps of compaction.
  static func compacted(_ conversation: [Message], steps: Int) -> [Message] {
    var messages = conversation
    for _ in 0..<steps { messages = ContextWindow.compacted(messages) ?? messages }
    return messages
  }

  /// Stand-ins for agents that are gone: Converse refuses a conversation with tool uses and no tools.
  static func placeholderTools(for conversation: [Message]) -> [ToolSpecification] {
    Set(conversation.flatMap(\.toolUses).map(\.name)).sorted().map { name in
      ToolSpecification(name: name, description: "No longer available.", inputSchema: ["type": "object"])
    }
  }
}
