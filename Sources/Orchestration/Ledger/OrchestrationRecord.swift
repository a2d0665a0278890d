import AWSClient
import AgentKit

/// The row of one orchestration: everything that must survive a crash, and nothing that can be derived.
public struct OrchestrationRecord: Sendable, Equatable {
  /// What has been spent on models so far, by the Supervisor and by its agents.
  public struct Spending: Sendable, Equatable {
    public var inputTokens: Int64 = 0
    public var outputTokens: Int64 = 0
    /// Millionths of a US dollar.
    public var costMicroUSD: Int64 = 0
    /// Set aside for the model call in flight or for the tasks that are out; counts as spent until it is settled.
    public var reservedMicroUSD: Int64 = 0
    public var modelCalls: Int = 0

    public init() {}

    /// Counts what was spent. The figures come from services and agents, so that sums which would overflow stay at the largest number.
    mutating func charge(costMicroUSD: Int64, inputTokens: Int64 = 0, outputTokens: Int64 = 0) {
      self.costMicroUSD = self.costMicroUSD.saturatingAdd(costMicroUSD)
      self.inputTokens = self.inputTokens.saturatingAdd(inputTokens)
      self.outputTokens = self.outputTokens.saturatingAdd(outputTokens)
    }
  }

  /// Troubles so far; each has a limit.
  public struct Troubles: Sendable, Equatable {
    /// Model calls in a row that failed and may be tried again.
    public var modelFailures = 0
    /// Model calls in a row that the service was too busy for.
    public var throttlings = 0
    /// Replies in a row that could not be used.
    public var malformedReplies = 0
    /// Replies in a row that were cut off at the token limit and continued.
    public var continuations = 0
    /// How far tool results are shortened to fit the context window; 0 is not at all.
    public var compaction = 0
    /// What the last model call failed with, "CODE: message"; nil when it succeeded.
    public var lastError: String?

    public init() {}
  }

  public var id: String
  /// Grows by one with every write; every write is conditional on it.
  public var version: Int64
  public var state: OrchestrationState
  public var createdAtMilliseconds: Int64
  public var task: String
  public var conversation: [StoredMessage]
  /// Rounds of delegated tasks started so far.
  public var rounds: Int
  /// Key of the tracking record of the newest round.
  public var requestID: String?
  public var lease: Lease?
  /// When the sweeper must look at the row; nil for a row that needs nothing more.
  public var wakeAtMilliseconds: Int64?
  /// No model call before this time: the pause after a failed one.
  public var retryAtMilliseconds: Int64?
  public var deadlineMilliseconds: Int64
  public var budgetMicroUSD: Int64
  public var spending: Spending
  public var troubles: Troubles
  /// When a task of the run was answered whose agent changed the registry, in milliseconds since the Unix epoch; nil when none did. The model
  /// is asked with a registry that was read after that.
  public var registryChangedAtMilliseconds: Int64?
  /// The reason that whoever cancelled the run gave; nil when nobody did.
  public var cancelRequested: String?
  public var callback: Callback?
  public var depth: Int
  public var traceHeader: String?
  public var outcome: Outcome?
  /// When the outcome's events were published; nil until then.
  public var publishedAtMilliseconds: Int64?

  public init(
    id: String, task: String, createdAtMilliseconds: Int64, deadlineMilliseconds: Int64, budgetMicroUSD: Int64, callback: Callback? = nil,
    depth: Int = 0, traceHeader: String? = nil, conversation: [StoredMessage]
  ) {
    self.id = id
    version = 1
    state = .running
    self.createdAtMilliseconds = createdAtMilliseconds
    self.task = task
    self.conversation = conversation
    rounds = 0
    self.deadlineMilliseconds = deadlineMilliseconds
    self.budgetMicroUSD = budgetMicroUSD
    spending = Spending()
    troubles = Troubles()
    self.callback = callback
    self.depth = depth
    self.traceHeader = traceHeader
  }

  /// True when the conversation ends with the user's side, so that the model is to speak next.
  public var needsModel: Bool { conversation.last?.role != .assistant }

  /// What may still be spent, in millionths of a US dollar; never below zero.
  public var availableMicroUSD: Int64 {
    max(0, budgetMicroUSD.saturatingSubtract(spending.costMicroUSD.saturatingAdd(spending.reservedMicroUSD)))
  }

  /// The objects of the blob store that the row refers to.
  var payloadKeys: Set<String> {
    var keys = Set<String>()
    for case .spilled(_, let reference) in conversation { keys.insert(reference.key) }
    if let key = outcome?.messageReference?.key { keys.insert(key) }
    return keys
  }

  /// Counts what was set aside as spent: the call or task it was for can no longer tell.
  mutating func writeOffReservation() {
    spending.charge(costMicroUSD: spending.reservedMicroUSD)
    spending.reservedMicroUSD = 0
  }
}
