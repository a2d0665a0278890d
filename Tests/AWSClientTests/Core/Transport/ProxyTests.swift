import Testing

@testable import AWSClient

/// Proxies: which one a request takes, and the way through it.
struct ProxyTests {
  @Test(
    arguments: [
      (["HTTPS_PROXY": "http://a:1"], "https://x", "http://a:1"),
      (["https_proxy": "b:2", "HTTPS_PROXY": "http://a:1"], "https://x", "b:2"),
      (["HTTP_PROXY": "http://a:1"], "http://x", "http://a:1"), (["HTTP_PROXY": "http://a:1"], "https://x", ""),
      (["HTTP_PROXY": "http://a:1", "REQUEST_METHOD": "GET"], "http://x", ""),
      (["http_proxy": "c:3", "REQUEST_METHOD": "GET"], "http://x", "c:3"),
      (["ALL_PROXY": "d:4"], "https://x", "d:4"), (["ALL_PROXY": "d:4"], "http://x", "d:4"),
      (["HTTPS_PROXY": "", "ALL_PROXY": "d:4"], "https://x", ""), ([:], "https://x", ""),
    ] as [([String: String], String, String)])
  func theEnvironmentNamesTheProxy(variables: [String: String], url: String, proxy: String) {
    #expect(ProxySettings(Environment(variables)).proxy(for: url) == proxy)
  }

  @Test func exceptionsAreRead() {
    #expect(ProxySettings(["NO_PROXY": "a,b"]).exceptions == "a,b")
    #expect(ProxySettings(["no_proxy": "c", "NO_PROXY": "a,b"]).exceptions == "c")
  }

  @Test func aRequestOverHTTPGoesToTheProxyWhole() async throws {
    // What a proxy gets over plain HTTP is the whole URL.
    let proxy = TestServer { _ in TestServer.response(Array("by the proxy".utf8)) }
    defer { proxy.stop() }
    let transport = CurlTransport(environment: ["http_proxy": proxy.url])
    let response = try await transport.send(HTTPRequest(method: "GET", url: "http://service.test/a/../b?x=1", timeoutMilliseconds: 30_000))
    #expect(String(decoding: response.body, as: UTF8.self) == "by the proxy")
    #expect(proxy.requests.first?.requestLine == "GET http://service.test/a/../b?x=1 HTTP/1.1")
    #expect(proxy.requests.first?.header("host") == "service.test")
  }

  @Test(arguments: ["*", "127.0.0.1", "example.com, 127.0.0.1", "127.0.0.0/8"])
  func anExceptionIsReachedDirectly(exceptions: String) async throws {
    let server = TestServer { _ in TestServer.response(Array("directly".utf8)) }
    defer { server.stop() }
    let transport = CurlTransport(environment: ["HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": exceptions])
    let response = try await transport.send(HTTPRequest(method: "GET", url: server.url, timeoutMilliseconds: 30_000))
    #expect(String(decoding: response.body, as: UTF8.self) == "directly")
  }

  @Test func theLocalCloudIsReachedDirectly() async throws {
    let server = TestServer { _ in TestServer.response(Array("{}".utf8)) }
    defer { server.stop() }
    let transport = CurlTransport(environment: ["HTTP_PROXY": "http://127.0.0.1:1"])
    let configuration = try AWSConfiguration.fromEnvironment([
      "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL": "\(server.url)",
    ])
    _ = try await SQSClient(AWSClient(configuration: configuration, transport: transport)).receiveMessage(
      ReceiveMessageInput(queueURL: "q"))
    #expect(server.requests.count == 1)
  }

  @Test(.timeLimit(.minutes(1))) func tlsGoesThroughATunnel() async throws {
    let server = try TLSServer.start()
    defer { server.stop() }
    let proxy = TestProxy()
    defer { proxy.stop() }
    let environment: Environment = ["HTTPS_PROXY": "http://user:secret%40word@127.0.0.1:\(proxy.port)"]
    let transport = CurlTransport(certificateAuthorityFile: server.authorityFile, environment: environment)
    let request = HTTPRequest(method: "GET", url: server.url, headers: ["x-secret": "only the server sees it"], timeoutMilliseconds: 30_000)
    let response = try await transport.send(request)
    #expect(response.status == 200)
    #expect(String(decoding: response.body, as: UTF8.self).contains("s_server"))
    // The head of the proxy's own answer is not the server's.
    #expect(response.headers["content-type"]?.hasPrefix("text/html") == true)
    let head = try #require(proxy.requests.first)
    #expect(head.hasPrefix("CONNECT 127.0.0.1:\(server.port) HTTP/1.1\r\n"))
    #expect(head.contains("Proxy-Authorization: Basic \(Base64.encode(Array("user:secret@word".utf8)))\r\n"))
    #expect(!head.lowercased().contains("x-secret"))
  }

  @Test(arguments: [(407, "name and a password"), (403, "the proxy refused the connection"), (502, "the proxy refused the connection")])
  func aProxyThatRefusesHasSentNothingOn(status: Int, reason: String) async throws {
    let proxy = TestProxy(status: status)
    defer { proxy.stop() }
    let transport = CurlTransport(environment: ["HTTPS_PROXY": "http://user:hunter2@127.0.0.1:\(proxy.port)"])
    let error = await #expect(throws: AWSError.self) {
      try await transport.send(HTTPRequest(method: "GET", url: "https://service.test/", timeoutMilliseconds: 30_000))
    }
    #expect(error?.code == "ConnectionFailed")
    #expect(error?.isSureToHaveDoneNothing == true)
    #expect(error?.message.contains(reason) == true)
    #expect(error?.mentions("hunter2") == false)
  }
}
