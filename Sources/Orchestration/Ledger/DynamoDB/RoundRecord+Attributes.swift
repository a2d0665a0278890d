public import AWSClient
import JSON

/// The row of the worker state table. As in the original, `requestId` is the key and `data` holds the answers; unlike there, both
/// answers and flags are kept for each tool use, so that one agent may be asked twice in a round.
extension RoundRecord {
  var attributes: [String: AttributeValue] {
    var entries: [String: AttributeValue] = [:]
    var data: [String: AttributeValue] = [:]
    for task in tasks {
      entries[task.toolUseID] = task.attribute
      if let result = task.result { data[task.toolUseID] = result.attribute }
    }
    return [
      "requestId": .string(requestID),
      "orchestration_id": .string(orchestrationID),
      "round": .number(number),
      "created_at": .number(createdAtMilliseconds),
      "pending": .number(pendingCount),
      "order": .list(tasks.map { .string($0.toolUseID) }),
      "tasks": .map(entries),
      "data": .map(data),
    ]
  }

  /// Reads a row.
  /// - Throws: `LedgerError` that names the attribute.
  public init(attributes: [String: AttributeValue], table: String = "worker state") throws(LedgerError) {
    let row = AttributeReader(table: table, key: attributes["requestId"]?.stringValue ?? "", attributes: attributes)
    let entries = try row.map("tasks")
    let data = try row.map("data")
    var tasks: [TaskEntry] = []
    for value in try row.list("order") {
      guard let toolUseID = value.stringValue else { throw row.error("order", "a list of tool use ids") }
      tasks.append(try TaskEntry(try entries.map(toolUseID), toolUseID: toolUseID, result: try data.optionalMap(toolUseID)))
    }
    self.init(
      orchestrationID: try row.text("orchestration_id"), number: Int(try row.integer("round")),
      createdAtMilliseconds: try row.integer("created_at"), tasks: tasks)
    requestID = try row.text("requestId")
    pendingCount = Int(try row.integer("pending"))
  }
}

extension TaskEntry {
  var attribute: AttributeValue {
    var map: [String: AttributeValue] = [
      "tool": .string(toolName), "input": .string(input.text), "state": .string(state.rawValue), "due_at": .number(dueAtMilliseconds),
    ]
    map.set("agent", agentID)
    map.set("agent_version", agentVersion)
    map.set("queue", queueURL)
    map.set("input_ref", inputReference)
    map.set("sent_at", sentAtMilliseconds)
    map.set("budget", budgetMicroUSD)
    return .map(map)
  }

  init(_ map: AttributeReader, toolUseID: String, result: AttributeReader?) throws(LedgerError) {
    guard let state = State(rawValue: try map.text("state")) else { throw map.error("state", "the state of a task") }
    let inputText = try map.text("input")
    guard let input = try? JSONValue(parsing: inputText) else { throw map.error("input", "JSON text") }
    self.init(
      toolUseID: toolUseID, toolName: try map.text("tool"), agentID: try map.optionalText("agent"),
      agentVersion: try map.optionalText("agent_version"), queueURL: try map.optionalText("queue"), input: input,
      inputReference: try map.optionalReference("input_ref"), state: state, dueAtMilliseconds: try map.integer("due_at"),
      sentAtMilliseconds: try map.optionalInteger("sent_at"), budgetMicroUSD: try map.optionalInteger("budget"),
      result: try result.map { result throws(LedgerError) in try TaskResult(result) })
  }
}

extension TaskResult {
  var attribute: AttributeValue {
    var map: [String: AttributeValue] = ["status": .string(isError ? "error" : "success"), "closed_at": .number(closedAtMilliseconds)]
    switch data {
    case .null: break
    case .string(let text): map["data"] = .string(text)
    default: map["data_json"] = .string(data.text)
    }
    map.set("data_ref", reference)
    map.set("code", code)
    map.set("message", message)
    if let usage {
      var figures: [String: AttributeValue] = [
        "input_tokens": .number(usage.inputTokens), "output_tokens": .number(usage.outputTokens),
      ]
      figures.set("cost_micro_usd", usage.costMicroUSD)
      map["usage"] = .map(figures)
    }
    if registryChanged { map["registry_changed"] = .bool(true) }
    return .map(map)
  }

  init(_ map: AttributeReader) throws(LedgerError) {
    var data = try map.optionalText("data").map(JSONValue.string) ?? .null
    if let text = try map.optionalText("data_json") {
      guard let json = try? JSONValue(parsing: text) else { throw map.error("data_json", "JSON text") }
      data = json
    }
    let usage = try map.optionalMap("usage").map { usage throws(LedgerError) in
      TaskCompletion.Usage(
        inputTokens: try usage.integer("input_tokens", default: 0), outputTokens: try usage.integer("output_tokens", default: 0),
        costMicroUSD: try usage.optionalInteger("cost_micro_usd"))
    }
    self.init(
      isError: try map.text("status") == "error", data: data, reference: try map.optionalReference("data_ref"),
      code: try map.optionalText("code"), message: try map.optionalText("message"), usage: usage,
      closedAtMilliseconds: try map.integer("closed_at"), registryChanged: map.attributes["registry_changed"]?.boolValue ?? false)
  }
}
