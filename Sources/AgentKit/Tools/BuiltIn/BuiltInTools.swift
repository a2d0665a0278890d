/// The tools that come with every worker.
public enum BuiltInTools {
  /// What tools reach beyond the workspace and the clock.
  public struct Services: Sendable {
    /// Whom `http_get` reads through; nil for a reader that no host is allowed to.
    public var web: WebReader?
    /// Whom `converse` asks; nil where no model can be asked within the agent's budget, so that each call is refused.
    public var converser: (any Converser)?

    public init(web: WebReader? = nil, converser: (any Converser)? = nil) {
      self.web = web
      self.converser = converser
    }
  }

  /// A name that no built-in tool has.
  public struct UnknownTool: Error, Sendable, Hashable, CustomStringConvertible {
    public let name: String
    public var description: String { "there is no tool '\(name)'; there are \(BuiltInTools.names.joined(separator: ", "))" }
  }

  /// All names, sorted.
  public static let names = [
    "calculate", "converse", "current_time", "http_get", "list_objects", "query_table", "read_object", "write_object",
  ]

  /// The names of the tools for agents that are models themselves, which need not ask one.
  public static let namesForPromptAgents = names.filter { $0 != "converse" }

  /// The tools of these names.
  /// - Throws: `UnknownTool`.
  public static func tools(
    named names: [String], workspace: Workspace, clock: any Clock, services: Services = Services()
  ) throws(UnknownTool) -> [any Tool] {
    var tools: [any Tool] = []
    for name in names {
      switch name {
      case "calculate": tools.append(CalculateTool())
      case "converse": tools.append(ConverseTool(converser: services.converser))
      case "current_time": tools.append(CurrentTimeTool(clock: clock))
      case "http_get": tools.append(HTTPGetTool(web: services.web ?? WebReader(allowList: .empty), clock: clock))
      case "list_objects": tools.append(ListObjectsTool(workspace: workspace))
      case "query_table": tools.append(QueryTableTool(workspace: workspace))
      case "read_object": tools.append(ReadObjectTool(workspace: workspace))
      case "write_object": tools.append(WriteObjectTool(workspace: workspace))
      default: throw UnknownTool(name: name)
      }
    }
    return tools
  }
}
