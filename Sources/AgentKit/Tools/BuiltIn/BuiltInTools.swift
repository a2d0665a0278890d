/// The tools that come with every worker.
public enum BuiltInTools {
  /// A name that no built-in tool has.
  public struct UnknownTool: Error, Sendable, Hashable, CustomStringConvertible {
    public let name: String
    public var description: String { "there is no tool '\(name)'; there are \(BuiltInTools.names.joined(separator: ", "))" }
  }

  /// All names, sorted.
  public static let names = ["calculate", "current_time", "list_objects", "query_table", "read_object", "write_object"]

  /// The tools of these names.
  /// - Throws: `UnknownTool`.
  public static func tools(named names: [String], workspace: Workspace, clock: any Clock) throws(UnknownTool) -> [any Tool] {
    var tools: [any Tool] = []
    for name in names {
      switch name {
      case "calculate": tools.append(CalculateTool())
      case "current_time": tools.append(CurrentTimeTool(clock: clock))
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
