public import AWSClient
internal import JSON

extension AWSService {
  /// The data plane of AgentCore, which runs agents.
  public static let agentCore = AWSService(serviceID: "Bedrock AgentCore", endpointPrefix: "bedrock-agentcore")
}

/// Amazon Bedrock AgentCore's runtimes, over REST with JSON (API version 2024-02-28).
///
/// Every method throws `AWSError` or, when the task is cancelled, `CancellationError`.
public struct AgentCoreClient: Sendable {
  /// The longest an invocation may take, in milliseconds: 15 minutes, after which AgentCore gives up an answer in one piece.
  /// https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html
  static let longestInvocationMilliseconds: Int64 = 900_000

  private let client: AWSClient

  public init(_ client: AWSClient) { self.client = client }

  /// Asks the agent of a runtime, and waits for its answer.
  ///
  /// A session that the runtime does not know begins, which takes as long as the agent's container takes to start. It is sent again by itself only
  /// where the first request certainly did nothing.
  /// - Throws: `AWSError`; of code `RuntimeClientError` when the agent refused, failed or did not start, of code `invalidInputCode` for an input
  ///   that no request can be made of, and of code `answerTooLongCode` for an answer beyond the input's limit.
  public func invokeAgentRuntime(_ input: InvokeAgentRuntimeInput) async throws -> InvokeAgentRuntimeOutput {
    var request = try serviceRequest(
      "InvokeAgentRuntime", runtime: input.agentRuntimeARN, path: "invocations", session: input.runtimeSessionID,
      qualifier: input.qualifier)
    guard input.payload.count <= InvokeAgentRuntimeInput.largestPayloadBytes else {
      throw AWSError.input(
        "the payload has \(input.payload.count) bytes: expected at most \(InvokeAgentRuntimeInput.largestPayloadBytes)",
        service: .agentCore,
        operation: request.operation)
    }
    request.header("content-type", input.contentType)
    request.header("accept", input.accept)
    request.body = input.payload
    request.timeoutMilliseconds = AgentCoreClient.longestInvocationMilliseconds
    // The agent may have begun: only its caller knows whether it minds being asked twice.
    request.isSafeToRepeat = false
    // As a stream, so that no more of an answer is held than was asked for.
    let response = try await client.performStreaming(request)
    var body: [UInt8] = []
    for try await chunk in response.body {
      guard body.count + chunk.count <= input.maximumResponseBytes else {
        throw AWSError(
          code: AgentCoreClient.answerTooLongCode, message: "the agent's answer has more than \(input.maximumResponseBytes) bytes",
          service: request.service.serviceID, operation: request.operation, httpStatus: response.status,
          requestID: response.headers["x-amzn-requestid"])
      }
      body += chunk
    }
    // In a cancelled task the body seems to end.
    try Task.checkCancellation()
    return InvokeAgentRuntimeOutput(
      statusCode: response.status, runtimeSessionID: response.headers[AgentCoreClient.sessionHeader] ?? input.runtimeSessionID,
      traceID: response.headers["x-amzn-trace-id"], contentType: response.headers["content-type"], response: body)
  }

  /// Ends a session at once: its container is stopped, and what it was doing is lost.
  public func stopRuntimeSession(_ input: StopRuntimeSessionInput) async throws -> StopRuntimeSessionOutput {
    var request = try serviceRequest(
      "StopRuntimeSession", runtime: input.agentRuntimeARN, path: "stopruntimesession", session: input.runtimeSessionID,
      qualifier: input.qualifier)
    request.header("content-type", "application/json")
    // With a token of its own, a request that arrives twice stops the session once.
    let token = input.clientToken ?? RandomID.uuid(client.clock)
    var writer = JSONWriter(capacity: 64)
    writer.beginObject()
    writer.member("clientToken", token)
    writer.endObject()
    request.body = writer.bytes
    let response = try await client.perform(request)
    return StopRuntimeSessionOutput(
      statusCode: response.status, runtimeSessionID: response.headers[AgentCoreClient.sessionHeader] ?? input.runtimeSessionID)
  }

  /// An answer that is longer than the caller wanted to hold.
  public static let answerTooLongCode = "AnswerTooLong"

  /// The field that names a session, in lower case.
  static let sessionHeader = "x-amzn-bedrock-agentcore-runtime-session-id"

  private func serviceRequest(
    _ operation: String, runtime: String, path: String, session: String, qualifier: String?
  ) throws -> ServiceRequest {
    guard !runtime.isEmpty else {
      throw AWSError.input("the ARN of the agent's runtime is empty", service: .agentCore, operation: operation)
    }
    if let problem = RuntimeSession.problem(session) {
      throw AWSError.input("the session id \(problem)", service: .agentCore, operation: operation)
    }
    var request = ServiceRequest(.agentCore, operation, endpoint: try client.configuration.endpoint(of: .agentCore))
    request.path = "/runtimes/\(PercentEncoding.encode(runtime))/\(path)"
    if let qualifier { request.query = [("qualifier", qualifier)] }
    request.header(AgentCoreClient.sessionHeader, session)
    return request
  }
}
