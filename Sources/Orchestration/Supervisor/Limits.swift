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
  /// Unless the request says otherwise; millionths of a US dollar.
  public var budgetMicroUSD: Int64 = 5_000_000
  /// From sending a task to its answer, unless the agent's row says otherwise: time for a second delivery, which comes when the queue's
  /// visibility timeout of 15 minutes has passed over a worker that died.
  public var taskTimeoutSeconds = 1800
  /// How long one handler may hold an orchestration for a model call.
  public var leaseMilliseconds: Int64 = 120_000
  /// How long after a round began its unsent tasks are sent by the sweeper.
  public var sendGraceMilliseconds: Int64 = 30_000
  /// How long after a run ended its outcome is published by the sweeper.
  public var publishGraceMilliseconds: Int64 = 10_000
  /// A model call is left to the sweeper when the invocation has less time than this.
  public var shortestCallMilliseconds: Int64 = 3_000
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
  /// Payloads over this many bytes go to the blob store and travel as references.
  public var inlineBytes = 200_000
  /// Bytes of conversation that a row keeps; the oldest messages above it go to the blob store. DynamoDB's limit is 400 KB an item.
  public var conversationRowBytes = 200_000

  public init() {}

  /// Bytes of one task's input or result that the tracking record keeps, so that all of a round's fit into one item.
  func taskRowBytes(taskCount: Int) -> Int { min(inlineBytes, 150_000 / max(1, taskCount)) }
}
