import AWSClient

/// Ids that look like AWS's and are the same in every run: numbers 1, 2, 3, … stirred, as UUIDs.
struct IdentifierSequence {
  private let salt: UInt64
  private var count: UInt64 = 0

  /// - Parameter salt: sets the sequence of one service apart from another's.
  init(salt: UInt64) { self.salt = salt }

  mutating func next() -> String {
    count += 1
    return RandomID.uuid(
      high: IdentifierSequence.stirred(count ^ salt << 32), low: IdentifierSequence.stirred(count | salt << 48))
  }

  /// The output function of SplitMix64.
  private static func stirred(_ value: UInt64) -> UInt64 {
    var z = value &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
