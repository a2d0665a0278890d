internal import JSON

/// Serves batches of SQS messages one message at a time, and tells SQS which of them to hand out again.
///
/// The event source mapping must report batch item failures (`FunctionResponseTypes: [ReportBatchItemFailures]`).
/// A message that cannot be read, or whose handler throws, fails alone: it comes again, and after the queue's maximum goes to its
/// dead-letter queue. In a FIFO queue the messages behind it wait for it, because their order would be lost.
public struct SQSHandler: LambdaHandler {
  private let marginMilliseconds: Int64
  private let body: @Sendable (SQSRecord, LambdaContext) async throws -> Void

  /// - Parameter marginMilliseconds: a message is not begun, and comes again, when less time than this is left until the deadline; a
  ///   batch that Lambda cuts off would come again as a whole, with what was done already.
  public init(
    marginMilliseconds: Int64 = 500, _ body: @escaping @Sendable (SQSRecord, LambdaContext) async throws -> Void
  ) {
    self.marginMilliseconds = marginMilliseconds
    self.body = body
  }

  /// - Throws: `InvalidEventError` for an event that is no batch of messages; nothing was begun then.
  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
    let batch: SQSEvent
    do throws(JSONError) { batch = try SQSEvent(json: event) } catch {
      throw InvalidEventError("the event is no batch of SQS messages: \(error)")
    }
    var failures: [String] = []
    for entry in batch.entries {
      let isFIFO = (try? entry.record.get().isFromFIFOQueue) ?? false
      if isFIFO, !failures.isEmpty {
        failures.append(entry.messageID)
      } else if context.remainingMilliseconds < marginMilliseconds {
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
