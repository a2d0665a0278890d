internal import JSON

/// Serves batches of SQS messages one message at a time, and tells SQS which of them to hand out again.
///
/// The event source mapping must report batch item failures (`FunctionResponseTypes: [ReportBatchItemFailures]`).
/// A message that cannot be read, or whose handler throws, fails alone: it comes again, and after the queue's maximum goes to its
/// dead-letter queue. In a FIFO queue the messages behind it wait for it, because their order would be lost.
public struct SQSHandler: LambdaHandler, Sendable {
  private let marginMilliseconds: Int64
  private let laterMessagesPercent: Int64
  private let remaining: @Sendable (LambdaContext) -> Int64
  private let body: @Sendable (SQSRecord, LambdaContext) async throws -> Void

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
      marginMilliseconds: marginMilliseconds, laterMessagesPercent: laterMessagesPercent, remaining: { $0.remainingMilliseconds }, body)
  }

  init(
    marginMilliseconds: Int64, laterMessagesPercent: Int, remaining: @escaping @Sendable (LambdaContext) -> Int64,
    _ body: @escaping @Sendable (SQSRecord, LambdaContext) async throws -> Void
  ) {
    self.marginMilliseconds = marginMilliseconds
    self.laterMessagesPercent = Int64(laterMessagesPercent)
    self.remaining = remaining
    self.body = body
  }

  /// - Throws: `InvalidEventError` for an event that is no batch of messages; nothing was begun then.
  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
    let batch: SQSEvent
    do throws(JSONError) { batch = try SQSEvent(json: event) } catch {
      throw InvalidEventError("the event is no batch of SQS messages: \(error)")
    }
    var failures: [String] = []
    let laterMargin = max(marginMilliseconds, remaining(context) / 100 * laterMessagesPercent)
    for (index, entry) in batch.entries.enumerated() {
      let isFIFO = (try? entry.record.get().isFromFIFOQueue) ?? false
      if isFIFO, !failures.isEmpty {
        failures.append(entry.messageID)
      } else if remaining(context) < (index == 0 ? marginMilliseconds : laterMargin) {
        context.log.log(
          .warn, "too little time is left to begin this message; it will come again", requestID: context.requestID,
          [("messageId", entry.messageID)])
        failures.append(entry.messageID)
      } else if await !succeeds(entry, context) {
        failures.append(entry.messageID)
      }
    }
    return Self.response(failures)
  }

  private func succeeds(_ entry: SQSEvent.Entry, _ context: LambdaContext) async -> Bool {
    do {
      try await body(try entry.record.get(), context)
      return true
    } catch {
      let failure = InvocationFailure(error)
      context.log.log(
        .error, "an SQS message failed and will come again: \(failure.message)", requestID: context.requestID,
        [("messageId", entry.messageID), ("errorType", failure.type)])
      return false
    }
  }

  private static func response(_ failures: [String]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("batchItemFailures")
    writer.beginArray()
    for messageID in failures {
      writer.beginObject()
      writer.member("itemIdentifier", messageID)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}
