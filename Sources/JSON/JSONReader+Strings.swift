/// Where a string stands in the text, without its quotes; its escapes, control characters and UTF-8 have been checked.
struct StringSpan {
  var begin: Int
  var end: Int
  var isEscaped: Bool
  var isASCII: Bool
}

extension JSONReader {
  /// Reads a string; the reader stands at its opening quote.
  @inline(__always) mutating func string() throws(JSONError) -> String { string(in: try scanString()) }

  @inline(__always) func string(in span: StringSpan) -> String {
    if span.isEscaped { return unescape(start + span.begin, count: span.end - span.begin) }
    let bytes = Span(_unsafeStart: start + span.begin, count: span.end - span.begin)
    // Nothing is checked again: scanString has seen every byte.
    return String(copying: unsafe UTF8Span(unchecked: bytes, isKnownASCII: span.isASCII))
  }

  /// Reads past a string and checks it; the reader stands at its opening quote.
  mutating func scanString() throws(JSONError) -> StringSpan {
    let begin = offset + 1
    var position = begin
    var isEscaped = false
    var highBits: UInt64 = 0
    while true {
      if position + 8 <= count {
        let scan = ByteScan(start + position)
        let marks = scan.marksOfStringEnd
        guard marks != 0 else {
          highBits |= scan.word
          position += 8
          continue
        }
        let index = ByteScan.firstMark(marks)
        highBits |= scan.word & ((1 << (UInt64(index) << 3)) &- 1)
        position += index
      }
      guard position < count else {
        throw JSONError(.unexpectedEnd, byteOffset: position, expected: "a closing '\"'")
      }
      let byte = start[position]
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        offset = position
        try scanEscape()
        position = offset
      } else if byte < 0x20 {
        throw JSONError(.unexpectedByte, byteOffset: position, expected: "control characters written as escapes")
      } else {
        highBits |= UInt64(byte)
        position += 1
      }
    }
    if highBits & ByteScan.highBits != 0, let invalid = firstInvalidUTF8(start + begin, count: position - begin) {
      throw JSONError(.invalidUTF8, byteOffset: begin + invalid, expected: "well-formed UTF-8")
    }
    offset = position + 1
    return StringSpan(begin: begin, end: position, isEscaped: isEscaped, isASCII: highBits & ByteScan.highBits == 0)
  }

  /// Reads past one escape; the reader stands at its backslash.
  @inline(__always) private mutating func scanEscape() throws(JSONError) {
    guard offset + 1 < count else {
      offset = count
      throw unexpected("an escape")
    }
    switch start[offset + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset += 2
    case UInt8(ascii: "u"): try scanUnicodeEscape()
    default: throw JSONError(.invalidEscape, byteOffset: offset + 1, expected: "one of \" \\ / b f n r t u after '\\'")
    }
  }

  /// Reads past `\uXXXX`, or two of them that make a surrogate pair; the reader stands at the first backslash.
  private mutating func scanUnicodeEscape() throws(JSONError) {
    let begin = offset + 2
    offset = begin
    let first = try hexadecimal()
    guard first & 0xF800 == 0xD800 else { return }
    guard first < 0xDC00, peek() == UInt8(ascii: "\\"), offset + 1 < count, start[offset + 1] == UInt8(ascii: "u") else {
      throw JSONError(.invalidEscape, byteOffset: begin, expected: "a whole surrogate pair")
    }
    offset += 2
    guard try hexadecimal() & 0xFC00 == 0xDC00 else {
      throw JSONError(.invalidEscape, byteOffset: begin, expected: "a whole surrogate pair")
    }
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek() else { throw unexpected("four hexadecimal digits") }
      guard let digit = hexadecimalDigit(byte) else {
        throw JSONError(.invalidEscape, byteOffset: offset, expected: "four hexadecimal digits")
      }
      value = value << 4 | UInt16(digit)
      offset += 1
    }
    return value
  }
}

@inline(__always) private func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x41 + 10
  case 0x61...0x66: byte - 0x61 + 10
  default: nil
  }
}

/// The text of an escaped string that has been checked: the text is never longer than its escaped form.
func unescape(_ source: UnsafePointer<UInt8>, count: Int) -> String {
  String(unsafeUninitializedCapacity: count) { target in
    guard let out = target.baseAddress else { return 0 }
    var read = 0
    var written = 0
    while read < count {
      if read + 8 <= count {
        let scan = ByteScan(source + read)
        // The whole word is copied even when an escape is in it: what follows the escape is overwritten.
        UnsafeMutableRawPointer(out + written).storeBytes(of: scan.word.littleEndian, as: UInt64.self)
        let marks = scan.marks(equalTo: UInt8(ascii: "\\"))
        let plain = marks == 0 ? 8 : ByteScan.firstMark(marks)
        read += plain
        written += plain
        if marks == 0 { continue }
      } else if source[read] != UInt8(ascii: "\\") {
        out[written] = source[read]
        read += 1
        written += 1
        continue
      }
      written += writeEscape(source, &read, to: out + written)
    }
    return written
  }
}

/// Writes the character of one escape as UTF-8 and returns its length; `read` stands at the backslash and is moved past the escape.
@inline(__always)
private func writeEscape(_ source: UnsafePointer<UInt8>, _ read: inout Int, to out: UnsafeMutablePointer<UInt8>) -> Int {
  let byte = source[read + 1]
  read += 2
  switch byte {
  case UInt8(ascii: "n"): out[0] = 0x0A
  case UInt8(ascii: "t"): out[0] = 0x09
  case UInt8(ascii: "r"): out[0] = 0x0D
  case UInt8(ascii: "b"): out[0] = 0x08
  case UInt8(ascii: "f"): out[0] = 0x0C
  case UInt8(ascii: "u"): return writeUnicodeEscape(source, &read, to: out)
  default: out[0] = byte
  }
  return 1
}

private func writeUnicodeEscape(_ source: UnsafePointer<UInt8>, _ read: inout Int, to out: UnsafeMutablePointer<UInt8>) -> Int {
  func unit() -> UInt32 {
    defer { read += 4 }
    return (0..<4).reduce(0) { $0 << 4 | UInt32(hexadecimalDigit(source[read + $1]) ?? 0) }
  }
  var scalar = unit()
  if scalar & 0xF800 == 0xD800 {
    read += 2
    scalar = 0x10000 + ((scalar & 0x3FF) << 10) + (unit() & 0x3FF)
  }
  switch scalar {
  case ..<0x80:
    out[0] = UInt8(scalar)
    return 1
  case ..<0x800:
    out[0] = UInt8(0xC0 | scalar >> 6)
    out[1] = UInt8(0x80 | scalar & 0x3F)
    return 2
  case ..<0x10000:
    out[0] = UInt8(0xE0 | scalar >> 12)
    out[1] = UInt8(0x80 | scalar >> 6 & 0x3F)
    out[2] = UInt8(0x80 | scalar & 0x3F)
    return 3
  default:
    out[0] = UInt8(0xF0 | scalar >> 18)
    out[1] = UInt8(0x80 | scalar >> 12 & 0x3F)
    out[2] = UInt8(0x80 | scalar >> 6 & 0x3F)
    out[3] = UInt8(0x80 | scalar & 0x3F)
    return 4
  }
}
