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
    separate()
    quoted(name)
    bytes.append(UInt8(ascii: ":"))
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

  public mutating func integer(_ value: some BinaryInteger) {
    separate()
    bytes.append(contentsOf: String(value).utf8)
  }

  /// A double; infinities and NaN become null, because JSON has no name for them.
  public mutating func double(_ value: Double) {
    if let number = JSONNumber(value) { self.number(number) } else { null() }
  }

  /// A finite float, with the digits of a float.
  mutating func float(_ value: Float) {
    separate()
    bytes.append(contentsOf: JSONNumber.shortest(value).utf8)
  }

  /// Makes room between commas for a value that will be put in later.
  mutating func reserveValue() { separate() }

  public mutating func string(_ value: String) {
    separate()
    quoted(value)
  }

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

  private mutating func quoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      var start = 0
      for index in utf8.indices {
        let byte = utf8[index]
        if byte >= 0x20, byte != 0x22, byte != 0x5C { continue }
        if start < index { bytes.append(contentsOf: utf8[start..<index]) }
        start = index + 1
        escape(byte)
      }
      if start < utf8.count { bytes.append(contentsOf: utf8[start...]) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x22, 0x5C: bytes.append(byte)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    default:
      let digits: StaticString = "0123456789abcdef"
      bytes.append(contentsOf: [0x75, 0x30, 0x30, digits.utf8Start[Int(byte >> 4)], digits.utf8Start[Int(byte & 15)]])
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
  public mutating func member(_ name: String, _ value: some BinaryInteger) {
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
  public mutating func member(_ name: String, _ value: some JSONEncodable) {
    key(name)
    value.write(to: &self)
  }
  public mutating func member(_ name: String, _ values: [some JSONEncodable]) {
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
  public mutating func member(ifPresent name: String, _ value: (some BinaryInteger)?) { if let value { member(name, value) } }
  /// Writes nothing when the value is nil.
  public mutating func member(ifPresent name: String, _ value: JSONValue?) { if let value { member(name, value) } }
  /// Writes nothing when the value is nil.
  public mutating func member(ifPresent name: String, _ value: (some JSONEncodable)?) { if let value { member(name, value) } }
}
