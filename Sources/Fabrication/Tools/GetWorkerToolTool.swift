import AgentKit
import CodeAgents
import JSON

/// Shows a tool whole: what it is given, and for one of the registry its code.
struct GetWorkerToolTool: FabricationTool {
  let name = "get_worker_tool"
  let description = "Shows a tool that agents may call: its description and schema and, for one of the registry, its code."
  let inputSchema: JSONValue = [
    "type": "object", "required": ["tool_name"], "additionalProperties": false,
    "properties": ["tool_name": ["type": "string", "minLength": 1, "maxLength": 64, "description": "Such as 'query_table'."]],
  ]

  func perform(_ input: JSONValue, _ context: FabricationContext) async throws -> (result: JSONValue, line: String) {
    let wanted = input["tool_name"]?.stringValue ?? ""
    let catalog = try await context.readCatalog()
    let tools = catalog.builtInTools + catalog.tools
    guard let entry = tools.first(where: { $0.name == wanted }) else {
      let names = tools.map(\.name).joined(separator: ", ")
      throw ToolError("unknown_tool", "There is no tool '\(OneLine.of(wanted, toByteCount: 100))'. There are: \(names).")
    }
    var result: JSONObject = [
      "tool_name": .string(entry.name), "kind": .string(entry.kind.rawValue), "description": .string(entry.description),
      "schema": entry.schema,
    ]
    if !entry.needs.isEmpty { result["needs"] = .array(entry.needs.map(JSONValue.string)) }
    if let row = entry.row {
      guard let sha256 = row.config["sha256"]?.stringValue, let id = try? CodeIdentifier(row.id) else {
        throw ToolError("unreadable", "The row of the tool '\(entry.name)' names no code. Use another tool.")
      }
      do {
        result["code"] = .string(String(decoding: try await context.tools.versions.module(.tool, id, sha256: sha256), as: UTF8.self))
      } catch let error as VersionError {
        throw ToolError(error.code.rawValue, "The code of '\(entry.name)' cannot be had: \(error). Use another tool.")
      }
    }
    result["next"] = .string(
      "Call it from a module: await host.callTool('\(entry.name)', input). Name it in the draft's tools, and what it needs.")
    return (.object(result), "'\(entry.name)', a \(entry.kind.rawValue)")
  }
}
