/// Which session is to end.
public struct StopRuntimeSessionInput: Sendable {
  public var agentRuntimeARN: String
  /// 33 to 256 characters.
  public var runtimeSessionID: String
  public var qualifier: String?
  /// Tells a request that arrives twice from a second one, 33 to 256 letters, digits and hyphens; nil for a random one.
  public var clientToken: String?

  public init(agentRuntimeARN: String, runtimeSessionID: String, qualifier: String? = nil, clientToken: String? = nil) {
    self.agentRuntimeARN = agentRuntimeARN
    self.runtimeSessionID = runtimeSessionID
    self.qualifier = qualifier
    self.clientToken = clientToken
  }
}

public struct StopRuntimeSessionOutput: Sendable {
  public var statusCode: Int
  public var runtimeSessionID: String

  public init(statusCode: Int, runtimeSessionID: String) {
    self.statusCode = statusCode
    self.runtimeSessionID = runtimeSessionID
  }
}
