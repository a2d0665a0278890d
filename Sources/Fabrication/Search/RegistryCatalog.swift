import AWSClient
import AgentKit
import CodeAgents
import JSON
import Orchestration

/// What a fabrication may build on: the agents and the tools that are in use, as they were when it began.
struct RegistryCatalog: Sendable {
  struct Entry: Sendable, Equatable {
    enum Kind: String, Sendable {
      case agent
      /// A module of the registry.
      case tool
      /// Comes with every worker.
      case builtInTool = "built-in tool"
    }

    var kind: Kind
    var id: String
    /// What models call it by.
    var name: String
    var description: String
    var schema: JSONValue
    /// The row; nil for tools that come with every worker.
    var row: RegistryRow?

    /// What a tool that is a module calls itself: whoever calls it must be granted that too.
    var needs: [String] {
      guard kind == .tool, let config = row?.config else { return [] }
      return ["tools", "capabilities"].flatMap { config[$0]?.arrayValue ?? [] }.compactMap(\.stringValue)
    }
  }

  /// In the order of their ids.
  let agents: [Entry]
  let tools: [Entry]
  let builtInTools: [Entry]
  /// All rows of agents, also of those that are not in use, whose ids and names are taken.
  let agentRows: [RegistryRow]
  let toolRows: [RegistryRow]

  init(agentRows: [RegistryRow], toolRows: [RegistryRow]) {
    self.agentRows = agentRows.sorted { $0.id < $1.id }
    self.toolRows = toolRows.sorted { $0.id < $1.id }
    agents = AgentDirectory(rows: self.agentRows.map(\.json)).entries
      .map { entry in
        Entry(
          kind: .agent, id: entry.agent.agentID, name: entry.toolName, description: entry.agent.description, schema: entry.agent.schema,
          row: agentRows.first { $0.id == entry.agent.agentID })
      }
      .sorted { $0.id < $1.id }
    tools = self.toolRows.filter { $0.state == .active && !BuiltInTools.names.contains($0.id) }
      .map { row in
        Entry(
          kind: .tool, id: row.id, name: row.id, description: row.config["description"]?.stringValue ?? "",
          schema: row.config["schema"] ?? [:], row: row)
      }
    builtInTools = BuiltInToolTexts.all.map { tool in
      Entry(kind: .builtInTool, id: tool.name, name: tool.name, description: tool.description, schema: tool.inputSchema, row: nil)
    }
  }

  /// What can be found: the built-in tools every fabrication knows already.
  var searched: [Entry] {
    // The agent that asked would only ask itself.
    agents.filter { $0.row?.isBuiltIn != true } + tools
  }
}

/// What the built-in tools say of themselves.
enum BuiltInToolTexts {
  static var all: [any Tool] {
    let workspace = Workspace(blobs: InMemoryBlobStore(), orchestrationID: "none")
    return (try? BuiltInTools.tools(named: BuiltInTools.names, workspace: workspace, clock: SystemClock())) ?? []
  }
}
