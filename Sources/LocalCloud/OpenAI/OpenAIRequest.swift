import AWSClient
import JSON

/// A Converse request as the chat completions of OpenAI-compatible servers take it.
enum OpenAIRequest {
  /// - Throws: `ModelFailure` of type ValidationException for blocks that have no counterpart.
  static func json(_ call: ConverseCall, model: String, streaming: Bool) throws(ModelFailure) -> JSONValue {
    let request = call.request
    var object: JSONObject = ["model": .string(model), "messages": .array(try messages(request))]
    if let configuration = request.inferenceConfiguration {
      if let maximum = configuration.maxTokens { object["max_tokens"] = .number(maximum) }
      if let temperature = configuration.temperature.flatMap(JSONNumber.init(_:)) { object["temperature"] = .number(temperature) }
      if let topP = configuration.topP.flatMap(JSONNumber.init(_:)) { object["top_p"] = .number(topP) }
      if let stop = configuration.stopSequences, !stop.isEmpty { object["stop"] = .array(stop.map(JSONValue.string)) }
    }
    if let tools = request.toolConfiguration?.tools, !tools.isEmpty {
      object["tools"] = .array(tools.map(tool))
      switch request.toolConfiguration?.toolChoice {
      case .auto?: object["tool_choice"] = "auto"
      case .any?: object["tool_choice"] = "required"
      case .tool(let name)?: object["tool_choice"] = ["type": "function", "function": ["name": .string(name)]]
      default: break
      }
    }
    if streaming {
      object["stream"] = true
      object["stream_options"] = ["include_usage": true]
    }
    for member in request.additionalModelRequestFields?.objectValue ?? [:] { object[member.key] = member.value }
    return .object(object)
  }

  private static func tool(_ tool: ToolSpecification) -> JSONValue {
    var function: JSONObject = ["name": .string(tool.name)]
    if let description = tool.description { function["description"] = .string(description) }
    function["parameters"] = tool.inputSchema
    return ["type": "function", "function": .object(function)]
  }

  // MARK: Messages

  private static func messages(_ request: ConverseRequest) throws(ModelFailure) -> [JSONValue] {
    var messages: [JSONValue] = []
    let system = request.system.compactMap { $0.text ?? guardedText($0) }
    if !system.isEmpty { messages.append(["role": "system", "content": .string(system.joined(separator: "\n\n"))]) }
    for (index, message) in request.messages.enumerated() {
      messages += message.role == .assistant ? [assistant(message)] : try user(message, path: "messages.\(index)")
    }
    return messages
  }

  private static func assistant(_ message: Message) -> JSONValue {
    // Reasoning and its signatures are for the model that wrote them.
    var object: JSONObject = ["role": "assistant", "content": message.text.isEmpty ? .null : .string(message.text)]
    let calls: [JSONValue] = message.toolUses.map { use in
      ["id": .string(use.id), "type": "function", "function": ["name": .string(use.name), "arguments": .string(use.input.text)]]
    }
    if !calls.isEmpty { object["tool_calls"] = .array(calls) }
    return .object(object)
  }

  /// Tool results become messages of their own; they must stand before anything else the user says.
  private static func user(_ message: Message, path: String) throws(ModelFailure) -> [JSONValue] {
    var results: [JSONValue] = []
    var parts: [JSONValue] = []
    for (index, block) in message.content.enumerated() {
      if let result = block.toolResult {
        results.append(["role": "tool", "tool_call_id": .string(result.id), "content": .string(text(of: result))])
      } else if let text = block.text ?? guardedText(block) {
        parts.append(["type": "text", "text": .string(text)])
      } else if let image = block.object["image"], let format = image["format"]?.stringValue,
        let bytes = image["source"]?["bytes"]?.stringValue
      {
        parts.append(["type": "image_url", "image_url": ["url": .string("data:image/\(format);base64,\(bytes)")]])
      } else if block.kind != "cachePoint" {
        throw .refused("The OpenAI back end has no counterpart for the block '\(block.kind ?? "")' at \(path).content.\(index).")
      }
    }
    guard !parts.isEmpty else { return results }
    let texts = parts.compactMap { $0["text"]?.stringValue }
    let content: JSONValue = texts.count == parts.count ? .string(texts.joined(separator: "\n")) : .array(parts)
    return results + [["role": "user", "content": content]]
  }

  private static func guardedText(_ block: ContentBlock) -> String? { block.object["guardContent"]?["text"]?["text"]?.stringValue }

  private static func text(of result: ToolResult) -> String {
    let text = result.content.map { $0.text ?? $0.json?.text ?? JSONValue.object($0.object).text }.joined(separator: "\n")
    return result.status == .error ? "Error: \(text)" : text
  }
}
