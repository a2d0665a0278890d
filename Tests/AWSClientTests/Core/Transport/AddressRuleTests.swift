import Testing

@testable import AWSClient

/// Which addresses libcurl connects to, and how much it takes, where a request says so.
struct AddressRuleTests {
  private let transport = CurlTransport()

  private func request(_ server: TestServer, host: String = "127.0.0.1", _ rule: AddressRule) -> HTTPRequest {
    var request = HTTPRequest(method: "GET", url: "http://\(host):\(server.port)/", timeoutMilliseconds: 30_000)
    request.addresses = rule
    return request
  }

  /// "localhost" stands for any name whose address turns out to be one of this machine: when the name was looked at does not matter.
  @Test(arguments: ["127.0.0.1", "localhost", "0.0.0.0", "2130706433", "0x7f000001", "127.1"])
  func anAddressOfThisMachineIsNotPublicWhateverItIsCalled(host: String) async throws {
    let server = TestServer { _ in TestServer.response([]) }
    defer { server.stop() }
    let error = await #expect(throws: AWSError.self) { try await transport.send(request(server, host: host, .publicOnly)) }
    #expect(error?.code == "AddressRefused")
    #expect(error?.isRetryable == false)
    #expect(server.requests.isEmpty)
  }

  @Test func oneAddressIsThatOne() async throws {
    let server = TestServer { _ in TestServer.response([]) }
    defer { server.stop() }
    let loopback = try #require(IPAddress("127.0.0.1"))
    #expect(try await transport.send(request(server, .only(loopback))).status == 200)
    let other = try #require(IPAddress("127.0.0.2"))
    let error = await #expect(throws: AWSError.self) { try await transport.send(request(server, .only(other))) }
    #expect(error?.code == "AddressRefused")
  }

  @Test func aKeptConnectionIsNotUsedUnderARule() async throws {
    let server = TestServer { _ in TestServer.response([]) }
    defer { server.stop() }
    #expect(try await transport.send(request(server, .any)).status == 200)
    // The connection is there and would do; but nobody asked where it leads.
    await #expect(throws: AWSError.self) { try await transport.send(request(server, .publicOnly)) }
    #expect(server.requests.count == 1)
    // And the rule is the request's, not the handle's.
    #expect(try await transport.send(request(server, .any)).status == 200)
    #expect(server.requests.map(\.connection) == [1, 1])
  }

  @Test func aServerThatIsOutOfReachIsNotAnAddressThatWasRefused() async throws {
    let server = TestServer { _ in TestServer.response([]) }
    let address = request(server, .only(try #require(IPAddress("127.0.0.1"))))
    server.stop()
    while (try? await transport.send(address)) != nil {}
    let error = await #expect(throws: AWSError.self) { try await transport.send(address) }
    #expect(error?.code != "AddressRefused")
  }

  @Test(arguments: [true, false]) func aBodyEndsWhereItMay(isChunked: Bool) async throws {
    let server = TestServer { request in
      let body = [UInt8](repeating: 0x61, count: request.requestLine.contains("long") ? 100_001 : 100_000)
      guard isChunked else { return TestServer.response(body) }
      return [
        .send(Array("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n\(String(body.count, radix: 16))\r\n".utf8)), .send(body),
        .send(Array("\r\n0\r\n\r\n".utf8)),
      ]
    }
    defer { server.stop() }
    var request = request(server, .any)
    request.maximumBodyBytes = 100_000
    #expect(try await transport.send(request).body.count == 100_000)
    request.url += "long"
    let error = await #expect(throws: AWSError.self) { try await transport.send(request) }
    #expect(error?.code == "ResponseTooLarge")
    #expect(error?.isRetryable == false)
    #expect(error?.mentions("100000 bytes") == true)
  }
}
