import AWSClient
import JSON

/// Puts the events of a streamed answer together to the answer that the same call would have had without streaming.
///
/// What a block is, its start and its pieces say: text; a tool use, whose input comes as pieces of JSON text; reasoning with its signature;
/// citations, which come one by one beside the text that they are for; results of the service's own tools; images. The pieces of any other
/// block are merged member by member.
/// Source: Bedrock Runtime API, `ConverseStreamOutput` and `ContentBlock`.
struct ConverseAssembler: Sendable {
  private var role = "assistant"
  private var blocks: [Int: Block] = [:]
  private var stopReason: StopReason?
  private var usage: TokenUsage?
  private var metrics: JSONValue?
  private var otherMembers: JSONObject = [:]

  mutating func receive(_ event: ConverseStreamEvent) {
    switch event {
    case .messageStart(let role): self.role = role
    case .contentBlockStart(let index, let start): blocks[index, default: Block()].begin(start)
    case .contentBlockDelta(let index, let delta): blocks[index, default: Block()].append(delta)
    case .messageStop(let reason, let fields):
      stopReason = reason
      if let fields { otherMembers["additionalModelResponseFields"] = fields }
    case .metadata(let usage, let metrics, let others):
      self.usage = usage
      self.metrics = metrics
      for member in others { otherMembers[member.key] = member.value }
    case .contentBlockStop, .unknown: break
    }
  }

  /// The whole answer; nil before the model has stopped.
  var response: ConverseResponse? {
    guard let stopReason else { return nil }
    let content = blocks.sorted { $0.key < $1.key }.flatMap(\.value.blocks)
    return ConverseResponse(
      message: Message(role: Message.Role(rawValue: role), content: content), stopReason: stopReason, usage: usage, metrics: metrics,
      otherMembers: otherMembers)
  }

  /// What has come of one block.
  private struct Block: Sendable {
    var text: String?
    /// The members of the tool use, but for its input.
    var toolUse: JSONObject?
    var toolInput = ""
    var reasoningText: String?
    var reasoningSignature: String?
    var reasoningRedacted: String?
    var citations: [JSONValue] = []
    /// The block of any other kind.
    var other: JSONObject = [:]

    mutating func begin(_ start: ContentBlockStart) {
      switch start {
      case .toolUse(let id, let name): toolUse = ["toolUseId": .string(id), "name": .string(name)]
      case .unknown(let value):
        var members = value.objectValue ?? [:]
        if let use = members["toolUse"]?.objectValue {
          toolUse = use
          members["toolUse"] = nil
        }
        merge(members)
      }
    }

    mutating func append(_ delta: ContentBlockDelta) {
      switch delta {
      case .text(let piece): text = (text ?? "") + piece
      case .toolUseInput(let piece):
        // A tool use without a start has no id either; it stays what it is, for the caller to refuse.
        toolUse = toolUse ?? [:]
        toolInput += piece
      case .reasoningText(let piece): reasoningText = (reasoningText ?? "") + piece
      case .reasoningSignature(let piece): reasoningSignature = (reasoningSignature ?? "") + piece
      case .reasoningRedacted(let piece): reasoningRedacted = ConverseAssembler.joinedBase64(reasoningRedacted ?? "", piece)
      case .unknown(let value):
        var members = value.objectValue ?? [:]
        if let citation = members["citation"] {
          citations.append(citation)
          members["citation"] = nil
        }
        // Of the service's own tools only a result's parts come, without the object that holds them.
        if let parts = members["toolResult"]?.arrayValue { members["toolResult"] = ["content": .array(parts)] }
        merge(members)
      }
    }

    private mutating func merge(_ members: JSONObject) {
      for member in members {
        other[member.key] = other[member.key].map { ConverseAssembler.merged($0, member.value, name: member.key) } ?? member.value
      }
    }

    /// One block, or none when nothing came; more only of a block that is several things at once, which no kind known so far is.
    var blocks: [ContentBlock] {
      var blocks: [ContentBlock] = []
      if reasoningText != nil || reasoningSignature != nil {
        var reasoning: JSONObject = ["text": .string(reasoningText ?? "")]
        if let reasoningSignature { reasoning["signature"] = .string(reasoningSignature) }
        blocks.append(ContentBlock(["reasoningContent": ["reasoningText": .object(reasoning)]]))
      }
      if let reasoningRedacted {
        blocks.append(ContentBlock(["reasoningContent": ["redactedContent": .string(reasoningRedacted)]]))
      }
      if !citations.isEmpty {
        let content: JSONValue = text.map { [["text": .string($0)]] } ?? []
        blocks.append(ContentBlock(["citationsContent": ["content": content, "citations": .array(citations)]]))
      } else if let text {
        blocks.append(.text(text))
      }
      if var toolUse {
        toolUse["input"] = input
        blocks.append(ContentBlock(["toolUse": .object(toolUse)]))
      }
      if !other.isEmpty { blocks.append(ContentBlock(other)) }
      return blocks
    }

    /// The tool's input. One that was cut off, or is no JSON, stays the text that it is, which no schema takes for an object.
    private var input: JSONValue {
      if toolInput.utf8.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return [:] }
      return (try? JSONValue(parsing: toolInput)) ?? .string(toolInput)
    }
  }

  /// A later piece of a value added to the earlier ones: members to members, elements to elements, text to text.
  private static func merged(_ old: JSONValue, _ new: JSONValue, name: String) -> JSONValue {
    switch (old, new) {
    case (.object(var members), .object(let others)):
      for member in others {
        members[member.key] = members[member.key].map { merged($0, member.value, name: member.key) } ?? member.value
      }
      return .object(members)
    case (.array(let elements), .array(let others)): return .array(elements + others)
    case (.string(let text), .string(let other)): return .string(name == "bytes" ? joinedBase64(text, other) : text + other)
    default: return new
    }
  }

  /// The Base64 of the bytes of both.
  private static func joinedBase64(_ first: String, _ second: String) -> String {
    guard first.hasSuffix("="), let left = Base64.decode(first), let right = Base64.decode(second) else { return first + second }
    return Base64.encode(left + right)
  }
}
