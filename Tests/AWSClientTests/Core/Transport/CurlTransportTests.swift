import Glibc
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
    #expect(error?.isSureToHaveDoneNothing == false)
    #expect(error?.isRetryable == true)
    #expect(error?.message == "no whole answer from \(server.url) within 50 ms")
  }

  @Test(.timeLimit(.minutes(1)), arguments: [0, -1, .min] as [Int64]) func noTimeIsNotAllTheTime(milliseconds: Int64) async throws {
    let server = TestServer { _ in [.waitForClient] }
    defer { server.stop() }
    var request = request(server)
    request.timeoutMilliseconds = milliseconds
    let error = await #expect(throws: AWSError.self) { try await transport.send(request) }
    #expect(["RequestTimedOut", "ConnectionFailed"].contains(error?.code))
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
  func aConnectionThatEndsEarlyIsLostAndRetryable(text: String) async throws {
    let server = TestServer { _ in [.send(Array(text.utf8)), .close] }
    defer { server.stop() }
    let error = await #expect(throws: AWSError.self) { try await transport.send(request(server, "POST", body: [1, 2, 3])) }
    #expect(error?.code == "ConnectionLost")
    #expect(error?.isRetryable == true)
    #expect(error?.isSureToHaveDoneNothing == false)
  }

  @Test func aConnectionThatIsNotMadeInTimeSaysThatNothingWasSent() async throws {
    let server = try FullServer()
    defer { server.stop() }
    var request = HTTPRequest(method: "POST", url: server.url, body: [1])
    request.connectTimeoutMilliseconds = 50
    let error = await #expect(throws: AWSError.self) { try await transport.send(request) }
    #expect(error?.code == "ConnectionFailed")
    #expect(error?.isRetryable == true)
    #expect(
      error?.message == "no connection to \(server.url) in time (50 ms to connect, 60000 ms for the whole exchange); nothing was sent")
  }

  /// libcurl itself sends a request a second time when a kept connection turns out to be gone.
  @Test func aRequestThatMustNotBeRepeatedIsNotRepeatedByLibcurl() async throws {
    let server = TestServer { request in request.requestLine.hasPrefix("GET") ? TestServer.response([]) : [.close] }
    defer { server.stop() }
    _ = try await transport.send(request(server))
    var request = request(server, "POST", body: [1])
    request.isSafeToRepeat = false
    let error = await #expect(throws: AWSError.self) { try await transport.send(request) }
    #expect(error?.code == "ConnectionLost")
    #expect(server.requests.map(\.requestLine) == ["GET / HTTP/1.1", "POST / HTTP/1.1"])
  }

  @Test func aReasonWithAColonIsNoHeaderField() async throws {
    let server = TestServer { _ in [.send(Array("HTTP/1.1 503 Busy: come back\r\nX-A: 1\r\nContent-Length: 4\r\n\r\nbusy".utf8))] }
    defer { server.stop() }
    let response = try await transport.send(request(server))
    #expect(response.status == 503)
    #expect(response.body == Array("busy".utf8))
    #expect(response.headers.fields.map(\.name) == ["x-a", "content-length"])
  }

  @Test(.timeLimit(.minutes(2))) func aCancellationMayComeAtAnyMoment() async throws {
    let server = TestServer { _ in TestServer.response([]) }
    defer { server.stop() }
    let request = request(server)
    for round in 0..<3_000 {
      let task = Task { try await transport.send(request) }
      for _ in 0..<(round % 7) { await Task.yield() }
      task.cancel()
      // Either end is right; none would be wrong.
      switch await task.result {
      case .success(let response): #expect(response.status == 200)
      case .failure(let error): #expect(error is CancellationError)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func whatIsStartedAsTheLoopStopsEndsToo() async throws {
    let server = TestServer { _ in [.waitForClient] }
    defer { server.stop() }
    for _ in 0..<200 {
      let loop = try CurlEventLoop(certificateAuthorityFile: nil, proxies: ProxySettings([:]))
      let error = await #expect(throws: AWSError.self) {
        _ = try await withCheckedThrowingContinuation { continuation in
          let transfer = CurlTransfer(request(server))
          transfer.sink = .whole(continuation)
          loop.stop()
          loop.start(transfer)
        }
      }
      #expect(error?.message == "the transport has been closed")
    }
  }

  @Test func theLoopsThreadLeavesFaultsToTheirHandlers() async throws {
    let server = TestServer { _ in TestServer.response([]) }
    defer { server.stop() }
    _ = try await transport.send(request(server))
    let masks = try blockedSignals(ofThreadsNamed: CurlEventLoop.threadName)
    #expect(!masks.isEmpty)
    for mask in masks {
      for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] { #expect(mask & (1 << (UInt64(signal) - 1)) == 0) }
      for signal in [SIGPIPE, SIGTERM, SIGINT] { #expect(mask & (1 << (UInt64(signal) - 1)) != 0) }
    }
  }

  /// The mask of blocked signals of each thread of this process that has the name, from /proc.
  private func blockedSignals(ofThreadsNamed name: String) throws -> [UInt64] {
    let folder = try #require(opendir("/proc/self/task"))
    defer { closedir(folder) }
    var masks: [UInt64] = []
    while let entry = readdir(folder) {
      let thread = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard Int(thread) != nil, let status = FileReader.read("/proc/self/task/\(thread)/status") else { continue }
      var fields: [String: String] = [:]
      for line in String(decoding: status, as: UTF8.self).split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1)
        if parts.count == 2 { fields[String(parts[0])] = String(parts[1].drop { $0.isWhitespace }) }
      }
      if fields["Name"] == name, let mask = fields["SigBlk"].flatMap({ UInt64($0, radix: 16) }) { masks.append(mask) }
    }
    return masks
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

  @Test func aStreamOutlivesWhoBeganIt() async throws {
    let server = TestServer { _ in
      [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc".utf8)), .pause(milliseconds: 100), .send(Array("def".utf8))]
    }
    defer { server.stop() }
    func begin() async throws -> HTTPStreamingResponse { try await CurlTransport().stream(request(server)) }
    var received: [UInt8] = []
    for try await piece in try await begin().body { received += piece }
    #expect(received == Array("abcdef".utf8))
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
