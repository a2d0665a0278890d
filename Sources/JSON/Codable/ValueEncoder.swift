/// The encoder of one value; also its own single-value container.
struct ValueEncoder: Encoder {
  let output: EncodingOutput
  /// The value's place among those that are being written to the output.
  let level: Int
  let path: CodingPathNode?

  var codingPath: [any CodingKey] { CodingPathNode.keys(path) }
  var userInfo: [CodingUserInfoKey: Any] { output.userInfo }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    output.open(.keyed, at: level)
    return KeyedEncodingContainer(KeyedEncoding(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    output.open(.unkeyed, at: level)
    return UnkeyedEncoding(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  // MARK: Writing

  /// Checks that the value may be written to now, as what the container takes it for.
  @inline(__always) func check(_ kind: EncodingOutput.Level.Kind, _ value: Any) throws {
    if !output.isOpen(level, kind) { throw outOfTurn(value) }
  }

  private func outOfTurn(_ value: Any) -> EncodingError {
    .invalidValue(
      value,
      .init(
        codingPath: codingPath,
        debugDescription:
          "a container of this value was written to after another kind of container was asked for, or while a value inside it was being written"
      ))
  }

  func key(_ key: some CodingKey) { output.writer.key(key.stringValue) }

  /// Before anything of a number is written, its name neither.
  @inline(__always) func checkFinite(_ value: some BinaryFloatingPoint, _ key: @autoclosure () -> (any CodingKey)?) throws {
    if !value.isFinite { throw notFinite(value, key()) }
  }

  private func notFinite(_ value: Any, _ key: (any CodingKey)?) -> EncodingError {
    .invalidValue(value, .init(codingPath: codingPath + (key.map { [$0] } ?? []), debugDescription: "JSON has no way to write \(value)"))
  }

  func child(_ key: any CodingKey) -> CodingPathNode { CodingPathNode(parent: path, key: key) }
}

extension ValueEncoder: SingleValueEncodingContainer {
  /// A single value is written once, and only when nothing else was.
  private func begin(_ value: Any) throws {
    try check(.undecided, value)
    output.open(.single, at: level)
  }

  func encodeNil() throws {
    try begin(Any?.none as Any)
    output.writer.null()
  }
  func encode(_ value: Bool) throws {
    try begin(value)
    output.writer.bool(value)
  }
  func encode(_ value: String) throws {
    try begin(value)
    output.writer.string(value)
  }
  func encode(_ value: Double) throws {
    try checkFinite(value, nil)
    try begin(value)
    output.writer.double(value)
  }
  func encode(_ value: Float) throws {
    try checkFinite(value, nil)
    try begin(value)
    output.writer.float(value)
  }
  private func integer(_ value: some BinaryInteger) throws {
    try begin(value)
    output.writer.integer(value)
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
    let mark = output.mark
    do {
      try output.encode(value, path: path)
    } catch {
      output.rewind(to: mark)
      output.reopen(level)
      throw error
    }
  }
}
