/// Makes UUIDs of version 4; nobody has to be unable to guess them.
struct IdentifierSource: Sendable {
  let makeID: @Sendable () -> String = {
    var generator = SystemRandomNumberGenerator()
    let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    return String(unsafeUninitializedCapacity: 36) { buffer in
      var place = 0
      for digit in 0..<32 {
        if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
          buffer[place] = UInt8(ascii: "-")
          place += 1
        }
        let value = UInt8(truncatingIfNeeded: (digit < 16 ? high : low) >> UInt64((15 - digit % 16) * 4)) & 15
        buffer[place] = value < 10 ? 0x30 + value : 0x61 + value - 10
        place += 1
      }
      return 36
    }
  }
}
