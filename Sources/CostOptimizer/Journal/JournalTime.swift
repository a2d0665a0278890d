import AgentKit
import JSON

/// Times and spans as the journal writes them.
public enum JournalTime {
  /// How long rows stay: 30 days.
  public static let retentionSeconds: Int64 = 2_592_000

  /// Seconds to the millisecond as decimal text, such as "12.345" or "3"; never negative.
  public static func seconds(milliseconds: Int64) -> String {
    let milliseconds = max(0, milliseconds)
    let digits = String(milliseconds % 1_000)
    var fraction = String(repeating: "0", count: 3 - digits.utf8.count) + digits
    while fraction.utf8.last == UInt8(ascii: "0") { fraction.removeLast() }
    return fraction.isEmpty ? String(milliseconds / 1_000) : "\(milliseconds / 1_000).\(fraction)"
  }

  /// Milliseconds of such a text; nil for other text.
  public static func milliseconds(seconds: String) -> Int64? {
    guard let value = ExactDecimal(seconds), let milliseconds = try? value.multiplied(by: ExactDecimal(1_000)) else { return nil }
    return milliseconds.rounded(toFractionDigits: 0).int64
  }

  /// Milliseconds from one ISO 8601 time to another, not less than none; nil where one is no time.
  public static func milliseconds(from start: String?, to end: String?) -> Int64? {
    guard let start = start.flatMap(ISO8601.milliseconds), let end = end.flatMap(ISO8601.milliseconds) else { return nil }
    return max(0, end.saturatingSubtract(start))
  }

  /// Rows linger after their time until DynamoDB deletes them, so who reads compares.
  static func hasPassed(_ expiresAtSeconds: Int64?, nowSeconds: Int64) -> Bool { expiresAtSeconds.map { $0 <= nowSeconds } ?? false }
}
