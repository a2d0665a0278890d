/// Base64 of RFC 4648 section 4, with padding.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The value of each byte of the alphabet; 255 for every other byte.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
  }()

  package static func encode(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { output in
      var written = 0
      func put(_ value: UInt32) {
        output[written] = alphabet[Int(value & 63)]
        written += 1
      }
      var index = 0
      while index + 3 <= bytes.count {
        let group = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
        put(group >> 18)
        put(group >> 12)
        put(group >> 6)
        put(group)
        index += 3
      }
      let left = bytes.count - index
      if left > 0 {
        let group = UInt32(bytes[index]) << 16 | (left == 2 ? UInt32(bytes[index + 1]) << 8 : 0)
        put(group >> 18)
        put(group >> 12)
        if left == 2 {
          put(group >> 6)
        } else {
          output[written] = UInt8(ascii: "=")
          written += 1
        }
        output[written] = UInt8(ascii: "=")
        written += 1
      }
      return written
    }
  }

  /// The bytes; nil when the text is no Base64 with its padding.
  package static func decode(_ text: String) -> [UInt8]? {
    let utf8 = Array(text.utf8)
    guard utf8.count % 4 == 0 else { return nil }
    var padding = 0
    while padding < 2, padding < utf8.count, utf8[utf8.count - 1 - padding] == UInt8(ascii: "=") { padding += 1 }
    let meaningful = utf8.count - padding
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count / 4 * 3)
    var group: UInt32 = 0
    var bits = 0
    for index in 0..<meaningful {
      let value = values[Int(utf8[index])]
      guard value != 255 else { return nil }
      group = group << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
      }
    }
    return bytes
  }
}
