import Testing

@testable import AWSClient

/// The limit on the time in which nothing moves, against a server in this process.
@Suite(.timeLimit(.minutes(1))) struct IdleLimitTests {
  private let transport = CurlTransport()
  private static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

  private func request(_ server: TestServer, _ milliseconds: Int64, body: [UInt8] = []) -> HTTPRequest {
    var request = HTTPRequest(method: "POST", url: server.url, body: body, timeoutMilliseconds: 30_000)
    request.idleTimeoutMilliseconds = milliseconds
    return request
  }

  @Test func anAnswerThatDoesNotBeginIsGivenUp() async throws {
    let server = TestServer { _ in [.waitForClient] }
    defer { server.stop() }
    let error = await #expect(throws: AWSError.self) { try await transport.send(request(server, 100)) }
    #expect(error?.code == "RequestTimedOut")
    #expect(error?.isRetryable == true)
    #expect(error?.isSureToHaveDoneNothing == false)
    #expect(error?.message == "no byte to or from \(server.url) for 100 ms")
  }

  @Test func aStreamThatStandsStillIsGivenUpAfterWhatHasCome() async throws {
    let server = TestServer { _ in [.send(Array("\(IdleLimitTests.chunked)3\r\nabc\r\n".utf8)), .waitForClient] }
    defer { server.stop() }
    var received: [UInt8] = []
    let error = await #expect(throws: AWSError.self) {
      for try await piece in try await transport.stream(request(server, 150)).body { received += piece }
    }
    #expect(error?.code == "RequestTimedOut")
    #expect(received == Array("abc".utf8))
  }

  @Test func aStreamThatMovesMayTakeLongerThanTheLimit() async throws {
    // 10 pieces, 50 ms apart: more than the limit in all, each well within it.
    let server = TestServer { _ in
      [.send(Array(IdleLimitTests.chunked.utf8))] + (0..<10).flatMap { _ in [.pause(milliseconds: 50), .send(Array("1\r\nx\r\n".utf8))] }
        + [.send(Array("0\r\n\r\n".utf8))]
    }
    defer { server.stop() }
    var count = 0
    for try await piece in try await transport.stream(request(server, 400)).body { count += piece.count }
    #expect(count == 10)
  }

  @Test func theLargestLimitIsNone() async throws {
    let server = TestServer { TestServer.response($0.body) }
    defer { server.stop() }
    #expect(try await transport.send(request(server, .max, body: [1])).body == [1])
  }

  @Test func otherTransfersGoOn() async throws {
    let server = TestServer { $0.body.isEmpty ? [.waitForClient] : TestServer.response($0.body) }
    defer { server.stop() }
    async let stuck = Result { try await transport.send(request(server, 100)) }
    #expect(try await transport.send(request(server, 10_000, body: [1])).body == [1])
    guard case .failure(let error as AWSError) = await stuck else {
      Issue.record("expected an error")
      return
    }
    #expect(error.code == "RequestTimedOut")
    #expect(try await transport.send(request(server, 10_000, body: [2])).body == [2])
  }

  @Test func aModelsStreamHasTheConfiguredLimit() async throws {
    let server = TestServer { _ in [.send(Array("\(IdleLimitTests.chunked)".utf8)), .waitForClient] }
    defer { server.stop() }
    let endpoint = try Endpoint(url: server.url)
    var configuration = AWSConfiguration(
      region: "us-east-1", credentials: StaticCredentialsProvider(Credentials(accessKeyID: "AKIATEST", secretAccessKey: "secret")),
      endpoint: endpoint)
    configuration.streamIdleTimeoutMilliseconds = 100
    let bedrock = BedrockRuntimeClient(AWSClient(configuration: configuration, transport: transport))
    let error = await #expect(throws: AWSError.self) {
      for try await _ in try await bedrock.converseStream(modelID: "m", ConverseRequest(messages: [.user("hi")])) {}
    }
    #expect(error?.code == "RequestTimedOut")
    #expect(error?.operation == "ConverseStream")
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
