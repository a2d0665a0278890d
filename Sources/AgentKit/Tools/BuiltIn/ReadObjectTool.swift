import JSON

/// Reads a text file of the workspace, in parts if it is long.
struct ReadObjectTool: Tool {
  private static let standardLength = 20_000
  private static let maximumLength = 60_000

  let name = "read_object"
  let description = """
    Reads a text file. Paths that begin with 'shared/' are the input files that all agents may read; other paths are files of this run. \
    A long file comes in parts: when next_offset is in the result, call again with that offset. For tables use query_table, which computes.
    """
  let inputSchema: JSONValue = [
    "type": "object", "required": ["path"], "additionalProperties": false,
    "properties": [
      "path": ["type": "string", "description": "Such as 'shared/orders.csv' or 'notes.md'."],
      "offset": ["type": "integer", "minimum": 0, "description": "First byte to read, 0 unless given."],
      "length": ["type": "integer", "minimum": 1, "maximum": 60_000, "description": "Most bytes to read, 20000 unless given."],
    ],
  ]
  let workspace: Workspace

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    let path = input["path"]?.stringValue ?? ""
    let bytes = try await workspace.read(path)
    var start = input["offset"]?.intValue ?? 0
    guard start <= bytes.count else {
      throw ToolError("invalid_offset", "The offset \(start) is behind the end of '\(path)' (\(bytes.count) bytes).")
    }
    let length = min(input["length"]?.intValue ?? Self.standardLength, Self.maximumLength)
    // Parts begin and end between characters.
    while start < bytes.count, bytes[start] & 0xC0 == 0x80 { start += 1 }
    var end = min(bytes.count, start + length)
    while end > start, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    if end == start, end < bytes.count {
      // One character longer than the length asked for; a part that is empty would lead nowhere.
      repeat { end += 1 } while end < bytes.count && bytes[end] & 0xC0 == 0x80
    }
    guard let text = String(validating: bytes[start..<end], as: UTF8.self), !bytes[start..<end].contains(0) else {
      throw ToolError("not_text", "'\(path)' is no UTF-8 text; it cannot be read by this tool.")
    }
    var result: JSONObject = ["path": .string(path), "byte_count": .number(bytes.count), "offset": .number(start), "text": .string(text)]
    if end < bytes.count { result["next_offset"] = .number(end) }
    return .object(result)
  }
}
