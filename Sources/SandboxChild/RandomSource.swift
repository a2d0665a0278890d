/// xoshiro256** 1.0 (Blackman and Vigna, 2018): what a module's random numbers are, all of them from 32 bytes.
struct RandomSource {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// - Parameter seed: 32 bytes; fewer are filled up with zeros.
  init(seed: [UInt8]) {
    func word(_ index: Int) -> UInt64 {
      var word: UInt64 = 0
      for byte in 0..<8 where index * 8 + byte < seed.count { word |= UInt64(seed[index * 8 + byte]) << UInt64(byte * 8) }
      return word
    }
    state = (word(0), word(1), word(2), word(3))
    // The one state that never leaves itself.
    if state == (0, 0, 0, 0) { state = (1, 2, 3, 4) }
  }

  mutating func next() -> UInt64 {
    func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 { value &<< count | value &>> (64 &- count) }
    let result = rotate(state.1 &* 5, 7) &* 9
    let shifted = state.1 &<< 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotate(state.3, 45)
    return result
  }

  /// At least 0 and less than 1, in steps of 2^-53.
  mutating func nextUnit() -> Double { Double(next() &>> 11) * 0x1p-53 }
}
