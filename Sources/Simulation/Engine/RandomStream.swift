/// Random numbers that follow from a seed: the same on every machine.
///
/// xoshiro256**, seeded by SplitMix64. Source: https://prng.di.unimi.it
public struct RandomStream: Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  public init(seed: UInt64) {
    var mixer = SplitMix(state: seed)
    state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
  }

  /// A stream of its own for one purpose: what draws from it changes nothing for the others.
  public init(seed: UInt64, purpose: String) {
    self.init(seed: seed ^ purpose.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
  }

  public mutating func next() -> UInt64 {
    let result = Self.rotated(state.1 &* 5, by: 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = Self.rotated(state.3, by: 45)
    return result
  }

  /// A number of the range, each as likely as the others.
  public mutating func number(in range: ClosedRange<Int64>) -> Int64 {
    let width = UInt64(bitPattern: range.upperBound &- range.lowerBound)
    guard width < .max else { return Int64(bitPattern: next()) }
    // Multiplication instead of a remainder: without its bias towards small numbers.
    return range.lowerBound &+ Int64(bitPattern: next().multipliedFullWidth(by: width + 1).high)
  }

  public mutating func number(in range: ClosedRange<Int>) -> Int { Int(number(in: Int64(range.lowerBound)...Int64(range.upperBound))) }

  /// A number from 0 up to but not including 1.
  public mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// True with the given probability, 0 to 1.
  public mutating func occurs(_ probability: Double) -> Bool { fraction() < probability }

  /// One of the elements; nil when there is none.
  public mutating func element<Element>(of elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[number(in: 0...(elements.count - 1))]
  }

  private static func rotated(_ value: UInt64, by bits: UInt64) -> UInt64 { (value << bits) | (value >> (64 - bits)) }
}

private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
