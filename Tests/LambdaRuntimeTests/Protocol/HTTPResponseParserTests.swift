import Testing

@testable import LambdaRuntime

@Suite struct HTTPResponseParserTests {
  /// Feeds a text in pieces of `size` bytes and returns the responses that come out.
  func parse(_ text: String, piecesOf size: Int = .max, limits: HTTPResponseParser.Limits = .init()) throws -> [HTTPResponse] {
    var parser = HTTPResponseParser(limits: limits)
    var responses: [HTTPResponse] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      if let response = try Array(rest.prefix(size)).withUnsafeBytes({ try parser.feed($0) }) { responses.append(response) }
      rest = rest.dropFirst(size)
    }
    if let last = parser.finish() { responses.append(last) }
    return responses
  }

  static let event =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id:  abc-1 \r\nContent-Length: 11\r\n\r\n{\"task\":1}\n"
  static let chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;name=value\r\n,\r\nA\r\n, wide wor\r\n2\r\nld\r\n0\r\nTrailer: x\r\n\r\n"

  @Test(arguments: [1, 2, 3, 4, 5, 7, 16, 64, .max])
  func splitReadsGiveTheSameResponse(size: Int) throws {
    let response = try #require(try parse(Self.event, piecesOf: size).first)
    #expect(response.status == 200)
    #expect(response.head["lambda-runtime-aws-request-id"] == "abc-1")
    #expect(response.head["lambda-runtime-trace-id"] == nil)
    #expect(String(decoding: response.body, as: UTF8.self) == "{\"task\":1}\n")
    #expect(response.keepsConnection)
  }

  @Test(arguments: [1, 2, 3, 11, .max])
  func readsChunkedBodies(size: Int) throws {
    let response = try #require(try parse(Self.chunked, piecesOf: size).first)
    #expect(String(decoding: response.body, as: UTF8.self) == "hello,, wide world")
    #expect(response.keepsConnection)
  }

  @Test(arguments: [1, .max])
  func skipsInterimResponses(size: Int) throws {
    let responses = try parse("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", piecesOf: size)
    #expect(responses.map(\.status) == [202])
  }

  @Test func bodyWithoutLengthEndsWithTheConnection() throws {
    let response = try #require(try parse("HTTP/1.0 200 OK\r\n\r\n{}", piecesOf: 9).first)
    #expect(response.body == Array("{}".utf8))
    #expect(!response.keepsConnection)
  }

  @Test func noContentHasNoBody() throws {
    let response = try #require(try parse("HTTP/1.1 204 No Content\r\n\r\n").first)
    #expect(response.body.isEmpty)
    #expect(response.keepsConnection)
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    // Bytes that nobody asked for: the next response could not be told from them.
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n",
  ])
  func knowsWhenTheConnectionIsSpent(text: String) throws {
    let response = try #require(try parse(text).first)
    #expect(!response.keepsConnection)
  }

  @Test func aTruncatedBodyIsNoResponse() throws {
    #expect(try parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell").isEmpty)
    #expect(try parse("HTTP/1.1 200 OK\r\nContent-Le").isEmpty)
  }

  @Test(arguments: [
    ("SSH-2.0-OpenSSH_9.2\r\n", "a status line"),
    ("HTTP/2 200\r\n\r\n", "a status line"),
    ("HTTP/1.1 abc OK\r\n\r\n", "a status line"),
    ("HTTP/1.1 099 OK\r\n\r\n", "a status line"),
    ("HTTP/1.1 2000 OK\r\n\r\n", "a status line"),
    ("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", "a header field"),
    ("HTTP/1.1 200 OK\r\n: value\r\n\r\n", "a header field"),
    ("HTTP/1.1 200 OK\r\n folded: value\r\n\r\n", "a header field"),
    ("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "a length in bytes"),
    ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "a length in bytes"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "a length in bytes"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "the transfer coding 'chunked'"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "a chunk size"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", "a chunk size"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n", "the end of a chunk"),
  ])
  func refusesJunk(text: String, expected: String) throws {
    for size in [1, 1000] {
      let error = #expect(throws: HTTPProtocolError.self) { try parse(text, piecesOf: size) }
      #expect(error?.expected.hasPrefix(expected) == true)
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nX: \(String(repeating: "a", count: 300))\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 201\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nC9\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(repeating: "0", count: 300))",
    "HTTP/1.1 200 OK\r\n\r\n\(String(repeating: "a", count: 201))",
  ])
  func refusesWhatIsTooLarge(text: String) throws {
    for size in [1, 10, 1000] {
      #expect(throws: HTTPProtocolError.self) { try parse(text, piecesOf: size, limits: .init(head: 256, body: 200)) }
    }
  }
}
