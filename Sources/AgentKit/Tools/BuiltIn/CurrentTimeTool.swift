import JSON

/// Tells the time: models do not know it and guess.
struct CurrentTimeTool: Tool {
  let name = "current_time"
  let description = "Tells the current date and time in UTC."
  let inputSchema: JSONValue = ["type": "object", "additionalProperties": false]
  let clock: any Clock

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    let now = clock.nowMilliseconds
    return ["utc": .string(ISO8601.text(milliseconds: now)), "epoch_milliseconds": .number(now)]
  }
}
