import AWSClient
import AgentKit

/// Decides how often a write of the journal is tried, and remembers what failed. Pure but for the pause that it is given.
struct JournalWriter: Sendable {
  /// How much is done for a write.
  enum Effort: Sendable {
    /// With its repetitions, while the table seems to be there.
    case normal
    /// Without repetitions, and whatever came of earlier writes: the next of its kind comes soon, and it holds nobody.
    case once
    /// With its repetitions, also when earlier writes failed: it is the one that others wait for.
    case always
  }

  /// Waits before a write is repeated, in milliseconds.
  static let waits: [Int64] = [1_000, 2_000, 4_000]
  /// Writes in a row that fail before later ones are made once, and only now and then.
  static let patience = 2
  /// How long writes are left out then, in milliseconds.
  static let restMilliseconds: Int64 = 15_000

  let clock: any Clock
  let pause: @Sendable (Int64) async throws -> Void
  /// True when nothing may wait any more.
  var isHurried = false
  private(set) var problem: JournalProblem?
  private var failuresInARow = 0
  private var restsUntil: Int64 = .min
  private var lost: [JournalProblem: Int] = [:]
  private var order: [JournalProblem] = []

  init(clock: any Clock, pause: @escaping @Sendable (Int64) async throws -> Void) {
    self.clock = clock
    self.pause = pause
  }

  private var isImpatient: Bool { failuresInARow >= Self.patience }

  /// Signs of life do not rest: others wait for them, and the first that arrives ends the rest of all, also when the clock was set back.
  func mayTry(_ effort: Effort) -> Bool { effort != .normal || isHurried || !isImpatient || clock.nowMilliseconds >= restsUntil }

  /// How long to wait before the next attempt; nil when there is none.
  func wait(afterAttempt attempt: Int, _ effort: Effort) -> Int64? {
    guard !isHurried, effort != .once, effort == .always || !isImpatient, attempt <= Self.waits.count else { return nil }
    return Self.waits[attempt - 1]
  }

  mutating func noteSuccess() {
    failuresInARow = 0
    problem = nil
  }

  mutating func noteFailure(_ problem: JournalProblem, _ effort: Effort) {
    // A sign of life is one short attempt: it is no reason to leave out what is tried with patience.
    if effort != .once {
      failuresInARow += 1
      if isImpatient { restsUntil = clock.nowMilliseconds.saturatingAdd(Self.restMilliseconds) }
    }
    noteLost(problem, effort)
  }

  /// Notes a write that was not made. A sign of life is none that anybody would miss in a journal.
  mutating func noteLost(_ problem: JournalProblem, _ effort: Effort) {
    self.problem = problem
    guard effort != .once else { return }
    if lost[problem] == nil { order.append(problem) }
    lost[problem, default: 0] += 1
  }

  var gaps: [Gap] {
    order.map { problem in
      Gap(
        .journal, subject: "Journal", message: "\(problem)",
        consequence: "The journal of this session is not complete; the analysis went on.", count: lost[problem] ?? 1)
    }
  }
}

/// Why the journal could not be written or read.
struct JournalProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The error types of the journal tool's replies.
  enum Code: String, Sendable, Hashable {
    case noSession = "NO_SESSION"
    case taskNotFound = "TASK_NOT_FOUND"
    case tableNotFound = "TABLE_NOT_FOUND"
    case accessDenied = "ACCESS_DENIED"
    case conditionFailed = "CONDITION_FAILED"
    case validationError = "VALIDATION_ERROR"
    case dynamoDBError = "DYNAMODB_ERROR"
  }

  let code: Code
  let message: String
  /// True when the same write may succeed later.
  let isTransient: Bool

  init(_ code: Code, _ message: String, isTransient: Bool = false) {
    self.code = code
    self.message = message
    self.isTransient = isTransient
  }

  init(_ error: any Error) {
    guard let error = error as? AWSError else {
      self.init(.dynamoDBError, "\(error)", isTransient: !(error is CancellationError))
      return
    }
    // Without the request's id, which would make every failure a gap of its own.
    let text = error.message.isEmpty ? error.code : "\(error.code): \(error.message)"
    switch error.code {
    case "ResourceNotFoundException": self.init(.tableNotFound, text)
    case "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", AWSError.credentialsCode:
      self.init(.accessDenied, text)
    case "ConditionalCheckFailedException": self.init(.conditionFailed, text)
    case "ValidationException", AWSError.invalidInputCode, AWSError.invalidConfigurationCode: self.init(.validationError, text)
    default:
      self.init(
        .dynamoDBError, text, isTransient: error.isRetryable || error.isSureToHaveDoneNothing || error.code == AWSError.deadlineCode)
    }
  }

  var description: String { "\(code.rawValue): \(message)" }
}

/// Texts of others as the journal keeps them.
enum JournalText {
  /// The longest error message of a row, in characters of Unicode.
  static let limit = 2_000

  static func bounded(_ text: String, to limit: Int = JournalText.limit) -> String {
    text.unicodeScalars.count <= limit ? text : String(text.unicodeScalars.prefix(limit)) + " [cut]"
  }
}
