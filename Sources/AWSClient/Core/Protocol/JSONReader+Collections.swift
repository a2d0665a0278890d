import JSON

extension JSONReader {
  /// Reads an object whose members are all strings.
  mutating func readStringMap() throws(JSONError) -> [String: String] {
    var strings: [String: String] = [:]
    if try readIfNull() { return strings }
    try beginObject()
    while let key = try nextKey() { strings[key] = try readString() }
    return strings
  }

  mutating func readStrings() throws(JSONError) -> [String] {
    var strings: [String] = []
    if try readIfNull() { return strings }
    try beginArray()
    while try nextElement() { strings.append(try readString()) }
    return strings
  }

  mutating func readBase64() throws(JSONError) -> [UInt8] {
    let begin = byteOffset
    guard let bytes = Base64.decode(try readString()) else {
      throw JSONError(.invalidValue, byteOffset: begin, expected: "Base64 text (RFC 4648)")
    }
    return bytes
  }

  /// Reads a time as AWS's JSON protocols write it, seconds since the Unix epoch with a fraction, or as a model may have it instead:
  /// ISO 8601 or HTTP date text. Answers in milliseconds; nil for null.
  mutating func readTimestamp() throws(JSONError) -> Int64? {
    let begin = valueOffset()
    let value = try readValue()
    if value.isNull { return nil }
    // The bound keeps what follows within the range of Int64.
    if let seconds = value.numberValue?.double, seconds.magnitude < 1e12 { return Int64((seconds * 1_000).rounded()) }
    if let text = value.stringValue, let milliseconds = ISO8601.milliseconds(text) ?? HTTPDate.milliseconds(text) { return milliseconds }
    throw JSONError(.invalidValue, byteOffset: begin, expected: "a time: seconds since 1970, ISO 8601 or an HTTP date")
  }
}

extension Dictionary where Key == String {
  /// The members in the order of their names: the same request has the same bytes in every process.
  var inOrder: [Element] { sorted { $0.key < $1.key } }
}

extension JSONWriter {
  /// Writes nothing when there are none.
  mutating func member(ifAny name: StaticString, _ strings: [String: String]) {
    guard !strings.isEmpty else { return }
    key(name)
    beginObject()
    for (key, value) in strings.inOrder { member(key, value) }
    endObject()
  }

  /// Writes nothing when there are none.
  mutating func member(ifAny name: StaticString, _ strings: [String]) {
    if !strings.isEmpty { member(name, strings) }
  }
}
