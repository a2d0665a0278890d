/// One response of an HTTP/1.1 server.
struct HTTPResponse: Equatable, Sendable {
  /// Status code, 200 to 999; interim responses (1xx) are skipped by the parser.
  let status: Int
  let head: HTTPHead
  let body: [UInt8]
  /// False when the connection cannot carry another exchange.
  let keepsConnection: Bool
}

/// The head of a response, kept as the bytes that came; a field becomes a string when it is asked for.
struct HTTPHead: Equatable, Sendable {
  private struct Field: Equatable {
    let name: Range<Int>
    let value: Range<Int>
  }
  private let bytes: [UInt8]
  private let fields: [Field]
  let status: Int
  /// True for HTTP/1.1, false for HTTP/1.0, which closes the connection unless told otherwise.
  let isPersistentByDefault: Bool

  /// The value of a field; `name` must be in lower case. Of a field that occurs twice, the first.
  subscript(name: StaticString) -> String? {
    for field in fields where matches(field.name, name) { return String(decoding: bytes[field.value], as: UTF8.self) }
    return nil
  }

  /// The values of a field that must not occur with more than one; nil when it does not occur.
  /// - Throws: `HTTPProtocolError` when it has several values: whoever trusts one of them loses the framing.
  func only(_ name: StaticString) throws(HTTPProtocolError) -> String? {
    var value: String?
    for field in fields where matches(field.name, name) {
      let other = String(decoding: bytes[field.value], as: UTF8.self)
      if let value, value != other { throw HTTPProtocolError("one \(name)", found: "'\(value)' and '\(other)'") }
      value = other
    }
    return value
  }

  /// Reads a head from its bytes, without the empty line that ends it (RFC 9112 sections 4 and 5).
  init(parsing bytes: [UInt8]) throws(HTTPProtocolError) {
    let lineFeed = UInt8(ascii: "\n")
    let statusEnd = bytes.firstIndex(of: lineFeed) ?? bytes.count
    let line = bytes[..<statusEnd]
    // "HTTP/1.1 200 OK"
    let prefix: StaticString = "HTTP/1."
    guard line.count >= 12, line.starts(with: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)),
      line[8] == UInt8(ascii: " "), let hundreds = digit(line[9]), let tens = digit(line[10]), let ones = digit(line[11]), hundreds > 0,
      line.count == 12 || line[12] == UInt8(ascii: " ") || line[12] == UInt8(ascii: "\r")
    else { throw HTTPProtocolError("a status line such as 'HTTP/1.1 200 OK'", found: line) }
    status = hundreds * 100 + tens * 10 + ones
    isPersistentByDefault = line[7] != UInt8(ascii: "0")

    var fields: [Field] = []
    fields.reserveCapacity(12)
    var start = statusEnd + 1
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: lineFeed) ?? bytes.count
      let line = bytes[start..<end]
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > start, line[start..<colon].allSatisfy(isToken) else {
        throw HTTPProtocolError("a header field such as 'Name: value'", found: line)
      }
      fields.append(Field(name: start..<colon, value: trimmed(bytes, colon + 1, end)))
      start = end + 1
    }
    self.bytes = bytes
    self.fields = fields
  }

  private func matches(_ range: Range<Int>, _ name: StaticString) -> Bool {
    guard range.count == name.utf8CodeUnitCount else { return false }
    for (index, position) in range.enumerated() {
      let byte = bytes[position]
      let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
      if lower != name.utf8Start[index] { return false }
    }
    return true
  }
}

/// Bytes that are not an HTTP/1.1 response.
struct HTTPProtocolError: Error, Equatable, CustomStringConvertible {
  let expected: String
  let found: String

  init(_ expected: String, found: String) {
    self.expected = expected
    self.found = found
  }

  init(_ expected: String, found: some Collection<UInt8>) {
    let text = String(decoding: found.prefix(80), as: UTF8.self)
    self.init(expected, found: "'\(text.filter { !$0.isNewline })'" + (found.count > 80 ? " and \(found.count - 80) bytes more" : ""))
  }

  var description: String { "the Runtime API sent \(found) where \(expected) was expected" }
}

private func digit(_ byte: UInt8) -> Int? { byte >= 0x30 && byte <= 0x39 ? Int(byte - 0x30) : nil }

/// A byte of a field name (RFC 9110 section 5.6.2).
private func isToken(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "#"),
    UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "^"),
    UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
    true
  default: false
  }
}

/// The range without white space at either end.
private func trimmed(_ bytes: [UInt8], _ from: Int, _ to: Int) -> Range<Int> {
  func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
  var (start, end) = (from, to)
  while start < end, isBlank(bytes[start]) { start += 1 }
  while end > start, isBlank(bytes[end - 1]) { end -= 1 }
  return start..<end
}
