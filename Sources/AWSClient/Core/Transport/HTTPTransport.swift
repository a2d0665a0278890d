/// Sends one HTTP request at a time and knows nothing of AWS; a test brings its own.
public protocol HTTPTransport: Sendable {
  /// The whole answer, whatever its status.
  /// - Throws: `AWSError` with a transport code, or `CancellationError` as soon as the task is cancelled.
  func send(_ request: HTTPRequest) async throws -> HTTPResponse
  /// The answer's head, and its body as it arrives; ending the iteration or cancelling the task ends the transfer.
  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse
}

/// A request as it goes over the wire.
public struct HTTPRequest: Sendable {
  public var method: String
  /// The whole URL, encoded.
  public var url: String
  public var headers: HTTPHeaders
  public var body: [UInt8]
  /// Time for the whole exchange, in milliseconds; a stream's body is part of it.
  public var timeoutMilliseconds: Int64
  /// Time to establish a connection, in milliseconds.
  public var connectTimeoutMilliseconds: Int64
  /// Longest time without a byte in either direction, in milliseconds, from the start of the exchange on; nil for no limit.
  public var idleTimeoutMilliseconds: Int64?
  /// True for an address on this machine's own link, which no proxy reaches.
  public var bypassesProxy = false
  /// The addresses that may be connected to; the proxy's count as much as the server's.
  public var addresses = AddressRule.any
  /// The longest body of an answer, in bytes; a longer one ends the exchange with `ResponseTooLarge`. Nil for no limit.
  public var maximumBodyBytes: Int?
  /// False for a request that costs or changes something each time it arrives: the transport must not send it twice by itself.
  public var isSafeToRepeat = true

  public init(
    method: String, url: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], timeoutMilliseconds: Int64 = 60_000,
    connectTimeoutMilliseconds: Int64 = 3_000
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutMilliseconds = timeoutMilliseconds
    self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
  }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
  /// Without header fields and body: these hold the signature, the session token and the customer's data.
  public var description: String { "\(method) \(url) (\(body.count) bytes)" }
  public var customMirror: Mirror { Mirror(self, children: ["method": method, "url": url]) }
}

public struct HTTPResponse: Sendable {
  public var status: Int
  public var headers: HTTPHeaders
  public var body: [UInt8]

  public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

public struct HTTPStreamingResponse: Sendable {
  public var status: Int
  public var headers: HTTPHeaders
  public var body: AsyncThrowingStream<[UInt8], any Error>

  public init(status: Int, headers: HTTPHeaders, body: AsyncThrowingStream<[UInt8], any Error>) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

extension HTTPResponse: CustomStringConvertible, CustomReflectable {
  /// Without header fields and body: an answer may consist of credentials.
  public var description: String { "HTTP \(status) (\(body.count) bytes)" }
  public var customMirror: Mirror { Mirror(self, children: ["status": status]) }
}

/// Header fields in order; names are kept in lower case (RFC 9110 section 5.1: they are case-insensitive).
public struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral, CustomStringConvertible, CustomReflectable {
  public struct Field: Sendable, Hashable {
    public let name: String
    public let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }
  public private(set) var fields: [Field] = []

  public init() {}
  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { append(name, value) }
  }

  public mutating func append(_ name: String, _ value: String) { fields.append(Field(name: name.lowercased(), value: value)) }

  /// Appends a field whose name already is in lower case.
  package mutating func append(lowercased name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

  /// Whether a text may be a field's name: a token of RFC 9110 section 5.6.2.
  static func isFieldName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }

  /// The names only: values hold signatures, session tokens and what customers write.
  public var description: String { "HTTPHeaders(\(fields.map(\.name).joined(separator: ", ")))" }
  public var customMirror: Mirror { Mirror(self, children: ["names": fields.map(\.name)]) }

  package mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }

  /// The first value of a field, whose name is given in lower case.
  public subscript(name: String) -> String? {
    for field in fields where field.name == name { return field.value }
    return nil
  }
}
