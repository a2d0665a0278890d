/// The ids of an agent runtime's sessions.
public enum RuntimeSession {
  /// Characters of an id: the shortest is there so that nobody guesses another's.
  /// https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_InvokeAgentRuntime.html
  public static let length = 33...256

  /// What keeps a text from being a session's id, as the end of a sentence that begins with it; nil when nothing does.
  public static func problem(_ id: String) -> String? {
    let count = id.utf8.count
    guard let first = id.utf8.first else { return "is empty: expected \(length.lowerBound) to \(length.upperBound) characters" }
    guard isLetterOrDigit(first), id.utf8.allSatisfy({ isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) else {
      return "has other characters than letters, digits, '-' and '_', or begins with one of the last two"
    }
    guard count >= length.lowerBound else {
      return "has \(count) characters: AgentCore takes \(length.lowerBound) to \(length.upperBound), so use a UUID (36)"
    }
    guard count <= length.upperBound else {
      return "has \(count) characters: AgentCore takes \(length.lowerBound) to \(length.upperBound)"
    }
    return nil
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }
}
