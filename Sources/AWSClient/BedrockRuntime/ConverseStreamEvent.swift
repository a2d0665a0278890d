public import JSON

/// One event of a streamed answer, in the order in which the model sends them.
public enum ConverseStreamEvent: Sendable, Hashable {
  /// The message begins; the role is "assistant".
  case messageStart(role: String)
  /// A block begins that is more than text; text blocks begin with their first delta.
  case contentBlockStart(index: Int, start: ContentBlockStart)
  case contentBlockDelta(index: Int, delta: ContentBlockDelta)
  case contentBlockStop(index: Int)
  case messageStop(reason: StopReason, additionalModelResponseFields: JSONValue?)
  /// Comes last: the tokens, and Bedrock's own measurements untouched; the others are members without a name here (trace, serviceTier).
  case metadata(usage: TokenUsage?, metrics: JSONValue?, otherMembers: JSONObject = [:])
  /// An event that this client does not know, with its payload.
  case unknown(type: String, payload: JSONValue)
}

/// How a block begins.
public enum ContentBlockStart: Sendable, Hashable {
  case toolUse(toolUseID: String, name: String)
  /// A block that this client does not know, or a tool use with more than id and name, untouched.
  case unknown(JSONValue)
}

/// What is added to a block.
public enum ContentBlockDelta: Sendable, Hashable {
  case text(String)
  /// A piece of the JSON text of the tool's input; whole only at the end of the block.
  case toolUseInput(String)
  case reasoningText(String)
  case reasoningSignature(String)
  /// Base64 text, as it came.
  case reasoningRedacted(String)
  /// A piece that this client does not know, untouched.
  case unknown(JSONValue)
}
