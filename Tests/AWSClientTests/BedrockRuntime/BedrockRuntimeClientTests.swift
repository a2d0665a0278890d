import JSON
import Testing

@testable import AWSClient

struct BedrockRuntimeClientTests {
  private let request = ConverseRequest(messages: [.user("hi")])

  private func events(_ frames: [EventStreamFrame], pieces: Int = 7) async throws -> [ConverseStreamEvent] {
    let bytes = frames.flatMap(\.bytes)
    let chunks = stride(from: 0, to: bytes.count, by: pieces).map { Array(bytes[$0..<min($0 + pieces, bytes.count)]) }
    let client = BedrockRuntimeClient(.fake(FakeTransport([.stream(status: 200, chunks)])))
    var events: [ConverseStreamEvent] = []
    for try await event in try await client.converseStream(modelID: "m", request) { events.append(event) }
    return events
  }

  @Test func theModelsIDIsEncodedInThePath() async throws {
    let body = """
      {"output":{"message":{"role":"assistant","content":[{"text":"hello"}]}},"stopReason":"end_turn",
       "usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5},"metrics":{"latencyMs":9}}
      """
    let transport = FakeTransport([.json(body)])
    let response = try await BedrockRuntimeClient(.fake(transport)).converse(
      modelID: "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.x-v1:0", request)
    #expect(response.message.text == "hello")
    #expect(response.usage.outputTokens == 2)
    let sent = try #require(transport.requests.first)
    #expect(
      sent.url
        == "https://bedrock-runtime.us-east-1.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.x-v1%3A0/converse"
    )
    #expect(sent.headers["authorization"]?.contains("/us-east-1/bedrock/aws4_request") == true)
    #expect(try transport.bodies() == [["messages": [["role": "user", "content": [["text": "hi"]]]]]])
    // A model may take its time where no deadline says otherwise.
    #expect(sent.timeoutMilliseconds > 60_000)
  }

  @Test(arguments: ["", String(repeating: "m", count: 2_049)])
  func aModelHasAnID(modelID: String) async {
    let error = await #expect(throws: AWSError.self) {
      try await BedrockRuntimeClient(.fake(FakeTransport([]))).converse(modelID: modelID, request)
    }
    #expect(error?.code == "InvalidInput")
  }

  @Test func everyEventOfAStreamIsRead() async throws {
    let found = try await events([
      .event("messageStart", #"{"role":"assistant","p":"abc"}"#),
      .event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"é"}}"#),
      .event("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"reasoningContent":{"text":"hm"}}}"#),
      .event("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"reasoningContent":{"signature":"sig"}}}"#),
      .event("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"reasoningContent":{"redactedContent":"AAE="}}}"#),
      .event("contentBlockStart", #"{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"t1","name":"look"}}}"#),
      .event("contentBlockDelta", #"{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"a\""}}}"#),
      .event("contentBlockStart", #"{"contentBlockIndex":3,"start":{"image":{}}}"#),
      .event("contentBlockDelta", #"{"contentBlockIndex":3,"delta":{"citation":{"title":"x"}}}"#),
      .event("contentBlockStop", #"{"contentBlockIndex":3}"#), .event("messageStop", #"{"stopReason":"tomorrows_reason"}"#),
      .event("metadata", #"{"usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3},"metrics":{"latencyMs":4}}"#),
      .event("tomorrowsEvent", #"{"x":1}"#),
    ])
    #expect(
      found == [
        .messageStart(role: "assistant"), .contentBlockDelta(index: 0, delta: .text("é")),
        .contentBlockDelta(index: 1, delta: .reasoningText("hm")), .contentBlockDelta(index: 1, delta: .reasoningSignature("sig")),
        .contentBlockDelta(index: 1, delta: .reasoningRedacted("AAE=")),
        .contentBlockStart(index: 2, start: .toolUse(toolUseID: "t1", name: "look")),
        .contentBlockDelta(index: 2, delta: .toolUseInput(#"{"a""#)), .contentBlockStart(index: 3, start: .unknown(["image": [:]])),
        .contentBlockDelta(index: 3, delta: .unknown(["citation": ["title": "x"]])), .contentBlockStop(index: 3),
        .messageStop(reason: StopReason(rawValue: "tomorrows_reason"), additionalModelResponseFields: nil),
        .metadata(usage: TokenUsage(inputTokens: 1, outputTokens: 2, totalTokens: 3), metrics: ["latencyMs": 4]),
        .unknown(type: "tomorrowsEvent", payload: ["x": 1]),
      ])
  }

  @Test(arguments: [
    ("throttlingException", "ThrottlingException", true, true), ("internalServerException", "InternalServerException", true, false),
    ("modelStreamErrorException", "ModelStreamErrorException", true, false), ("validationException", "ValidationException", false, false),
    ("serviceUnavailableException", "ServiceUnavailableException", true, false), ("tomorrowsException", "TomorrowsException", false, false),
  ])
  func anExceptionWithinTheStreamIsItsError(name: String, code: String, isRetryable: Bool, isThrottling: Bool) async {
    let error = await #expect(throws: AWSError.self) {
      try await events([.event("messageStart", #"{"role":"assistant"}"#), .exception(name, #"{"message":"busy"}"#)])
    }
    #expect(error?.code == code)
    #expect(error?.message == "busy")
    #expect(error?.operation == "ConverseStream")
    #expect(error?.isRetryable == isRetryable)
    #expect(error?.isThrottling == isThrottling)
  }

  @Test func anErrorWithinTheStreamIsItsError() async {
    let frame = EventStreamFrame(
      headers: [(":message-type", .string("error")), (":error-code", .string("InternalError")), (":error-message", .string("gone"))])
    let error = await #expect(throws: AWSError.self) { try await events([frame]) }
    #expect(error?.code == "InternalError")
    #expect(error?.message == "gone")
  }

  @Test(arguments: [
    EventStreamFrame(headers: []), .event("contentBlockDelta", "{}"), .event("messageStop", "{}"), .event("messageStop", "no JSON"),
    EventStreamFrame(headers: [(":message-type", .string("event"))]),
  ])
  func whatIsNoEventIsAnError(frame: EventStreamFrame) async {
    let error = await #expect(throws: AWSError.self) { try await events([frame]) }
    #expect(error?.code == "InvalidResponse")
  }

  @Test func aStreamThatBreaksOffIsAnError() async throws {
    let frame = EventStreamFrame.event("messageStart", #"{"role":"assistant"}"#).bytes
    let client = BedrockRuntimeClient(.fake(FakeTransport([.stream(status: 200, [frame, Array(frame.dropLast())])])))
    var stream = try await client.converseStream(modelID: "m", request).makeAsyncIterator()
    #expect(try await stream.next() == .messageStart(role: "assistant"))
    let error = await #expect(throws: AWSError.self) { try await stream.next() }
    #expect(error?.code == "InvalidResponse")
  }

  @Test func aStreamThatEndsBetweenTwoEventsIsAnErrorUnlessTheModelHasStopped() async throws {
    let start = EventStreamFrame.event("messageStart", #"{"role":"assistant"}"#)
    let error = await #expect(throws: AWSError.self) { try await events([start]) }
    #expect(error?.code == "InvalidResponse")
    #expect(error?.message.contains("before messageStop") == true)
    #expect(try await events([start, .event("messageStop", #"{"stopReason":"end_turn"}"#)]).count == 2)
  }

  @Test func aCancelledReaderIsToldSo() async throws {
    let start = EventStreamFrame.event("messageStart", #"{"role":"assistant"}"#)
    let stop = EventStreamFrame.event("messageStop", #"{"stopReason":"end_turn"}"#)
    let client = BedrockRuntimeClient(.fake(FakeTransport([.stream(status: 200, [start.bytes, stop.bytes])])))
    let request = request
    let task = Task {
      var stream = try await client.converseStream(modelID: "m", request).makeAsyncIterator()
      #expect(try await stream.next() == .messageStart(role: "assistant"))
      withUnsafeCurrentTask { $0?.cancel() }
      while try await stream.next() != nil {}
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  private static let ambiguous: [FakeTransport.Answer] = [
    .failure(AWSError(code: AWSError.lostCode, message: "lost", isRetryable: true)),
    .failure(AWSError(code: AWSError.timeoutCode, message: "no answer", isRetryable: true)),
    .json(#"{"message":"oops"}"#, status: 500), .json("", status: 502), .json("", status: 504),
  ]

  /// Whoever pays must know of each call that may have been made; see also `ModelErrorKind`.
  @Test(arguments: ambiguous) func aCallThatMayHaveBeenMadeIsNotMadeAgain(answer: FakeTransport.Answer) async {
    let transport = FakeTransport([answer, .json("{}"), .json("{}")])
    let client = BedrockRuntimeClient(.fake(transport))
    let error = await #expect(throws: AWSError.self) { try await client.converse(modelID: "m", request) }
    #expect(error?.isSureToHaveDoneNothing == false)
    #expect(error?.operation == "Converse")
    #expect(transport.requests.count == 1)
    #expect(transport.requests.first?.isSafeToRepeat == false)

    let streamed = FakeTransport([answer, .json("{}"), .json("{}")])
    await #expect(throws: AWSError.self) {
      try await BedrockRuntimeClient(.fake(streamed)).converseStream(modelID: "m", request)
    }
    #expect(streamed.requests.count == 1)
  }

  private static let harmless: [FakeTransport.Answer] = [
    .failure(AWSError(code: AWSError.connectionCode, message: "refused", isRetryable: true)), .json("", status: 503),
    .json(#"{"message":"slow down"}"#, status: 429, headers: ["x-amzn-ErrorType": "ThrottlingException"]),
    .json(#"{"message":"wait"}"#, status: 429, headers: ["x-amzn-ErrorType": "ModelNotReadyException"]),
  ]

  @Test(arguments: harmless) func aCallThatWasNotMadeIsMadeAgain(answer: FakeTransport.Answer) async throws {
    let body = #"{"output":{"message":{"role":"assistant","content":[{"text":"hello"}]}},"stopReason":"end_turn"}"#
    let transport = FakeTransport([answer, answer, .json(body)])
    #expect(try await BedrockRuntimeClient(.fake(transport)).converse(modelID: "m", request).message.text == "hello")
    #expect(transport.requests.count == 3)
  }

  @Test func anErrorBeforeTheStreamIsRetriedAndThrown() async {
    let throttled = FakeTransport.Answer.json(
      #"{"message":"slow down"}"#, status: 429, headers: ["x-amzn-ErrorType": "ThrottlingException:http://internal/"])
    let transport = FakeTransport([throttled, throttled, throttled])
    let error = await #expect(throws: AWSError.self) {
      try await BedrockRuntimeClient(.fake(transport)).converseStream(modelID: "m", request)
    }
    #expect(error?.code == "ThrottlingException")
    #expect(error?.message == "slow down")
    #expect(transport.requests.count == 3)
  }
}
