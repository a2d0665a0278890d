public import AgentKit
import JSON

/// What a row must fulfil beyond its form, so that the agent can be offered to a model and can do a task.
extension AgentConfiguration {
  /// The schema that the agent's inputs are checked against.
  /// - Throws: `AgentConfigurationError` for a schema that is not of an object, or that cannot be checked.
  public func inputSchema() throws(AgentConfigurationError) -> JSONSchema {
    // Bedrock refuses a request with any other schema, and with it every agent's work.
    guard schema["type"]?.stringValue == "object" else {
      throw error("config.schema.type", schema["type"]?.text ?? "absent", "\"object\"")
    }
    do throws(JSONSchemaError) { return try JSONSchema(compiling: schema) } catch {
      throw self.error("config.schema", schema.text, "a JSON Schema that can be checked (\(error))")
    }
  }

  /// - Throws: `AgentConfigurationError` for a tool that no worker has, or that is named twice; other consumers than the worker may have
  ///   tools of their own.
  public func checkTools() throws(AgentConfigurationError) {
    guard kind == .prompt else { return }
    if let unknown = tools.first(where: { !BuiltInTools.names.contains($0) }) {
      throw error("config.tools", unknown, "one of \(BuiltInTools.names.joined(separator: ", "))")
    }
    var seen: Set<String> = []
    if let again = tools.first(where: { !seen.insert($0).inserted }) { throw error("config.tools", again, "each tool once") }
  }

  /// The error of an agent whose name another one has: a model calls agents by their names.
  var nameIsTaken: AgentConfigurationError { error("config.name", name, "a name that no other active agent has") }

  private func error(_ field: String, _ value: String, _ expected: String) -> AgentConfigurationError {
    AgentConfigurationError(agentID: agentID, problem: WireError(field: field, value: value, expected: expected))
  }
}
