import AWSClient
import JSON

/// Collects the answer of an OpenAI-compatible server, whole or piece by piece, and makes a Converse answer of it.
struct OpenAIAnswer {
  private struct Call {
    var id = ""
    var name = ""
    var arguments = ""
  }

  private(set) var text = ""
  private var reasoning = ""
  private var calls: [Int: Call] = [:]
  private var finishReason: String?
  private var usage: TokenUsage?

  /// Adds a whole answer, or a chunk of a streamed one.
  /// - Returns: the text that it added.
  mutating func add(_ chunk: JSONValue) -> String {
    if let usage = chunk["usage"], let input = usage["prompt_tokens"]?.intValue, let output = usage["completion_tokens"]?.intValue {
      let cached = usage["prompt_tokens_details"]?["cached_tokens"]?.intValue ?? 0
      // OpenAI counts cached tokens among the prompt's, Bedrock beside them.
      self.usage = TokenUsage(inputTokens: max(0, input - cached), outputTokens: output, cacheReadInputTokens: cached)
    }
    guard let choice = chunk["choices"]?[0] else { return "" }
    if let reason = choice["finish_reason"]?.stringValue { finishReason = reason }
    guard let message = choice["message"] ?? choice["delta"] else { return "" }
    reasoning += message["reasoning_content"]?.stringValue ?? ""
    for (position, call) in (message["tool_calls"]?.arrayValue ?? []).enumerated() {
      let index = call["index"]?.intValue ?? position
      calls[index, default: Call()].id += call["id"]?.stringValue ?? ""
      calls[index, default: Call()].name += call["function"]?["name"]?.stringValue ?? ""
      calls[index, default: Call()].arguments += call["function"]?["arguments"]?.stringValue ?? ""
    }
    let added = message["content"]?.stringValue ?? ""
    text += added
    return added
  }

  /// The Converse answer.
  /// - Parameter uniqueId: makes tool-use ids where the server's own are not what Converse takes.
  func response(uniqueId: () -> String) -> ConverseResponse {
    var content: [ContentBlock] = []
    if !reasoning.isEmpty { content.append(ContentBlock(["reasoningContent": ["reasoningText": ["text": .string(reasoning)]]])) }
    if !text.isEmpty { content.append(.text(text)) }
    var stopReason = stopReason
    var ids: Set<String> = []
    for (_, call) in calls.sorted(by: { $0.key < $1.key }) {
      let arguments = trimmed(call.arguments).isEmpty ? "{}" : call.arguments
      guard let input = try? JSONValue(parsing: arguments), input.objectValue != nil, Self.isName(call.name, extra: "_-") else {
        // As Bedrock does with a call that cannot be read: none, and a stop reason that says so.
        stopReason = .malformedToolUse
        continue
      }
      // Some servers number the calls of each answer anew, some give none.
      let id = Self.isName(call.id, extra: "_.:-") && ids.insert(call.id).inserted ? call.id : uniqueId()
      content.append(.toolUse(id: id, name: call.name, input: input))
    }
    if stopReason == .malformedToolUse { content.removeAll { $0.toolUse != nil } }
    return ConverseResponse(message: Message(role: .assistant, content: content), stopReason: stopReason, usage: usage)
  }

  private var stopReason: StopReason {
    switch finishReason {
    case "length": .maxTokens
    case "content_filter": .contentFiltered
    case "tool_calls", "function_call", "stop", nil: calls.isEmpty ? .endTurn : .toolUse
    case let other?: StopReason(rawValue: other)
    }
  }

  /// 1 to 64 letters, digits and the characters of `extra`.
  private static func isName(_ text: String, extra: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || extra.utf8.contains($0)
      }
  }
}

/// Finds the events of a `text/event-stream` in bytes that come in pieces of any size.
struct ServerSentEvents {
  private var rest: [UInt8] = []

  /// The data of the events that the bytes complete.
  mutating func add(_ bytes: [UInt8]) -> [String] {
    rest += bytes
    var events: [String] = []
    while let newline = rest.firstIndex(of: 0x0A) {
      let line = trimmed(String(decoding: rest[..<newline], as: UTF8.self))
      rest.removeSubrange(...newline)
      if line.hasPrefix("data:") { events.append(trimmed(line.dropFirst(5))) }
    }
    return events
  }
}
