internal import AgentKit
internal import JSON

/// Times in answers: epoch seconds as a number, with a fraction or without, or ISO 8601 text.
enum AccountTime {
  /// Milliseconds since the Unix epoch; nil for what is no time.
  static func milliseconds(_ value: JSONValue) -> Int64? {
    switch value {
    case .string(let text):
      if let time = ISO8601.milliseconds(text) ?? ISO8601.milliseconds(withColonInOffset(text)) { return time }
      return ExactDecimal(text).flatMap(milliseconds)
    case .number(let number): return ExactDecimal(number).flatMap(milliseconds)
    default: return nil
    }
  }

  private static func milliseconds(seconds: ExactDecimal) -> Int64? {
    (try? seconds.multiplied(by: ExactDecimal(1000)))?.rounded(toFractionDigits: 0).int64
  }

  /// Lambda writes "2026-01-02T03:04:05.000+0000".
  private static func withColonInOffset(_ text: String) -> String {
    guard let sign = text.utf8.dropFirst(10).lastIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }),
      text.utf8.distance(from: sign, to: text.utf8.endIndex) == 5
    else { return text }
    return "\(text.dropLast(2)):\(text.suffix(2))"
  }
}
