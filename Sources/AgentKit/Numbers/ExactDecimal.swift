public import JSON

/// A decimal number of any precision: sums, differences and products are exact, quotients are rounded to a stated precision.
///
/// Money and measurements go through tools as decimal text; a binary `Double` would change 0.1 + 0.2 on the way.
public struct ExactDecimal: Sendable, Hashable {
  /// Significant digits of a result that has no end, as in IEEE 754's decimal128.
  public static let quotientDigits = 34
  /// Digits that an exact result may have before the operation is refused.
  public static let maximumDigits = 10_000
  /// Largest magnitude of an exponent that is read.
  static let maximumExponent = 1_000_000_000

  let isNegative: Bool
  /// Without zeros at its end.
  let coefficient: BigNatural
  /// The value is the coefficient times ten to this power.
  let exponent: Int

  init(isNegative: Bool, coefficient: BigNatural, exponent: Int) {
    let zeros = coefficient.trailingZeros
    self.coefficient = coefficient.shiftedRight(zeros)
    self.exponent = coefficient.isZero ? 0 : exponent + zeros
    self.isNegative = isNegative && !coefficient.isZero
  }

  public static let zero = ExactDecimal(0)

  public init(_ value: Int64) {
    self.init(isNegative: value < 0, coefficient: BigNatural(value.magnitude), exponent: 0)
  }

  /// The number of a decimal text such as "-12.50" or "1e3"; nil when the text is no number of JSON's grammar (a leading `+`, leading
  /// zeros and a bare leading or trailing point are allowed beside it), or its exponent exceeds a thousand million.
  public init?(_ text: String) {
    var bytes = Substring(text).utf8
    var isNegative = false
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      bytes.removeFirst()
    }
    var digits: [UInt8] = []
    var exponent = 0
    var sawPoint = false
    scan: while let byte = bytes.first {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits.append(byte)
        if sawPoint { exponent -= 1 }
      case UInt8(ascii: ".") where !sawPoint: sawPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        bytes.removeFirst()
        guard let power = Int(String(Substring(bytes))), power.magnitude <= Self.maximumExponent else { return nil }
        exponent += power
        bytes = bytes.suffix(0)
        break scan
      default: return nil
      }
      bytes.removeFirst()
    }
    guard !digits.isEmpty else { return nil }
    self.init(isNegative: isNegative, coefficient: BigNatural(digits: digits), exponent: exponent)
  }

  /// The exact value of a JSON number; nil when its exponent exceeds a thousand million.
  public init?(_ number: JSONNumber) { self.init(number.text) }

  public var isZero: Bool { coefficient.isZero }
  public var isInteger: Bool { exponent >= 0 }
  /// How many digits stand before the decimal point, less one for each zero that stands directly behind it.
  var magnitude: Int { coefficient.digitCount + exponent }

  /// The value; nil with a fraction or outside the range of `Int64`.
  public var int64: Int64? {
    guard exponent >= 0, magnitude <= 19, let value = coefficient.shiftedLeft(exponent).uint64 else { return nil }
    if isNegative { return value <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- value) : nil }
    return Int64(exactly: value)
  }

  /// The number as plain decimal text; with an exponent where that would take more than 40 zeros.
  public var text: String {
    let sign = isNegative ? "-" : ""
    let digits = coefficient.text
    if exponent > 40 || (exponent < 0 && magnitude < -40) {
      let rest = digits.dropFirst()
      return sign + digits.prefix(1) + (rest.isEmpty ? "" : ".\(rest)") + "e\(magnitude - 1)"
    }
    if exponent >= 0 { return sign + digits + String(repeating: "0", count: isZero ? 0 : exponent) }
    let whole = digits.utf8.count + exponent
    if whole <= 0 { return sign + "0." + String(repeating: "0", count: -whole) + digits }
    return sign + digits.prefix(whole) + "." + digits.dropFirst(whole)
  }

  /// The number as JSON.
  public var jsonValue: JSONValue { JSONNumber(text: text).map(JSONValue.number) ?? .string(text) }

  public static prefix func - (value: ExactDecimal) -> ExactDecimal {
    ExactDecimal(isNegative: !value.isNegative, coefficient: value.coefficient, exponent: value.exponent)
  }

  public var absolute: ExactDecimal { isNegative ? -self : self }
}

extension ExactDecimal: Comparable {
  public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative ? compareMagnitude(right, left) : compareMagnitude(left, right)
  }

  /// Compares without regard to sign; never writes out more digits than the numbers have.
  private static func compareMagnitude(_ left: ExactDecimal, _ right: ExactDecimal) -> Bool {
    if left.isZero || right.isZero { return left.isZero && !right.isZero }
    if left.magnitude != right.magnitude { return left.magnitude < right.magnitude }
    let exponent = min(left.exponent, right.exponent)
    return left.coefficient.shiftedLeft(left.exponent - exponent) < right.coefficient.shiftedLeft(right.exponent - exponent)
  }
}

extension ExactDecimal: CustomStringConvertible {
  public var description: String { text }
}
