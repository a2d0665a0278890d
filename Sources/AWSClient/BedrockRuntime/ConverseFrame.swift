package import JSON

/// One event of a ConverseStream answer, as a server of the protocol writes it.
/// Source: Bedrock Runtime API, `ConverseStreamOutput`.
public struct ConverseFrame: Sendable {
  /// "messageStart", "contentBlockDelta", …
  public let type: String
  /// The event's JSON text.
  public let payload: [UInt8]

  package init(_ type: String, payload: [UInt8]) {
    self.type = type
    self.payload = payload
  }

  package init(_ type: String, _ payload: JSONValue) { self.init(type, payload: payload.bytes) }

  /// The message of the event stream.
  package var frame: [UInt8] {
    EventStreamEncoder.message(
      headers: [(":event-type", type), (":content-type", "application/json"), (":message-type", "event")], payload: payload)
  }

  // MARK: The events of an answer

  package static let messageStart = ConverseFrame("messageStart", ["role": "assistant"])

  package static func toolUseStart(_ index: Int, id: String, name: String) -> ConverseFrame {
    ConverseFrame(
      "contentBlockStart",
      ["contentBlockIndex": .number(index), "start": ["toolUse": ["toolUseId": .string(id), "name": .string(name)]]])
  }

  package static func delta(_ index: Int, _ delta: JSONValue) -> ConverseFrame {
    ConverseFrame("contentBlockDelta", ["contentBlockIndex": .number(index), "delta": delta])
  }

  package static func blockStop(_ index: Int) -> ConverseFrame {
    ConverseFrame("contentBlockStop", ["contentBlockIndex": .number(index)])
  }

  package static func messageStop(_ stopReason: StopReason) -> ConverseFrame {
    ConverseFrame("messageStop", ["stopReason": .string(stopReason.rawValue)])
  }

  package static func metadata(_ usage: TokenUsage, latencyMilliseconds: Int = 1) -> ConverseFrame {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("usage", usage)
    writer.member("metrics", ["latencyMs": .number(latencyMilliseconds)] as JSONValue)
    writer.endObject()
    return ConverseFrame("metadata", payload: writer.bytes)
  }

  /// A whole answer, cut into pieces as a model would send it.
  package static func events(of response: ConverseResponse) -> [ConverseFrame] {
    var events = [messageStart]
    for (index, block) in response.message.content.enumerated() {
      if let text = block.text {
        events += pieces(text).map { delta(index, ["text": .string($0)]) }
      } else if let use = block.toolUse {
        events.append(toolUseStart(index, id: use.id, name: use.name))
        events += pieces(use.input.text).map { delta(index, ["toolUse": ["input": .string($0)]]) }
      } else if let reasoning = block.object["reasoningContent"]?["reasoningText"] {
        events += pieces(reasoning["text"]?.stringValue ?? "").map { delta(index, ["reasoningContent": ["text": .string($0)]]) }
        if let signature = reasoning["signature"] { events.append(delta(index, ["reasoningContent": ["signature": signature]])) }
      } else {
        events.append(delta(index, .object(block.object)))
      }
      events.append(blockStop(index))
    }
    events.append(messageStop(response.stopReason))
    if response.reportsUsage { events.append(metadata(response.usage)) }
    return events
  }

  /// The text in pieces of some twenty characters; one empty piece for an empty text.
  private static func pieces(_ text: String) -> [String] {
    var pieces: [String] = []
    var rest = text[...]
    while !rest.isEmpty {
      pieces.append(String(rest.prefix(20)))
      rest = rest.dropFirst(20)
    }
    return pieces.isEmpty ? [""] : pieces
  }
}
