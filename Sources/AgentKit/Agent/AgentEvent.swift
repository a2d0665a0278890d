public import AWSClient

/// What an agent did, for logs and metrics; it holds no content.
public enum AgentEvent: Sendable, Hashable {
  case modelAnswered(turn: Int, stopReason: StopReason, usage: TokenUsage, costMicroUSD: Int64, milliseconds: Int64)
  /// - Parameter code: the service's code of the error; nil when it has none.
  case modelFailed(turn: Int, code: String?, error: String, willRetry: Bool)
  case toolFinished(name: String, id: String, isError: Bool, milliseconds: Int64)
  case compacted(fromBytes: Int, toBytes: Int)
}
