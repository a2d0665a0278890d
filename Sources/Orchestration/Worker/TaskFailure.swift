import AgentKit
import JSON

/// Why a task has no result: what goes into its completion.
struct TaskFailure: Error, Sendable, Hashable {
  /// A stable name.
  let code: String
  /// What was wrong and what to do, for the model that asked.
  let message: String

  init(_ code: String, _ message: String) {
    self.code = code
    self.message = message.shortened(toByteCount: 4_000)
  }

  init(_ failure: AgentFailure) { self.init(failure.code.rawValue, failure.message) }
}
