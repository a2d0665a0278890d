import AgentKit
import JSON

/// A tool that every worker has, as `arbiter tools show` tells it: it has no row, no state and no version.
struct BuiltInToolView {
  private let tool: any Tool

  /// - Returns: nil for a name that no built-in tool has.
  init?(_ name: String) {
    guard BuiltInTools.names.contains(name) else { return nil }
    // Nothing is read or written: what a tool says of itself does not depend on its files.
    let workspace = Workspace(blobs: InMemoryBlobStore(), orchestrationID: "none")
    guard let tool = try? BuiltInTools.tools(named: [name], workspace: workspace, clock: AgentKit.SystemClock()).first else { return nil }
    self.tool = tool
  }

  var json: JSONValue { ["name": .string(tool.name), "description": .string(tool.description), "schema": tool.inputSchema] }

  /// The whole schema, since a module has to write inputs that fit it.
  func lines(_ terminal: Terminal) -> [String] {
    let room = terminal.isTerminal ? max(40, terminal.width) : 100
    return ["\(terminal.styled(tool.name, .bold))  built in"] + Phrases.wrapped(tool.description, room)
      + ["", terminal.styled("Input", .bold)] + RegistryShow.schema(tool.inputSchema).map { "  \($0)" }
      + ["", terminal.styled("Schema", .bold)] + ["  " + tool.inputSchema.text]
  }
}
