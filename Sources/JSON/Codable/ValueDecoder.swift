/// The decoder of one value of an indexed text; also its own single-value container.
struct ValueDecoder: Decoder {
  let text: IndexedText
  let index: Int
  let path: CodingPathNode?

  var codingPath: [any CodingKey] { CodingPathNode.keys(path) }
  var userInfo: [CodingUserInfoKey: Any] { text.userInfo }
  var value: IndexedValue { text.values[index] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard value.kind == .object else { throw mismatch([String: Any].self, expected: "an object") }
    return KeyedDecodingContainer(KeyedDecoding(self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard value.kind == .array else { throw mismatch([Any].self, expected: "an array") }
    return UnkeyedDecoding(self)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  /// The value as `type`, which may be a type that this module knows better than `Codable` does.
  @inline(__always) func unwrap<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if type == JSONValue.self, let tree = try text.tree(index) as? Value { return tree }
    if type == JSONNumber.self, let number = try number() as? Value { return number }
    // What most events have most of, and what the standard library's own way is slowest at.
    if type == String.self, let string = try string() as? Value { return string }
    if type == [String: String].self, let dictionary = try strings() as? Value { return dictionary }
    return try Value(from: self)
  }

  // MARK: Scalars

  var isNull: Bool { value.kind == .null }

  func string() throws -> String {
    let value = self.value
    guard value.kind == .string || value.kind == .escapedString else { throw mismatch(String.self, expected: "a string") }
    return text.string(value)
  }

  func bool() throws -> Bool {
    guard value.kind == .bool else { throw mismatch(Bool.self, expected: "true or false") }
    return text.bytes[Int(value.begin)] == UInt8(ascii: "t")
  }

  func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Integer {
    let value = self.value
    guard value.kind == .number else { throw mismatch(type, expected: "an integer") }
    guard let integer = text.decimal(value, { $0.integer(as: type) }) else {
      throw unfit(type, expected: "an integer in the range of \(type)")
    }
    return integer
  }

  func double() throws -> Double {
    guard value.kind == .number else { throw mismatch(Double.self, expected: "a number") }
    guard let double = text.decimal(value, { $0.double }) else { throw unfit(Double.self, expected: "a number in the range of Double") }
    return double
  }

  func float() throws -> Float {
    guard value.kind == .number else { throw mismatch(Float.self, expected: "a number") }
    guard let float = text.decimal(value, { $0.float }) else { throw unfit(Float.self, expected: "a number in the range of Float") }
    return float
  }

  private func strings() throws -> [String: String] {
    guard value.kind == .object else { throw mismatch([String: String].self, expected: "an object") }
    var strings = [String: String](minimumCapacity: Int(value.count))
    var position = index + 1
    for _ in 0..<value.count {
      let name = text.string(text.values[position])
      let member = ValueDecoder(text: text, index: position + 1, path: path)
      if member.value.kind == .string || member.value.kind == .escapedString {
        strings[name] = text.string(member.value)
      } else {
        _ = try ValueDecoder(text: text, index: position + 1, path: CodingPathNode(parent: path, key: PositionKey(stringValue: name)))
          .string()
      }
      position = Int(text.values[position + 1].next)
    }
    return strings
  }

  private func number() throws -> JSONNumber {
    guard value.kind == .number else { throw mismatch(JSONNumber.self, expected: "a number") }
    return JSONNumber(validated: text.string(value))
  }

  // MARK: Errors

  /// The error of a value of another type than the one asked for; of a null, that there is no value.
  func mismatch(_ type: Any.Type, expected: String) -> DecodingError {
    let context = context(.typeMismatch, expected: expected)
    return isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
  }

  private func unfit(_ type: Any.Type, expected: String) -> DecodingError {
    .dataCorrupted(context(.invalidNumber, expected: "\(expected), not \(text.string(value))"))
  }

  func context(_ code: JSONError.Code, expected: String) -> DecodingError.Context {
    let path = codingPath
    let isString = value.kind == .string || value.kind == .escapedString
    let error = JSONError(code, byteOffset: Int(value.begin) - (isString ? 1 : 0), expected: expected, field: path.dotted)
    return DecodingError.Context(
      codingPath: path, debugDescription: "\(error.description), found \(value.kind.phrase)", underlyingError: error)
  }
}

extension ValueDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { isNull }
  func decode(_ type: Bool.Type) throws -> Bool { try bool() }
  func decode(_ type: String.Type) throws -> String { try string() }
  func decode(_ type: Double.Type) throws -> Double { try double() }
  func decode(_ type: Float.Type) throws -> Float { try float() }
  func decode(_ type: Int.Type) throws -> Int { try integer(type) }
  func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
  func decode(_ type: Int128.Type) throws -> Int128 { try integer(type) }
  func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
  func decode(_ type: UInt128.Type) throws -> UInt128 { try integer(type) }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try unwrap(type) }
}

extension [any CodingKey] {
  /// "order.lines[3].price"; nil at the root.
  var dotted: String? {
    var text = ""
    for key in self {
      if key is PositionKey, let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += text.isEmpty ? key.stringValue : "." + key.stringValue
      }
    }
    return text.isEmpty ? nil : text
  }
}

extension IndexedValue.Kind {
  /// "a string": what the value is, for messages.
  var phrase: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string, .escapedString: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
