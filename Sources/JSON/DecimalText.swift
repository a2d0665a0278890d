/// The text of a JSON number taken apart: `digits × 10^exponent`, without leading or trailing zeros.
///
/// The text must already fit the grammar of RFC 8259 section 6.
struct DecimalText {
  private let start: UnsafePointer<UInt8>
  private let count: Int

  init(_ start: UnsafePointer<UInt8>, count: Int) {
    self.start = start
    self.count = count
  }

  /// The exact integer; nil with a fraction or out of the range of the type. `1.0`, `1e3` and `1200e-2` are integers.
  func integer<Integer: FixedWidthInteger>(as type: Integer.Type) -> Integer? {
    var index = 0
    let isNegative = start[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    // Up to 18 digits and nothing else: no overflow in 64 bits.
    if count - index <= 18 {
      var value: Int64 = 0
      while index < count, isDigit(start[index]) {
        value = value &* 10 &+ Int64(start[index] &- 0x30)
        index += 1
      }
      if index == count { return Integer(exactly: isNegative ? -value : value) }
    }
    return scaledInteger(isNegative: isNegative)
  }

  private func scaledInteger<Integer: FixedWidthInteger>(isNegative: Bool) -> Integer? {
    guard let parts = parts else { return nil }
    var value: Integer = 0
    func append(_ digit: UInt8) -> Bool {
      let (product, tooBig) = value.multipliedReportingOverflow(by: 10)
      let (sum, tooFar) =
        isNegative ? product.subtractingReportingOverflow(Integer(digit)) : product.addingReportingOverflow(Integer(digit))
      value = sum
      return !tooBig && !tooFar
    }
    var zeros = 0  // Held back: trailing zeros cancel a negative exponent.
    var exponent = parts.exponent
    var fraction = parts.fractionDigits
    for index in parts.digits where isDigit(start[index]) {
      let digit = start[index] &- 0x30
      if digit == 0 {
        zeros += 1
        continue
      }
      if value != 0 { for _ in 0..<zeros { guard append(0) else { return nil } } }
      zeros = 0
      guard append(digit) else { return nil }
    }
    if value == 0 { return 0 }
    // 10^40 is beyond 128 bits already, so clamping the exponent changes no answer.
    exponent = max(min(exponent, 1 << 40), -(1 << 40))
    fraction = min(fraction, 1 << 40)
    let shift = exponent - fraction + zeros
    guard shift >= 0, shift <= 40 else { return nil }
    for _ in 0..<shift { guard append(0) else { return nil } }
    return value
  }

  /// The nearest double; nil when that is infinite.
  var double: Double? {
    // Clinger's fast path: an exact mantissa times or divided by an exact power of ten is rounded once, hence correctly.
    if let (mantissa, exponent, isNegative) = small, mantissa <= 1 << 53, exponent.magnitude <= 22 {
      let power = powersOfTen[Int(exponent.magnitude)]
      let value = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
      return isNegative ? -value : value
    }
    guard let value = Double(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)) else { return nil }
    return value.isFinite ? value : nil
  }

  /// The nearest float, rounded once from the text; nil when that is infinite.
  var float: Float? {
    guard let value = Float(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)) else { return nil }
    return value.isFinite ? value : nil
  }

  private var small: (mantissa: UInt64, exponent: Int, isNegative: Bool)? {
    guard let parts = parts else { return nil }
    var mantissa: UInt64 = 0
    var digits = 0
    for index in parts.digits where isDigit(start[index]) {
      if mantissa != 0 || start[index] != 0x30 { digits += 1 }
      if digits > 19 { return nil }
      mantissa = mantissa &* 10 &+ UInt64(start[index] &- 0x30)
    }
    return (mantissa, parts.exponent - parts.fractionDigits, start[0] == UInt8(ascii: "-"))
  }

  /// Where the digits of the mantissa stand (with the point among them), how many follow the point, and the written exponent.
  /// Nil when the exponent is beyond all types.
  private var parts: (digits: Range<Int>, fractionDigits: Int, exponent: Int)? {
    let begin = start[0] == UInt8(ascii: "-") ? 1 : 0
    var end = begin
    var point: Int?
    while end < count, isDigit(start[end]) || start[end] == UInt8(ascii: ".") {
      if start[end] == UInt8(ascii: ".") { point = end }
      end += 1
    }
    let fractionDigits = point.map { end - $0 - 1 } ?? 0
    guard end < count else { return (begin..<end, fractionDigits, 0) }
    var index = end + 1
    let isNegative = index < count && start[index] == UInt8(ascii: "-")
    if index < count, !isDigit(start[index]) { index += 1 }
    var exponent = 0
    while index < count {
      exponent = min(exponent * 10 + Int(start[index] &- 0x30), 1 << 40)
      index += 1
    }
    return (begin..<end, fractionDigits, isNegative ? -exponent : exponent)
  }
}

private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]
