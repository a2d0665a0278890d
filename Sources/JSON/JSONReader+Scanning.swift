// The grammar of RFC 8259 without making values: white space, literals, numbers.

extension JSONReader {
  @inline(__always) func peek() -> UInt8? { offset < count ? start[offset] : nil }

  @inline(__always) mutating func skipWhitespace() {
    // Nearly all texts on the wire are compact: one comparison settles them.
    if offset < count, start[offset] > 0x20 { return }
    skipWhitespaceRun()
  }

  @inline(never) private mutating func skipWhitespaceRun() {
    var position = offset
    while position < count {
      if position + 8 <= count, ByteScan(start + position).word == 0x2020_2020_2020_2020 {
        position += 8
        continue
      }
      let byte = start[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
      position += 1
    }
    offset = position
  }

  func text(_ begin: Int, _ end: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: start + begin, count: end - begin), as: UTF8.self)
  }

  mutating func literal(_ word: StaticString) throws(JSONError) {
    for index in 0..<word.utf8CodeUnitCount {
      guard peek() == word.utf8Start[index] else { throw unexpected("'\(word)'") }
      offset += 1
    }
  }

  /// Reads past a number; the reader stands at its first byte.
  mutating func scanNumber() throws(JSONError) {
    if peek() == UInt8(ascii: "-") { offset += 1 }
    if peek() == UInt8(ascii: "0") {
      offset += 1
      if let next = peek(), isDigit(next) {
        throw JSONError(.invalidNumber, byteOffset: offset, expected: "no digit after a leading zero")
      }
    } else {
      try scanDigits()
    }
    guard var next = peek() else { return }
    if next == UInt8(ascii: ".") {
      offset += 1
      try scanDigits()
      guard let afterFraction = peek() else { return }
      next = afterFraction
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      offset += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { offset += 1 }
      try scanDigits()
    }
  }

  private mutating func scanDigits() throws(JSONError) {
    var position = offset
    while position < count, isDigit(start[position]) { position += 1 }
    guard position > offset else {
      throw JSONError(offset < count ? .invalidNumber : .unexpectedEnd, byteOffset: offset, expected: "a digit")
    }
    offset = position
  }

  // MARK: Errors

  func unexpected(_ expected: String) -> JSONError {
    guard offset < count else { return JSONError(.unexpectedEnd, byteOffset: offset, expected: expected) }
    // Outside of strings any byte over 0x7F is wrong; say so when it is not even a character.
    if start[offset] >= 0x80, firstInvalidUTF8(start + offset, count: min(count - offset, 4)) == 0 {
      return JSONError(.invalidUTF8, byteOffset: offset, expected: "well-formed UTF-8")
    }
    return JSONError(.unexpectedByte, byteOffset: offset, expected: expected)
  }

  /// The error for a byte that begins another type of value, or none.
  func mismatch(_ expected: String) -> JSONError {
    switch peek() {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "t"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), .some(0x30...0x39):
      JSONError(.typeMismatch, byteOffset: offset, expected: expected)
    default: unexpected(expected)
    }
  }
}

@inline(__always) func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }
