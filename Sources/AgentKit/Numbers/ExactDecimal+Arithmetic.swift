/// Why an operation on decimals has no result.
public struct DecimalError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of the error; open to additions.
  public struct Code: Sendable, Hashable {
    private enum Base { case divisionByZero, tooLarge, undefined }
    private let base: Base
    private init(_ base: Base) { self.base = base }
    public static let divisionByZero = Code(.divisionByZero)
    /// The result has more digits than `ExactDecimal.maximumDigits`.
    public static let tooLarge = Code(.tooLarge)
    /// The operation has no real result, such as the square root of a negative number.
    public static let undefined = Code(.undefined)
  }
  public let code: Code
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  static let tooLarge = DecimalError(.tooLarge, "the result would have more than \(ExactDecimal.maximumDigits) digits")
}

extension ExactDecimal {
  /// The exact sum.
  /// - Throws: `DecimalError` with code `tooLarge`.
  public func adding(_ other: ExactDecimal) throws(DecimalError) -> ExactDecimal {
    if isZero { return other }
    if other.isZero { return self }
    let low = min(exponent, other.exponent)
    guard max(magnitude, other.magnitude) - low <= Self.maximumDigits else { throw .tooLarge }
    let left = coefficient.shiftedLeft(exponent - low)
    let right = other.coefficient.shiftedLeft(other.exponent - low)
    if isNegative == other.isNegative { return ExactDecimal(isNegative: isNegative, coefficient: left + right, exponent: low) }
    return left > right
      ? ExactDecimal(isNegative: isNegative, coefficient: left - right, exponent: low)
      : ExactDecimal(isNegative: other.isNegative, coefficient: right - left, exponent: low)
  }

  /// The exact difference.
  /// - Throws: `DecimalError` with code `tooLarge`.
  public func subtracting(_ other: ExactDecimal) throws(DecimalError) -> ExactDecimal { try adding(-other) }

  /// The exact product.
  /// - Throws: `DecimalError` with code `tooLarge`.
  public func multiplied(by other: ExactDecimal) throws(DecimalError) -> ExactDecimal {
    guard coefficient.digitCount + other.coefficient.digitCount <= Self.maximumDigits,
      (exponent + other.exponent).magnitude <= UInt(Self.maximumExponent)
    else { throw .tooLarge }
    return ExactDecimal(
      isNegative: isNegative != other.isNegative, coefficient: coefficient * other.coefficient, exponent: exponent + other.exponent)
  }

  /// The quotient. One that ends is exact, however long; another is rounded to `quotientDigits` digits, half to even.
  /// - Throws: `DecimalError` with code `divisionByZero`.
  public func divided(by other: ExactDecimal) throws(DecimalError) -> (value: ExactDecimal, isExact: Bool) {
    guard !other.isZero else { throw DecimalError(.divisionByZero, "division by zero") }
    guard !isZero else { return (.zero, true) }
    // A quotient that ends does so within as many digits as the divisor has bits; two digits more than asked for decide the rounding.
    let shift = max(0, Self.quotientDigits + 2 - coefficient.digitCount + other.coefficient.digitCount) + 4 * other.coefficient.digitCount
    let (quotient, remainder) = coefficient.shiftedLeft(shift).divided(by: other.coefficient)
    let negative = isNegative != other.isNegative
    let power = exponent - other.exponent - shift
    guard remainder.isZero else {
      let sticky = quotient.shiftedLeft(1) + BigNatural(1)
      let value = ExactDecimal(isNegative: negative, coefficient: sticky, exponent: power - 1)
      return (value.rounded(toSignificantDigits: Self.quotientDigits), false)
    }
    let value = ExactDecimal(isNegative: negative, coefficient: quotient, exponent: power)
    guard value.coefficient.digitCount <= Self.maximumDigits else {
      return (value.rounded(toSignificantDigits: Self.quotientDigits), false)
    }
    return (value, true)
  }

  /// The remainder of a division that rounds towards zero; it has the sign of the dividend.
  /// - Throws: `DecimalError` with code `divisionByZero` or `tooLarge`.
  public func remainder(dividingBy other: ExactDecimal) throws(DecimalError) -> ExactDecimal {
    guard !other.isZero else { throw DecimalError(.divisionByZero, "remainder of a division by zero") }
    let low = min(exponent, other.exponent)
    guard max(magnitude, other.magnitude) - low <= Self.maximumDigits else { throw .tooLarge }
    let left = coefficient.shiftedLeft(exponent - low)
    let right = other.coefficient.shiftedLeft(other.exponent - low)
    return ExactDecimal(isNegative: isNegative, coefficient: left.divided(by: right).remainder, exponent: low)
  }

  /// A whole power; negative powers are quotients.
  /// - Throws: `DecimalError`.
  public func raised(to power: Int) throws(DecimalError) -> (value: ExactDecimal, isExact: Bool) {
    if power < 0 {
      guard power > -Self.maximumDigits else { throw .tooLarge }
      return try ExactDecimal(1).divided(by: try raised(to: -power).value)
    }
    if isZero { return (power == 0 ? ExactDecimal(1) : .zero, true) }
    guard coefficient.digitCount.multipliedReportingOverflow(by: power).partialValue <= Self.maximumDigits * 2,
      power <= Self.maximumExponent
    else { throw .tooLarge }
    var result = ExactDecimal(1)
    var square = self
    var rest = power
    while rest > 0 {
      if rest & 1 == 1 { result = try result.multiplied(by: square) }
      rest >>= 1
      if rest > 0 { square = try square.multiplied(by: square) }
    }
    return (result, true)
  }

  /// The square root and whether it is exact; otherwise rounded to `quotientDigits` digits.
  /// - Throws: `DecimalError` with code `undefined` for a negative number.
  public func squareRoot() throws(DecimalError) -> (value: ExactDecimal, isExact: Bool) {
    guard !isNegative else { throw DecimalError(.undefined, "the square root of a negative number (\(text))") }
    guard !isZero else { return (.zero, true) }
    // An even exponent, and enough digits that the integer root has quotientDigits + 1 of them.
    var shift = max(0, 2 * (Self.quotientDigits + 1) - coefficient.digitCount)
    if (exponent - shift) & 1 != 0 { shift += 1 }
    let radicand = coefficient.shiftedLeft(shift)
    var root = BigNatural(1).shiftedLeft((radicand.digitCount + 1) / 2)
    while true {
      // Newton's method from above: the first step that does not descend has arrived.
      let next = (root + radicand.divided(by: root).quotient).dividedSmall(by: 2).quotient
      if next >= root { break }
      root = next
    }
    let power = (exponent - shift) / 2
    if root * root == radicand { return (ExactDecimal(isNegative: false, coefficient: root, exponent: power), true) }
    let sticky = ExactDecimal(isNegative: false, coefficient: root.shiftedLeft(1) + BigNatural(1), exponent: power - 1)
    return (sticky.rounded(toSignificantDigits: Self.quotientDigits), false)
  }

  /// True when the number is a whole multiple of the other, decided exactly whatever the exponents.
  public func isMultiple(of other: ExactDecimal) -> Bool {
    if isZero { return true }
    if other.isZero { return false }
    let shift = exponent - other.exponent
    // This coefficient ends in no zero, so it cannot hold a factor of ten that the other number asks for.
    guard shift >= 0 else { return false }
    // coefficient * 10^shift mod other.coefficient, by repeated squaring.
    let modulus = other.coefficient
    var result = coefficient.divided(by: modulus).remainder
    var square = BigNatural(10).divided(by: modulus).remainder
    var rest = shift
    while rest > 0 {
      if rest & 1 == 1 { result = (result * square).divided(by: modulus).remainder }
      square = (square * square).divided(by: modulus).remainder
      rest >>= 1
    }
    return result.isZero
  }

  /// How a number is brought to fewer digits.
  public enum Rounding: Sendable {
    /// To the nearest; a half goes to the even neighbour.
    case halfEven
    /// To the nearest; a half goes away from zero, as in school.
    case halfAwayFromZero
    case down
    case up
  }

  /// The number with at most so many digits behind the decimal point (negative: before it).
  public func rounded(toFractionDigits digits: Int, _ rounding: Rounding = .halfEven) -> ExactDecimal {
    let cut = -digits - exponent
    guard cut > 0 else { return self }
    let size = coefficient.digitCount
    if cut > size + 1 {
      // Far below the last digit that is kept.
      let goesUp = (rounding == .up && !isNegative && !isZero) || (rounding == .down && isNegative)
      return goesUp ? ExactDecimal(isNegative: isNegative, coefficient: BigNatural(1), exponent: -digits) : .zero
    }
    var kept = coefficient.shiftedRight(cut)
    let dropped = coefficient - kept.shiftedLeft(cut)
    let half = BigNatural(5).shiftedLeft(cut - 1)
    let goesUp =
      switch rounding {
      case .halfEven: dropped > half || (dropped == half && kept.isOdd)
      case .halfAwayFromZero: dropped >= half
      case .up: !isNegative && !dropped.isZero
      case .down: isNegative && !dropped.isZero
      }
    if goesUp { kept = kept + BigNatural(1) }
    return ExactDecimal(isNegative: isNegative, coefficient: kept, exponent: -digits)
  }

  /// The number with at most so many digits in all.
  public func rounded(toSignificantDigits digits: Int) -> ExactDecimal {
    rounded(toFractionDigits: digits - magnitude)
  }
}
