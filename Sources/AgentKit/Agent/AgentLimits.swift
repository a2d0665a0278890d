/// The bounds of one run of an agent.
public struct AgentLimits: Sendable, Hashable {
  /// Model calls.
  public var turns = 20
  /// The longest reply of one model call, in tokens.
  public var maxTokens = 4_096
  /// Input, output and cached tokens of all calls together.
  public var totalTokens = 2_000_000
  /// What all model calls together may cost, in millionths of a US dollar.
  public var budgetMicroUSD: Int64 = 1_000_000
  /// When the answer must be there, in milliseconds since the Unix epoch; nil for no deadline.
  public var deadlineMilliseconds: Int64?
  /// How long one tool call may take.
  public var toolTimeoutMilliseconds: Int64 = 60_000
  /// The largest result of one tool call, in bytes of JSON.
  public var toolResultBytes = 100_000
  /// Tool calls of one reply that run at the same time.
  public var parallelToolCalls = 8
  /// Tool calls of one reply; what is over is answered with an error.
  public var toolCallsPerTurn = 32
  /// Replies in a row that may be cut off at the token limit.
  public var continuations = 3
  /// Unusable replies in a row that are asked for again.
  public var malformedReplies = 1
  /// Model calls in a row that may fail for a reason that passes (throttling, an unavailable service).
  public var modelFailures = 3

  public init() {}
}
