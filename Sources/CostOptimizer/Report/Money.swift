internal import AgentKit

/// US dollars as text.
enum Money {
  /// "1,234.56 USD", "-0.05 USD".
  static func text(cents: Int64) -> String { grouped(cents: cents) + " USD" }

  /// "1,234.56".
  static func grouped(cents: Int64) -> String { grouped(decimalText(cents: cents)) }

  /// "1,234.56 USD", or "not known".
  static func text(cents: Int64?) -> String { cents.map { text(cents: $0) } ?? "not known" }

  /// An exact sum in cents, such as "6.05 USD"; one beyond 64 bits in whole, and "not known" for nil.
  static func text(_ amount: ExactDecimal?) -> String {
    guard let amount else { return "not known" }
    return cents(amount).map { text(cents: $0) } ?? amount.text + " USD"
  }

  /// "1234.56": for programs.
  static func decimalText(cents: Int64) -> String {
    let digits = String(cents.magnitude)
    let padded = String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
    return (cents < 0 ? "-" : "") + padded.dropLast(2) + "." + padded.suffix(2)
  }

  /// Whole cents, half a cent rounded to even; nil for nil and beyond 64 bits.
  static func cents(_ amount: ExactDecimal?) -> Int64? {
    guard let amount, let hundredfold = try? amount.multiplied(by: ExactDecimal(100)) else { return nil }
    return hundredfold.rounded(toFractionDigits: 0).int64
  }

  /// "1,234,567".
  static func count(_ number: some BinaryInteger) -> String { grouped(String(number)) }

  /// Commas between the thousands of a decimal text.
  private static func grouped(_ text: String) -> String {
    let whole = text.utf8.firstIndex(of: UInt8(ascii: ".")).map { text[..<$0] } ?? text[...]
    var digits = whole.utf8.filter { $0 != UInt8(ascii: "-") }
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(decoding: digits.suffix(3), as: UTF8.self), at: 0)
      digits.removeLast(3)
    }
    groups.insert(String(decoding: digits, as: UTF8.self), at: 0)
    return (whole.utf8.first == UInt8(ascii: "-") ? "-" : "") + groups.joined(separator: ",") + text[whole.endIndex...]
  }
}
