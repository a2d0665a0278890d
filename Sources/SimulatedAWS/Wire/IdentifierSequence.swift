/// Ids that look like AWS's and are the same in every run: numbers 1, 2, 3, … stirred, as UUIDs.
struct IdentifierSequence {
  private let salt: UInt64
  private var count: UInt64 = 0

  /// - Parameter salt: sets the sequence of one service apart from another's.
  init(salt: UInt64) { self.salt = salt }

  mutating func next() -> String {
    count += 1
    return IdentifierSequence.uuid(
      high: IdentifierSequence.stirred(count ^ salt << 32), low: IdentifierSequence.stirred(count | salt << 48))
  }

  /// The output function of SplitMix64.
  private static func stirred(_ value: UInt64) -> UInt64 {
    var z = value &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// A UUID of version 4 in its usual spelling.
  private static func uuid(high: UInt64, low: UInt64) -> String {
    let high = high & ~0xF000 | 0x4000
    let low = low & ~(3 << 62) | 1 << 63
    return String(unsafeUninitializedCapacity: 36) { output in
      var position = 0
      for index in 0..<32 {
        if index == 8 || index == 12 || index == 16 || index == 20 {
          output[position] = UInt8(ascii: "-")
          position += 1
        }
        let word = index < 16 ? high : low
        let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - (index & 15) * 4)) & 15
        output[position] = digit < 10 ? 0x30 + digit : 0x57 + digit
        position += 1
      }
      return position
    }
  }
}
