import JSON

/// Writes a text file into the workspace of the orchestration.
struct WriteObjectTool: Tool {
  private static let maximumBytes = 1_000_000

  let name = "write_object"
  let description = """
    Writes a text file of this run, in place of one that has the path already. Other agents of the run can read it. \
    Paths below 'shared/' cannot be written.
    """
  let inputSchema: JSONValue = [
    "type": "object", "required": ["path", "content"], "additionalProperties": false,
    "properties": [
      "path": ["type": "string", "description": "Such as 'report.md'."],
      "content": ["type": "string", "description": "The whole text of the file."],
    ],
  ]
  let workspace: Workspace

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    let path = input["path"]?.stringValue ?? ""
    let bytes = Array((input["content"]?.stringValue ?? "").utf8)
    let key = try workspace.key(of: path, forWriting: true)
    guard bytes.count <= Self.maximumBytes else {
      throw ToolError("too_large", "The content has \(bytes.count) bytes, at most \(Self.maximumBytes) can be written.")
    }
    try await workspace.blobs.put(key: key, bytes: bytes, contentType: Self.contentType(of: path))
    // The path is all that agents know of; where it leads differs from run to run.
    return ["path": .string(path), "byte_count": .number(bytes.count)]
  }

  private static func contentType(of path: String) -> String {
    switch path.split(separator: ".").last {
    case "json": "application/json"
    case "csv": "text/csv; charset=utf-8"
    case "md": "text/markdown; charset=utf-8"
    case "html": "text/html; charset=utf-8"
    default: "text/plain; charset=utf-8"
    }
  }
}
