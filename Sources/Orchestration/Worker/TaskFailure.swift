public import AgentKit

/// Why a task has no result: what goes into its completion.
public struct TaskFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// A stable name.
  public let code: String
  /// What was wrong and what to do, for the model that asked; at most 4,000 bytes.
  public let message: String

  public init(_ code: String, _ message: String) {
    self.code = code
    self.message = message.shortened(toByteCount: 4_000)
  }

  public init(_ failure: AgentFailure) { self.init(failure.code.rawValue, failure.message) }

  public var description: String { "\(code): \(message)" }
}
