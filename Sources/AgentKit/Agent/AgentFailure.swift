/// Why an agent has no answer.
public struct AgentFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of the failure, a stable name; open to additions.
  public struct Code: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    public static let turnLimit = Code(rawValue: "turn_limit")
    public static let tokenLimit = Code(rawValue: "token_limit")
    public static let budgetExhausted = Code(rawValue: "budget_exhausted")
    public static let deadlineExceeded = Code(rawValue: "deadline_exceeded")
    /// The answer was cut off at the reply's token limit again and again.
    public static let maxTokens = Code(rawValue: "max_tokens")
    public static let guardrailIntervened = Code(rawValue: "guardrail_intervened")
    public static let contentFiltered = Code(rawValue: "content_filtered")
    public static let malformedReply = Code(rawValue: "malformed_reply")
    public static let contextWindowExceeded = Code(rawValue: "context_window_exceeded")
    public static let unknownStopReason = Code(rawValue: "unknown_stop_reason")
    /// The model's service did not answer, or refused.
    public static let modelFailed = Code(rawValue: "model_failed")
    public static let cancelled = Code(rawValue: "cancelled")
    /// What a model call can cost could not be noted before it.
    public static let ledgerUnavailable = Code(rawValue: "ledger_unavailable")
  }

  public let code: Code
  /// What happened, with the figures, and what to do.
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "\(code): \(message)" }
}
