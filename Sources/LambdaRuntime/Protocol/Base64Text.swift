/// Base64 with the standard alphabet and padding (RFC 4648 section 4).
enum Base64Text {
  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    let padding = UInt8(ascii: "=")
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      let first = UInt32(bytes[start]) << 16
      let second = count > 1 ? UInt32(bytes[start + 1]) << 8 : 0
      let third = count > 2 ? UInt32(bytes[start + 2]) : 0
      let group = first | second | third
      for position in 0..<4 {
        let digit = Int(group >> UInt32(18 - 6 * position) & 63)
        text.append(position <= count ? alphabet.utf8Start[digit] : padding)
      }
    }
    return text
  }
}
