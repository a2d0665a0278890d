import Testing

@testable import AWSClient

/// libcurl against a server in this process.
struct CurlTransportTests {
  private let transport = CurlTransport()

  private func request(_ server: TestServer, _ method: String = "GET", _ path: String = "/", body: [UInt8] = []) -> HTTPRequest {
    HTTPRequest(method: method, url: server.url + path, body: body, timeoutMilliseconds: 30_000)
  }

  @Test func aRequestArrivesAsItWasWritten() async throws {
    let server = TestServer { _ in TestServer.response(Array("made".utf8), status: 201, headers: "X-One: a \r\nX-Empty:\r\nETag: \"e\"\r\n")
    }
    defer { server.stop() }
    var request = request(server, "PUT", "/a/../b//%C3%A9?x=1&y=%20", body: Array(0...255))
    request.headers = ["X-Test": "1", "X-None": ""]
    let response = try await transport.send(request)
    #expect(response.status == 201)
    #expect(response.body == Array("made".utf8))
    #expect(response.headers["x-one"] == "a")
    #expect(response.headers["x-empty"] == "")
    #expect(response.headers["etag"] == "\"e\"")
    let received = try #require(server.requests.first)
    #expect(received.requestLine == "PUT /a/../b//%C3%A9?x=1&y=%20 HTTP/1.1")
    #expect(received.body == Array(0...255))
    #expect(received.header("x-test") == "1")
    #expect(received.header("x-none") == "")
    #expect(received.header("content-type") == nil)
    #expect(received.header("expect") == nil)
    #expect(received.header("transfer-encoding") == nil)
  }

  @Test(arguments: ["GET", "HEAD", "DELETE", "POST", "PUT"])
  func methodsFollowEachOtherOnOneHandle(method: String) async throws {
    let server = TestServer { request in
      guard request.requestLine.hasPrefix("HEAD") else { return TestServer.response(Array("hello".utf8)) }
      return [.send(Array("HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\n".utf8))]
    }
    defer { server.stop() }
    for other in ["POST", "HEAD", "GET", "PUT", "DELETE"] {
      _ = try await transport.send(request(server, other, body: other == "POST" || other == "PUT" ? [1] : []))
      let response = try await transport.send(request(server, method))
      #expect(response.body == (method == "HEAD" ? [] : Array("hello".utf8)))
      let received = try #require(server.requests.last)
      #expect(received.requestLine == "\(method) / HTTP/1.1")
      #expect(received.body.isEmpty)
      #expect(received.header("content-length") == (method == "POST" || method == "PUT" ? "0" : nil))
    }
    #expect(Set(server.requests.map(\.connection)) == [1])
  }

  @Test func largeBodiesGoBothWays() async throws {
    let body = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let server = TestServer { TestServer.response($0.body) }
    defer { server.stop() }
    #expect(try await transport.send(request(server, "POST", body: body)).body == body)
  }

  @Test func manyRequestsAtOnce() async throws {
    let server = TestServer { TestServer.response($0.body) }
    defer { server.stop() }
    let sums = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<200 {
        group.addTask {
          let body = Array("\(number)".utf8)
          return try await transport.send(request(server, "POST", body: body)).body == body ? number : -1_000_000
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(sums == 199 * 200 / 2)
    #expect(Set(server.requests.map(\.connection)).count <= 64)
  }

  @Test func anAnswerInPiecesAndAContinueAreOneAnswer() async throws {
    let server = TestServer { _ in
      [
        .send(Array("HTTP/1.1 100 Continue\r\nX-Wrong: 1\r\n\r\n".utf8)),
        .send(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".utf8)), .send(Array("2\r\nde\r\n0\r\n\r\n".utf8)),
      ]
    }
    defer { server.stop() }
    let response = try await transport.send(request(server))
    #expect(response.status == 200)
    #expect(response.body == Array("abcde".utf8))
    #expect(response.headers["x-wrong"] == nil)
  }

  @Test func aCancelledTaskLeavesAtOnce() async throws {
    let server = TestServer { _ in [.waitForClient] }
    defer { server.stop() }
    let task = Task { try await transport.send(request(server)) }
    while server.requests.isEmpty { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    // And the transport goes on.
    let other = TestServer { _ in TestServer.response([]) }
    defer { other.stop() }
    #expect(try await transport.send(request(other)).status == 200)
  }

  @Test func aTaskThatIsCancelledAlreadySendsNothing() async throws {
    let server = TestServer { _ in TestServer.response([]) }
    defer { server.stop() }
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await transport.send(request(server))
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(server.requests.isEmpty)
  }

  @Test func anAnswerThatDoesNotComeIsATimeout() async throws {
    let server = TestServer { _ in [.waitForClient] }
    defer { server.stop() }
    var request = request(server)
    request.timeoutMilliseconds = 50
    let error = await #expect(throws: AWSError.self) { try await transport.send(request) }
    #expect(error?.code == "RequestTimedOut")
    #expect(error?.isRetryable == true)
    #expect(error?.message == "no whole answer from \(server.url) within 50 ms")
  }

  @Test func aClosedPortIsNoConnection() async throws {
    let server = TestServer { _ in [] }
    server.stop()
    var request = request(server, "GET", "/secret-path?secret=query")
    request.timeoutMilliseconds = 5_000
    let error = await #expect(throws: AWSError.self) { try await transport.send(request) }
    #expect(error?.code == "ConnectionFailed")
    #expect(error?.isRetryable == true)
    #expect(error?.mentions("secret") == false)
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"])
  func aConnectionThatEndsEarlyIsRetryable(text: String) async throws {
    let server = TestServer { _ in [.send(Array(text.utf8)), .close] }
    defer { server.stop() }
    let error = await #expect(throws: AWSError.self) { try await transport.send(request(server)) }
    #expect(error?.code == "ConnectionFailed")
    #expect(error?.isRetryable == true)
  }

  @Test func aStreamArrivesWhileItIsWritten() async throws {
    let server = TestServer { _ in
      [.send(Array("HTTP/1.1 200 OK\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".utf8)), .waitForClient]
    }
    defer { server.stop() }
    let response = try await transport.stream(request(server))
    #expect(response.status == 200)
    #expect(response.headers["x-a"] == "1")
    var pieces = response.body.makeAsyncIterator()
    // The server waits with the rest: what has come is there already.
    #expect(try await pieces.next() == Array("abc".utf8))
  }

  @Test func aStreamThatBreaksOffIsAnError() async throws {
    let server = TestServer { _ in
      [.send(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".utf8)), .close]
    }
    defer { server.stop() }
    let error = await #expect(throws: AWSError.self) {
      for try await _ in try await transport.stream(request(server)).body {}
    }
    #expect(error?.isRetryable == true)
  }

  @Test func leavingAStreamEndsItsConnection() async throws {
    let server = TestServer { request in
      request.connection == 1 ? [.send(Array("HTTP/1.1 200 OK\r\n\r\nabc".utf8)), .waitForClient] : TestServer.response([])
    }
    defer { server.stop() }
    func readOnePiece() async throws {
      for try await _ in try await transport.stream(request(server)).body { break }
    }
    try await readOnePiece()
    _ = try await transport.send(request(server))
    #expect(server.requests.map(\.connection) == [1, 2])
  }

  @Test func aClientReachesAServiceThroughIt() async throws {
    let server = TestServer { _ in TestServer.response(Array(#"{"Item":{"id":{"S":"a"}}}"#.utf8)) }
    defer { server.stop() }
    let configuration = try AWSConfiguration.fromEnvironment([
      "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret",
      "AWS_ENDPOINT_URL_DYNAMODB": server.url,
    ])
    let client = DynamoDBClient(AWSClient(configuration: configuration))
    for _ in 0..<3 { #expect(try await client.getItem(GetItemInput(tableName: "t", key: ["id": "a"])).item == ["id": "a"]) }
    // Connections are kept.
    #expect(server.requests.map(\.connection) == [1, 1, 1])
  }
}
