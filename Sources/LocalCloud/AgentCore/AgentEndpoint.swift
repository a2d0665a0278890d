import AWSClient
import JSON

/// AgentCore's InvokeAgentRuntime and StopRuntimeSession, for agents that are programs on this machine.
///
/// It refuses what the service refuses, and knows nothing of the client's types: a mistake there must show here.
/// Source: Amazon Bedrock AgentCore Data Plane API, `InvokeAgentRuntime` and `StopRuntimeSession`.
struct AgentEndpoint: Sendable {
  private enum Operation: String {
    case invocations
    case stopruntimesession
  }

  static let sessionHeader = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
  /// Characters of a session's id.
  private static let sessionLength = 33...256
  /// What the agent gets of the caller's fields, besides those of the custom prefix.
  private static let passedOn = [
    "Content-Type", "Accept", sessionHeader, "X-Amzn-Bedrock-AgentCore-Runtime-User-Id", "X-Amzn-Trace-Id", "traceparent", "tracestate",
    "baggage", "Mcp-Session-Id", "Mcp-Protocol-Version",
  ]
  private static let customPrefix = "x-amzn-bedrock-agentcore-runtime-custom-"

  let host: AgentHost

  /// Answers a request that is for AgentCore; false for any other.
  func handle(_ request: WebRequest, _ responder: WebResponder) throws -> Bool {
    guard request.method == "POST", let (runtime, operation) = Self.target(of: request.path) else { return false }
    let requestID = RandomID.uuid(high: UInt64.random(in: 0 ... .max), low: UInt64.random(in: 0 ... .max))
    let response: WebResponse
    do throws(Failure) {
      // It starts programs, and a browser lets every page send requests to this machine.
      guard request.headers["Origin"] == nil else {
        throw Failure(403, "AccessDeniedException", "Requests of web pages are refused: this one has an Origin.")
      }
      let (id, program) = try self.program(of: runtime)
      let session = try Self.session(request, isRequired: operation == .stopruntimesession) ?? requestID
      switch operation {
      case .invocations: response = try invoke(request, runtime: id, program: program, session: session, requestID: requestID)
      case .stopruntimesession:
        guard host.stopSession(runtime: id, session: session) else {
          throw Failure(404, "ResourceNotFoundException", "There is no session '\(session)' of the runtime '\(id)'.")
        }
        response = .json(Array("{}".utf8), headers: [Self.sessionHeader: session])
      }
    } catch {
      var object: JSONObject = ["message": .string(error.message)]
      if error.type == "ValidationException" { object["reason"] = "FieldValidationFailed" }
      return try send(
        .json(JSONValue.object(object).bytes, status: error.status, headers: ["x-amzn-ErrorType": error.type]), responder, requestID)
    }
    return try send(response, responder, requestID)
  }

  private func send(_ response: WebResponse, _ responder: WebResponder, _ requestID: String) throws -> Bool {
    var headers = response.headers
    headers["x-amzn-RequestId"] = requestID
    try responder.send(WebResponse(status: response.status, headers: headers, body: response.body))
    return true
  }

  /// An error as the service writes it.
  private struct Failure: Error {
    let status: Int
    let type: String
    let message: String

    init(_ status: Int, _ type: String, _ message: String) {
      self.status = status
      self.type = type
      self.message = message
    }
  }

  // MARK: Reading the request

  /// The decoded runtime and the operation of `/runtimes/{runtime}/{operation}`.
  private static func target(of path: String) -> (runtime: String, operation: Operation)? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0].isEmpty, parts[1] == "runtimes", let operation = Operation(rawValue: String(parts[3])),
      let runtime = percentDecoded(parts[2]), !runtime.isEmpty
    else { return nil }
    return (runtime, operation)
  }

  /// The id of a runtime, by its ARN or as it is, and the program that stands for it.
  private func program(of runtime: String) throws(Failure) -> (id: String, program: AgentProgram) {
    var id = Substring(runtime)
    if runtime.hasPrefix("arn:") {
      let parts = runtime.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
      guard parts.count == 6, parts[2] == "bedrock-agentcore", parts[5].hasPrefix("runtime/"), parts[5].utf8.count > "runtime/".utf8.count
      else { throw Failure(400, "ValidationException", "'\(runtime)' is not the ARN of an agent runtime.") }
      id = parts[5].dropFirst("runtime/".count)
    }
    guard let program = host.settings.program(ofRuntime: String(id)) else {
      let known = host.settings.programs.map(\.name)
      throw Failure(
        404, "ResourceNotFoundException",
        "There is no agent runtime '\(id)' here: "
          + (known.isEmpty ? "none is registered" : "there are \(known.joined(separator: ", "))")
          + ". Register its program with --agent \(id)=PROGRAM.")
    }
    return (String(id), program)
  }

  private static func session(_ request: WebRequest, isRequired: Bool) throws(Failure) -> String? {
    guard let session = request.headers[sessionHeader] else {
      if isRequired { throw Failure(400, "ValidationException", "The header \(sessionHeader) is missing.") }
      return nil
    }
    guard sessionLength.contains(session.utf8.count) else {
      throw Failure(
        400, "ValidationException",
        "1 validation error detected: Value '\(session)' at 'runtimeSessionId' failed to satisfy constraint: Member must have length "
          + (session.utf8.count < sessionLength.lowerBound
            ? "greater than or equal to \(sessionLength.lowerBound)" : "less than or equal to \(sessionLength.upperBound)"))
    }
    let marks: Set<UInt8> = [UInt8(ascii: "-"), UInt8(ascii: "_")]
    guard session.utf8.first.map(AgentSettings.isLetterOrDigit) == true,
      session.utf8.allSatisfy({ AgentSettings.isLetterOrDigit($0) || marks.contains($0) })
    else {
      throw Failure(
        400, "ValidationException",
        "1 validation error detected: Value '\(session)' at 'runtimeSessionId' failed to satisfy constraint: Member must satisfy regular "
          + "expression pattern: [a-zA-Z0-9][a-zA-Z0-9-_]*")
    }
    return session
  }

  // MARK: Invoking

  private func invoke(
    _ request: WebRequest, runtime: String, program: AgentProgram, session: String, requestID: String
  ) throws(Failure) -> WebResponse {
    var headers = WebHeaders()
    for field in request.headers.fields {
      let name = field.name.lowercased()
      if name.hasPrefix(Self.customPrefix) || Self.passedOn.contains(where: { $0.lowercased() == name }) {
        headers.append(field.name, field.value)
      }
    }
    headers[Self.sessionHeader] = session
    headers["X-Amzn-Bedrock-AgentCore-Runtime-Request-Id"] = requestID
    let outcome = host.invoke(
      AgentHost.Invocation(runtime: runtime, program: program, session: session, headers: headers, body: request.body))
    switch outcome {
    case .failed(let reason): throw Failure(424, "RuntimeClientError", "The runtime did not answer: \(reason)")
    case .tooManySessions(let limit):
      throw Failure(
        402, "ServiceQuotaExceededException", "There are \(limit) sessions, the most at once: end one, or wait until one is idle.")
    case .stopped: throw Failure(500, "InternalServerException", "The server is stopping.")
    case .answered(let answer):
      guard (200..<300).contains(answer.status) else {
        let said = String(decoding: answer.body.prefix(1_000), as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        throw Failure(
          424, "RuntimeClientError",
          "Received error (\(answer.status)) from runtime: \(said.isEmpty ? "its answer has no body" : said). Its log is "
            + "\(host.settings.logFolder)/\(session).log")
      }
      var headers: WebHeaders = [Self.sessionHeader: session]
      headers["Content-Type"] = answer.headers["Content-Type"] ?? "application/octet-stream"
      for name in ["X-Amzn-Trace-Id", "traceparent", "tracestate", "baggage"] {
        if let value = answer.headers[name] ?? request.headers[name] { headers[name] = value }
      }
      return WebResponse(status: answer.status, headers: headers, body: answer.body)
    }
  }
}
