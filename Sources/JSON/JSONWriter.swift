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
  public mutating func key(_ name: String) {
    quoted(name, isKey: true)
    needsComma = false
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
      // Escapes make a byte six at most. Room for that is taken a piece at a time, so that a long text does not take six times its size.
      var piece = min(utf8.count, JSONWriter.pieceLength)
      append(most: piece * 6 + 4) { out in
        var written = 0
        if comma {
          out[0] = UInt8(ascii: ",")
          written = 1
        }
        out[written] = UInt8(ascii: "\"")
        written += 1
        if let source = utf8.baseAddress { written += writeEscaped(source, count: piece, to: out + written) }
        if piece == utf8.count { written += JSONWriter.endQuote(out + written, isKey) }
        return written
      }
      guard piece < utf8.count, let source = utf8.baseAddress else { return }
      var position = piece
      while position < utf8.count {
        piece = min(utf8.count - position, JSONWriter.pieceLength)
        append(most: piece * 6) { writeEscaped(source + position, count: piece, to: $0) }
        position += piece
      }
      append(most: 2) { JSONWriter.endQuote($0, isKey) }
    }
  }

  private static var pieceLength: Int { 512 }

  @inline(__always) private static func endQuote(_ out: UnsafeMutablePointer<UInt8>, _ isKey: Bool) -> Int {
    out[0] = UInt8(ascii: "\"")
    if isKey { out[1] = UInt8(ascii: ":") }
    return isKey ? 2 : 1
  }

  /// Appends what `write` writes, at most `most` bytes, without a check a byte; `write` returns how many there are.
  @inline(__always) private mutating func append(most: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
    bytes.append(addingCapacity: most) { span in
      span.withUnsafeMutableBufferPointer { buffer, count in
        if let out = buffer.baseAddress { count = write(out) }
      }
    }
  }
}

extension JSONWriter {
  public mutating func member(_ name: String, _ value: String) {
    key(name)
    string(value)
  }
  public mutating func member(_ name: String, _ value: Bool) {
    key(name)
    bool(value)
  }
  @inlinable public mutating func member(_ name: String, _ value: some BinaryInteger) {
    key(name)
    integer(value)
  }
  public mutating func member(_ name: String, _ value: Double) {
    key(name)
    double(value)
  }
  public mutating func member(_ name: String, _ value: JSONValue) {
    key(name)
    self.value(value)
  }
  @inlinable public mutating func member(_ name: String, _ value: some JSONEncodable) {
    key(name)
    value.write(to: &self)
  }
  @inlinable public mutating func member(_ name: String, _ values: [some JSONEncodable]) {
    key(name)
    beginArray()
    for value in values { value.write(to: &self) }
    endArray()
  }
  public mutating func member(_ name: String, _ values: [String]) {
    key(name)
    beginArray()
    for value in values { string(value) }
    endArray()
  }
  /// Writes nothing when the value is nil.
  public mutating func member(ifPresent name: String, _ value: String?) { if let value { member(name, value) } }
  /// Writes nothing when the value is nil.
  public mutating func member(ifPresent name: String, _ value: Bool?) { if let value { member(name, value) } }
  /// Writes nothing when the value is nil.
  @inlinable public mutating func member(ifPresent name: String, _ value: (some BinaryInteger)?) { if let value { member(name, value) } }
  /// Writes nothing when the value is nil.
  public mutating func member(ifPresent name: String, _ value: JSONValue?) { if let value { member(name, value) } }
  /// Writes nothing when the value is nil.
  @inlinable public mutating func member(ifPresent name: String, _ value: (some JSONEncodable)?) { if let value { member(name, value) } }
}
