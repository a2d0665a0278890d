// swift-format-ignore-file: OnlyOneTrailingClosureArgument

import JSON
import Synchronization
import Telemetry
import Testing

@testable import AgentServer

/// AgentCore's contract, over real connections.
@Suite struct ContractTests {
  @Test func aPingTellsTheHealthAndSinceWhen() async throws {
    try await withServer { server in
      let reply = try await exchange(server.port, get("/ping"))
      #expect(reply.status == 200 && reply.headers["content-type"] == "application/json")
      #expect(reply.text == #"{"status":"Healthy","time_of_last_update":1000}"#)
    }
  }

  @Test func aPingWithAQueryIsAPing() async throws {
    try await withServer { server in
      let reply = try await exchange(server.port, get("/ping?x=1"))
      #expect(reply.status == 200)
    }
  }

  @Test func aPingWithABodyIsAPing() async throws {
    try await withServer { server in
      let reply = try await exchange(server.port, "GET /ping HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")
      #expect(reply.status == 200)
    }
  }

  @Test func anInvocationIsAnsweredWithJSON() async throws {
    try await withServer { server in
      let reply = try await exchange(server.port, post(#"{"prompt":"héllo"}"#))
      #expect(reply.status == 200 && reply.headers["content-type"] == "application/json")
      #expect(reply.text == #"{"prompt":"héllo"}"#)
    }
  }

  @Test func theHandlerMayChooseTheStatus() async throws {
    try await withServer(handler: { _ in .json(["status": "started"], status: 202) }) { server in
      let reply = try await exchange(server.port, post("{}"))
      #expect(reply.status == 202)
    }
  }

  @Test(arguments: ["", "{", "nonsense", "{} {}", "\u{0}"]) func aBodyThatIsNoJSONIsRefused(body: String) async throws {
    try await withServer { server in
      let reply = try await exchange(server.port, post(body))
      #expect(reply.status == 400 && reply.json?["error"]?.stringValue == "Invalid JSON" && reply.json?["details"] != nil)
    }
  }

  @Test func jsonThatIsNestedWithoutEndIsRefused() async throws {
    try await withServer { server in
      let reply = try await exchange(server.port, post(String(repeating: "[", count: 100_000)))
      #expect(reply.status == 400 && reply.json?["error"]?.stringValue == "Invalid JSON")
    }
  }

  @Test func anErrorOfTheHandlerIsAnAnswer() async throws {
    struct Broken: Error, CustomStringConvertible { let description = "the table is missing" }
    let lines = Lines()
    try await withServer(logger: lines.logger(), handler: { _ in throw Broken() }) { server in
      let reply = try await exchange(server.port, post("{}"))
      #expect(reply.status == 500 && reply.json == ["error": "the table is missing"])
    }
    #expect(lines.text.contains("the table is missing"))
  }

  @Test func aRequestThatTheHandlerRefusesHasItsStatus() async throws {
    try await withServer(handler: { _ in throw AgentRequestError("session_id is missing", details: "give 33 characters") }) { server in
      let reply = try await exchange(server.port, post("{}"))
      #expect(reply.status == 400 && reply.json == ["error": "session_id is missing", "details": "give 33 characters"])
    }
  }

  @Test func otherPathsAreNotFound() async throws {
    try await withServer { server in
      for path in ["/", "/invocations/", "/Ping", "/ws", "/%2e%2e/ping"] {
        let reply = try await exchange(server.port, get(path))
        #expect(reply.status == 404 && reply.json?["error"]?.stringValue == "Not found", "\(path)")
      }
    }
  }

  @Test func otherMethodsAreToldWhichIsAllowed() async throws {
    try await withServer { server in
      for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let reply = try await exchange(server.port, "\(method) /invocations HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(reply.status == 405 && reply.headers["allow"] == "POST", "\(method)")
      }
      let reply = try await exchange(server.port, "POST /ping HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")
      #expect(reply.status == 405 && reply.headers["allow"] == "GET")
    }
  }

  @Test func aConnectionServesSeveralRequests() async throws {
    try await withServer { server in
      let port = server.port
      let replies = try await blocking {
        let client = try Client(port: port)
        return try (0..<5).map { number in
          client.send(number.isMultiple(of: 2) ? get("/ping") : post("\(number)"))
          return try client.read()
        }
      }
      #expect(replies.map(\.status) == [200, 200, 200, 200, 200] && replies[3].text == "3")
    }
  }

  @Test func pipelinedRequestsAreAnsweredInTheirOrder() async throws {
    try await withServer { server in
      let port = server.port
      let replies = try await blocking {
        let client = try Client(port: port)
        client.send((1...4).map { post("\($0)") }.joined() + get("/ping") + post("5"))
        return try (0..<6).map { _ in try client.read().text }
      }
      #expect(replies[..<4] == ["1", "2", "3", "4"] && replies[4].contains("Healthy") && replies[5] == "5")
    }
  }

  @Test func aBodyInChunksIsWhole() async throws {
    try await withServer { server in
      let port = server.port
      let reply = try await blocking {
        let client = try Client(port: port)
        client.send("POST /invocations HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n")
        client.send("3;name=value\r\n:12\r\n1\r\n}\r\n0\r\n\r\n")
        return try client.read()
      }
      #expect(reply.status == 200 && reply.text == #"{"a":12}"#)
    }
  }

  @Test func aBodyByteByByteIsWhole() async throws {
    try await withServer { server in
      let port = server.port
      let reply = try await blocking {
        let client = try Client(port: port)
        for byte in post(#"{"a":[1,2,3]}"#).utf8 { client.send([byte]) }
        return try client.read()
      }
      #expect(reply.text == #"{"a":[1,2,3]}"#)
    }
  }

  @Test func aClientThatWaitsToBeAskedForTheBodyIsAsked() async throws {
    try await withServer { server in
      let port = server.port
      let (first, second) = try await blocking {
        let client = try Client(port: port)
        client.send("POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        let first = try client.read()
        client.send("{}")
        return (first, try client.read())
      }
      #expect(first.status == 100 && second.status == 200)
    }
  }

  @Test func aClientThatSendsNoMoreIsAnswered() async throws {
    try await withServer { server in
      let port = server.port
      let bytes = try await blocking {
        let client = try Client(port: port)
        client.send(post("[7]"))
        client.closeWriting()
        return try client.readToEnd()
      }
      #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 200 ") && bytes.suffix(3) == Array("[7]".utf8)[...])
    }
  }

  @Test func headersReachTheHandler() async throws {
    let seen = Mutex<InvocationContext?>(nil)
    let headers = [
      "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id: 0123456789-0123456789-0123456789-abc",
      "x-amzn-bedrock-agentcore-runtime-request-id: request-1", "X-Amzn-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1",
      "WorkloadAccessToken: token-that-is-secret", "Authorization: Bearer also-secret",
      "X-Amzn-Bedrock-AgentCore-Runtime-Custom-Team: blue", "OAuth2CallbackUrl: http://localhost/back",
    ]
    let lines = Lines()
    let trace = Mutex<TraceHeader?>(nil)
    try await withServer(
      logger: lines.logger(),
      handler: { request in
        seen.withLock { $0 = request.context }
        trace.withLock { $0 = TraceHeader.current }
        return .json(nil)
      }
    ) { server in _ = try await exchange(server.port, post("{}", headers: headers)) }
    let context = try #require(seen.withLock { $0 })
    #expect(context.sessionID == "0123456789-0123456789-0123456789-abc" && context.requestID == "request-1")
    #expect(context.traceHeader?.root == "1-5bef4de7-ad49b0e87f6ef6c87fc2e700" && trace.withLock { $0 } == context.traceHeader)
    #expect(context.workloadAccessToken?.value == "token-that-is-secret" && context.authorization?.value == "Bearer also-secret")
    #expect(context.custom == ["team": "blue"] && context.oauth2CallbackURL == "http://localhost/back")
    var dumped = ""
    dump(context, to: &dumped)
    for text in ["\(context)", dumped, lines.text] { #expect(!text.contains("secret"), "\(text)") }
    #expect(lines.text.contains("request-1") && lines.text.contains("\"status\":200"))
  }

  @Test func theOtherNameOfTheAccessTokenIsKnown() {
    #expect(InvocationContext(headers: ["x-amz-bedrock-agentcore-identity-wat": "t"]).workloadAccessToken?.value == "t")
    #expect(InvocationContext(headers: [:]).workloadAccessToken == nil)
  }
}
