/// Where an orchestration stands.
public enum OrchestrationState: String, Sendable, CaseIterable {
  case running
  case completed
  case failed
  case cancelled
  /// Its deadline passed.
  case expired
  /// The next model call could have cost more than what is left of the budget.
  case budgetExhausted = "budget_exhausted"

  /// True for every state but running; a terminal state is never left.
  public var isTerminal: Bool { self != .running }
}

/// The right of one handler to move an orchestration on, until a time.
public struct Lease: Sendable, Equatable {
  public var owner: String
  /// Milliseconds since the Unix epoch; from then on anyone may take over.
  public var untilMilliseconds: Int64

  public init(owner: String, untilMilliseconds: Int64) {
    self.owner = owner
    self.untilMilliseconds = untilMilliseconds
  }
}

/// How an orchestration ended.
public struct Outcome: Sendable, Equatable {
  public var state: OrchestrationState
  /// The answer of a completed run, the reason of any other.
  public var message: String
  /// Where the message is when it is too large for the row; `message` is its beginning then.
  public var messageReference: PayloadReference?
  /// Stable name of the reason; nil for a completed run.
  public var code: String?
  public var decidedAtMilliseconds: Int64

  public init(
    state: OrchestrationState, message: String, messageReference: PayloadReference? = nil, code: String? = nil, decidedAtMilliseconds: Int64
  ) {
    self.state = state
    self.message = message
    self.messageReference = messageReference
    self.code = code
    self.decidedAtMilliseconds = decidedAtMilliseconds
  }
}
