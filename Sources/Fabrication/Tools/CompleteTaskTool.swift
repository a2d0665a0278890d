import AgentKit
import CodeAgents
import JSON
import Orchestration

/// Ends the fabrication. Whoever waits for it is told which agent does the task.
struct CompleteTaskTool: FabricationTool {
  static let name = "complete_task"
  /// Processes of the Supervisor read the registry every 30 seconds, at most every few minutes where a deployment says so.
  private static let recentMilliseconds: Int64 = 3_600_000

  var name: String { Self.name }
  let description = """
    Ends the fabrication, and tells whoever asked which agent does the task: one that was stored here, or one that search_agents found. Call it \
    last and once.
    """
  let inputSchema: JSONValue = [
    "type": "object", "required": ["summary"], "additionalProperties": false,
    "properties": [
      "agent_id": ["type": "string", "description": "The agent that does the task."],
      "summary": [
        "type": "string", "minLength": 1, "maxLength": 2_000,
        "description":
          "The design in a few sentences: what the agent does and how, its tools, its limits, its risk (low, medium or high) and why.",
      ],
      "impossible": [
        "type": "string", "minLength": 1, "maxLength": 2_000,
        "description": "Instead of agent_id, when no module may or can do the task: why, and what would help.",
      ],
    ],
  ]

  func perform(_ input: JSONValue, _ context: FabricationContext) async throws -> (result: JSONValue, line: String) {
    // Models' services take no schema that says so at its top.
    guard (input["agent_id"] == nil) != (input["impossible"] == nil) else {
      throw ToolError("invalid_input", "Give either 'agent_id', the agent that does the task, or 'impossible', why none can.")
    }
    if let reason = input["impossible"]?.stringValue {
      if let made = context.workshop.made.last(where: { $0.kind == .agent }) {
        throw ToolError("already_stored", "The agent '\(made.id)' has been stored: end with its agent_id.")
      }
      context.workshop.complete(.impossible(reason))
      return (["completed": true], "no agent can be made: \(reason)")
    }
    let id = input["agent_id"]?.stringValue ?? ""
    let summary = input["summary"]?.stringValue
    if let made = context.workshop.made.first(where: { $0.kind == .agent && $0.id == id }) {
      context.workshop.complete(.agent(made, isReused: false, summary: summary))
      return (["completed": true], made.isActive ? "'\(id)' is ready" : "'\(id)' awaits approval")
    }
    // Others may have made it since the fabrication began, or taken it out of use.
    let catalog = try await context.readCatalog()
    guard let entry = catalog.agents.first(where: { $0.id == id }), entry.row?.isBuiltIn != true else {
      let stored = context.workshop.made.filter { $0.kind == .agent }.map { "'\($0.id)'" }
      throw ToolError(
        "no_such_agent",
        "There is no active agent '\(OneLine.of(id, toByteCount: 100))'. "
          + (stored.isEmpty ? "Store a draft first with store_agent_config_dynamo." : "Stored here: \(stored.joined(separator: ", "))."))
    }
    var reused = Workshop.Made(
      kind: .agent, id: entry.id, config: ["name": .string(entry.name), "description": .string(entry.description), "schema": entry.schema],
      version: entry.row?.versionNumber ?? 1, state: .active)
    reused.name = entry.name
    if let changed = entry.row?.history.last?.atMilliseconds {
      reused.isRecent = context.clock.nowMilliseconds - changed < Self.recentMilliseconds
    }
    context.workshop.complete(.agent(reused, isReused: true, summary: summary))
    return (["completed": true], "'\(id)' does it already")
  }
}
