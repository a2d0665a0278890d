/// Identifiers made of random bits.
package enum RandomID {
  package static func uuid(_ clock: any AWSClock) -> String { uuid(high: clock.randomBits(), low: clock.randomBits()) }

  /// A version 4 UUID (RFC 9562 section 5.4) of these bits, in lower case.
  package static func uuid(high: UInt64, low: UInt64) -> String {
    let high = (high & ~0xF000) | 0x4000
    let low = (low & ~(0b11 << 62)) | (0b10 << 62)
    let digits = Array("0123456789abcdef".utf8)
    return String(unsafeUninitializedCapacity: 36) { output in
      var position = 0
      for index in 0..<32 {
        if index == 8 || index == 12 || index == 16 || index == 20 {
          output[position] = UInt8(ascii: "-")
          position += 1
        }
        let word = index < 16 ? high : low
        output[position] = digits[Int(word >> UInt64(60 - 4 * (index % 16)) & 15)]
        position += 1
      }
      return 36
    }
  }
}
