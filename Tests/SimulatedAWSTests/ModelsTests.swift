import AWSClient
import JSON
import SimulatedAWS
import Testing

@Suite struct ModelsTests {
  private let request = ConverseRequest(messages: [.user("hi")], system: [.text("be brief")])

  @Test func `a model gets the request and its reply arrives`() async throws {
    let models = SimulatedModels { _ in
      .message(
        [.text("é"), .toolUse(id: "t", name: "search", input: ["q": 1])], stopReason: .toolUse,
        usage: TokenUsage(inputTokens: 3, outputTokens: 4, cacheReadInputTokens: 2))
    }
    var calls: [ModelCall] = []
    models.onCall = { calls.append($0) }
    let response = try await BedrockRuntimeClient(Bench(models).client).converse(modelID: "arn:aws:bedrock:eu/m:0", request)
    #expect(response.message.toolUses == [ToolUse(id: "t", name: "search", input: ["q": 1])])
    #expect(response.stopReason == .toolUse)
    #expect(response.usage == TokenUsage(inputTokens: 3, outputTokens: 4, cacheReadInputTokens: 2))
    #expect(calls.map(\.modelID) == ["arn:aws:bedrock:eu/m:0"])
    #expect(calls.first?.request == request)
    #expect(calls.first?.json?["system"]?[0]?["text"] == "be brief")
    #expect(calls.first?.isStreaming == false)
  }

  @Test func `an answer may leave the usage out`() async throws {
    let models = SimulatedModels { _ in .message([.text("a")], stopReason: .endTurn, usage: nil) }
    let response = try await BedrockRuntimeClient(Bench(models).client).converse(modelID: "m", request)
    #expect(!response.reportsUsage)
  }

  @Test(arguments: [
    (ModelReply.throttled, "ThrottlingException", 429), (.unavailable, "ServiceUnavailableException", 503),
    (.timedOut, "ModelTimeoutException", 408), (.modelFailed, "ModelErrorException", 424), (.notReady, "ModelNotReadyException", 429),
    (.internalError, "InternalServerException", 500), (.invalid("no"), "ValidationException", 400),
    (.denied(), "AccessDeniedException", 403),
    (.unknownModel(), "ResourceNotFoundException", 404),
  ])
  func `errors are the ones that the client knows`(reply: ModelReply, code: String, status: Int) async throws {
    let models = SimulatedModels { _ in reply }
    let error = await failure { _ = try await BedrockRuntimeClient(Bench(models).client).converse(modelID: "m", request) }
    #expect(error?.code == code)
    #expect(error?.httpStatus == status)
  }

  @Test func `an answer that is no answer`() async throws {
    let models = SimulatedModels { _ in .body(Array("<html>".utf8)) }
    let error = await failure { _ = try await BedrockRuntimeClient(Bench(models).client).converse(modelID: "m", request) }
    #expect(error?.code == AWSError.invalidResponseCode)
  }

  @Test func `faults of the service do not reach the model`() async throws {
    let faults = PlannedFaults([.throttling: 1])
    var count = 0
    let models = SimulatedModels(chance: faults) { _ in
      count += 1
      return .message([.text("a")], stopReason: .endTurn, usage: .zero)
    }
    let bench = Bench(models)
    _ = try await BedrockRuntimeClient(bench.client).converse(modelID: "m", request)
    #expect(count == 1)
    faults.plan = [.internalError: 1]
    // A lost answer may have cost something, so that the client does not ask again.
    let error = await failure { _ = try await BedrockRuntimeClient(bench.client).converse(modelID: "m", request) }
    #expect(error?.code == "InternalServerException")
    #expect(count == 1)
    #expect(bench.transport.exchanges.map(\.response.status) == [429, 200, 500])
  }

  @Test func `a body that is no request still reaches the model, and one that is no JSON does not`() throws {
    var calls: [ModelCall] = []
    let models = SimulatedModels { call in
      calls.append(call)
      return .invalid("no messages")
    }
    let path = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse"
    #expect(models.answer(HTTPRequest(method: "POST", url: path, body: Array(#"{"a":1}"#.utf8)), nowMilliseconds: 0).status == 400)
    #expect(calls.map { $0.request == nil } == [true])
    #expect(calls.first?.json == ["a": 1])
    let response = models.answer(HTTPRequest(method: "POST", url: path, body: Array("{".utf8)), nowMilliseconds: 0)
    #expect(response.headers["x-amzn-errortype"] == "SerializationException")
    #expect(calls.count == 1)
    #expect(models.answer(HTTPRequest(method: "GET", url: path), nowMilliseconds: 0).status == 404)
  }

  @Test func `a streamed answer comes in events`() async throws {
    let models = SimulatedModels { _ in
      .message(
        [.text("one and two and three and four"), .toolUse(id: "t", name: "search", input: ["q": 1])], stopReason: .toolUse,
        usage: TokenUsage(inputTokens: 3, outputTokens: 4))
    }
    let bench = Bench(models)
    var text = ""
    var input = ""
    var usage: TokenUsage?
    for try await event in try await BedrockRuntimeClient(bench.client).converseStream(modelID: "m", request) {
      switch event {
      case .contentBlockDelta(_, .text(let piece)): text += piece
      case .contentBlockDelta(_, .toolUseInput(let piece)): input += piece
      case .metadata(let reported, _, _): usage = reported
      default: break
      }
    }
    #expect(text == "one and two and three and four")
    #expect(input == #"{"q":1}"#)
    #expect(usage == TokenUsage(inputTokens: 3, outputTokens: 4))
    models.reply = { _ in .unavailable }
    let error = await failure { _ = try await BedrockRuntimeClient(bench.client).converseStream(modelID: "m", request) }
    #expect(error?.code == "ServiceUnavailableException")
  }
}
