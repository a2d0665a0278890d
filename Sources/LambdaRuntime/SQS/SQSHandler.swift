internal import JSON

/// Serves batches of SQS messages message by message, and tells SQS which of them to hand out again.
///
/// The event source mapping must report batch item failures (`FunctionResponseTypes: [ReportBatchItemFailures]`).
/// A message that cannot be read, or whose handler throws, fails alone: it comes again, and after the queue's maximum goes to its
/// dead-letter queue. In a FIFO queue the messages behind it wait for it, because their order would be lost.
public struct SQSHandler: LambdaHandler, Sendable {
  private let options: BatchOptions
  private let remaining: @Sendable (LambdaContext) -> Int64
  private let body: @Sendable (SQSRecord, LambdaContext) async throws -> Void

  /// A handler that works one message at a time, and never fails as a whole: also a batch of which every message failed is reported.
  /// - Parameters:
  ///   - marginMilliseconds: a message is not begun, and comes again, when less time than this is left until the deadline; a
  ///     batch that Lambda cuts off would come again as a whole, with what was done already.
  ///   - laterMessagesPercent: 0 to 100; a message behind another one is not begun either, and comes again, when less than this part of the
  ///     time is left that the batch began with. For work that may need most of an invocation.
  public init(
    marginMilliseconds: Int64 = 500, laterMessagesPercent: Int = 0,
    _ body: @escaping @Sendable (SQSRecord, LambdaContext) async throws -> Void
  ) {
    self.init(
      BatchOptions(marginMilliseconds: marginMilliseconds, laterRecordsPercent: laterMessagesPercent, throwsWhenAllFail: false), body)
  }

  /// A handler that works several messages at a time, group by group, or fails as a whole, as the options say.
  public init(_ options: BatchOptions, _ body: @escaping @Sendable (SQSRecord, LambdaContext) async throws -> Void) {
    self.init(options, remaining: { $0.remainingMilliseconds }, body)
  }

  init(
    _ options: BatchOptions, remaining: @escaping @Sendable (LambdaContext) -> Int64,
    _ body: @escaping @Sendable (SQSRecord, LambdaContext) async throws -> Void
  ) {
    self.options = options
    self.remaining = remaining
    self.body = body
  }

  /// - Throws: `InvalidEventError` for an event that is no batch of messages, before anything has begun; `WholeBatchError` where the options
  ///   ask for it.
  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
    let batch: SQSEvent
    do throws(JSONError) { batch = try SQSEvent(json: event) } catch {
      throw InvalidEventError("the event is no batch of SQS messages: \(error)")
    }
    let run = BatchRun(noun: "an SQS message", identifierName: "messageId", options: options, context: context, remaining: remaining)
    // A batch is of one queue.
    let isFIFO = batch.records.first?.isFromFIFOQueue ?? false
    return try await run(
      batch.entries.map { entry in
        BatchRun.Entry(identifier: entry.messageID, group: entry.messageGroupID) { [body] in try await body(try entry.record.get(), context)
        }
      },
      order: !isFIFO ? .none : options.fifoFailure == .stopsBatch ? .wholeBatch : .groups)
  }
}
