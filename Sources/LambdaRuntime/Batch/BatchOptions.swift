/// How a batch of records is worked through.
public struct BatchOptions: Sendable {
  /// What a failed message of a FIFO queue means for those behind it.
  public enum FIFOFailure: Sendable {
    /// None of them is begun: the batch keeps its order as a whole.
    case stopsBatch
    /// Those of its group are not begun; other groups go on.
    case stopsGroup
  }

  /// A record is not begun, and comes again, when less time than this is left until the deadline: a batch that Lambda cuts off would come again
  /// as a whole, with what was done already.
  public var marginMilliseconds: Int64
  /// 0 to 100; a record behind another one is not begun either, and comes again, when less than this part of the time is left that the batch
  /// began with. For work that may need most of an invocation.
  public var laterRecordsPercent: Int
  /// Records that may be under way at once, 1 or more. Messages of a FIFO queue go on in parallel by group, with `stopsGroup` only; records of a
  /// stream never do.
  public var concurrency: Int
  public var fifoFailure: FIFOFailure
  /// Whether an invocation of which every record failed is an error of the function's, which `Errors` counts and alarms see. The records come
  /// again in either case.
  public var throwsWhenAllFail: Bool

  public init(
    marginMilliseconds: Int64 = 500, laterRecordsPercent: Int = 0, concurrency: Int = 1, fifoFailure: FIFOFailure = .stopsBatch,
    throwsWhenAllFail: Bool = true
  ) {
    self.marginMilliseconds = marginMilliseconds
    self.laterRecordsPercent = min(100, max(0, laterRecordsPercent))
    self.concurrency = max(1, concurrency)
    self.fifoFailure = fifoFailure
    self.throwsWhenAllFail = throwsWhenAllFail
  }
}

/// Every record of a batch failed; each failure is in the log.
public struct WholeBatchError: LambdaError, Equatable, CustomStringConvertible {
  public let lambdaErrorType = "Function.WholeBatchFailed"
  public let count: Int
  /// What the first record failed with.
  public let first: String

  public var description: String { "all \(count) records of the batch failed and will come again; the first: \(first)" }
}
