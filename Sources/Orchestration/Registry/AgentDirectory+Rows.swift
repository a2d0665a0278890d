import AgentKit
public import JSON

extension AgentDirectory {
  /// The active agents among the rows; rows that cannot be used are in `rejected`, and keep no other from being used.
  public init(rows: [JSONValue]) {
    var agents: [AgentConfiguration] = []
    var rejected: [AgentConfigurationError] = []
    var validators: [String: @Sendable (JSONValue) -> [String]] = [:]
    for row in rows {
      if let state = row["state"]?.stringValue.flatMap(AgentConfiguration.State.init(rawValue:)), state != .active { continue }
      do throws(AgentConfigurationError) {
        let agent = try AgentConfiguration(row: row)
        let schema = try agent.inputSchema()
        try agent.checkForWorker()
        validators[agent.agentID] = { input in schema.validate(input).map { "\($0)" } }
        agents.append(agent)
      } catch {
        rejected.append(error)
      }
    }
    let names = ToolNames(agents.map(\.name))
    var entries: [Entry] = []
    var taken: Set<String> = []
    for agent in agents.sorted(by: { $0.agentID < $1.agentID }) {
      guard let toolName = names.toolName(for: agent.name), taken.insert(agent.name).inserted else {
        rejected.append(agent.nameIsTaken)
        continue
      }
      entries.append(Entry(agent: agent, toolName: toolName, problems: validators[agent.agentID] ?? { _ in [] }))
    }
    self.init(entries: entries, rejected: rejected)
  }
}
