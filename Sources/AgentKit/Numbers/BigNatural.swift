/// A natural number of any size, in limbs of nine decimal digits, the lowest first.
///
/// The base is a power of ten because every use here begins and ends with decimal text.
struct BigNatural: Hashable, Sendable {
  static let base: UInt64 = 1_000_000_000
  static let digitsPerLimb = 9

  /// No zero limb at the end; empty for zero.
  private(set) var limbs: [UInt32]

  init() { limbs = [] }

  init(_ value: UInt64) {
    limbs = []
    var rest = value
    while rest > 0 {
      limbs.append(UInt32(rest % Self.base))
      rest /= Self.base
    }
  }

  /// - Parameter digits: ASCII digits, the highest first; anything else is the caller's mistake and counts as its low bits.
  init(digits: some BidirectionalCollection<UInt8>) {
    limbs = []
    limbs.reserveCapacity(digits.count / Self.digitsPerLimb + 1)
    var limb: UInt32 = 0
    var scale: UInt32 = 1
    for digit in digits.reversed() {
      limb += UInt32(digit & 15) * scale
      if scale == 100_000_000 {
        limbs.append(limb)
        limb = 0
        scale = 1
      } else {
        scale *= 10
      }
    }
    if limb > 0 { limbs.append(limb) }
    trim()
  }

  private init(limbs: [UInt32]) {
    self.limbs = limbs
    trim()
  }

  private mutating func trim() { while limbs.last == 0 { limbs.removeLast() } }

  var isZero: Bool { limbs.isEmpty }
  var isOdd: Bool { (limbs.first ?? 0) & 1 == 1 }

  /// How many decimal digits the number has; 0 for zero.
  var digitCount: Int {
    guard let top = limbs.last else { return 0 }
    return (limbs.count - 1) * Self.digitsPerLimb + Self.digits(of: top)
  }

  private static func digits(of limb: UInt32) -> Int {
    var count = 0
    var rest = limb
    while rest > 0 {
      count += 1
      rest /= 10
    }
    return count
  }

  /// The number as decimal text; "0" for zero.
  var text: String {
    guard let top = limbs.last else { return "0" }
    var text = String(top)
    for limb in limbs.dropLast().reversed() {
      let part = String(limb)
      text += String(repeating: "0", count: Self.digitsPerLimb - part.utf8.count) + part
    }
    return text
  }

  /// The number; nil when it does not fit.
  var uint64: UInt64? {
    var value: UInt64 = 0
    for limb in limbs.reversed() {
      let (product, overflow) = value.multipliedReportingOverflow(by: Self.base)
      let (sum, carry) = product.addingReportingOverflow(UInt64(limb))
      if overflow || carry { return nil }
      value = sum
    }
    return value
  }

  /// How many zeros the decimal text ends with; 0 for zero.
  var trailingZeros: Int {
    var count = 0
    for limb in limbs {
      if limb == 0 {
        count += Self.digitsPerLimb
        continue
      }
      var rest = limb
      while rest % 10 == 0 {
        count += 1
        rest /= 10
      }
      break
    }
    return limbs.isEmpty ? 0 : count
  }

  private static func powerOfTen(_ exponent: Int) -> UInt32 {
    var power: UInt32 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
  }

  /// The number times ten to the power of `count`.
  func shiftedLeft(_ count: Int) -> BigNatural {
    guard !isZero, count > 0 else { return self }
    var shifted = [UInt32](repeating: 0, count: count / Self.digitsPerLimb)
    shifted.append(contentsOf: limbs)
    return BigNatural(limbs: shifted).multiplied(by: Self.powerOfTen(count % Self.digitsPerLimb))
  }

  /// The number divided by ten to the power of `count`.
  func shiftedRight(_ count: Int) -> BigNatural {
    guard count > 0 else { return self }
    let whole = count / Self.digitsPerLimb
    guard whole < limbs.count else { return BigNatural() }
    return BigNatural(limbs: Array(limbs.dropFirst(whole))).dividedSmall(by: Self.powerOfTen(count % Self.digitsPerLimb)).quotient
  }

  func multiplied(by factor: UInt32) -> BigNatural {
    guard factor != 1 else { return self }
    var result: [UInt32] = []
    result.reserveCapacity(limbs.count + 1)
    var carry: UInt64 = 0
    for limb in limbs {
      let product = UInt64(limb) * UInt64(factor) + carry
      result.append(UInt32(product % Self.base))
      carry = product / Self.base
    }
    while carry > 0 {
      result.append(UInt32(carry % Self.base))
      carry /= Self.base
    }
    return BigNatural(limbs: result)
  }

  func dividedSmall(by divisor: UInt32) -> (quotient: BigNatural, remainder: UInt32) {
    var result = limbs
    var remainder: UInt64 = 0
    for index in result.indices.reversed() {
      let current = remainder * Self.base + UInt64(result[index])
      result[index] = UInt32(current / UInt64(divisor))
      remainder = current % UInt64(divisor)
    }
    return (BigNatural(limbs: result), UInt32(remainder))
  }

  static func + (left: BigNatural, right: BigNatural) -> BigNatural {
    var result: [UInt32] = []
    let count = max(left.limbs.count, right.limbs.count)
    result.reserveCapacity(count + 1)
    var carry: UInt32 = 0
    for index in 0..<count {
      var sum = carry
      if index < left.limbs.count { sum += left.limbs[index] }
      if index < right.limbs.count { sum += right.limbs[index] }
      carry = sum >= UInt32(base) ? 1 : 0
      result.append(carry == 1 ? sum - UInt32(base) : sum)
    }
    if carry > 0 { result.append(carry) }
    return BigNatural(limbs: result)
  }

  /// The difference of two numbers; zero when the right one is the greater.
  static func - (left: BigNatural, right: BigNatural) -> BigNatural {
    guard left > right else { return BigNatural() }
    var result = left.limbs
    var borrow: Int64 = 0
    for index in result.indices {
      var difference = Int64(result[index]) - borrow
      if index < right.limbs.count { difference -= Int64(right.limbs[index]) }
      borrow = difference < 0 ? 1 : 0
      result[index] = UInt32(difference < 0 ? difference + Int64(base) : difference)
    }
    return BigNatural(limbs: result)
  }

  static func * (left: BigNatural, right: BigNatural) -> BigNatural {
    guard !left.isZero, !right.isZero else { return BigNatural() }
    var result = [UInt32](repeating: 0, count: left.limbs.count + right.limbs.count)
    for (i, a) in left.limbs.enumerated() {
      var carry: UInt64 = 0
      for (j, b) in right.limbs.enumerated() {
        let current = UInt64(result[i + j]) + UInt64(a) * UInt64(b) + carry
        result[i + j] = UInt32(current % base)
        carry = current / base
      }
      result[i + right.limbs.count] = UInt32(carry)
    }
    return BigNatural(limbs: result)
  }

  /// Quotient and remainder; both zero for a divisor of zero.
  ///
  /// Long division, Knuth volume 2, 4.3.1, algorithm D.
  func divided(by divisor: BigNatural) -> (quotient: BigNatural, remainder: BigNatural) {
    guard let top = divisor.limbs.last else { return (BigNatural(), BigNatural()) }
    guard self >= divisor else { return (BigNatural(), self) }
    guard divisor.limbs.count > 1 else {
      let (quotient, remainder) = dividedSmall(by: top)
      return (quotient, BigNatural(UInt64(remainder)))
    }
    let scale = UInt32(Self.base / (UInt64(top) + 1))
    var dividend = multiplied(by: scale).limbs
    let scaled = divisor.multiplied(by: scale).limbs
    let size = scaled.count
    while dividend.count <= limbs.count { dividend.append(0) }
    var quotient = [UInt32](repeating: 0, count: dividend.count - size)
    let first = UInt64(scaled[size - 1])
    let second = UInt64(scaled[size - 2])
    for position in quotient.indices.reversed() {
      let high = UInt64(dividend[position + size]) * Self.base + UInt64(dividend[position + size - 1])
      var guess = high / first
      var rest = high % first
      while guess >= Self.base || guess * second > rest * Self.base + UInt64(dividend[position + size - 2]) {
        guess -= 1
        rest += first
        if rest >= Self.base { break }
      }
      var borrow: Int64 = 0
      var carry: UInt64 = 0
      for index in 0..<size {
        let product = guess * UInt64(scaled[index]) + carry
        carry = product / Self.base
        let difference = Int64(dividend[position + index]) - Int64(product % Self.base) - borrow
        borrow = difference < 0 ? 1 : 0
        dividend[position + index] = UInt32(difference < 0 ? difference + Int64(Self.base) : difference)
      }
      let last = Int64(dividend[position + size]) - Int64(carry) - borrow
      if last < 0 {
        // The guess was one too large, which happens about twice in a thousand million times.
        guess -= 1
        var carry: UInt32 = 0
        for index in 0..<size {
          let sum = dividend[position + index] + scaled[index] + carry
          carry = sum >= UInt32(Self.base) ? 1 : 0
          dividend[position + index] = carry == 1 ? sum - UInt32(Self.base) : sum
        }
        dividend[position + size] = UInt32(truncatingIfNeeded: last + Int64(carry))
      } else {
        dividend[position + size] = UInt32(last)
      }
      quotient[position] = UInt32(guess)
    }
    return (BigNatural(limbs: quotient), BigNatural(limbs: dividend).dividedSmall(by: scale).quotient)
  }
}

extension BigNatural: Comparable {
  static func < (left: BigNatural, right: BigNatural) -> Bool {
    if left.limbs.count != right.limbs.count { return left.limbs.count < right.limbs.count }
    for index in left.limbs.indices.reversed() where left.limbs[index] != right.limbs[index] {
      return left.limbs[index] < right.limbs[index]
    }
    return false
  }
}
