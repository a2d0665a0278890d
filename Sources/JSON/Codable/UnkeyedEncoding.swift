/// The elements of an array being written.
struct UnkeyedEncoding: UnkeyedEncodingContainer {
  let encoder: ValueEncoder

  var codingPath: [any CodingKey] { encoder.codingPath }
  /// Elements written so far, by all containers of this array.
  var count: Int { encoder.level < encoder.output.levels.count ? encoder.output.levels[encoder.level].count : 0 }

  @inline(__always) private func begin(_ value: Any) throws {
    try encoder.check(.unkeyed, value)
    encoder.output.countElement(at: encoder.level)
  }

  private func integer(_ value: some BinaryInteger) throws {
    try begin(value)
    encoder.output.writer.integer(value)
  }

  func encodeNil() throws {
    try begin(Any?.none as Any)
    encoder.output.writer.null()
  }
  func encode(_ value: Bool) throws {
    try begin(value)
    encoder.output.writer.bool(value)
  }
  func encode(_ value: String) throws {
    try begin(value)
    encoder.output.writer.string(value)
  }
  func encode(_ value: Double) throws {
    try encoder.checkFinite(value, PositionKey(count))
    try begin(value)
    encoder.output.writer.double(value)
  }
  func encode(_ value: Float) throws {
    try encoder.checkFinite(value, PositionKey(count))
    try begin(value)
    encoder.output.writer.float(value)
  }
  func encode(_ value: Int) throws { try integer(value) }
  func encode(_ value: Int8) throws { try integer(value) }
  func encode(_ value: Int16) throws { try integer(value) }
  func encode(_ value: Int32) throws { try integer(value) }
  func encode(_ value: Int64) throws { try integer(value) }
  func encode(_ value: Int128) throws { try integer(value) }
  func encode(_ value: UInt) throws { try integer(value) }
  func encode(_ value: UInt8) throws { try integer(value) }
  func encode(_ value: UInt16) throws { try integer(value) }
  func encode(_ value: UInt32) throws { try integer(value) }
  func encode(_ value: UInt64) throws { try integer(value) }
  func encode(_ value: UInt128) throws { try integer(value) }
  func encode<Value: Encodable>(_ value: Value) throws {
    try begin(value)
    let mark = encoder.output.mark
    do {
      try encoder.output.encode(value, path: encoder.child(PositionKey(count - 1)))
    } catch {
      encoder.output.rewind(to: mark)
      encoder.output.discountElement(at: encoder.level)
      throw error
    }
  }

  // The protocol lets a nested container neither throw nor be out of turn: one that is, is written to nowhere.
  private func nest(_ kind: EncodingOutput.Level.Kind) -> ValueEncoder {
    let path = encoder.child(PositionKey(count))
    guard encoder.output.isOpen(encoder.level, .unkeyed) else {
      return EncodingOutput(userInfo: encoder.output.userInfo).nest(kind, path: path)
    }
    encoder.output.countElement(at: encoder.level)
    return encoder.output.nest(kind, path: path)
  }

  func nestedContainer<NestedKey: CodingKey>(keyedBy keyType: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
    nest(.keyed).container(keyedBy: keyType)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nest(.unkeyed).unkeyedContainer() }
  func superEncoder() -> any Encoder { nest(.undecided) }
}
