public import LambdaRuntime

/// Why an agent was not asked, or did not take the session; a state machine tells them apart by `errorType`, "AgentInvoker.Throttled".
public struct AgentInvokerError: LambdaError, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The event cannot be used, or the service refused what was made of it; the same event fails again.
    case invalidInput = "InvalidInput"
    /// A variable of the function's environment is missing or wrong, or it has no credentials.
    case notConfigured = "NotConfigured"
    /// The function's role may not call the agent.
    case accessDenied = "AccessDenied"
    /// There is no such runtime, or no such version of it.
    case agentNotFound = "AgentNotFound"
    /// Too many calls or sessions; later is better.
    case throttled = "Throttled"
    /// AgentCore could not be reached, or failed; later is better.
    case unavailable = "Unavailable"
    /// The agent refused the session: HTTP 400 to 499, with its message.
    case agentRejected = "AgentRejected"
    /// The agent failed (HTTP 500 to 599), did not start, or answered what cannot be used.
    case agentFailed = "AgentFailed"
    /// No answer came in the function's time; the agent may have begun.
    case timeout = "Timeout"

    /// True where the same event may succeed later. To ask an agent twice for one session is harmless: the second finds it busy.
    public var isTransient: Bool { self == .throttled || self == .unavailable || self == .timeout }
  }

  public let kind: Kind
  /// What was wrong and what to do.
  public let description: String

  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  public var lambdaErrorType: String { "AgentInvoker.\(kind.rawValue)" }
}
