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
}

extension JSONWriter {
  /// Writes nothing when there are none.
  mutating func member(ifAny name: StaticString, _ strings: [String: String]) {
    guard !strings.isEmpty else { return }
    key(name)
    beginObject()
    for (key, value) in strings { member(key, value) }
    endObject()
  }

  /// Writes nothing when there are none.
  mutating func member(ifAny name: StaticString, _ strings: [String]) {
    if !strings.isEmpty { member(name, strings) }
  }
}
