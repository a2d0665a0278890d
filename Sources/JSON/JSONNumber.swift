/// A JSON number that keeps the text it was written with.
///
/// DynamoDB has 38 digits and `Double` about 16, so the text is the value and the Swift numbers are views of it.
/// Hence two numbers are equal when their texts are: `1.0` is not `1`.
public struct JSONNumber: Sendable, Hashable {
  /// The number as written: the grammar of RFC 8259 section 6.
  public let text: String

  /// A number from its text; nil when the text is not a JSON number.
  public init?(text: String) {
    guard JSONNumber.isNumber(text.utf8) else { return nil }
    self.text = text
  }

  init(validated text: String) { self.text = text }

  public init(_ value: Int64) { text = String(value) }
  public init(_ value: Int) { text = String(value) }

  /// A number from a double; nil for infinities and NaN, which JSON cannot write.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    text = JSONNumber.shortest(value)
  }

  /// The shortest text that reads back as the same finite number; without a fraction where there is none.
  static func shortest<Value: BinaryFloatingPoint & CustomStringConvertible>(_ value: Value) -> String {
    guard value.magnitude <= 9_007_199_254_740_992, let integer = Int64(exactly: value) else { return value.description }
    return value == 0 && value.sign == .minus ? "-0" : String(integer)
  }

  /// The exact integer; nil with a fraction, or out of the range of `Int64`. `1.0` and `1e3` are integers.
  public var int64: Int64? { integer(as: Int64.self) }

  /// The exact integer; nil with a fraction, or out of the range of the type.
  public func integer<Integer: FixedWidthInteger>(as type: Integer.Type) -> Integer? {
    withDecimal { $0.integer(as: type) }
  }

  func withDecimal<Result>(_ body: (DecimalText) -> Result?) -> Result? {
    var text = text
    return text.withUTF8 { utf8 in utf8.baseAddress.flatMap { body(DecimalText($0, count: utf8.count)) } }
  }

  /// The nearest double; infinite when the number is too large for one.
  public var double: Double { Double(text) ?? .nan }

  static func isNumber(_ text: String.UTF8View) -> Bool {
    var bytes = text.makeIterator()
    var next = bytes.next()
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }
    if next == UInt8(ascii: "-") { next = bytes.next() }
    guard isDigit(next) else { return false }
    if next == UInt8(ascii: "0") {
      next = bytes.next()
    } else {
      while isDigit(next) { next = bytes.next() }
    }
    if next == UInt8(ascii: ".") {
      next = bytes.next()
      guard isDigit(next) else { return false }
      while isDigit(next) { next = bytes.next() }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      next = bytes.next()
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { next = bytes.next() }
      guard isDigit(next) else { return false }
      while isDigit(next) { next = bytes.next() }
    }
    return next == nil
  }
}
