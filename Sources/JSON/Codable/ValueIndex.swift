/// One value of a text that has been checked: what it is and where it stands. Eight bytes of text cost at most sixteen of index.
struct IndexedValue {
  enum Kind: UInt8 { case null, bool, number, string, escapedString, array, object }

  let kind: Kind
  /// Offset of the first byte; of a string, of the byte after its quote.
  let begin: UInt32
  /// Offset after the last byte; of a string, of its closing quote; of an array or object, 0.
  let end: UInt32
  /// Index of the value that follows this one and all that it holds.
  var next: UInt32
  /// Elements of an array, members of an object.
  var count: UInt32
}

/// A checked JSON text and the index of its values, in the order they stand; a member's name directly precedes its value.
///
/// `Codable` asks for members by name and in any order, so that the text is walked once and values are made when asked for.
final class IndexedText {
  let bytes: [UInt8]
  let values: [IndexedValue]
  let userInfo: [CodingUserInfoKey: any Sendable]

  init(_ bytes: [UInt8], maximumDepth: Int, userInfo: [CodingUserInfoKey: any Sendable]) throws(JSONError) {
    guard bytes.count <= Int(UInt32.max) else {
      throw JSONError(.invalidValue, byteOffset: nil, expected: "a text of at most 4 GiB")
    }
    self.bytes = bytes
    self.userInfo = userInfo
    values = try JSONReader.withReader(bytes, maximumDepth: maximumDepth) { (reader: inout JSONReader) throws(JSONError) in
      var values: [IndexedValue] = []
      values.reserveCapacity(bytes.count / 16 + 1)
      try reader.index(into: &values)
      return values
    }
  }

  /// The text "null".
  init(nullWith userInfo: [CodingUserInfoKey: any Sendable]) {
    bytes = Array("null".utf8)
    values = [IndexedValue(kind: .null, begin: 0, end: 4, next: 1, count: 0)]
    self.userInfo = userInfo
  }

  func string(_ value: IndexedValue) -> String {
    bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return "" }
      let count = Int(value.end - value.begin)
      if value.kind == .escapedString { return unescape(start + Int(value.begin), count: count) }
      return String(decoding: UnsafeBufferPointer(start: start + Int(value.begin), count: count), as: UTF8.self)
    }
  }

  /// Whether a string value, a member's name, is `name`.
  func isString(_ value: IndexedValue, equalTo name: inout String) -> Bool {
    if value.kind == .escapedString { return string(value) == name }
    let count = Int(value.end - value.begin)
    return bytes.withUnsafeBufferPointer { buffer in
      name.withUTF8 { utf8 in
        guard utf8.count == count, let start = buffer.baseAddress else { return false }
        for index in 0..<count where start[Int(value.begin) + index] != utf8[index] { return false }
        return true
      }
    }
  }

  func decimal<Result>(_ value: IndexedValue, _ body: (DecimalText) -> Result?) -> Result? {
    bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.flatMap { body(DecimalText($0 + Int(value.begin), count: Int(value.end - value.begin))) }
    }
  }

  /// The value as a tree.
  func tree(_ index: Int) throws(JSONError) -> JSONValue {
    let value = values[index]
    switch value.kind {
    case .null: return .null
    case .bool: return .bool(bytes[Int(value.begin)] == UInt8(ascii: "t"))
    case .number: return .number(JSONNumber(validated: string(value)))
    case .string, .escapedString: return .string(string(value))
    case .array:
      var elements: [JSONValue] = []
      elements.reserveCapacity(Int(value.count))
      var position = index + 1
      for _ in 0..<value.count {
        elements.append(try tree(position))
        position = Int(values[position].next)
      }
      return .array(elements)
    case .object:
      var members: [JSONObject.Member] = []
      members.reserveCapacity(Int(value.count))
      var position = index + 1
      for _ in 0..<value.count {
        members.append((key: string(values[position]), value: try tree(position + 1)))
        position = Int(values[position + 1].next)
      }
      return .object(JSONObject(members: members))
    }
  }
}

extension JSONReader {
  /// Reads past one value and adds it, with all that it holds, to the index.
  fileprivate mutating func index(into values: inout [IndexedValue]) throws(JSONError) {
    skipWhitespace()
    let begin = offset
    let position = values.count
    switch peek() {
    case UInt8(ascii: "\""): values.append(at: position, try scanString())
    case UInt8(ascii: "{"):
      values.append(IndexedValue(kind: .object, begin: UInt32(begin), end: 0, next: 0, count: 0))
      try beginObject()
      var count: UInt32 = 0
      while let key = try scanKey() {
        values.append(at: values.count, key)
        try index(into: &values)
        count += 1
      }
      values.close(position, count: count)
    case UInt8(ascii: "["):
      values.append(IndexedValue(kind: .array, begin: UInt32(begin), end: 0, next: 0, count: 0))
      try beginArray()
      var count: UInt32 = 0
      while try nextElement() {
        try index(into: &values)
        count += 1
      }
      values.close(position, count: count)
    case let byte:
      try skipValue()
      let kind: IndexedValue.Kind =
        switch byte {
        case UInt8(ascii: "n"): .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        default: .number
        }
      values.append(IndexedValue(kind: kind, begin: UInt32(begin), end: UInt32(offset), next: UInt32(position + 1), count: 0))
    }
  }
}

extension [IndexedValue] {
  fileprivate mutating func append(at position: Int, _ span: StringSpan) {
    append(
      IndexedValue(
        kind: span.isEscaped ? .escapedString : .string, begin: UInt32(span.begin), end: UInt32(span.end), next: UInt32(position + 1),
        count: 0))
  }

  /// Notes where an array or object ends.
  fileprivate mutating func close(_ position: Int, count: UInt32) {
    self[position].next = UInt32(self.count)
    self[position].count = count
  }
}
