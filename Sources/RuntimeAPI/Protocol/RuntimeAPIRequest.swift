internal import Glibc

/// The head of one request to the Runtime API or the Extensions API: which operation, and the fields that matter to it.
///
/// Sources: Lambda Runtime API, version 2018-06-01; Lambda Extensions API, version 2020-01-01.
struct RuntimeAPIRequest: Sendable, Equatable {
  enum Route: Sendable, Equatable {
    case next
    /// With the request id of the path.
    case response(String)
    case error(String)
    case initializationError
    case registerExtension
    case nextExtensionEvent
    case extensionInitializationError
    case extensionExitError
    case logs
    case telemetry
    case ping
    /// No operation of the API: its method and path.
    case unknown(String)
  }

  enum Framing: Sendable, Equatable {
    case length(Int)
    case chunked
  }

  var route: Route
  var framing = Framing.length(0)
  /// The connection ends with the answer.
  var isLast = false
  var expectsContinue = false
  var contentType: String?
  /// Lambda-Runtime-Invocation-Id, which names the delivery that is answered.
  var invocationID: String?
  var errorType: String?
  var responseMode: String?
  var extensionName: String?
  var extensionIdentifier: String?
  var extensionFeatures: String?
}

/// Bytes that are not HTTP/1.1, or not what this server takes.
struct RequestParseError: Error, Equatable {
  let status: Int
  let message: String
}

extension RuntimeAPIRequest {
  /// Parses a head, its empty line included.
  init(parsing head: UnsafeRawBufferPointer) throws(RequestParseError) {
    var lines = HeadLines(head)
    guard let line = lines.next() else { throw RequestParseError(status: 400, message: "there is no request line") }
    self.init(route: try Self.route(line))
    while let line = lines.next() {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
        throw RequestParseError(status: 400, message: "a header line has no name")
      }
      let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
      let value = trimmed(line[(colon + 1)...])
      try take(name, value)
    }
  }

  /// Few names have the same length, which spares nearly all comparisons.
  private mutating func take(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(RequestParseError) {
    switch name.count {
    case 6 where equal(name, "expect"): expectsContinue = equal(value, "100-continue")
    case 10 where equal(name, "connection"): isLast = equal(value, "close")
    case 12 where equal(name, "content-type"): contentType = text(value)
    case 14 where equal(name, "content-length"):
      guard framing != .chunked else { return }  // RFC 9112, 6.3: Transfer-Encoding has the last word.
      guard let length = number(value) else {
        throw RequestParseError(status: 400, message: "Content-Length '\(text(value))' is no number of bytes")
      }
      framing = .length(length)
    case 17 where equal(name, "transfer-encoding"):
      guard equal(value, "chunked") else {
        throw RequestParseError(status: 501, message: "Transfer-Encoding '\(text(value))' is not chunked")
      }
      framing = .chunked
    case 21 where equal(name, "lambda-extension-name"): extensionName = text(value)
    case 27 where equal(name, "lambda-extension-identifier"): extensionIdentifier = text(value)
    case 28 where equal(name, "lambda-runtime-invocation-id"): invocationID = text(value)
    case 31 where equal(name, "lambda-extension-accept-feature"): extensionFeatures = text(value)
    case 34 where equal(name, "lambda-runtime-function-error-type"): errorType = text(value)
    case 36 where equal(name, "lambda-extension-function-error-type"): errorType = text(value)
    case 37 where equal(name, "lambda-runtime-function-response-mode"): responseMode = text(value)
    default: break
    }
  }

  private static func route(_ line: UnsafeRawBufferPointer) throws(RequestParseError) -> Route {
    guard let first = line.firstIndex(of: UInt8(ascii: " ")), let last = line.lastIndex(of: UInt8(ascii: " ")), last > first + 1,
      equal(UnsafeRawBufferPointer(rebasing: line[(last + 1)...]), "HTTP/1.1")
    else {
      throw RequestParseError(status: 400, message: "'\(text(UnsafeRawBufferPointer(rebasing: line.prefix(100))))' is no request line")
    }
    let method = UnsafeRawBufferPointer(rebasing: line[..<first])
    let path = UnsafeRawBufferPointer(rebasing: line[(first + 1)..<last])
    let isPost = equal(method, "POST")
    let isGet = equal(method, "GET")
    if isGet, equal(path, "/2018-06-01/runtime/invocation/next") { return .next }
    let prefix: StaticString = "/2018-06-01/runtime/invocation/"
    if isPost, path.count > prefix.utf8CodeUnitCount, equal(UnsafeRawBufferPointer(rebasing: path.prefix(prefix.utf8CodeUnitCount)), prefix)
    {
      let rest = path.dropFirst(prefix.utf8CodeUnitCount)
      if let slash = rest.firstIndex(of: UInt8(ascii: "/")), slash > rest.startIndex {
        let identifier = text(UnsafeRawBufferPointer(rebasing: rest[..<slash]))
        let operation = UnsafeRawBufferPointer(rebasing: rest[slash...])
        if equal(operation, "/response") { return .response(identifier) }
        if equal(operation, "/error") { return .error(identifier) }
      }
    }
    switch "\(text(method)) \(text(path))" {
    case "POST /2018-06-01/runtime/init/error": return .initializationError
    case "POST /2020-01-01/extension/register": return .registerExtension
    case "GET /2020-01-01/extension/event/next": return .nextExtensionEvent
    case "POST /2020-01-01/extension/init/error": return .extensionInitializationError
    case "POST /2020-01-01/extension/exit/error": return .extensionExitError
    case "PUT /2020-08-15/logs": return .logs
    case "PUT /2022-07-01/telemetry": return .telemetry
    case "GET /2018-06-01/ping": return .ping
    case let other: return .unknown(other)
    }
  }
}

/// The lines of a head, without their ends; the empty one ends them.
private struct HeadLines {
  private var rest: UnsafeRawBufferPointer

  init(_ head: UnsafeRawBufferPointer) { rest = head }

  mutating func next() -> UnsafeRawBufferPointer? {
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")), end > 0 else { return nil }
    let line = UnsafeRawBufferPointer(rebasing: rest[..<(rest[end - 1] == UInt8(ascii: "\r") ? end - 1 : end)])
    rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
    return line.isEmpty ? nil : line
  }
}

/// True when the bytes are the text, in whatever case.
func equal(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
  guard let base = bytes.baseAddress, bytes.count == text.utf8CodeUnitCount else { return bytes.isEmpty && text.utf8CodeUnitCount == 0 }
  return text.utf8Start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
    strncasecmp(base.assumingMemoryBound(to: CChar.self), $0, bytes.count) == 0
  }
}

/// The bytes as text; what is not UTF-8 is replaced.
func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

/// The bytes without the white space around them.
func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> UnsafeRawBufferPointer {
  var bytes = bytes
  while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
  while let last = bytes.last, last == 0x20 || last == 0x09 || last == 0x0D { bytes.removeLast() }
  return UnsafeRawBufferPointer(rebasing: bytes)
}

/// A number of bytes, decimal or of another base; nil for anything else, and for what no payload has.
func number(_ bytes: UnsafeRawBufferPointer, base: Int = 10) -> Int? {
  guard !bytes.isEmpty, bytes.count <= 15 else { return nil }
  var value = 0
  for byte in bytes {
    let digit: Int
    switch byte {
    case 0x30...0x39: digit = Int(byte) - 0x30
    case 0x41...0x46 where base == 16: digit = Int(byte) - 0x41 + 10
    case 0x61...0x66 where base == 16: digit = Int(byte) - 0x61 + 10
    default: return nil
    }
    value = value * base + digit
  }
  return value
}
