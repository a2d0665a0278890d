/// The name of a member, for comparison with the names that a program knows:
/// ```swift
/// while let key = try reader.nextMember() {
///   switch key {
///   case "task": task = try reader.readString()
///   default: try reader.skipValue()
///   }
/// }
/// ```
/// Names of at most 16 bytes are compared as two numbers; no string is made of them.
public struct JSONKey: Sendable, Equatable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The name's bytes, the first one lowest, with zeros behind them; both are zero when `long` is the name.
  @usableFromInline let low: UInt64
  @usableFromInline let high: UInt64
  /// A name of more than 16 bytes, or with a zero among them, or none at all.
  @usableFromInline let long: String

  @inlinable @inline(__always) init(low: UInt64, high: UInt64, long: String = "") {
    self.low = low
    self.high = high
    self.long = long
  }

  public init(_ name: String) {
    var name = name
    let words: (low: UInt64, high: UInt64)? = name.withUTF8 { utf8 in
      guard let start = utf8.baseAddress, (1...16).contains(utf8.count), !utf8.contains(0) else { return nil }
      return JSONKey.words(start, count: utf8.count)
    }
    self = if let words { JSONKey(low: words.low, high: words.high) } else { JSONKey(low: 0, high: 0, long: name) }
  }

  @inlinable @inline(__always) public init(stringLiteral name: StaticString) {
    // A name of one character has no bytes in memory; with a zero in it, it could be taken for a shorter one.
    if name.hasPointerRepresentation, name.utf8CodeUnitCount <= 16, name.utf8CodeUnitCount > 0 {
      let words = JSONKey.words(name.utf8Start, count: name.utf8CodeUnitCount)
      if JSONKey.hasNoZero(words, count: name.utf8CodeUnitCount) {
        self.init(low: words.low, high: words.high)
        return
      }
    }
    self.init(name.description)
  }

  @inlinable @inline(__always) public static func == (left: JSONKey, right: JSONKey) -> Bool {
    left.low == right.low && left.high == right.high && (left.low != 0 || left.long == right.long)
  }

  public var description: String {
    guard low != 0 else { return long }
    let bytes = (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? low : high) &>> (UInt64($0 & 7) &<< 3)) }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Packs 1 to 16 bytes, reading none beyond them.
  @inlinable @inline(__always)
  static func words(_ start: UnsafePointer<UInt8>, count: Int) -> (low: UInt64, high: UInt64) {
    let raw = UnsafeRawPointer(start)
    if count >= 8 {
      let low = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
      // Of 8 bytes, all of the last word's are in the first already.
      let last = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
      return (low, last >> (UInt64(16 - count) << 3))
    }
    return (JSONKey.word(start, count: count), 0)
  }

  /// False when one of the first `count` bytes is zero.
  @inlinable @inline(__always) static func hasNoZero(_ words: (low: UInt64, high: UInt64), count: Int) -> Bool {
    for index in 0..<count where ((index < 8 ? words.low : words.high) >> (UInt64(index & 7) << 3)) & 0xFF == 0 { return false }
    return true
  }

  /// Packs 1 to 7 bytes, reading none beyond them.
  @inlinable @inline(__always) static func word(_ start: UnsafePointer<UInt8>, count: Int) -> UInt64 {
    let raw = UnsafeRawPointer(start)
    if count >= 4 {
      let low = UInt64(UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self)))
      let last = UInt64(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)))
      return low | last &<< (UInt64(count - 4) &<< 3)
    }
    // First, middle and last byte: of one byte all three, of two the last twice.
    let middle = count >> 1
    return UInt64(start[0]) | UInt64(start[middle]) &<< (UInt64(middle) &<< 3) | UInt64(start[count - 1]) &<< (UInt64(count - 1) &<< 3)
  }
}

extension JSONReader {
  /// The name of the next member, to be compared with literals, or nil at the end of the object.
  public mutating func nextMember() throws(JSONError) -> JSONKey? {
    guard let key = try scanKey() else { return nil }
    let length = key.end - key.begin
    guard length <= 16, length > 0, !key.isEscaped else { return JSONKey(string(in: key)) }
    let words = JSONKey.words(start + key.begin, count: length)
    return JSONKey(low: words.low, high: words.high)
  }
}
