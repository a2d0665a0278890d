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

  let start: UnsafePointer<UInt8>
  let count: Int
  let maximumDepth: Int
  var offset = 0
  var depth = 0
  /// True directly after an opening bracket: no comma is due.
  var atFirst = false

  private init(_ buffer: UnsafeBufferPointer<UInt8>, maximumDepth: Int, empty: UnsafePointer<UInt8>) {
    start = buffer.baseAddress ?? empty
    count = buffer.count
    self.maximumDepth = maximumDepth
  }

  /// Offset of the next byte to be read.
  public var byteOffset: Int { offset }

  /// Offset of the next value's first byte; reads past the white space before it.
  public mutating func valueOffset() -> Int {
    skipWhitespace()
    return offset
  }

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
        var reader = JSONReader(buffer, maximumDepth: maximumDepth, empty: empty)
        do throws(JSONError) {
          let result = try body(&reader)
          reader.skipWhitespace()
          guard reader.offset == reader.count else {
            let error = reader.unexpected("the end of the text")
            let code: JSONError.Code = error.code == .invalidUTF8 ? .invalidUTF8 : .trailingBytes
            return .failure(JSONError(code, byteOffset: error.byteOffset, expected: error.expected))
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
    guard let key = try scanKey() else { return nil }
    return string(in: key)
  }

  /// Reads past the name of the next member and its colon; nil at the end of the object.
  @inline(__always) mutating func scanKey() throws(JSONError) -> StringSpan? {
    guard try advance(to: UInt8(ascii: "}"), expected: "',' or '}'") else { return nil }
    guard peek() == UInt8(ascii: "\"") else { throw unexpected("a member name in double quotes") }
    let key = try scanString()
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

  @inline(__always) private mutating func advance(to closing: UInt8, expected: StaticString) throws(JSONError) -> Bool {
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
      guard peek() == UInt8(ascii: ",") else { throw unexpected("\(expected)") }
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
    let number = try scanNumberValue()
    return JSONNumber(validated: text(number.lowerBound, number.upperBound))
  }

  /// Reads past a number, or throws when another value stands here; the reader stands at its first byte.
  private mutating func scanNumberValue() throws(JSONError) -> Range<Int> {
    atFirst = false
    guard let first = peek(), first == UInt8(ascii: "-") || isDigit(first) else { throw mismatch("a number") }
    let begin = offset
    try scanNumber()
    return begin..<offset
  }

  private mutating func readDecimal() throws(JSONError) -> (number: DecimalText, begin: Int) {
    skipWhitespace()
    let range = try scanNumberValue()
    return (DecimalText(start + range.lowerBound, count: range.count), range.lowerBound)
  }

  /// A number without a fraction, in the range of `Int64`; `1.0` and `1e3` are such numbers.
  public mutating func readInt64() throws(JSONError) -> Int64 {
    let (number, begin) = try readDecimal()
    guard let value = number.integer(as: Int64.self) else {
      throw JSONError(.invalidNumber, byteOffset: begin, expected: "an integer of at most 64 bits")
    }
    return value
  }

  /// A number without a fraction, in the range of `Int`.
  public mutating func readInt() throws(JSONError) -> Int { Int(try readInt64()) }

  /// The double nearest to a number.
  /// - Throws: `invalidNumber` when the number is beyond the range of `Double`.
  public mutating func readDouble() throws(JSONError) -> Double {
    let (number, begin) = try readDecimal()
    guard let value = number.double else {
      throw JSONError(.invalidNumber, byteOffset: begin, expected: "a number in the range of a double")
    }
    return value
  }

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
    switch peek() {
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
    default: return try readScalar()
    }
  }

  /// A value that is neither an object, an array nor a string.
  private mutating func readScalar() throws(JSONError) -> JSONValue {
    switch peek() {
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try readBool())
    case UInt8(ascii: "n"):
      _ = try readIfNull()
      return .null
    case UInt8(ascii: "-"), .some(0x30...0x39): return .number(try readNumber())
    default: throw unexpected("a value")
    }
  }

  /// Reads past one value, checking its grammar.
  public mutating func skipValue() throws(JSONError) {
    skipWhitespace()
    switch peek() {
    case UInt8(ascii: "{"):
      try beginObject()
      while try scanKey() != nil { try skipValue() }
    case UInt8(ascii: "["):
      try beginArray()
      while try nextElement() { try skipValue() }
    case UInt8(ascii: "\""): _ = try scanString()
    default: _ = try readScalar()
    }
  }

  /// The bytes of one value exactly as they stand in the text, checked for grammar.
  public mutating func readRaw() throws(JSONError) -> [UInt8] {
    skipWhitespace()
    let begin = offset
    try skipValue()
    return Array(UnsafeBufferPointer(start: start + begin, count: offset - begin))
  }
}
