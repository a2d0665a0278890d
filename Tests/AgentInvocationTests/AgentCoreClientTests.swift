import AWSClient
import AgentInvocation
import JSON
import Testing

/// What goes over the wire to AgentCore, and what comes of its answers.
struct AgentCoreClientTests {
  private func input(_ change: (inout InvokeAgentRuntimeInput) -> Void = { _ in }) -> InvokeAgentRuntimeInput {
    var input = InvokeAgentRuntimeInput(agentRuntimeARN: runtimeARN, runtimeSessionID: session, payload: Array("{}".utf8))
    change(&input)
    return input
  }

  @Test func theARNIsOneSegmentOfThePath() async throws {
    let transport = ListTransport([.json(#"{"ok":true}"#)])
    let output = try await AgentCoreClient(.test(transport)).invokeAgentRuntime(input { $0.qualifier = "v 2" })
    let request = try #require(transport.requests.first)
    #expect(request.method == "POST")
    #expect(
      request.url == "https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/"
        + "arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A123456789012%3Aruntime%2Fcost_agent-0123456789/invocations?qualifier=v%202")
    #expect(request.headers["x-amzn-bedrock-agentcore-runtime-session-id"] == session)
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["accept"] == "application/json")
    #expect(request.headers["authorization"]?.contains("/us-east-1/bedrock-agentcore/aws4_request") == true)
    #expect(output.statusCode == 200)
    #expect(output.runtimeSessionID == session)
    #expect(String(decoding: output.response, as: UTF8.self) == #"{"ok":true}"#)
  }

  @Test func theTraceOfTheContextTravelsAlong() async throws {
    let transport = ListTransport([.json("{}")])
    let trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    _ = try await RequestContext.$traceID.withValue(trace) { try await AgentCoreClient(.test(transport)).invokeAgentRuntime(input()) }
    #expect(transport.requests.first?.headers["x-amzn-trace-id"] == trace)
  }

  @Test(arguments: [
    (["AWS_REGION": "eu-central-1"], "https://bedrock-agentcore.eu-central-1.amazonaws.com/"),
    (["AWS_REGION": "us-gov-west-1"], "https://bedrock-agentcore.us-gov-west-1.amazonaws.com/"),
    (["AWS_REGION": "cn-north-1"], "https://bedrock-agentcore.cn-north-1.amazonaws.com.cn/"),
    (["AWS_REGION": "us-east-1", "AWS_USE_FIPS_ENDPOINT": "true"], "https://bedrock-agentcore-fips.us-east-1.amazonaws.com/"),
    (["AWS_REGION": "us-east-1", "AWS_USE_DUALSTACK_ENDPOINT": "true"], "https://bedrock-agentcore.us-east-1.api.aws/"),
    (["AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"], "http://127.0.0.1:4566/"),
    (
      [
        "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": "http://127.0.0.1:4567",
      ], "http://127.0.0.1:4567/"
    ),
  ])
  func endpointsFollowTheUsualRules(variables: [String: String], expected: String) async throws {
    let transport = ListTransport([.json("{}")])
    let keys = ["AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret"]
    let configuration = try AWSConfiguration.fromEnvironment(Environment(variables.merging(keys) { $1 }))
    let client = AgentCoreClient(AWSClient(configuration: configuration, transport: transport, clock: StillClock()))
    _ = try await client.invokeAgentRuntime(input())
    let url = try #require(transport.requests.first?.url)
    #expect(url.hasPrefix(expected + "runtimes/"), "\(url)")
  }

  @Test func anAnswerIsBounded() async throws {
    let transport = ListTransport([
      .response(status: 200, headers: [:], pieces: [Array(repeating: 65, count: 60), Array(repeating: 66, count: 60)])
    ])
    let error = await #expect(throws: AWSError.self) {
      try await AgentCoreClient(.test(transport)).invokeAgentRuntime(input { $0.maximumResponseBytes = 100 })
    }
    #expect(error?.code == AgentCoreClient.answerTooLongCode)
    #expect(error?.message.contains("100 bytes") == true)
  }

  @Test func whatMayHaveBegunIsNotSentAgain() async throws {
    for answer in [
      ListTransport.Answer.refusal("InternalServerException", 500, "later"),
      .failure(AWSError(code: AWSError.lostCode, message: "lost", isRetryable: true)),
      .failure(AWSError(code: AWSError.timeoutCode, message: "late", isRetryable: true)),
      .refusal("RuntimeClientError", 424, "error (500)"),
    ] {
      let transport = ListTransport([answer, .json("{}")])
      await #expect(throws: AWSError.self) { try await AgentCoreClient(.test(transport)).invokeAgentRuntime(input()) }
      #expect(transport.requests.count == 1)
    }
  }

  @Test func whatCertainlyDidNothingIsSentAgain() async throws {
    for answer in [
      ListTransport.Answer.refusal("ThrottlingException", 429, "slower"),
      .failure(AWSError(code: AWSError.connectionCode, message: "refused", isRetryable: true)),
    ] {
      let transport = ListTransport([answer, .json("{}")])
      _ = try await AgentCoreClient(.test(transport)).invokeAgentRuntime(input())
      #expect(transport.requests.count == 2)
    }
  }

  @Test(arguments: [
    "", "short", String(repeating: "a", count: 32), String(repeating: "a", count: 257), String(repeating: "a", count: 35) + " ",
    "-" + String(repeating: "a", count: 36), String(repeating: "é", count: 40), String(repeating: "a", count: 35) + "\r\nx: y",
  ])
  func aSessionIDThatIsNoneIsNotSent(id: String) async throws {
    let transport = ListTransport([])
    let error = await #expect(throws: AWSError.self) {
      try await AgentCoreClient(.test(transport)).invokeAgentRuntime(input { $0.runtimeSessionID = id })
    }
    #expect(error?.code == AWSError.invalidInputCode)
    #expect(transport.requests.isEmpty)
  }

  @Test func theLimitsOfASessionID() {
    #expect(RuntimeSession.problem(String(repeating: "a", count: 33)) == nil)
    #expect(RuntimeSession.problem(String(repeating: "a", count: 256)) == nil)
    #expect(RuntimeSession.problem("run-1")?.contains("has 5 characters: AgentCore takes 33 to 256") == true)
  }

  @Test func aSessionIsStopped() async throws {
    let transport = ListTransport([.json("{}")])
    let output = try await AgentCoreClient(.test(transport)).stopRuntimeSession(
      StopRuntimeSessionInput(agentRuntimeARN: runtimeARN, runtimeSessionID: session))
    let request = try #require(transport.requests.first)
    #expect(request.url.hasSuffix("%2Fcost_agent-0123456789/stopruntimesession"))
    #expect(request.headers["x-amzn-bedrock-agentcore-runtime-session-id"] == session)
    let token = try #require(try JSONValue(parsing: request.body)["clientToken"]?.stringValue)
    #expect((33...256).contains(token.utf8.count))
    #expect(output.runtimeSessionID == session)
  }

  @Test func toStopASessionIsSafeToRepeatWithItsToken() async throws {
    let transport = ListTransport([.refusal("InternalServerException", 500, "later"), .json("{}")])
    _ = try await AgentCoreClient(.test(transport)).stopRuntimeSession(
      StopRuntimeSessionInput(agentRuntimeARN: runtimeARN, runtimeSessionID: session))
    let bodies = transport.requests.map(\.body)
    #expect(bodies.count == 2 && bodies[0] == bodies[1])
  }

  @Test func noDescriptionShowsPayloadOrAnswer() async throws {
    let transport = ListTransport([.json("hunter2-answer")])
    let asked = input { $0.payload = Array("hunter2-payload".utf8) }
    let output = try await AgentCoreClient(.test(transport)).invokeAgentRuntime(asked)
    var dumped = ""
    dump(asked, to: &dumped)
    dump(output, to: &dumped)
    for text in ["\(asked)", "\(output)", String(reflecting: asked), dumped] { #expect(!text.contains("hunter2")) }
  }
}
