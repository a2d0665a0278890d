import JSON

/// Asks a model, for agents that are none themselves.
struct ConverseTool: Tool {
  let name = "converse"
  let description = """
    Asks a language model one question and returns its answer as 'text'. 'cutOff' is true when the answer was ended by its token limit. \
    Each call costs money, which counts against the agent's budget.
    """
  let inputSchema = ModelQuestion.schema
  /// nil where nobody can ask a model within the agent's budget.
  let converser: (any Converser)?

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    guard let converser else { throw ToolError("not_available", "No model can be asked by this agent's tools.") }
    return try await converser.converse(try ModelQuestion(input)).jsonValue
  }
}
