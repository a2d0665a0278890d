import AWSClient
import JSON
import LambdaRuntime
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AgentInvocation

/// The function, from its event to its answer or its error's type.
struct AgentInvokerTests {
  private let trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

  private func handle(
    _ event: String, _ transport: ListTransport, environment variables: [String: String] = environment, trace: String? = nil,
    log: Lines = Lines()
  ) async throws -> JSONValue {
    let invoker = AgentInvoker(
      environment: LambdaEnvironment(variables), logger: Logger(output: { log.add($0) })
    ) { .test(transport) }
    let context = LambdaContext(requestID: "r", traceHeader: trace)
    return try JSONValue(parsing: try await invoker.handle(Array(event.utf8), context))
  }

  private func failure(
    _ event: String, _ answers: [ListTransport.Answer] = [], environment variables: [String: String] = environment
  ) async -> AgentInvokerError? {
    await #expect(throws: AgentInvokerError.self) { try await handle(event, ListTransport(answers), environment: variables) }
  }

  private let event = #"{"session_id":"\#(session)"}"#

  @Test func theSampleEventReachesTheAgent() async throws {
    let transport = ListTransport([.json(#"{"status":"started"}"#)])
    let answer = try await handle(
      String(decoding: try SampleEvents.bytes("agent-invocation"), as: UTF8.self), transport, trace: trace)
    #expect(answer == ["status": 200, "sessionId": .string(session)])
    let request = try #require(transport.requests.first)
    let payload = try JSONValue(parsing: request.body)
    #expect(
      payload == [
        "session_id": .string(session), "s3_bucket_name": "agent-data-test", "ddb_table_name": "agents-table-test",
        "prompt": "Which of my Lambda functions have more memory than they need?",
      ])
    #expect(request.headers["x-amzn-bedrock-agentcore-runtime-session-id"] == session)
    #expect(request.headers["x-amzn-trace-id"] == trace)
  }

  @Test func withoutAPromptTheAgentIsAskedTheUsual() async throws {
    for event in [
      event, #"{"session_id":"\#(session)","prompt":null}"#, #"{"session_id":"\#(session)","prompt":" \n"}"#,
      #"{"session_id":"\#(session)","detail":{}}"#,
    ] {
      let transport = ListTransport([.json("{}")])
      _ = try await handle(event, transport)
      let prompt = try JSONValue(parsing: try #require(transport.requests.first).body)["prompt"]?.stringValue
      #expect(prompt == AgentInvoker.standardPrompt)
      #expect(prompt?.contains("over-provisioned") == true)
    }
  }

  @Test func aPromptInTheDetailOfTheTriggeringEventIsPassedOn() async throws {
    let transport = ListTransport([.json("{}"), .json("{}")])
    _ = try await handle(#"{"session_id":"\#(session)","detail":{"prompt":"only S3, 語"}}"#, transport)
    _ = try await handle(#"{"session_id":"\#(session)","prompt":"mine","detail":{"prompt":"only S3"}}"#, transport)
    let prompts = try transport.requests.map { try JSONValue(parsing: $0.body)["prompt"]?.stringValue }
    #expect(prompts == ["only S3, 語", "mine"])
  }

  @Test func aQualifierIsPassedOn() async throws {
    let transport = ListTransport([.json("{}")])
    _ = try await handle(event, transport, environment: environment.merging(["AGENT_CORE_QUALIFIER": "stable"]) { $1 })
    #expect(transport.requests.first?.url.hasSuffix("/invocations?qualifier=stable") == true)
  }

  @Test func aTraceHeaderThatIsTooLongLosesWhatOthersAddedToIt() async throws {
    let transport = ListTransport([.json("{}"), .json("{}")])
    _ = try await handle(event, transport, trace: trace + ";Lineage=" + String(repeating: "a", count: 100))
    _ = try await handle(event, transport, trace: String(repeating: "x", count: 300))
    #expect(transport.requests.map { $0.headers["x-amzn-trace-id"] } == [trace, nil])
  }

  @Test func theAgentsStatusIsToldAsItIs() async throws {
    let answer = try await handle(event, ListTransport([.json("{}", status: 202)]))
    #expect(answer["status"] == 202)
  }

  // MARK: Events that cannot be used

  @Test(arguments: [
    ("", "no JSON"), ("[1]", "the event is an array"), ("{}", "session_id is missing"),
    (#"{"sessionId":"x"}"#, "found the members sessionId"),
    (#"{"session_id":7}"#, "session_id is a number: expected a string"),
    (#"{"session_id":"run-1"}"#, "session_id 'run-1' has 5 characters: AgentCore takes 33 to 256, so use a UUID"),
    (#"{"session_id":"\#(session)","prompt":7}"#, "prompt is a number"),
    (#"{"session_id":"\#(session)","detail":{"prompt":[]}}"#, "detail.prompt is an array"),
    (#"{"id":"7bf7","source":"manual-trigger","detail-type":"execute-agent","detail":{}}"#, "the rule's target is the state machine"),
    (#"{"Records":[]}"#, "a batch of records"),
  ])
  func anEventThatCannotBeUsedSaysWhy(event: String, reason: String) async throws {
    let error = try #require(await failure(event))
    #expect(error.lambdaErrorType == "AgentInvoker.InvalidInput")
    #expect(error.description.contains(reason), "\(error.description)")
  }

  @Test func aPromptWithoutEndIsRefused() async throws {
    let prompt = String(repeating: "a", count: AgentInvocationEvent.longestPromptBytes + 1)
    let error = try #require(await failure(#"{"session_id":"\#(session)","prompt":"\#(prompt)"}"#))
    #expect(error.kind == .invalidInput && error.description.contains("prompt has 65537 bytes"))
  }

  // MARK: Settings

  @Test(arguments: ["AGENT_CORE_RUNTIME_ARN", "S3_BUCKET_NAME", "JOURNAL_TABLE_NAME"])
  func aMissingVariableIsNamed(variable: String) async throws {
    let error = try #require(await failure(event, environment: environment.filter { $0.key != variable }))
    #expect(error.lambdaErrorType == "AgentInvoker.NotConfigured")
    #expect(error.description.contains("environment variable \(variable) is not set"))
  }

  @Test(arguments: [
    "cost_agent", "arn:aws:lambda:us-east-1:123456789012:function:x", "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/",
  ])
  func whatIsNoRuntimeIsNotCalled(arn: String) async throws {
    let error = try #require(await failure(event, environment: environment.merging(["AGENT_CORE_RUNTIME_ARN": arn]) { $1 }))
    #expect(error.kind == .notConfigured && error.description.contains("'\(arn)'"))
  }

  @Test func settingsThatNoClientCanBeMadeOfAreAnErrorOfTheEvent() async throws {
    let transport = ListTransport([.json("{}"), .json("{}")])
    let attempts = Mutex(0)
    let invoker = AgentInvoker(environment: LambdaEnvironment(environment), logger: Logger(output: { _ in })) {
      if attempts.withLock({
        $0 += 1
        return $0
      }) == 1 {
        throw AWSError(code: AWSError.invalidConfigurationCode, message: "AWS_ENDPOINT_URL is 'x'")
      }
      return .test(transport)
    }
    let context = LambdaContext(requestID: "r")
    let error = await #expect(throws: AgentInvokerError.self) { try await invoker.handle(Array(event.utf8), context) }
    #expect(error?.kind == .notConfigured && error?.description.contains("AWS_ENDPOINT_URL is 'x'") == true)
    // Made once it can be, and then no more.
    for _ in 0..<2 { _ = try await invoker.handle(Array(event.utf8), context) }
    #expect(attempts.withLock { $0 } == 2)
  }

  // MARK: Errors of the service and of the agent

  @Test(arguments: [
    (ListTransport.Answer.refusal("ValidationException", 400, "no"), "AgentInvoker.InvalidInput"),
    (.refusal("AccessDeniedException", 403, "no"), "AgentInvoker.AccessDenied"),
    (.refusal("ExpiredTokenException", 403, "old"), "AgentInvoker.AccessDenied"),
    (.refusal("SomethingNew", 403, "no"), "AgentInvoker.AccessDenied"),
    (.refusal("ResourceNotFoundException", 404, "none"), "AgentInvoker.AgentNotFound"),
    (.refusal("ServiceQuotaExceededException", 402, "full"), "AgentInvoker.Throttled"),
    (.refusal("RetryableConflictException", 409, "again"), "AgentInvoker.Unavailable"),
    (.refusal("InternalServerException", 500, "oh"), "AgentInvoker.Unavailable"),
    (.refusal("RuntimeClientError", 424, "Received error (422) from runtime. Which prompt?"), "AgentInvoker.AgentRejected"),
    (
      .refusal("RuntimeClientError", 424, "Received error (500) from runtime. Please check your CloudWatch logs."),
      "AgentInvoker.AgentFailed"
    ),
    (.refusal("RuntimeClientError", 424, "Runtime initialization time exceeded."), "AgentInvoker.AgentFailed"),
    (.refusal("SomethingNew", 418, "tea"), "AgentInvoker.InvalidInput"),
    (.refusal("SomethingNew", 502, "gateway"), "AgentInvoker.Unavailable"),
    (.failure(AWSError(code: AWSError.timeoutCode, message: "late")), "AgentInvoker.Timeout"),
    (.failure(AWSError(code: AWSError.deadlineCode, message: "late")), "AgentInvoker.Timeout"),
    (.failure(AWSError(code: AWSError.lostCode, message: "lost")), "AgentInvoker.Unavailable"),
    (.failure(AWSError(code: AWSError.credentialsCode, message: "none")), "AgentInvoker.NotConfigured"),
    (.response(status: 200, headers: [:], pieces: [[UInt8](repeating: 65, count: 70_000)]), "AgentInvoker.AgentFailed"),
  ])
  func errorsAreToldApart(answer: ListTransport.Answer, type: String) async throws {
    #expect(await failure(event, [answer])?.lambdaErrorType == type)
  }

  @Test func throttlingIsToldAfterTheClientsOwnAttempts() async throws {
    let throttled = ListTransport.Answer.refusal("ThrottlingException", 429, "slower")
    let transport = ListTransport([throttled, throttled, throttled])
    let error = await #expect(throws: AgentInvokerError.self) { try await handle(event, transport) }
    #expect(error?.lambdaErrorType == "AgentInvoker.Throttled" && error?.kind.isTransient == true)
    #expect(transport.requests.count == 3)
  }

  @Test func theAgentsOwnMessageIsInTheErrorAndInTheLog() async throws {
    let log = Lines()
    let message = "Received error (422) from runtime: the session has no journal table"
    let error = await #expect(throws: AgentInvokerError.self) {
      try await handle(event, ListTransport([.refusal("RuntimeClientError", 424, message)]), log: log)
    }
    #expect(error?.description.contains("the session has no journal table") == true)
    #expect(log.all.contains("AgentInvoker.AgentRejected") && log.all.contains("the session has no journal table"))
  }

  @Test func onlyWhatMayPassIsTransient() {
    #expect(AgentInvokerError.Kind.allCases.filter(\.isTransient) == [.throttled, .unavailable, .timeout])
  }

  @Test func everyTypeOfErrorIsInTheGuide() throws {
    let page = try GuideExamples.text(of: "agent-invoker")
    for kind in AgentInvokerError.Kind.allCases { #expect(page.contains("`AgentInvoker.\(kind.rawValue)`"), "\(kind)") }
  }
}
