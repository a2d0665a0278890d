/// Writes compact JSON, value by value, into a growing buffer of bytes.
///
/// Commas are the writer's business; a caller opens, names, writes and closes:
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.member("TableName", "orders")
/// writer.endObject()
/// ```
public struct JSONWriter: Sendable {
  public private(set) var bytes: [UInt8]
  private var needsComma = false

  public init(capacity: Int = 256) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// A place in the text, to which `rewind` takes the writer back.
  struct Mark {
    fileprivate let count: Int
    fileprivate let needsComma: Bool
  }

  var mark: Mark { Mark(count: bytes.count, needsComma: needsComma) }

  /// Forgets what was written since the mark was taken.
  mutating func rewind(to mark: Mark) {
    bytes.removeLast(bytes.count - mark.count)
    needsComma = mark.needsComma
  }

  @inline(__always) private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  public mutating func beginObject() {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  public mutating func endObject() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  public mutating func beginArray() {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
  }

  public mutating func endArray() {
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  /// The name of the next member; exactly one value must follow.
  @_disfavoredOverload public mutating func key(_ name: String) {
    quoted(name, isKey: true)
    needsComma = false
  }

  /// The name of the next member, where the program has it as a literal: its bytes are there without a string.
  public mutating func key(_ name: StaticString) {
    guard let source = JSONWriter.bytes(of: name) else { return key(name.description) }
    let comma = needsComma
    needsComma = false
    append(most: source.count * 6 + 12) { out in JSONWriter.writeKey(source, comma: comma, to: out) }
  }

  public mutating func null() {
    separate()
    bytes.append(contentsOf: [0x6E, 0x75, 0x6C, 0x6C])
  }

  public mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: value ? [0x74, 0x72, 0x75, 0x65] : [0x66, 0x61, 0x6C, 0x73, 0x65])
  }

  public mutating func number(_ value: JSONNumber) {
    separate()
    bytes.append(contentsOf: value.text.utf8)
  }

  @inlinable public mutating func integer(_ value: some BinaryInteger) {
    if let value = Int64(exactly: value) { integer64(value) } else { wideInteger(String(value)) }
  }

  @usableFromInline mutating func integer64(_ value: Int64) {
    let comma = needsComma
    needsComma = true
    append(most: 21) { out in
      if comma { out[0] = UInt8(ascii: ",") }
      let begin = comma ? 1 : 0
      return begin + writeDecimal(value, to: out + begin)
    }
  }

  @usableFromInline mutating func wideInteger(_ digits: String) {
    separate()
    bytes.append(contentsOf: digits.utf8)
  }

  /// A double; infinities and NaN become null, because JSON has no name for them.
  public mutating func double(_ value: Double) {
    if let number = JSONNumber(value) { self.number(number) } else { null() }
  }

  /// A finite float, with the shortest text of the float itself: that of the double has digits the float never had.
  mutating func float(_ value: Float) {
    separate()
    bytes.append(contentsOf: JSONNumber.shortest(value).utf8)
  }

  /// Makes room between commas for a value that will be put in later.
  mutating func reserveValue() { separate() }

  public mutating func string(_ value: String) { quoted(value, isKey: false) }

  /// Bytes that already are one JSON value, copied as they are.
  public mutating func raw(_ json: [UInt8]) {
    separate()
    bytes.append(contentsOf: json)
  }

  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .number(let value): number(value)
    case .string(let value): string(value)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let object):
      beginObject()
      for member in object.members {
        key(member.key)
        self.value(member.value)
      }
      endObject()
    }
  }

  /// A string in quotes with what stands around it: the comma before it, the colon after a member's name.
  private mutating func quoted(_ text: String, isKey: Bool) {
    let comma = needsComma
    needsComma = true
    var text = text
    text.withUTF8 { utf8 in
      guard let source = utf8.baseAddress, utf8.count <= JSONWriter.pieceLength else {
        return quotedInPieces(utf8, comma: comma, isKey: isKey)
      }
      append(most: utf8.count * 6 + 12) { out in
        let written = JSONWriter.writeQuoted(UnsafeBufferPointer(start: source, count: utf8.count), comma: comma, to: out)
        out[written] = UInt8(ascii: ":")
        return written + (isKey ? 1 : 0)
      }
    }
  }

  /// A member whose value is a string, in one step where both are short.
  mutating func quotedMember(_ name: StaticString, _ value: String) {
    var value = value
    value.withUTF8 { utf8 in
      guard let key = JSONWriter.bytes(of: name), utf8.count <= JSONWriter.pieceLength else {
        self.key(name)
        return quotedInPieces(utf8, comma: false, isKey: false)
      }
      let comma = needsComma
      append(most: (key.count + utf8.count) * 6 + 16) { out in
        let written = JSONWriter.writeKey(key, comma: comma, to: out)
        return written + JSONWriter.writeQuoted(utf8, comma: false, to: out + written)
      }
    }
    needsComma = true
  }

  /// The bytes of a literal; nil for a long one and for one of a single character, which has no bytes in memory.
  @inline(__always) private static func bytes(of name: StaticString) -> UnsafeBufferPointer<UInt8>? {
    guard name.hasPointerRepresentation, name.utf8CodeUnitCount <= pieceLength else { return nil }
    return UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
  }

  @inline(__always)
  private static func writeKey(_ name: UnsafeBufferPointer<UInt8>, comma: Bool, to out: UnsafeMutablePointer<UInt8>) -> Int {
    let written = writeQuoted(name, comma: comma, to: out)
    out[written] = UInt8(ascii: ":")
    return written + 1
  }

  /// Writes at most 3 bytes more than the text has in escaped form, with room for eight more behind them.
  @inline(__always)
  private static func writeQuoted(_ text: UnsafeBufferPointer<UInt8>, comma: Bool, to out: UnsafeMutablePointer<UInt8>) -> Int {
    // Written in any case, and written over where it is not wanted.
    out[0] = UInt8(ascii: ",")
    var written = comma ? 1 : 0
    out[written] = UInt8(ascii: "\"")
    written += 1
    if let source = text.baseAddress { written += writeEscaped(source, count: text.count, to: out + written) }
    out[written] = UInt8(ascii: "\"")
    return written + 1
  }

  /// Escapes make a byte six at most. Room for that is taken a piece at a time, so that a long text does not take six times its size.
  private mutating func quotedInPieces(_ utf8: UnsafeBufferPointer<UInt8>, comma: Bool, isKey: Bool) {
    if comma { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    var position = 0
    while let source = utf8.baseAddress, position < utf8.count {
      let piece = min(utf8.count - position, JSONWriter.pieceLength)
      append(most: piece * 6 + 8) { writeEscaped(source + position, count: piece, to: $0) }
      position += piece
    }
    bytes.append(UInt8(ascii: "\""))
    if isKey { bytes.append(UInt8(ascii: ":")) }
  }

  private static var pieceLength: Int { 512 }

  /// Appends what `write` writes, at most `most` bytes, without a check a byte; `write` returns how many there are.
  @inline(__always) private mutating func append(most: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
    bytes.append(addingCapacity: most) { span in
      span.withUnsafeMutableBufferPointer { buffer, count in
        if let out = buffer.baseAddress { count = write(out) }
      }
    }
  }
}
