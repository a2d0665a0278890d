public import AWSClient
internal import JSON
public import LambdaRuntime
internal import Synchronization
public import Telemetry

/// Asks the agent of an AgentCore runtime to work on a session.
///
/// The event is `{"session_id": "...", "prompt": "..."}`, the answer `{"status": 200, "sessionId": "..."}`. The agent gets in the body of its
/// request what it has to know: AgentCore has no environment of a single invocation (docs/decisions/0043).
/// It only reads its environment when it is asked, so that what is missing there is an error that a state machine can name.
public struct AgentInvoker: LambdaHandler, Sendable {
  /// What the agent is asked where nobody says.
  public static let standardPrompt =
    "Are the serverless resources of this account and region over-provisioned, idle or otherwise more expensive than they need to be? Analyze "
    + "them and write the cost optimization report."

  private let environment: LambdaEnvironment
  private let client: ClientOnDemand
  private let logger: Logger

  /// - Parameter client: makes the client; called by the first event that is fit to be sent, and again only after it has thrown.
  public init(environment: LambdaEnvironment, logger: Logger, client: @escaping @Sendable () throws -> AWSClient) {
    self.environment = environment
    self.client = ClientOnDemand(client)
    self.logger = logger
  }

  /// One client for all events, made when it is needed: settings that it cannot use are the error of an event then, and the start is shorter.
  private final class ClientOnDemand: Sendable {
    private let make: @Sendable () throws -> AWSClient
    private let made = Mutex<AWSClient?>(nil)

    init(_ make: @escaping @Sendable () throws -> AWSClient) { self.make = make }

    func get() throws -> AgentCoreClient {
      try made.withLock { made in
        if let made { return AgentCoreClient(made) }
        let client = try make()
        made = client
        return AgentCoreClient(client)
      }
    }
  }

  /// - Throws: `AgentInvokerError`, or `CancellationError`.
  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
    let output: InvokeAgentRuntimeOutput
    do throws(AgentInvokerError) {
      let event = try AgentInvocationEvent(json: event)
      let settings = try AgentInvokerSettings(environment)
      output = try await invoke(event, settings, traceHeader: context.traceHeader)
    } catch {
      try Task.checkCancellation()
      logger.error(
        "the agent did not take the session", ["error_type": .string(error.lambdaErrorType), "error": .string(error.description)])
      throw error
    }
    logger.info(
      "the agent took the session",
      [
        "session_id": .string(output.runtimeSessionID), "status": .number(output.statusCode),
        "answer": .string(String(decoding: output.response.prefix(300), as: UTF8.self)),
      ])
    var writer = JSONWriter(capacity: 96)
    writer.beginObject()
    writer.member("status", output.statusCode)
    writer.member("sessionId", output.runtimeSessionID)
    writer.endObject()
    return writer.bytes
  }

  private func invoke(
    _ event: AgentInvocationEvent, _ settings: AgentInvokerSettings, traceHeader: String?
  ) async throws(AgentInvokerError) -> InvokeAgentRuntimeOutput {
    var payload = JSONWriter(capacity: 512)
    payload.beginObject()
    payload.member("session_id", event.sessionID)
    payload.member("s3_bucket_name", settings.bucket)
    payload.member("ddb_table_name", settings.table)
    payload.member("prompt", event.prompt ?? AgentInvoker.standardPrompt)
    payload.endObject()
    let input = InvokeAgentRuntimeInput(
      agentRuntimeARN: settings.runtimeARN, runtimeSessionID: event.sessionID, payload: payload.bytes, qualifier: settings.qualifier,
      maximumResponseBytes: AgentInvoker.longestAnswerBytes)
    do {
      let client = try client.get()
      return try await RequestContext.$traceID.withValue(Self.trace(traceHeader)) { try await client.invokeAgentRuntime(input) }
    } catch let error as AWSError {
      throw AgentInvokerError(error, runtime: settings.runtimeARN)
    } catch {
      throw AgentInvokerError(.timeout, "the invocation was given up before the agent answered: \(error)")
    }
  }

  /// The agent answers that it has begun; whatever is longer is not that. Bytes.
  static let longestAnswerBytes = 64 << 10

  /// Characters of the longest trace header that AgentCore takes.
  /// https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_InvokeAgentRuntime.html
  private static let longestTrace = 128

  /// The trace that goes on in the agent, without what others have added to it where the whole is too long.
  private static func trace(_ header: String?) -> String? {
    guard let header, header.utf8.count > longestTrace else { return header }
    guard let trace = TraceHeader(parsing: header) else { return nil }
    let short = TraceHeader(root: trace.root, parent: trace.parent, isSampled: trace.isSampled).description
    return short.utf8.count <= longestTrace ? short : nil
  }
}
