import AWSClient
import AgentKit
import JSON

/// What the Supervisor asks a model, and what an error of the model's service means.
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

  /// True when the service says that the request does not fit into the model's context window.
  static func isOverflow(_ error: AWSError) -> Bool {
    guard error.code == "ValidationException" else { return false }
    return ["input is too long", "too many input tokens", "context window", "maximum context length"].contains(where: error.mentions)
  }

  /// True when the service refused before any model read the request, so that it cost nothing.
  static func costNothing(_ error: AWSError) -> Bool {
    [
      "ValidationException", "AccessDeniedException", "ResourceNotFoundException", "ThrottlingException", "ServiceQuotaExceededException",
      "ModelNotReadyException", AWSError.connectionCode, AWSError.credentialsCode, AWSError.certificateCode,
      AWSError.invalidConfigurationCode, AWSError.invalidInputCode,
    ].contains(error.code)
  }
}
