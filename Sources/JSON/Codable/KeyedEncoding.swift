/// The members of an object being written.
struct KeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: ValueEncoder

  var codingPath: [any CodingKey] { encoder.codingPath }

  @inline(__always) private func begin(_ key: Key, _ value: Any) throws {
    try encoder.check(.keyed, value)
    encoder.key(key)
  }

  private func integer(_ value: some BinaryInteger, _ key: Key) throws {
    try begin(key, value)
    encoder.output.writer.integer(value)
  }

  func encodeNil(forKey key: Key) throws {
    try begin(key, Any?.none as Any)
    encoder.output.writer.null()
  }
  func encode(_ value: Bool, forKey key: Key) throws {
    try begin(key, value)
    encoder.output.writer.bool(value)
  }
  func encode(_ value: String, forKey key: Key) throws {
    try begin(key, value)
    encoder.output.writer.string(value)
  }
  func encode(_ value: Double, forKey key: Key) throws {
    try encoder.check(.keyed, value)
    try encoder.checkFinite(value, key)
    encoder.key(key)
    encoder.output.writer.double(value)
  }
  func encode(_ value: Float, forKey key: Key) throws {
    try encoder.check(.keyed, value)
    try encoder.checkFinite(value, key)
    encoder.key(key)
    encoder.output.writer.float(value)
  }
  func encode(_ value: Int, forKey key: Key) throws { try integer(value, key) }
  func encode(_ value: Int8, forKey key: Key) throws { try integer(value, key) }
  func encode(_ value: Int16, forKey key: Key) throws { try integer(value, key) }
  func encode(_ value: Int32, forKey key: Key) throws { try integer(value, key) }
  func encode(_ value: Int64, forKey key: Key) throws { try integer(value, key) }
  func encode(_ value: Int128, forKey key: Key) throws { try integer(value, key) }
  func encode(_ value: UInt, forKey key: Key) throws { try integer(value, key) }
  func encode(_ value: UInt8, forKey key: Key) throws { try integer(value, key) }
  func encode(_ value: UInt16, forKey key: Key) throws { try integer(value, key) }
  func encode(_ value: UInt32, forKey key: Key) throws { try integer(value, key) }
  func encode(_ value: UInt64, forKey key: Key) throws { try integer(value, key) }
  func encode(_ value: UInt128, forKey key: Key) throws { try integer(value, key) }
  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    let mark = encoder.output.mark
    do {
      try begin(key, value)
      try encoder.output.encode(value, path: encoder.child(key))
    } catch {
      encoder.output.rewind(to: mark)
      throw error
    }
  }

  // The protocol lets a nested container neither throw nor be out of turn: one that is, is written to nowhere.
  private func nest(_ kind: EncodingOutput.Level.Kind, _ key: any CodingKey) -> ValueEncoder {
    guard encoder.output.isOpen(encoder.level, .keyed) else {
      return EncodingOutput(userInfo: encoder.output.userInfo).nest(kind, path: encoder.child(key))
    }
    encoder.output.writer.key(key.stringValue)
    return encoder.output.nest(kind, path: encoder.child(key))
  }

  func nestedContainer<NestedKey: CodingKey>(keyedBy keyType: NestedKey.Type, forKey key: Key) -> KeyedEncodingContainer<NestedKey> {
    nest(.keyed, key).container(keyedBy: keyType)
  }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nest(.unkeyed, key).unkeyedContainer() }
  func superEncoder() -> any Encoder { nest(.undecided, PositionKey.super) }
  func superEncoder(forKey key: Key) -> any Encoder { nest(.undecided, key) }
}
