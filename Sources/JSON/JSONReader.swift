/// Reads JSON from bytes, value by value, without building a tree.
///
/// A reader is only ever handed to a closure or to `JSONDecodable.init(from:)`, while the bytes it points into are kept alive:
/// ```swift
/// try reader.beginObject()
/// while let key = try reader.nextKey() {
///   switch key {
///   case "task": task = try reader.readString()
///   default: try reader.skipValue()
///   }
/// }
/// ```
public struct JSONReader {
  /// Nested arrays and objects that a text may have unless the caller says otherwise.
  public static let defaultMaximumDepth = 512

  private let start: UnsafePointer<UInt8>
  private let count: Int
  private let maximumDepth: Int
  private var offset = 0
  private var depth = 0
  /// True directly after an opening bracket: no comma is due.
  private var atFirst = false

  private init(_ buffer: UnsafeBufferPointer<UInt8>, maximumDepth: Int, empty: UnsafePointer<UInt8>) {
    start = buffer.baseAddress ?? empty
    count = buffer.count
    self.maximumDepth = maximumDepth
  }

  /// Offset of the next byte to be read.
  public var byteOffset: Int { offset }

  // MARK: Whole texts

  static func parse(_ bytes: [UInt8], maximumDepth: Int) throws(JSONError) -> JSONValue {
    try withReader(bytes, maximumDepth: maximumDepth) { (reader: inout JSONReader) throws(JSONError) in try reader.readValue() }
  }

  static func decode<Value: JSONDecodable>(_ type: Value.Type, from bytes: [UInt8]) throws(JSONError) -> Value {
    try withReader(bytes, maximumDepth: defaultMaximumDepth) { (reader: inout JSONReader) throws(JSONError) in try Value(from: &reader) }
  }

  /// Reads one JSON text that holds nothing but what `body` reads.
  /// - Throws: `JSONError`, also for invalid UTF-8 anywhere in the bytes and for bytes left over.
  public static func withReader<Result>(
    _ bytes: [UInt8], maximumDepth: Int = defaultMaximumDepth, _ body: (inout JSONReader) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    let outcome: Swift.Result<Result, JSONError> = bytes.withUnsafeBufferPointer { buffer in
      var placeholder: UInt8 = 0
      return withUnsafePointer(to: &placeholder) { empty in
        if let invalid = firstInvalidUTF8(buffer) {
          return .failure(JSONError(.invalidUTF8, byteOffset: invalid, expected: "well-formed UTF-8"))
        }
        var reader = JSONReader(buffer, maximumDepth: maximumDepth, empty: empty)
        do throws(JSONError) {
          let result = try body(&reader)
          reader.skipWhitespace()
          guard reader.offset == reader.count else {
            return .failure(JSONError(.trailingBytes, byteOffset: reader.offset, expected: "the end of the text"))
          }
          return .success(result)
        } catch {
          return .failure(error)
        }
      }
    }
    return try outcome.get()
  }

  // MARK: Structure

  public mutating func beginObject() throws(JSONError) {
    try open(UInt8(ascii: "{"), expected: "an object")
  }

  /// The name of the next member, or nil at the end of the object.
  public mutating func nextKey() throws(JSONError) -> String? {
    guard try advance(to: UInt8(ascii: "}"), expected: "',' or '}'") else { return nil }
    guard peek() == UInt8(ascii: "\"") else { throw unexpected("a member name in double quotes") }
    let key = try string()
    skipWhitespace()
    guard peek() == UInt8(ascii: ":") else { throw unexpected("':'") }
    offset += 1
    return key
  }

  public mutating func beginArray() throws(JSONError) {
    try open(UInt8(ascii: "["), expected: "an array")
  }

  /// True when another element follows, false at the end of the array.
  public mutating func nextElement() throws(JSONError) -> Bool {
    try advance(to: UInt8(ascii: "]"), expected: "',' or ']'")
  }

  private mutating func open(_ bracket: UInt8, expected: String) throws(JSONError) {
    skipWhitespace()
    guard peek() == bracket else { throw mismatch(expected) }
    guard depth < maximumDepth else {
      throw JSONError(.tooDeep, byteOffset: offset, expected: "at most \(maximumDepth) nested arrays and objects")
    }
    offset += 1
    depth += 1
    atFirst = true
  }

  private mutating func advance(to closing: UInt8, expected: String) throws(JSONError) -> Bool {
    skipWhitespace()
    if peek() == closing {
      offset += 1
      depth -= 1
      atFirst = false
      return false
    }
    if atFirst {
      atFirst = false
    } else {
      guard peek() == UInt8(ascii: ",") else { throw unexpected(expected) }
      offset += 1
      skipWhitespace()
    }
    return true
  }

  // MARK: Values

  public mutating func readString() throws(JSONError) -> String {
    skipWhitespace()
    guard peek() == UInt8(ascii: "\"") else { throw mismatch("a string") }
    atFirst = false
    return try string()
  }

  public mutating func readNumber() throws(JSONError) -> JSONNumber {
    skipWhitespace()
    atFirst = false
    guard let first = peek(), first == UInt8(ascii: "-") || (first >= 0x30 && first <= 0x39) else { throw mismatch("a number") }
    let begin = offset
    try number()
    return JSONNumber(validated: text(begin, offset))
  }

  /// A number without a fraction, in the range of `Int64`.
  public mutating func readInt64() throws(JSONError) -> Int64 {
    skipWhitespace()
    let begin = offset
    guard let value = try readNumber().int64 else {
      throw JSONError(.invalidNumber, byteOffset: begin, expected: "an integer of at most 64 bits")
    }
    return value
  }

  /// A number without a fraction, in the range of `Int`.
  public mutating func readInt() throws(JSONError) -> Int { Int(try readInt64()) }

  public mutating func readDouble() throws(JSONError) -> Double { try readNumber().double }

  public mutating func readBool() throws(JSONError) -> Bool {
    skipWhitespace()
    atFirst = false
    switch peek() {
    case UInt8(ascii: "t"):
      try literal("true")
      return true
    case UInt8(ascii: "f"):
      try literal("false")
      return false
    default: throw mismatch("true or false")
    }
  }

  /// Consumes a null if one stands here.
  public mutating func readIfNull() throws(JSONError) -> Bool {
    skipWhitespace()
    guard peek() == UInt8(ascii: "n") else { return false }
    atFirst = false
    try literal("null")
    return true
  }

  /// A string, or nil for null.
  public mutating func readOptionalString() throws(JSONError) -> String? {
    if try readIfNull() { return nil }
    return try readString()
  }

  public mutating func readArray<Element: JSONDecodable>(of type: Element.Type) throws(JSONError) -> [Element] {
    var elements: [Element] = []
    try beginArray()
    while try nextElement() { elements.append(try Element(from: &self)) }
    return elements
  }

  public mutating func readValue() throws(JSONError) -> JSONValue {
    skipWhitespace()
    guard let byte = peek() else { throw unexpected("a value") }
    switch byte {
    case UInt8(ascii: "{"):
      var members: [JSONObject.Member] = []
      try beginObject()
      while let key = try nextKey() { members.append((key: key, value: try readValue())) }
      return .object(JSONObject(members: members))
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      try beginArray()
      while try nextElement() { elements.append(try readValue()) }
      return .array(elements)
    case UInt8(ascii: "\""): return .string(try readString())
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try readBool())
    case UInt8(ascii: "n"):
      _ = try readIfNull()
      return .null
    case UInt8(ascii: "-"), 0x30...0x39: return .number(try readNumber())
    default: throw unexpected("a value")
    }
  }

  /// Reads past one value, checking its grammar.
  public mutating func skipValue() throws(JSONError) {
    skipWhitespace()
    switch peek() {
    case UInt8(ascii: "{"):
      try beginObject()
      while try nextKey() != nil { try skipValue() }
    case UInt8(ascii: "["):
      try beginArray()
      while try nextElement() { try skipValue() }
    default: _ = try readValue()
    }
  }

  /// The bytes of one value exactly as they stand in the text, checked for grammar.
  public mutating func readRaw() throws(JSONError) -> [UInt8] {
    skipWhitespace()
    let begin = offset
    try skipValue()
    return Array(UnsafeBufferPointer(start: start + begin, count: offset - begin))
  }

  // MARK: Scanning

  @inline(__always) private func peek() -> UInt8? { offset < count ? start[offset] : nil }

  @inline(__always) private mutating func skipWhitespace() {
    while offset < count {
      let byte = start[offset]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      offset += 1
    }
  }

  private func text(_ begin: Int, _ end: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: start + begin, count: end - begin), as: UTF8.self)
  }

  private func unexpected(_ expected: String) -> JSONError {
    JSONError(offset < count ? .unexpectedByte : .unexpectedEnd, byteOffset: offset, expected: expected)
  }

  /// The error for a byte that begins another type of value, or none.
  private func mismatch(_ expected: String) -> JSONError {
    guard let byte = peek() else { return unexpected(expected) }
    let beginsValue: Bool
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "t"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), 0x30...0x39:
      beginsValue = true
    default: beginsValue = false
    }
    return JSONError(beginsValue ? .typeMismatch : .unexpectedByte, byteOffset: offset, expected: expected)
  }

  private mutating func literal(_ word: StaticString) throws(JSONError) {
    for index in 0..<word.utf8CodeUnitCount {
      guard peek() == word.utf8Start[index] else { throw unexpected("'\(word)'") }
      offset += 1
    }
  }

  private mutating func digits() throws(JSONError) {
    guard let first = peek(), first >= 0x30, first <= 0x39 else {
      throw JSONError(offset < count ? .invalidNumber : .unexpectedEnd, byteOffset: offset, expected: "a digit")
    }
    while offset < count, start[offset] >= 0x30, start[offset] <= 0x39 { offset += 1 }
  }

  private mutating func number() throws(JSONError) {
    if peek() == UInt8(ascii: "-") { offset += 1 }
    if peek() == UInt8(ascii: "0") {
      offset += 1
      if let next = peek(), next >= 0x30, next <= 0x39 {
        throw JSONError(.invalidNumber, byteOffset: offset, expected: "no digit after a leading zero")
      }
    } else {
      try digits()
    }
    if peek() == UInt8(ascii: ".") {
      offset += 1
      try digits()
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      offset += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { offset += 1 }
      try digits()
    }
  }

  /// Reads a string; the reader stands at its opening quote.
  private mutating func string() throws(JSONError) -> String {
    offset += 1
    let begin = offset
    while offset < count {
      let byte = start[offset]
      if byte == 0x22 {
        let result = text(begin, offset)
        offset += 1
        return result
      }
      if byte == 0x5C { return try escapedString(from: begin) }
      if byte < 0x20 { throw JSONError(.unexpectedByte, byteOffset: offset, expected: "control characters written as escapes") }
      offset += 1
    }
    throw JSONError(.unexpectedEnd, byteOffset: offset, expected: "a closing '\"'")
  }

  /// Goes on with a string that has an escape at the current offset.
  private mutating func escapedString(from begin: Int) throws(JSONError) -> String {
    var utf8 = Array(UnsafeBufferPointer(start: start + begin, count: offset - begin))
    while offset < count {
      let byte = start[offset]
      switch byte {
      case 0x22:
        offset += 1
        return String(decoding: utf8, as: UTF8.self)
      case 0x5C:
        offset += 1
        let scalar = try escape()
        utf8.append(contentsOf: String(scalar).utf8)
      case 0..<0x20: throw JSONError(.unexpectedByte, byteOffset: offset, expected: "control characters written as escapes")
      default:
        utf8.append(byte)
        offset += 1
      }
    }
    throw JSONError(.unexpectedEnd, byteOffset: offset, expected: "a closing '\"'")
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = peek() else { throw unexpected("an escape") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw JSONError(.invalidEscape, byteOffset: offset - 1, expected: "one of \" \\ / b f n r t u after '\\'")
    }
  }

  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let begin = offset
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, peek() == 0x5C, offset + 1 < count, start[offset + 1] == UInt8(ascii: "u") else {
      throw JSONError(.invalidEscape, byteOffset: begin, expected: "a whole surrogate pair")
    }
    offset += 2
    let second = try hexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((UInt32(first) - 0xD800) << 10) + (UInt32(second) - 0xDC00))
    else { throw JSONError(.invalidEscape, byteOffset: begin, expected: "a whole surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek() else { throw unexpected("four hexadecimal digits") }
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x41 + 10
      case 0x61...0x66: digit = byte - 0x61 + 10
      default: throw JSONError(.invalidEscape, byteOffset: offset, expected: "four hexadecimal digits")
      }
      value = value << 4 | UInt16(digit)
      offset += 1
    }
    return value
  }
}

/// Offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7); nil when there is none.
func firstInvalidUTF8(_ buffer: UnsafeBufferPointer<UInt8>) -> Int? {
  guard let start = buffer.baseAddress else { return nil }
  let count = buffer.count
  var index = 0
  while index < count {
    if index + 8 <= count,
      UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      index += 8
      continue
    }
    let lead = start[index]
    if lead < 0x80 {
      index += 1
      continue
    }
    let length: Int
    var lower: UInt8 = 0x80
    var upper: UInt8 = 0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, lower) = (3, 0xA0)
    case 0xED: (length, upper) = (3, 0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, lower) = (4, 0x90)
    case 0xF4: (length, upper) = (4, 0x8F)
    case 0xF1...0xF3: length = 4
    default: return index
    }
    guard index + length <= count, start[index + 1] >= lower, start[index + 1] <= upper else { return index }
    for continuation in 2..<max(length, 2) where start[index + continuation] & 0xC0 != 0x80 { return index }
    index += length
  }
  return nil
}
