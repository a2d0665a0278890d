import AgentKit
import JSON
import Testing

@testable import AWSClient

/// The tool `http_get` against servers of this machine: HTTPS with a certificate of the test's own authority.
@Suite(.serialized, .timeLimit(.minutes(2))) struct WebReaderTests {
  private func get(_ url: String, _ environment: Environment) async throws -> JSONValue {
    let tool = try BuiltInTools.tools(
      named: ["http_get"], workspace: Workspace(blobs: InMemoryBlobStore(), orchestrationID: "run-1"), clock: AgentKit.SystemClock(),
      services: BuiltInTools.Services(web: try WebReader(environment: environment)))[0]
    return try await tool.run(["url": .string(url)], ToolContext(orchestrationID: "run-1", taskID: "t"))
  }

  private func code(_ url: String, _ environment: Environment) async -> String? {
    do {
      return "no error: \(try await get(url, environment))"
    } catch {
      return (error as? ToolError)?.code ?? "\(error)"
    }
  }

  @Test func aPageIsReadByHTTPSFromAServerThatIsTrusted() async throws {
    let server = try TLSServer.start()
    defer { server.stop() }
    let list = "127.0.0.1:\(server.port)"
    let result = try await get(server.url, ["HTTP_ALLOW_LIST": list, "HTTP_GET_CA_FILE": server.authorityFile])
    #expect(result["status"] == 200)
    #expect(result["text"]?.stringValue?.contains("s_server") == true)
    // The system's own authorities have not signed for it.
    #expect(await code(server.url, ["HTTP_ALLOW_LIST": list]) == "certificate_refused")
    #expect(await code(server.url, ["HTTP_GET_CA_FILE": server.authorityFile]) == "host_not_allowed")
  }

  @Test func aNameThatLeadsHereIsRefusedAlthoughItIsOnTheList() async throws {
    let server = TestServer { _ in TestServer.response(Array("secret".utf8)) }
    defer { server.stop() }
    let environment: Environment = ["HTTP_ALLOW_LIST": "http://localhost:\(server.port),http://127.0.0.1:\(server.port)"]
    #expect(await code("http://localhost:\(server.port)/", environment) == "address_refused")
    #expect(server.requests.isEmpty)
    #expect(try await get("http://127.0.0.1:\(server.port)/", environment)["text"] == "secret")
  }

  @Test func aRedirectionToAnAddressOfThisMachineIsRefused() async throws {
    let inner = TestServer { _ in TestServer.response(Array("secret".utf8)) }
    defer { inner.stop() }
    let outer = TestServer { _ in TestServer.response([], status: 302, headers: "Location: http://localhost:\(inner.port)/\r\n") }
    defer { outer.stop() }
    let outerOnly = "http://127.0.0.1:\(outer.port)"
    #expect(await code("\(outerOnly)/", ["HTTP_ALLOW_LIST": outerOnly]) == "host_not_allowed")
    let both: Environment = ["HTTP_ALLOW_LIST": "\(outerOnly),http://localhost:\(inner.port)"]
    #expect(await code("\(outerOnly)/", both) == "address_refused")
    #expect(inner.requests.isEmpty)
  }

  @Test func noProxyAndNoCredentialGoesWithARequest() async throws {
    let proxy = TestServer { _ in TestServer.response(Array("proxy".utf8)) }
    let server = TestServer { _ in TestServer.response(Array("server".utf8), headers: "Set-Cookie: a=b\r\n") }
    defer {
      proxy.stop()
      server.stop()
    }
    let environment: Environment = [
      "HTTP_ALLOW_LIST": "http://127.0.0.1:\(server.port)", "http_proxy": proxy.url, "HTTPS_PROXY": proxy.url, "all_proxy": proxy.url,
      "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
    ]
    for _ in 0..<2 { #expect(try await get("http://127.0.0.1:\(server.port)/", environment)["text"] == "server") }
    #expect(proxy.requests.isEmpty)
    for request in server.requests {
      #expect(request.header("cookie") == nil && request.header("authorization") == nil)
      #expect(request.header("user-agent") == "arbiter-http-get/1")
    }
  }
}
