internal import AWSClient

extension AgentInvokerError {
  /// What a failed call means to whoever waits for the agent.
  init(_ error: AWSError, runtime: String) {
    let kind = Self.kind(of: error)
    let advice: String? =
      switch kind {
      case .accessDenied: "the function's role needs bedrock-agentcore:InvokeAgentRuntime on \(runtime) and on its endpoints"
      case .agentNotFound: "is AGENT_CORE_RUNTIME_ARN the ARN of a runtime in this region? It is '\(runtime)'"
      case .timeout: "the agent may have begun: the journal tells"
      default: nil
      }
    // Longer texts are an agent's page, not its message.
    let text = "\(error)".cut(2_000)
    self.init(kind, advice.map { "\(text) (\($0))" } ?? text)
  }

  private static func kind(of error: AWSError) -> Kind {
    switch error.code {
    case AWSError.invalidInputCode: return .invalidInput
    case AWSError.invalidConfigurationCode, AWSError.credentialsCode: return .notConfigured
    case AWSError.timeoutCode, AWSError.deadlineCode: return .timeout
    case AgentCoreClient.answerTooLongCode: return .agentFailed
    case AWSError.connectionCode, AWSError.lostCode, AWSError.certificateCode, AWSError.invalidResponseCode: return .unavailable
    case "RuntimeClientError":
      return agentStatus(in: error.message).map { (400..<500).contains($0) } == true ? .agentRejected : .agentFailed
    case "ResourceNotFoundException": return .agentNotFound
    case "ServiceQuotaExceededException": return .throttled
    case "RetryableConflictException", "ConflictException": return .unavailable
    case "AccessDeniedException", "UnauthorizedException", "UnrecognizedClientException", "InvalidSignatureException",
      "ExpiredTokenException", "IncompleteSignatureException", "MissingAuthenticationTokenException":
      return .accessDenied
    default: break
    }
    if error.isThrottling { return .throttled }
    guard let status = error.httpStatus else { return .unavailable }
    switch status {
    case 401, 403: return .accessDenied
    case 404: return .agentNotFound
    case 408, 500...: return .unavailable
    case 429: return .throttled
    default: return .invalidInput
    }
  }

  /// The agent's own status, which the service has in its message only: "Received error (500) from runtime."
  static func agentStatus(in message: String) -> Int? {
    let marker = "Received error ("
    guard message.hasPrefix(marker) else { return nil }
    let rest = message.utf8.dropFirst(marker.utf8.count)
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard digits.count == 3, digits.endIndex < rest.endIndex, rest[digits.endIndex] == UInt8(ascii: ")") else { return nil }
    return Int(String(Substring(digits)))
  }
}
