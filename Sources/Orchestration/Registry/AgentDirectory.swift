public import AWSClient
public import JSON

/// The agents that the model may call right now, under the names by which it calls them.
public struct AgentDirectory: Sendable {
  /// One callable agent.
  public struct Entry: Sendable {
    public let agent: AgentConfiguration
    /// The agent's name under Bedrock's rule for tool names.
    public let toolName: String
    /// What is wrong with an input by the agent's schema; empty when nothing is.
    public let problems: @Sendable (JSONValue) -> [String]

    public init(agent: AgentConfiguration, toolName: String, problems: @escaping @Sendable (JSONValue) -> [String]) {
      self.agent = agent
      self.toolName = toolName
      self.problems = problems
    }
  }

  /// In the order of tool names, so that equal registries make equal requests.
  public let entries: [Entry]
  /// Rows that cannot be used, and why.
  public let rejected: [AgentConfigurationError]
  public let tools: [ToolSpecification]
  /// Size of the tools in a request, in bytes.
  public let toolBytes: Int
  private let byToolName: [String: Entry]

  public init(entries: [Entry], rejected: [AgentConfigurationError] = []) {
    self.entries = entries.sorted { $0.toolName < $1.toolName }
    self.rejected = rejected
    byToolName = Dictionary(entries.map { ($0.toolName, $0) }, uniquingKeysWith: { first, _ in first })
    tools = self.entries.map { entry in
      ToolSpecification(
        name: entry.toolName, description: entry.agent.description.isEmpty ? entry.agent.name : entry.agent.description,
        inputSchema: entry.agent.schema)
    }
    toolBytes = tools.isEmpty ? 0 : ToolConfiguration(tools: tools, toolChoice: .auto).json.count
  }

  public subscript(toolName: String) -> Entry? { byToolName[toolName] }
}
