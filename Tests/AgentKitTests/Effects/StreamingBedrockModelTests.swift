import AWSClient
import AgentKit
import JSON
import Testing

@Suite("A model that is asked through a stream")
struct StreamingBedrockModelTests {
  private static let request = ConverseRequest(messages: [.user("hi")])

  private func answer(_ frames: [[UInt8]], pieceBytes: Int = 7) async throws -> ConverseResponse {
    let transport = EventStreamTransport(frames, pieceBytes: pieceBytes)
    return try await StreamingBedrockModel(client: transport.client).converse(modelID: "m", Self.request)
  }

  private func event(_ type: String, _ payload: JSONValue) -> [UInt8] { EventStreamTransport.event(type, payload) }

  private func delta(_ index: Int, _ delta: JSONValue) -> [UInt8] {
    event("contentBlockDelta", ["contentBlockIndex": .number(index), "delta": delta])
  }

  private static let blocks: [ContentBlock] = [
    .text("Ünï¢ode, in pieces of any size: 👩‍👩‍👧‍👦."),
    .text(""),
    ContentBlock(["reasoningContent": ["reasoningText": ["text": "first this, then that", "signature": "c2lnbmF0dXJl"]]]),
    ContentBlock(["reasoningContent": ["reasoningText": ["text": "unsigned"]]]),
    ContentBlock(["reasoningContent": ["redactedContent": "AAEC"]]),
    .toolUse(id: "t1", name: "search", input: ["query": "\"quoted\" \u{2028} \\", "n": 1.50, "deep": [[["a": nil]]]]),
    .toolUse(id: "t2", name: "nothing", input: [:]),
    ContentBlock(["citationsContent": ["content": [["text": "said"]], "citations": [["title": "a page"]]]]),
    ContentBlock(["tomorrow": ["is": ["another", "day"]]]),
  ]

  @Test("Each kind of block comes as without streaming", arguments: blocks, [1, 7, 4_096])
  func equality(block: ContentBlock, pieceBytes: Int) async throws {
    let whole = ConverseResponse(
      message: .assistant(block), stopReason: .endTurn, usage: TokenUsage(inputTokens: 3, outputTokens: 4, cacheReadInputTokens: 5),
      metrics: ["latencyMs": 1])
    let transport = EventStreamTransport(whole, pieceBytes: pieceBytes)
    #expect(try await StreamingBedrockModel(client: transport.client).converse(modelID: "m", Self.request) == whole)
  }

  @Test("A whole conversation's message comes as without streaming, in its order")
  func order() async throws {
    let whole = ConverseResponse(
      message: Message(role: .assistant, content: Self.blocks), stopReason: .toolUse, usage: nil)
    let transport = EventStreamTransport(whole)
    let streamed = try await StreamingBedrockModel(client: transport.client).converse(modelID: "m", Self.request)
    #expect(streamed == whole)
    #expect(!streamed.reportsUsage)
  }

  @Test("Citations, results of the service's tools, images and secrets are put together from their pieces")
  func pieces() async throws {
    let streamed = try await answer([
      event("messageStart", ["role": "assistant"]),
      delta(0, ["text": "It is "]), delta(0, ["citation": ["title": "A", "location": ["web": ["url": "https://a.example"]]]]),
      delta(0, ["text": "so."]), delta(0, ["citation": ["title": "B"]]), event("contentBlockStop", ["contentBlockIndex": 0]),
      event(
        "contentBlockStart",
        ["contentBlockIndex": 1, "start": ["toolUse": ["toolUseId": "s1", "name": "web", "type": "server_tool_use"]]]),
      delta(1, ["toolUse": ["input": "{\"q\":"]]), delta(1, ["toolUse": ["input": "\"x\"}"]]),
      event("contentBlockStop", ["contentBlockIndex": 1]),
      event(
        "contentBlockStart", ["contentBlockIndex": 2, "start": ["toolResult": ["toolUseId": "s1", "status": "success", "type": "web"]]]),
      delta(2, ["toolResult": [["text": "one"]]]), delta(2, ["toolResult": [["json": ["two": 2]]]]),
      event("contentBlockStop", ["contentBlockIndex": 2]),
      event("contentBlockStart", ["contentBlockIndex": 3, "start": ["image": ["format": "png"]]]),
      delta(3, ["image": ["source": ["bytes": "AA=="]]]), delta(3, ["image": ["source": ["bytes": "AQI="]]]),
      event("contentBlockStop", ["contentBlockIndex": 3]),
      delta(4, ["reasoningContent": ["redactedContent": "AA=="]]), delta(4, ["reasoningContent": ["redactedContent": "AQI="]]),
      event("contentBlockStop", ["contentBlockIndex": 4]), event("contentBlockStop", ["contentBlockIndex": 5]),
      event("messageStop", ["stopReason": "end_turn", "additionalModelResponseFields": ["stop_sequence": "x"]]),
      event(
        "metadata",
        [
          "usage": ["inputTokens": 1, "outputTokens": 2, "totalTokens": 3], "metrics": ["latencyMs": 4], "trace": ["guardrail": [:]],
          "serviceTier": ["type": "default"], "p": "abcdef",
        ]),
    ])
    #expect(
      streamed.message.content == [
        ContentBlock([
          "citationsContent": [
            "content": [["text": "It is so."]],
            "citations": [["title": "A", "location": ["web": ["url": "https://a.example"]]], ["title": "B"]],
          ]
        ]),
        ContentBlock(["toolUse": ["toolUseId": "s1", "name": "web", "type": "server_tool_use", "input": ["q": "x"]]]),
        ContentBlock([
          "toolResult": ["toolUseId": "s1", "status": "success", "type": "web", "content": [["text": "one"], ["json": ["two": 2]]]]
        ]),
        ContentBlock(["image": ["format": "png", "source": ["bytes": "AAEC"]]]),
        ContentBlock(["reasoningContent": ["redactedContent": "AAEC"]]),
      ])
    #expect(try JSONValue(parsing: streamed.json)["usage"] == ["inputTokens": 1, "outputTokens": 2, "totalTokens": 3])
    #expect(streamed.metrics == ["latencyMs": 4])
    #expect(
      streamed.otherMembers == [
        "additionalModelResponseFields": ["stop_sequence": "x"], "trace": ["guardrail": [:]], "serviceTier": ["type": "default"],
      ])
  }

  @Test("A tool use that was cut off keeps what there is of its input, which nobody takes for a whole one")
  func cutOff() async throws {
    let streamed = try await answer([
      event("messageStart", ["role": "assistant"]),
      event("contentBlockStart", ["contentBlockIndex": 0, "start": ["toolUse": ["toolUseId": "t", "name": "write"]]]),
      delta(0, ["toolUse": ["input": "{\"text\":\"half"]]), event("messageStop", ["stopReason": "max_tokens"]),
    ])
    #expect(streamed.message.toolUses.first?.input == "{\"text\":\"half")
    guard case .unusable = Reply(streamed) else {
      Issue.record("half a tool use was taken for a whole one: \(Reply(streamed))")
      return
    }
  }

  @Test(
    "An exception within the answer is the service's error, may be asked again, and may have cost something",
    arguments: [
      ("throttlingException", "ThrottlingException"), ("serviceUnavailableException", "ServiceUnavailableException"),
      ("modelStreamErrorException", "ModelStreamErrorException"), ("internalServerException", "InternalServerException"),
    ])
  func exceptions(name: String, code: String) async {
    let frames = [
      event("messageStart", ["role": "assistant"]), delta(0, ["text": "so far"]), EventStreamTransport.exception(name, "busy"),
    ]
    let error = await #expect(throws: AWSError.self) { try await answer(frames) }
    #expect(error?.code == code && error?.message == "busy" && error?.isRetryable == true)
    #expect(error.map { ModelErrorKind($0) } == .unclear)
  }

  @Test("An exception that will come again is not asked again")
  func refusals() async {
    let refused = await #expect(throws: AWSError.self) {
      try await answer([EventStreamTransport.exception("validationException", "no such field")])
    }
    #expect(refused.map { ModelErrorKind($0) } == .refused)
    let tooLong = await #expect(throws: AWSError.self) {
      try await answer([EventStreamTransport.exception("validationException", "Input is too long for requested model.")])
    }
    #expect(tooLong.map { ModelErrorKind($0) } == .contextWindowExceeded)
  }

  @Test("An answer that breaks off is none")
  func brokenOff() async {
    let error = await #expect(throws: AWSError.self) {
      try await answer([event("messageStart", ["role": "assistant"]), delta(0, ["text": "so far"])])
    }
    #expect(error?.code == AWSError.invalidResponseCode)
    #expect(error.map { ModelErrorKind($0) } == .unclear)
  }

  @Test("A call is ended by silence, by its deadline, and not by its length")
  func limits() async throws {
    let transport = EventStreamTransport(.text("hello"))
    let model = StreamingBedrockModel(client: transport.client)
    _ = try await model.converse(modelID: "m", Self.request)
    _ = try await StreamingBedrockModel(client: transport.client, idleTimeoutMilliseconds: 90_000).converse(modelID: "m", Self.request)
    #expect(transport.requests.map(\.idleTimeoutMilliseconds) == [60_000, 90_000])
    #expect(transport.requests.allSatisfy { $0.timeoutMilliseconds == 900_000 && $0.url.hasSuffix("/model/m/converse-stream") })
    let late = await #expect(throws: AWSError.self) {
      try await RequestContext.$deadlineMilliseconds.withValue(1) { try await model.converse(modelID: "m", Self.request) }
    }
    #expect(late.map { ModelErrorKind($0) } == .timedOut)
    #expect(transport.requests.count == 2)
  }

  @Test("Cancellation ends a stream that stands still")
  func cancellation() async throws {
    let transport = EventStreamTransport([event("messageStart", ["role": "assistant"]), delta(0, ["text": "so far"])], ends: false)
    let model = StreamingBedrockModel(client: transport.client)
    let task = Task { try await model.converse(modelID: "m", Self.request) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("More than a model can write is not asked of it")
  func outputLimits() async throws {
    func asked(_ modelID: String, _ maxTokens: Int) async throws -> JSONValue? {
      let transport = EventStreamTransport(.text("hello"))
      var request = Self.request
      request.inferenceConfiguration = InferenceConfiguration(maxTokens: maxTokens)
      _ = try await StreamingBedrockModel(client: transport.client).converse(modelID: modelID, request)
      return try JSONValue(parsing: transport.requests[0].body)["inferenceConfig"]?["maxTokens"]
    }
    #expect(try await asked("anthropic.claude-3-5-sonnet-20241022-v2:0", 40_000) == 8_192)
    #expect(try await asked("anthropic.claude-3-5-sonnet-20240620-v1:0", 40_000) == 4_096)
    #expect(try await asked("arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-4-1-20250805-v1:0", 40_000) == 32_000)
    #expect(try await asked("global.anthropic.claude-sonnet-4-5-20250929-v1:0", 40_000) == 40_000)
    #expect(try await asked("anthropic.claude-3-5-sonnet-20241022-v2:0", 100) == 100)
    #expect(try await asked("somebody.tomorrows-model", 40_000) == 40_000)
    #expect(ModelOutputLimits.maxTokens(modelID: "somebody.tomorrows-model") == nil)
  }
}
