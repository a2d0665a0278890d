import AWSClient
import Foundation
import JSON
import LocalCloud
import Synchronization
import Testing

/// An OpenAI-compatible server that answers what it was told to, and keeps what it was asked.
private final class FakeOpenAI: HTTPTransport {
  let requests = Mutex<[HTTPRequest]>([])
  let status: Int
  let chunks: [String]

  init(status: Int = 200, _ chunks: String...) {
    self.status = status
    self.chunks = chunks
  }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    requests.withLock { $0.append(request) }
    return HTTPResponse(status: status, body: Array(chunks.joined().utf8))
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
    requests.withLock { $0.append(request) }
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
    for chunk in chunks { continuation.yield(Array(chunk.utf8)) }
    continuation.finish()
    return HTTPStreamingResponse(status: status, headers: [:], body: stream)
  }

  var lastBody: JSONValue { get throws { try JSONValue(parsing: requests.withLock { $0.last?.body ?? [] }) } }
}

struct OpenAIBackEndTests {
  /// Asks on a thread of its own: the back end needs the threads of Swift's pool, which a blocking client would hold.
  private func ask(_ model: borrowing ModelServerFixture, _ operation: String, _ body: JSONValue) async throws -> WebResponse {
    let port = model.server.port
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        var client = LoopbackClient(port: port)
        defer { client.close() }
        continuation.resume(with: Result { try client.send("POST", "/model/m/\(operation)", body: body.bytes) })
      }
    }
  }

  private func fixture(_ server: FakeOpenAI, key: String? = nil) throws -> ModelServerFixture {
    try ModelServerFixture(
      OpenAIBackEnd(baseURL: "http://127.0.0.1:1/v1/", apiKey: key, models: try ModelMap(["*=llama"]), transport: server))
  }

  @Test func aConversationIsTranslatedBothWays() async throws {
    let server = FakeOpenAI(
      #"{"choices":[{"finish_reason":"tool_calls","message":{"content":"Asking.","tool_calls":[{"id":"call_1","type":"function","function":{"name":"west","arguments":"{\"year\":2025}"}}]}}],"usage":{"prompt_tokens":30,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":10}}}"#
    )
    let model = try fixture(server, key: "secret")
    var request =
      conversation(
        [ConverseRefusalTests.user, assistant(uses: [("a", "east")]), results([("a", ["json": ["total": 1]])], status: "error")],
        tools: ["east", "west"], system: "Be brief."
      ).objectValue ?? [:]
    request["inferenceConfig"] = ["maxTokens": 100, "temperature": 0]
    let answer = try await ask(model, "converse", .object(request)).json

    let body = try server.lastBody
    #expect(body["model"] == "llama")
    #expect(body["max_tokens"] == 100)
    #expect(body["messages"]?[0] == ["role": "system", "content": "Be brief."])
    #expect(body["messages"]?[1] == ["role": "user", "content": "go"])
    #expect(body["messages"]?[2]?["tool_calls"]?[0]?["function"] == ["name": "east", "arguments": "{}"])
    #expect(body["messages"]?[3] == ["role": "tool", "tool_call_id": "a", "content": #"Error: {"total":1}"#])
    #expect(body["tools"]?[1]?["function"]?["name"] == "west")
    let sent = server.requests.withLock { $0.last }
    #expect(sent?.url == "http://127.0.0.1:1/v1/chat/completions")
    #expect(sent?.headers["authorization"] == "Bearer secret")

    #expect(answer["stopReason"] == "tool_use")
    let content = answer["output"]?["message"]?["content"]
    #expect(content?[0]?["text"] == "Asking.")
    #expect(content?[1]?["toolUse"] == ["toolUseId": "call_1", "name": "west", "input": ["year": 2025]])
    #expect(answer["usage"]?["inputTokens"] == 20)
    #expect(answer["usage"]?["cacheReadInputTokens"] == 10)
  }

  @Test func aStreamComesBackAsConverseEvents() async throws {
    let server = FakeOpenAI(
      "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"Hel\"}}]}\n\ndata: {\"choi",
      "ces\":[{\"delta\":{\"content\":\"lo\"}}]}\r\n\r\n",
      #"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"east","arguments":"{\"a\""}}]}}]}"# + "\n\n",
      #"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]},"finish_reason":"tool_calls"}]}"# + "\n\n",
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\ndata: [DONE]\n\n")
    let model = try fixture(server)
    let response = try await ask(model, "converse-stream", LocalCloudTests.ask("x", tools: ["east"]))
    let frames = try ConverseStreamTests.frames(response.body)
    #expect(try server.lastBody["stream"] == true)
    #expect(
      frames.map { $0.headers[":event-type"] ?? "" } == [
        "messageStart", "contentBlockDelta", "contentBlockDelta", "contentBlockStop", "contentBlockStart", "contentBlockDelta",
        "contentBlockStop",
        "messageStop", "metadata",
      ])
    #expect(frames.compactMap { $0.payload["delta"]?["text"]?.stringValue }.joined() == "Hello")
    #expect(frames[5].payload["delta"]?["toolUse"]?["input"] == #"{"a":1}"#)
    #expect(frames[7].payload["stopReason"] == "tool_use")
    #expect(frames[8].payload["usage"]?["totalTokens"] == 7)
  }

  @Test func argumentsThatAreNoObjectAreAMalformedToolUse() async throws {
    let server = FakeOpenAI(
      #"{"choices":[{"finish_reason":"tool_calls","message":{"content":null,"tool_calls":[{"id":"c","function":{"name":"east","arguments":"{\"a\":"}}]}}]}"#
    )
    let model = try fixture(server)
    let answer = try await ask(model, "converse", LocalCloudTests.ask("x", tools: ["east"])).json
    #expect(answer["stopReason"] == "malformed_tool_use")
    #expect(answer["output"]?["message"]?["content"] == [])
  }

  @Test func aFailureOfTheServerIsLoggedInOneLine() async throws {
    let lines = Mutex<[String]>([])
    let server = FakeOpenAI(status: 503, #"{"error":{"message":"busy,\ntry\nlater"}}"#)
    let model = try ModelServerFixture(
      OpenAIBackEnd(baseURL: "http://127.0.0.1:1/v1", apiKey: nil, models: try ModelMap([]), transport: server)
    ) { line in lines.withLock { $0.append(line) } }
    for operation in ["converse", "converse-stream"] { _ = try await ask(model, operation, LocalCloudTests.ask("x")) }
    // What the caller did wrong is nobody else's business.
    _ = try await ask(model, "converse", ["messages": []])
    let line = "m: ServiceUnavailableException: http://127.0.0.1:1/v1 answered 503: busy, try later"
    #expect(lines.withLock { $0 } == [line, line])
  }

  @Test(arguments: [
    (429, 429, "ThrottlingException"), (401, 403, "AccessDeniedException"), (500, 424, "ModelErrorException"),
    (400, 400, "ValidationException"),
  ])
  func failuresHaveBedrocksShape(_ upstream: Int, _ status: Int, _ type: String) async throws {
    let server = FakeOpenAI(status: upstream, #"{"error":{"message":"the reason"}}"#)
    let model = try fixture(server)
    for operation in ["converse", "converse-stream"] {
      let answer = try await ask(model, operation, LocalCloudTests.ask("x"))
      #expect(answer.status == status)
      #expect(answer.headers["x-amzn-ErrorType"] == type)
      #expect(try answer.message.contains("the reason"))
    }
    var client = LoopbackClient(port: model.server.port)
    #expect(try client.send("GET", "/_model/stats").json["upstreamFailures"] == 2)
  }
}
