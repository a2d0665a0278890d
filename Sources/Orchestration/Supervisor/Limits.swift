/// The bounds of an orchestration; every one is configuration.
public struct Limits: Sendable, Equatable {
  /// Rounds of delegated tasks; the model's final answer is not counted.
  public var rounds = 25
  /// Tasks that one round may delegate; what is over is answered with an error.
  public var tasksPerRound = 32
  /// How many supervisors may stand above a task.
  public var depth = 3
  /// From the request to the answer, unless the request says otherwise.
  public var deadlineSeconds = 3600
  /// The longest that a request may ask for.
  public var maximumDeadlineSeconds = TaskRequest.maximumDeadlineSeconds
  /// Unless the request says otherwise; millionths of a US dollar.
  public var budgetMicroUSD: Int64 = 5_000_000
  /// The most that a request may ask for, in millionths of a US dollar.
  public var maximumBudgetMicroUSD: Int64 = 100_000_000
  /// From sending a task to its answer, unless the agent's row says otherwise: time for a second delivery, which comes when the queue's
  /// visibility timeout of 15 minutes has passed over a worker that died.
  public var taskTimeoutSeconds = 1800
  /// How long one handler may hold an orchestration for a model call.
  public var leaseMilliseconds: Int64 = 120_000
  /// How long after a round began its unsent tasks are sent by the sweeper.
  public var sendGraceMilliseconds: Int64 = 30_000
  /// How long after a run ended its outcome is published by the sweeper.
  public var publishGraceMilliseconds: Int64 = 10_000
  /// How long the sweeper leaves a run alone that waits for tasks: the handler of the last answer may have died before it went on.
  public var longestRestMilliseconds: Int64 = 60_000
  /// Time for a whole reply of a model. A call is left to another invocation when this one has less, or less than half of its time.
  public var callMilliseconds: Int64 = 60_000
  /// No call is made in less time than this, however short the invocation.
  public var shortestCallMilliseconds: Int64 = 3_000
  /// Model calls that one sweep makes by itself; runs beyond them are woken, each by an event of its own.
  public var callsOfSweep = 8
  /// Runs that one sweep wakes in this way; the others are the next sweep's, so that an outage does not end in a stampede.
  public var wakesOfSweep = 200
  /// How long a cancellation waits for a run that is not there: EventBridge keeps no order, so the request may be on its way.
  public var cancelPatienceMilliseconds: Int64 = 5_000
  /// Model calls in a row that may fail before the run fails.
  public var modelFailures = 6
  /// Unusable replies in a row that are asked for again.
  public var malformedReplies = 1
  /// Replies in a row that may be cut off at the token limit.
  public var continuations = 3
  /// Times that tool results are shortened further to fit the context window.
  public var compactions = 3
  /// How long a callback that cannot be reached is tried again, in pauses that double from one minute.
  public var callbackPatienceMilliseconds: Int64 = 24 * 3_600_000
  /// How long after a run's end what it left in the blob store is gone through: longer than any handler lives that has seen it run, which is
  /// 15 minutes, and than the clocks of machines differ.
  public var collectionGraceMilliseconds: Int64 = 3_600_000
  /// How long that is tried again when it fails, in pauses that double from one minute.
  public var collectionPatienceMilliseconds: Int64 = 24 * 3_600_000
  /// Payloads over this many bytes go to the blob store and travel as references.
  public var inlineBytes = 200_000
  /// Bytes of conversation that a row keeps; the oldest messages above it go to the blob store. DynamoDB's limit is 400 KB an item.
  public var conversationRowBytes = 200_000

  public init() {}

  /// Tool uses that a reply may hold, sent or refused: all of them must fit into one tracking record.
  static let toolUsesOfReply = 256

  /// Bytes of one task's input or result that the tracking record keeps, so that all of a round's fit into one item.
  func taskRowBytes(taskCount: Int) -> Int { min(inlineBytes, 150_000 / max(1, taskCount)) }

  /// Bytes that the tracking record keeps of why a task was refused.
  func refusalBytes(taskCount: Int) -> Int { min(1000, 100_000 / max(1, taskCount)) }
}
