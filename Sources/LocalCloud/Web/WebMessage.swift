/// One HTTP/1.1 request with its whole body.
public struct WebRequest: Sendable {
  public let method: String
  /// The path as it was sent, percent-encoded, without the query.
  public let path: String
  /// The query as it was sent, without the question mark; empty when there is none.
  public let query: String
  public let headers: WebHeaders
  public let body: [UInt8]

  public init(method: String, path: String, query: String = "", headers: WebHeaders = [], body: [UInt8] = []) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }
}

/// One HTTP/1.1 response with its whole body.
public struct WebResponse: Sendable {
  public let status: Int
  public let headers: WebHeaders
  public let body: [UInt8]

  public init(status: Int, headers: WebHeaders = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A response whose body is JSON text.
  public static func json(_ body: [UInt8], status: Int = 200, headers: WebHeaders = []) -> WebResponse {
    var headers = headers
    headers["Content-Type"] = "application/json"
    return WebResponse(status: status, headers: headers, body: body)
  }
}

/// Header fields in order; names are compared without regard to case (RFC 9110 section 5.1).
public struct WebHeaders: Sendable, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
  public private(set) var fields: [(name: String, value: String)] = []

  public init() {}
  public init(dictionaryLiteral elements: (String, String)...) { fields = elements.map { (name: $0.0, value: $0.1) } }
  public init(arrayLiteral elements: (String, String)...) { fields = elements.map { (name: $0.0, value: $0.1) } }

  public subscript(name: String) -> String? {
    get { fields.first { Self.same($0.name, name) }?.value }
    set {
      fields.removeAll { Self.same($0.name, name) }
      if let newValue { fields.append((name: name, value: newValue)) }
    }
  }

  /// Adds a field, also when one of that name is there.
  public mutating func append(_ name: String, _ value: String) { fields.append((name: name, value: value)) }

  private static func same(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8) { lowercase($0) == lowercase($1) }
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}

/// The reason phrases of the status codes that the local endpoints send (RFC 9110 section 15).
func reasonPhrase(_ status: Int) -> String {
  switch status {
  case 200: "OK"
  case 202: "Accepted"
  case 204: "No Content"
  case 400: "Bad Request"
  case 402: "Payment Required"
  case 403: "Forbidden"
  case 404: "Not Found"
  case 405: "Method Not Allowed"
  case 408: "Request Timeout"
  case 410: "Gone"
  case 413: "Content Too Large"
  case 424: "Failed Dependency"
  case 429: "Too Many Requests"
  case 500: "Internal Server Error"
  case 502: "Bad Gateway"
  case 503: "Service Unavailable"
  default: "Status"
  }
}

/// Decodes percent-encoding; nil when an escape is broken or the result is not UTF-8 (RFC 3986 section 2.1).
public func percentDecoded(_ text: some StringProtocol) -> String? {
  func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
  var decoded: [UInt8] = []
  var bytes = text.utf8.makeIterator()
  while let byte = bytes.next() {
    guard byte == UInt8(ascii: "%") else {
      decoded.append(byte)
      continue
    }
    guard let high = bytes.next().flatMap(digit), let low = bytes.next().flatMap(digit) else { return nil }
    decoded.append(high << 4 | low)
  }
  return String(validating: decoded, as: UTF8.self)
}
