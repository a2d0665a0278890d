/// The members of an object, found by name.
///
/// A class, because it remembers where the last member was found: a synthesized `init(from:)` asks in the order in which most texts are
/// written, so that the next member is nearly always the right one.
final class KeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
  /// Members up to which names are compared one by one, and beyond which they are looked up in a table.
  private static var linearLimit: Int { 16 }

  private let decoder: ValueDecoder
  private let first: Int
  private let end: Int
  /// Index of the name that was found last.
  private var cursor: Int
  /// Values by name, when there are many or one occurs twice.
  private let table: [String: Int]?

  init(_ decoder: ValueDecoder) {
    self.decoder = decoder
    let object = decoder.value
    first = decoder.index + 1
    end = Int(object.next)
    cursor = first
    table =
      Int(object.count) > Self.linearLimit || KeyedDecoding.mayRepeat(decoder.text, first, end)
      ? KeyedDecoding.table(decoder.text, first, end) : nil
  }

  var codingPath: [any CodingKey] { decoder.codingPath }

  var allKeys: [Key] {
    if let table { return table.keys.compactMap(Key.init(stringValue:)) }
    var keys: [Key] = []
    var position = first
    while position < end {
      if let key = Key(stringValue: decoder.text.string(decoder.text.values[position])) { keys.append(key) }
      position = Int(decoder.text.values[position + 1].next)
    }
    return keys
  }

  /// Whether two names may be the same: a cheap test without false negatives.
  private static func mayRepeat(_ text: IndexedText, _ first: Int, _ end: Int) -> Bool {
    text.bytes.withUnsafeBufferPointer { bytes in
      text.values.withUnsafeBufferPointer { values in
        var position = first
        while position < end {
          let name = values[position]
          if name.kind == .escapedString { return true }
          let length = name.end - name.begin
          var other = Int(values[position + 1].next)
          while other < end {
            let candidate = values[other]
            if candidate.end - candidate.begin == length, length == 0 || equal(bytes, candidate.begin, name.begin, length) { return true }
            other = Int(values[other + 1].next)
          }
          position = Int(values[position + 1].next)
        }
        return false
      }
    }
  }

  @inline(__always)
  private static func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ left: UInt32, _ right: UInt32, _ count: UInt32) -> Bool {
    for index in 0..<count where bytes[Int(left + index)] != bytes[Int(right + index)] { return false }
    return true
  }

  private static func table(_ text: IndexedText, _ first: Int, _ end: Int) -> [String: Int] {
    var table: [String: Int] = [:]
    var position = first
    while position < end {
      table[text.string(text.values[position])] = position + 1
      position = Int(text.values[position + 1].next)
    }
    return table
  }

  /// Index of the value of a member; nil when there is none.
  private func find(_ key: Key) -> Int? {
    var name = key.stringValue
    if let table { return table[name] }
    return find(&name, cursor, end) ?? find(&name, first, cursor)
  }

  private func find(_ name: inout String, _ begin: Int, _ end: Int) -> Int? {
    var position = begin
    while position < end {
      if decoder.text.isString(decoder.text.values[position], equalTo: &name) {
        cursor = position
        return position + 1
      }
      position = Int(decoder.text.values[position + 1].next)
    }
    return nil
  }

  /// The decoder of a member, for its scalars: it has the object's own path until an error needs the member's.
  private func member(_ key: Key) throws -> ValueDecoder {
    guard let index = find(key) else {
      let path = codingPath
      let field = (path + [key]).dotted
      let error = JSONError(
        .missingField, byteOffset: Int(decoder.value.begin), expected: "a member named '\(key.stringValue)'", field: field)
      throw DecodingError.keyNotFound(key, .init(codingPath: path, debugDescription: error.description, underlyingError: error))
    }
    return ValueDecoder(text: decoder.text, index: index, path: decoder.path)
  }

  /// The decoder of a member with the member's path.
  private func nested(_ key: Key) throws -> ValueDecoder {
    let member = try member(key)
    return ValueDecoder(text: member.text, index: member.index, path: CodingPathNode(parent: member.path, key: key))
  }

  /// Reads a scalar; only when that fails is the path made, and the error raised again with it.
  @inline(__always) private func scalar<Value>(_ key: Key, _ read: (ValueDecoder) throws -> Value) throws -> Value {
    let member = try member(key)
    do {
      return try read(member)
    } catch {
      return try read(ValueDecoder(text: member.text, index: member.index, path: CodingPathNode(parent: member.path, key: key)))
    }
  }

  /// As `scalar`, and nil for a member that is absent or null.
  @inline(__always) private func optional<Value>(_ key: Key, _ read: (ValueDecoder) throws -> Value) throws -> Value? {
    guard let index = find(key), decoder.text.values[index].kind != .null else { return nil }
    return try scalar(key, read)
  }

  func contains(_ key: Key) -> Bool { find(key) != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try member(key).isNull }

  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try scalar(key) { try $0.bool() } }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try scalar(key) { try $0.string() } }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try scalar(key) { try $0.double() } }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try scalar(key) { try $0.float() } }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try scalar(key) { try $0.integer(type) } }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try scalar(key) { try $0.integer(type) } }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try scalar(key) { try $0.integer(type) } }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try scalar(key) { try $0.integer(type) } }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try scalar(key) { try $0.integer(type) } }
  func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try scalar(key) { try $0.integer(type) } }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try scalar(key) { try $0.integer(type) } }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try scalar(key) { try $0.integer(type) } }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try scalar(key) { try $0.integer(type) } }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try scalar(key) { try $0.integer(type) } }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try scalar(key) { try $0.integer(type) } }
  func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try scalar(key) { try $0.integer(type) } }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try nested(key).unwrap(type) }

  // Only those that users' types have most; the others go through `contains`, `decodeNil` and `decode`.
  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(key) { try $0.bool() } }
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(key) { try $0.string() } }
  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try optional(key) { try $0.double() } }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(key) { try $0.integer(type) } }
  func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try optional(key) { try $0.integer(type) } }
  func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
    guard let index = find(key), decoder.text.values[index].kind != .null else { return nil }
    return try nested(key).unwrap(type)
  }

  func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type, forKey key: Key) throws -> KeyedDecodingContainer<NestedKey> {
    try nested(key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try nested(key).unkeyedContainer() }

  // As with JSONDecoder, a null stands for a member that is not there: a superclass that reads nothing has none.
  func superDecoder(forKey key: Key) throws -> any Decoder { superDecoder(key, at: find(key)) }

  func superDecoder() throws -> any Decoder {
    var name = PositionKey.super.stringValue
    let index = table.map { $0[name] } ?? (find(&name, cursor, end) ?? find(&name, first, cursor))
    return superDecoder(PositionKey.super, at: index)
  }

  private func superDecoder(_ key: any CodingKey, at index: Int?) -> ValueDecoder {
    let path = CodingPathNode(parent: decoder.path, key: key)
    guard let index else { return ValueDecoder(text: IndexedText(nullWith: decoder.text.userInfo), index: 0, path: path) }
    return ValueDecoder(text: decoder.text, index: index, path: path)
  }
}
