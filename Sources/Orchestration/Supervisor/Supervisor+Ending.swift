import AWSClient
import JSON

/// The end of a run, and who hears of it.
extension Supervisor {
  /// - Returns: the ended row; nil when somebody else wrote first, so that it must be read again.
  func finish(_ record: OrchestrationRecord, _ outcome: Outcome, _ round: RoundRecord?) async throws -> OrchestrationRecord? {
    guard var latest = round else { return try await effects.store.update(record, to: machine.ended(record, outcome)) }
    // Work that is queued or running is told by its closed task that nobody waits for it. The tasks come first: after a handler that dies
    // between them and the row the run is still to be ended.
    for task in latest.tasks where task.isPending {
      let result = TaskResult(isError: true, code: outcome.code, message: outcome.message, closedAtMilliseconds: now)
      switch try await effects.store.close(task.toolUseID, of: latest.requestID, state: .failed, result: result) {
      // One that was answered just before is paid for.
      case .closed(let round), .alreadyClosed(let round): latest = round
      case .unknownTask, .unknownRound: break
      }
    }
    return try await effects.store.update(record, to: machine.ended(machine.charged(record, latest, endCode: outcome.code), outcome))
  }

  /// Sends the outcome where the caller asked for it.
  private func tellCaller(_ record: OrchestrationRecord, _ outcome: Outcome) async throws {
    switch record.callback {
    case nil: return
    case .eventBridge(let busName, let source, let detailType):
      try await effects.bus.publish([
        OutcomeEvents.response(record, outcome, source: source, detailType: detailType, busName: busName)
      ])
    case .sqs(let queueURL):
      let message = QueueMessage(
        id: "callback", queueURL: queueURL, body: OutcomeEvents.responseDetail(record, outcome), traceHeader: record.traceHeader)
      guard let failure = await effects.queue.send([message])["callback"] else { return }
      let problem = WireError(field: "callback.queueUrl", value: queueURL, expected: "a queue that takes messages (\(failure.reason))")
      // The outcome waits for a permission as long as for a queue that is out of order.
      guard failure.isPermanent, !failure.isDenied else { throw problem }
      // A callback is not given up before somebody has been told so.
      guard await report(problem, orchestrationID: record.id) else { throw problem }
    }
  }

  /// Publishes the outcome of an ended run, and notes that it has been published.
  func publish(_ record: OrchestrationRecord) async throws {
    guard let outcome = record.outcome else {
      throw LedgerError(
        table: "orchestrations", key: record.id,
        problem: WireError(field: "outcome", value: "absent", expected: "the outcome of an ended run"))
    }
    try await effects.bus.publish([OutcomeEvents.feedback(record, outcome)])
    do {
      try await tellCaller(record, outcome)
    } catch {
      // The caller's bus or queue is not ours to mend: it is asked again, ever more seldom, and not for ever.
      await report(error, orchestrationID: record.id)
      let age = max(0, now - outcome.decidedAtMilliseconds)
      let patience = configuration.limits.callbackPatienceMilliseconds
      if age < patience {
        var later = record
        later.wakeAtMilliseconds = min(now + max(60_000, age), outcome.decidedAtMilliseconds + patience)
        _ = try await effects.store.update(record, to: later)
        return
      }
    }
    note(
      .info, "orchestration ended", record.id,
      ["state": .string(record.state.rawValue), "cost": .string(Money.text(record.spending.costMicroUSD))])
    effects.observer.count("Orchestration" + record.state.metricSuffix)
    var current = record
    while current.publishedAtMilliseconds == nil {
      let next = machine.published(current, nowMilliseconds: now)
      if try await effects.store.update(current, to: next) != nil { return }
      // A model call that was out when the run ended may have reported its cost meanwhile.
      guard let fresh = try await effects.store.load(record.id) else { return }
      current = fresh
    }
  }
}

extension OrchestrationState {
  fileprivate var metricSuffix: String {
    switch self {
    case .running: "Running"
    case .completed: "Completed"
    case .failed: "Failed"
    case .cancelled: "Cancelled"
    case .expired: "Expired"
    case .budgetExhausted: "BudgetExhausted"
    }
  }
}
