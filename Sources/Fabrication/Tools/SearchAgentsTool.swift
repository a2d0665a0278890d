import AgentKit
import JSON

/// Finds what is there already, so that nothing is made twice.
struct SearchAgentsTool: FabricationTool {
  private static let mostFound = 6

  let name = "search_agents"
  let description = """
    Searches the agents and tools that are in use, best first, by the words of a capability. Search before you draft: an agent that does the \
    task is reused, not made again.
    """
  let inputSchema: JSONValue = [
    "type": "object", "required": ["query"], "additionalProperties": false,
    "properties": [
      "query": [
        "type": "string", "minLength": 1, "maxLength": 500,
        "description": "The capability in a few words, such as 'median and quartiles of a CSV column'.",
      ]
    ],
  ]

  func perform(_ input: JSONValue, _ context: FabricationContext) async throws -> (result: JSONValue, line: String) {
    let query = input["query"]?.stringValue ?? ""
    let entries = try await context.readCatalog().searched
    let search = RankedSearch(entries.map { RankedSearch.Document(name: $0.name, text: $0.description + " " + Self.properties($0.schema)) })
    let found = search.ranked(query).prefix(Self.mostFound).map { entries[$0.index] }
    let results = found.map { entry in
      var result: JSONObject = [
        "kind": .string(entry.kind.rawValue), "id": .string(entry.id), "description": .string(entry.description), "schema": entry.schema,
      ]
      if !entry.needs.isEmpty { result["needs"] = .array(entry.needs.map(JSONValue.string)) }
      return JSONValue.object(result)
    }
    let next =
      found.isEmpty
      ? "Nothing fits. Draft a new agent with upload_agent_to_s3."
      : "If one of these agents does the whole task, end with complete_task and its agent_id. Otherwise draft a new agent; name those of these "
        + "tools that it needs in its tools."
    let shown = found.prefix(3).map { "'\($0.id)' (\($0.kind.rawValue))" }.joined(separator: ", ")
    let line = found.isEmpty ? "nothing fits '\(query)'" : "\(found.count) found for '\(query)': \(shown)"
    return (["found": .array(results), "next": .string(next)], line)
  }

  private static func properties(_ schema: JSONValue) -> String {
    (schema["properties"]?.objectValue ?? [:]).map { "\($0.key) \($0.value["description"]?.stringValue ?? "")" }.joined(separator: " ")
  }
}
