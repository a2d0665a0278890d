internal import Glibc

/// JSON that the engine wrote, as it may go over the wire: JavaScript's strings may hold halves of surrogate pairs, which no UTF-8 has and
/// which other parsers refuse; each becomes U+FFFD, as `String.prototype.toWellFormed` does it.
enum JSONText {
  struct Shape {
    /// The deepest nesting of arrays and objects.
    var depth = 0
    var hasHalves = false
  }

  /// What there is to know of a JSON text, read once.
  static func shape(of text: UnsafeRawBufferPointer) -> Shape {
    var shape = Shape()
    var depth = 0
    var isString = false
    var index = 0
    while index < text.count {
      let byte = text[index]
      if isString {
        if byte == UInt8(ascii: "\"") {
          isString = false
        } else if byte == UInt8(ascii: "\\") {
          if isEscapedHalf(text, at: index) { shape.hasHalves = true }
          index += 1
        } else if byte == 0xED, isEncodedHalf(text, at: index) {
          shape.hasHalves = true
        }
      } else if byte == UInt8(ascii: "\"") {
        isString = true
      } else if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
        depth += 1
        shape.depth = max(shape.depth, depth)
      } else if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
        depth -= 1
      }
      index += 1
    }
    return shape
  }

  /// A copy without halves; nil where there is no memory for it. Whoever gets it frees it.
  static func repaired(_ text: UnsafeRawBufferPointer) -> UnsafeMutableRawBufferPointer? {
    guard let copy = malloc(max(text.count, 1)) else { return nil }
    var written = 0
    func put(_ byte: UInt8) {
      copy.storeBytes(of: byte, toByteOffset: written, as: UInt8.self)
      written += 1
    }
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "\\") {
        if isEscapedHalf(text, at: index) {
          for byte in [0xEF, 0xBF, 0xBD] as [UInt8] { put(byte) }
          index += 6
        } else {
          // The escaped character goes with its backslash: it may be one itself.
          put(byte)
          if index + 1 < text.count { put(text[index + 1]) }
          index += 2
        }
      } else if byte == 0xED, isEncodedHalf(text, at: index) {
        for byte in [0xEF, 0xBF, 0xBD] as [UInt8] { put(byte) }
        index += 3
      } else {
        put(byte)
        index += 1
      }
    }
    return UnsafeMutableRawBufferPointer(start: copy, count: written)
  }

  /// The text of UTF-8 in which halves are encoded as if they were characters.
  static func string(_ text: UnsafeRawBufferPointer) -> String {
    guard text.contains(0xED) else { return String(decoding: text, as: UTF8.self) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      if text[index] == 0xED, isEncodedHalf(text, at: index) {
        bytes.append(contentsOf: [0xEF, 0xBF, 0xBD])
        index += 3
      } else {
        bytes.append(text[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `\uD800` to `\uDFFF`: the engine writes whole pairs as the character, so that any of these is half a pair.
  private static func isEscapedHalf(_ text: UnsafeRawBufferPointer, at index: Int) -> Bool {
    guard index + 5 < text.count, text[index + 1] == UInt8(ascii: "u"), text[index + 2] | 0x20 == UInt8(ascii: "d") else { return false }
    let third = text[index + 3] | 0x20
    return third == UInt8(ascii: "8") | 0x20 || third == UInt8(ascii: "9") | 0x20
      || (third >= UInt8(ascii: "a") && third <= UInt8(ascii: "f"))
  }

  /// The three bytes that U+D800 to U+DFFF would have.
  private static func isEncodedHalf(_ text: UnsafeRawBufferPointer, at index: Int) -> Bool {
    index + 2 < text.count && text[index + 1] >= 0xA0 && text[index + 1] <= 0xBF
  }
}
