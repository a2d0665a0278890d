/// What an agent is asked, and in which session.
public struct InvokeAgentRuntimeInput: Sendable {
  /// The largest payload, in bytes.
  /// https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_InvokeAgentRuntime.html
  public static let largestPayloadBytes = 100_000_000

  /// The ARN of the runtime.
  public var agentRuntimeARN: String
  /// 33 to 256 characters; the same id reaches the same container.
  public var runtimeSessionID: String
  /// What the agent gets, as it is; nearly always JSON.
  public var payload: [UInt8]
  /// The runtime's version or endpoint; nil for its default one.
  public var qualifier: String?
  public var contentType: String
  public var accept: String
  /// The longest answer that is taken, in bytes.
  public var maximumResponseBytes: Int

  public init(
    agentRuntimeARN: String, runtimeSessionID: String, payload: [UInt8], qualifier: String? = nil, contentType: String = "application/json",
    accept: String = "application/json", maximumResponseBytes: Int = 1 << 20
  ) {
    self.agentRuntimeARN = agentRuntimeARN
    self.runtimeSessionID = runtimeSessionID
    self.payload = payload
    self.qualifier = qualifier
    self.contentType = contentType
    self.accept = accept
    self.maximumResponseBytes = maximumResponseBytes
  }
}

/// What the agent answered.
public struct InvokeAgentRuntimeOutput: Sendable {
  /// The agent's HTTP status, 200 to 299.
  public var statusCode: Int
  public var runtimeSessionID: String
  public var traceID: String?
  public var contentType: String?
  public var response: [UInt8]

  public init(statusCode: Int, runtimeSessionID: String, traceID: String?, contentType: String?, response: [UInt8]) {
    self.statusCode = statusCode
    self.runtimeSessionID = runtimeSessionID
    self.traceID = traceID
    self.contentType = contentType
    self.response = response
  }
}

extension InvokeAgentRuntimeInput: CustomStringConvertible, CustomReflectable {
  /// Without the payload, which the service's model calls sensitive.
  public var description: String { "InvokeAgentRuntimeInput(\(agentRuntimeARN), \(runtimeSessionID), \(payload.count) bytes)" }
  public var customMirror: Mirror { Mirror(self, children: ["agentRuntimeARN": agentRuntimeARN, "runtimeSessionID": runtimeSessionID]) }
}

extension InvokeAgentRuntimeOutput: CustomStringConvertible, CustomReflectable {
  /// Without the answer, which the service's model calls sensitive.
  public var description: String { "InvokeAgentRuntimeOutput(\(statusCode), \(runtimeSessionID), \(response.count) bytes)" }
  public var customMirror: Mirror { Mirror(self, children: ["statusCode": statusCode, "runtimeSessionID": runtimeSessionID]) }
}
