internal import JSON

/// Works through one batch as `BatchMachine` says, and tells Lambda what comes again.
struct BatchRun: Sendable {
  /// A record as this part knows it.
  struct Entry: Sendable {
    /// How Lambda tells the record apart: a message id, a sequence number.
    let identifier: String
    let group: String?
    let work: @Sendable () async throws -> Void
  }

  /// How a record is called in the log, such as "an SQS message", and under which name its identifier stands there.
  let noun: String
  let identifierName: String
  let options: BatchOptions
  let context: LambdaContext
  let remaining: @Sendable (LambdaContext) -> Int64

  /// Runs the work of all entries that may be begun.
  /// - Parameter isStream: a stream goes on at the first record that was not done; only that one is reported.
  /// - Returns: the response, `{"batchItemFailures":[...]}`.
  /// - Throws: `WholeBatchError` where the options ask for it.
  func callAsFunction(_ entries: [Entry], order: BatchMachine.Order, isStream: Bool = false) async throws -> [UInt8] {
    var machine = BatchMachine(groups: entries.map(\.group), order: order, concurrency: options.concurrency)
    let laterMargin = max(options.marginMilliseconds, remaining(context) / 100 * Int64(options.laterRecordsPercent))
    func isTimeUp(_ index: Int) -> Bool { remaining(context) < (index == 0 ? options.marginMilliseconds : laterMargin) }
    var firstFailure: String?
    func ended(_ index: Int, _ failure: String?) {
      machine.ended(index, failed: failure != nil)
      firstFailure = firstFailure ?? failure
    }
    if options.concurrency == 1 {
      while case .begin(let index) = machine.next(isTimeUp: isTimeUp) { ended(index, await failure(of: entries[index])) }
    } else {
      await withTaskGroup(of: (Int, String?).self) { group in
        while true {
          switch machine.next(isTimeUp: isTimeUp) {
          case .begin(let index): group.addTask { (index, await failure(of: entries[index])) }
          case .wait:
            guard let (index, failure) = await group.next() else { return }
            ended(index, failure)
          case .finished: return
          }
        }
      }
    }
    for index in machine.notBegun.prefix(isStream ? 1 : .max) {
      log(.warn, "too little time is left to begin \(noun); it will come again", entries[index])
    }
    if options.throwsWhenAllFail, machine.everythingFailed, let firstFailure {
      throw WholeBatchError(count: entries.count, first: firstFailure)
    }
    return Self.response(machine.unfinished.prefix(isStream ? 1 : .max).map { entries[$0].identifier })
  }

  private func failure(of entry: Entry) async -> String? {
    do {
      try await entry.work()
      return nil
    } catch {
      let failure = InvocationFailure(error)
      log(.error, "\(noun) failed and will come again: \(failure.message)", entry, [("errorType", failure.type)])
      return failure.message
    }
  }

  private func log(_ level: RuntimeLog.Level, _ message: String, _ entry: Entry, _ fields: [(String, String)] = []) {
    context.log.log(level, message, requestID: context.requestID, [(identifierName, entry.identifier)] + fields)
  }

  private static func response(_ failures: [String]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("batchItemFailures")
    writer.beginArray()
    for identifier in failures {
      writer.beginObject()
      writer.member("itemIdentifier", identifier)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}
