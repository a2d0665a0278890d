/// A number of DynamoDB's: 38 significant decimal digits, magnitudes from 1E-130 to 9.99E+125.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html (data types, number)
struct DecimalNumber {
  static let maximumDigits = 38
  static let magnitudes = -130...125

  var isNegative = false
  /// The significant digits, without zeros at either end; none for zero.
  var digits: [UInt8] = []
  /// The power of ten of the last digit.
  var exponent = 0

  private static let overflow = TableFailure.validation(
    "Number overflow. Attempting to store a number with magnitude larger than supported range")
  private static let underflow = TableFailure.validation(
    "Number underflow. Attempting to store a number with magnitude smaller than supported range")

  // MARK: Text

  init() {}

  init(_ text: String) throws(TableFailure) {
    let notNumeric = TableFailure.validation("The parameter cannot be converted to a numeric value: \(text)")
    var rest = Array(text.utf8)[...]
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      rest.removeFirst()
    }
    var seenDigit = false
    var seenPoint = false
    while let byte = rest.first, byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
      rest.removeFirst()
      if byte == UInt8(ascii: "."), !seenPoint {
        seenPoint = true
      } else if byte >= 0x30, byte <= 0x39 {
        seenDigit = true
        if !digits.isEmpty || byte != 0x30 { digits.append(byte - 0x30) }
        if seenPoint { exponent -= 1 }
      } else {
        throw notNumeric
      }
    }
    guard seenDigit else { throw notNumeric }
    if !rest.isEmpty {
      rest.removeFirst()
      guard let first = rest.first, first == 0x2B || first == 0x2D || (0x30...0x39).contains(first),
        let power = Int(String(decoding: rest, as: UTF8.self))
      else { throw notNumeric }
      guard power.magnitude < 100_000 else { throw power > 0 ? DecimalNumber.overflow : DecimalNumber.underflow }
      exponent += power
    }
    normalize()
    try check()
  }

  private mutating func normalize() {
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    let zeros = digits.prefix { $0 == 0 }.count
    if zeros > 0 { digits.removeFirst(zeros) }
    if digits.isEmpty {
      isNegative = false
      exponent = 0
    }
  }

  /// The power of ten of the first digit.
  private var magnitude: Int { digits.count - 1 + exponent }

  private func check() throws(TableFailure) {
    guard !digits.isEmpty else { return }
    if magnitude > DecimalNumber.magnitudes.upperBound { throw DecimalNumber.overflow }
    if magnitude < DecimalNumber.magnitudes.lowerBound { throw DecimalNumber.underflow }
    if digits.count > DecimalNumber.maximumDigits {
      throw .validation("Attempting to store more than 38 significant digits in a Number")
    }
  }

  /// Every number has one text: no exponent, no sign but a minus, no zero that could be left out.
  var text: String {
    guard !digits.isEmpty else { return "0" }
    var bytes: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
    let characters = digits.map { $0 + 0x30 }
    if exponent >= 0 {
      bytes += characters + [UInt8](repeating: 0x30, count: exponent)
    } else if magnitude >= 0 {
      bytes += characters[...magnitude] + [UInt8(ascii: ".")] + characters[(magnitude + 1)...]
    } else {
      bytes += [0x30, UInt8(ascii: ".")] + [UInt8](repeating: 0x30, count: -magnitude - 1) + characters
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: Arithmetic

  static func sum(_ left: DecimalNumber, _ right: DecimalNumber) throws(TableFailure) -> DecimalNumber {
    if left.digits.isEmpty { return right }
    if right.digits.isEmpty { return left }
    let exponent = min(left.exponent, right.exponent)
    let top = max(left.magnitude, right.magnitude)
    // The two do not meet in 38 digits; DynamoDB calls that an overflow too.
    guard top - exponent < 3 * maximumDigits else { throw overflow }
    func aligned(_ number: DecimalNumber) -> [UInt8] {
      // One digit more at the front, for what is carried.
      [UInt8](repeating: 0, count: top + 1 - number.magnitude) + number.digits
        + [UInt8](repeating: 0, count: number.exponent - exponent)
    }
    var result = DecimalNumber()
    result.exponent = exponent
    var first = aligned(left)
    var second = aligned(right)
    result.isNegative = left.isNegative
    if left.isNegative == right.isNegative {
      var carry: UInt8 = 0
      for index in first.indices.reversed() {
        let digit = first[index] + second[index] + carry
        carry = digit >= 10 ? 1 : 0
        first[index] = digit - carry * 10
      }
    } else {
      if first.lexicographicallyPrecedes(second) {
        swap(&first, &second)
        result.isNegative = right.isNegative
      }
      var borrow: Int8 = 0
      for index in first.indices.reversed() {
        let digit = Int8(first[index]) - Int8(second[index]) - borrow
        borrow = digit < 0 ? 1 : 0
        first[index] = UInt8(digit + borrow * 10)
      }
    }
    result.digits = first
    result.normalize()
    guard result.digits.count <= maximumDigits else { throw overflow }
    try result.check()
    return result
  }

  static func isLess(_ left: DecimalNumber, _ right: DecimalNumber) -> Bool {
    if left.digits.isEmpty { return !right.digits.isEmpty && !right.isNegative }
    if right.digits.isEmpty { return left.isNegative }
    if left.isNegative != right.isNegative { return left.isNegative }
    let isSmaller: Bool
    let isLarger: Bool
    if left.magnitude != right.magnitude {
      isSmaller = left.magnitude < right.magnitude
      isLarger = !isSmaller
    } else {
      isSmaller = left.digits.lexicographicallyPrecedes(right.digits)
      isLarger = right.digits.lexicographicallyPrecedes(left.digits)
    }
    return left.isNegative ? isLarger : isSmaller
  }
}

/// Numbers as their canonical texts, which is how items hold them.
enum NumberText {
  /// The value of a canonical text that is an integer of at most 18 digits; nil for every other text.
  @inline(__always) static func smallInteger(_ text: String) -> Int64? {
    let utf8 = text.utf8
    guard utf8.count <= 19 else { return nil }
    var value: Int64 = 0
    var count = 0
    var isNegative = false
    for byte in utf8 {
      if byte >= 0x30, byte <= 0x39 {
        // Zeros at the front are not canonical.
        if count == 1, value == 0 { return nil }
        value = value * 10 + Int64(byte - 0x30)
        count += 1
        if count > 18 { return nil }
      } else if byte == UInt8(ascii: "-"), count == 0, !isNegative {
        isNegative = true
      } else {
        return nil
      }
    }
    guard count > 0, !(isNegative && value == 0) else { return nil }
    return isNegative ? -value : value
  }

  static func canonical(_ text: String) throws(TableFailure) -> String {
    smallInteger(text) != nil ? text : try DecimalNumber(text).text
  }

  static func sum(_ left: String, _ right: String, isDifference: Bool = false) throws(TableFailure) -> String {
    if let left = smallInteger(left), let right = smallInteger(right) { return String(isDifference ? left - right : left + right) }
    var second = try DecimalNumber(right)
    if isDifference, !second.digits.isEmpty { second.isNegative.toggle() }
    return try DecimalNumber.sum(try DecimalNumber(left), second).text
  }

  /// Of two canonical texts; one that is none is less than nothing.
  static func isLess(_ left: String, _ right: String) -> Bool {
    if let left = smallInteger(left), let right = smallInteger(right) { return left < right }
    guard let left = try? DecimalNumber(left), let right = try? DecimalNumber(right) else { return false }
    return DecimalNumber.isLess(left, right)
  }

  /// Bytes that a number takes in an item: one, and one for every two digits.
  static func size(_ text: String) -> Int {
    if smallInteger(text) != nil { return 1 + (text.utf8.count + 1) / 2 }
    guard let number = try? DecimalNumber(text) else { return 1 }
    return 1 + (number.digits.count + 1) / 2 + (number.isNegative ? 1 : 0)
  }
}
