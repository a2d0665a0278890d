public import AWSClient
public import JSON

/// What became of an agent's work, and what it took; the figures count for failures too.
public struct AgentRun: Sendable, Hashable {
  public var outcome: Outcome
  public var usage: TokenUsage
  /// Millionths of a US dollar. Calls whose cost nobody reported count with what was reserved for them.
  public var costMicroUSD: Int64
  /// Model calls that were answered.
  public var turns: Int
  public var toolCalls: Int
  /// The conversation as it stood at the end.
  public var conversation: [Message]

  public enum Outcome: Sendable, Hashable {
    case answer(String)
    case failure(AgentFailure)
  }

  public var answer: String? { if case .answer(let text) = outcome { text } else { nil } }
  public var failure: AgentFailure? { if case .failure(let failure) = outcome { failure } else { nil } }

  /// The answer as JSON when all of it is one JSON object or array, alone or inside one code fence; otherwise its text.
  public static func value(ofAnswer text: String) -> JSONValue {
    var body = text.utf8[...]
    func trim() {
      while let byte = body.first, byte == 0x20 || (0x09...0x0D).contains(byte) { body.removeFirst() }
      while let byte = body.last, byte == 0x20 || (0x09...0x0D).contains(byte) { body.removeLast() }
    }
    trim()
    if body.starts(with: "```".utf8), body.suffix(3).elementsEqual("```".utf8), body.count >= 6 {
      body.removeLast(3)
      // The fence's first line may name the language.
      guard let newline = body.firstIndex(of: UInt8(ascii: "\n")) else { return .string(text) }
      body = body[body.index(after: newline)...]
      trim()
    }
    guard let first = body.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "["), let value = try? JSONValue(parsing: Array(body))
    else { return .string(text) }
    return value
  }
}
