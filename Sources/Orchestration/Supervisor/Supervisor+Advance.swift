import AWSClient
import AgentKit
import JSON

/// Does what the machine says is due, until nothing is.
extension Supervisor {
  /// More steps than one visit can need; what is still due then is the sweeper's.
  private static let maximumSteps = 64

  /// How much one visit may do.
  enum Visit {
    /// A handler of an event: everything, but only a run that it has ended itself is told of. Whoever ended another is about to publish it.
    case event
    /// The sweeper: also outcomes that their handlers could not publish.
    case sweep
    /// The sweeper on its first round: as `sweep`, and what takes long is left for later.
    case quickSweep

    var publishesForOthers: Bool { self != .event }
  }

  /// What a visit leaves undone.
  enum LeftForLater { case nothing, modelCall, collection }

  /// Moves an orchestration on as far as it can go now.
  /// - Parameters:
  ///   - known: the row, when the caller has just read or written it.
  ///   - knownRound: the newest round's record, when the caller has just written it.
  /// - Returns: what is due that the visit may not do.
  @discardableResult
  func advance(
    _ id: String, from known: OrchestrationRecord? = nil, round knownRound: RoundRecord? = nil, visit: Visit = .event
  ) async throws -> LeftForLater {
    var tellsOutcome = visit.publishesForOthers
    var current = known
    var round = knownRound
    for _ in 0..<Self.maximumSteps {
      let record: OrchestrationRecord
      if let current {
        record = current
      } else if let loaded = try await effects.store.load(id) {
        record = loaded
      } else {
        note(.warning, "no such orchestration", id, [:])
        return .nothing
      }
      if !record.state.isTerminal, !record.needsModel, round?.requestID != record.requestID, let requestID = record.requestID {
        do {
          round = try await newestRound(requestID)
        } catch let error as LedgerError {
          // A tracking record that cannot be read must not keep a run from its end.
          guard machine.end(of: record, nowMilliseconds: now) != nil else { throw error }
          await report(error, orchestrationID: id)
          round = nil
        }
      }
      let action = machine.next(record, round: round, nowMilliseconds: now)
      switch action {
      case .rest: return .nothing
      case .sleep(let until):
        var next = record
        next.wakeAtMilliseconds = until
        _ = try await effects.store.update(record, to: next)
        return .nothing
      case .callModel, .join:
        if visit == .quickSweep { return .modelCall }
        guard hasTimeForCall else {
          if try await leaveToOthers(record) { return .nothing }
          (current, round) = (nil, nil)
          continue
        }
        var joined: OrchestrationRecord?
        if case .join(let complete) = action { joined = try await join(complete, to: record) }
        (current, round) = try await callModel(record, joining: joined) ?? (nil, nil)
        if current != nil { tellsOutcome = true }
      case .send(let pending, let tasks):
        try await send(tasks, of: pending, record)
        // Agents answer by events; the sweeper looks again when the grace period of the round is over.
        return .nothing
      case .closeOverdue(let pending, let tasks):
        round = try await closeOverdue(tasks, of: pending)
        current = record
      case .finish(let outcome):
        current = try await finish(record, outcome, record.needsModel ? nil : round)
        if current == nil { round = nil } else { tellsOutcome = true }
      case .publish:
        if tellsOutcome { try await publish(record) }
        return .nothing
      case .collect:
        if visit == .quickSweep { return .collection }
        if visit == .sweep { try await collect(record) }
        return .nothing
      }
    }
    note(.warning, "left to the sweeper after \(Self.maximumSteps) steps", id, [:])
    return .nothing
  }

  /// The tracking record that a row names; nil when it is not there.
  ///
  /// One transaction writes both, but two requests read them: in the moments in which it takes effect the row may be seen alone. Source:
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-isolation
  func newestRound(_ requestID: String) async throws -> RoundRecord? {
    for milliseconds: Int64 in [50, 200, 1_000] {
      if let round = try await effects.store.loadRound(requestID) { return round }
      try await effects.pause(milliseconds)
    }
    return try await effects.store.loadRound(requestID)
  }

  // MARK: Time for a model call

  /// False when a call might be cut off by the end of the invocation, and paid for without an answer.
  private var hasTimeForCall: Bool {
    guard let deadline = RequestContext.deadlineMilliseconds else { return true }
    let limits = configuration.limits
    // A short invocation has to do with less, but half of it must be left: the call before, if there was one, may have taken the other half.
    let whole = deadline - (Self.begunAtMilliseconds ?? now)
    return deadline - now >= max(limits.shortestCallMilliseconds, min(limits.callMilliseconds, whole / 2))
  }

  /// Hands a model call to another invocation: at once by an event, and should that be lost, to the sweeper.
  /// - Returns: false when somebody else wrote first, so that the row must be read again.
  private func leaveToOthers(_ record: OrchestrationRecord) async throws -> Bool {
    note(.info, "too little time for a model call; it is left to another invocation", record.id, [:])
    var next = record
    next.wakeAtMilliseconds = now
    guard try await effects.store.update(record, to: next) != nil else { return false }
    // An invocation that has used up nothing of its time would only call for one like itself.
    if let begun = Self.begunAtMilliseconds, let deadline = RequestContext.deadlineMilliseconds, now - begun < (deadline - begun) / 4 {
      return true
    }
    do { try await effects.bus.publish([WakeEvent.event(record)]) } catch {
      note(.warning, "the event to go on could not be published: \(error)", record.id, [:])
    }
    return true
  }

  // MARK: Tasks

  private func send(_ tasks: [TaskEntry], of round: RoundRecord, _ record: OrchestrationRecord) async throws {
    let messages = tasks.map { task in
      QueueMessage(
        id: task.toolUseID, queueURL: task.queueURL ?? configuration.workerQueueURL,
        body: TaskMessage(
          input: task.input, inputReference: task.inputReference, orchestrationID: record.id, toolUseID: task.toolUseID,
          node: task.agentID ?? task.toolName, requestID: round.requestID, dueAtMilliseconds: task.dueAtMilliseconds,
          budgetMicroUSD: task.budgetMicroUSD, depth: record.depth + 1
        ).json,
        traceHeader: record.traceHeader)
    }
    let failures = await effects.queue.send(messages)
    let accepted = tasks.map(\.toolUseID).filter { failures[$0] == nil }
    if !accepted.isEmpty { try await effects.store.markSent(accepted, of: round.requestID, atMilliseconds: now) }
    note(
      .info, "tasks sent", record.id, ["round": .number(round.number), "sent": .number(accepted.count), "failed": .number(failures.count)])
    // One event a queue, not one a task.
    var reported: Set<String> = []
    for message in messages {
      guard let failure = failures[message.id], failure.isDenied, reported.insert(message.queueURL).inserted else { continue }
      await report(SendingDenied(queueURL: message.queueURL, reason: failure.reason), orchestrationID: record.id)
    }
    var latest: RoundRecord?
    for (toolUseID, failure) in failures.sorted(by: { $0.key < $1.key }) {
      note(.warning, "a task could not be sent: \(failure.reason)", record.id, ["tool_use": .string(toolUseID)])
      guard failure.isPermanent else { continue }
      let result = TaskResult(
        isError: true, code: "undeliverable", message: "The agent's queue did not take the task: \(failure.reason)",
        usage: TaskCompletion.Usage(), closedAtMilliseconds: now)
      if case .closed(let round) = try await effects.store.close(toolUseID, of: round.requestID, state: .failed, result: result) {
        latest = round
      }
    }
    await publishChatter(tasks.filter { failures[$0.toolUseID] == nil }, record)
    if let latest, latest.pendingCount == 0 { try await advance(record.id, round: latest) }
  }

  /// The original's events for a user interface; they are a courtesy, so a failure is only logged.
  private func publishChatter(_ tasks: [TaskEntry], _ record: OrchestrationRecord) async {
    guard configuration.publishesChatter, !tasks.isEmpty else { return }
    let events = tasks.map { task in
      OutcomeEvents.chatter(task, record, queueURL: task.queueURL ?? configuration.workerQueueURL, atMilliseconds: now)
    }
    do {
      try await effects.bus.publish(events)
    } catch {
      note(.warning, "chatter could not be published: \(error)", record.id, [:])
    }
  }

  private func closeOverdue(_ tasks: [TaskEntry], of round: RoundRecord) async throws -> RoundRecord? {
    for task in tasks {
      let waited = max(0, task.dueAtMilliseconds - round.createdAtMilliseconds) / 1000
      let result = TaskResult(
        isError: true, code: "timed_out", message: "The agent gave no answer within \(waited) seconds.", closedAtMilliseconds: now)
      _ = try await effects.store.close(task.toolUseID, of: round.requestID, state: .timedOut, result: result)
      note(.warning, "task timed out", round.orchestrationID, ["tool_use": .string(task.toolUseID)])
      effects.observer.count("TaskTimedOut")
    }
    return try await effects.store.loadRound(round.requestID)
  }

  /// The row with the answers of a complete round; what cannot be had of them becomes an error for the model and is reported.
  private func join(_ round: RoundRecord, to record: OrchestrationRecord) async throws -> OrchestrationRecord {
    let fetched = try await payloads.fetchResults(of: round)
    for task in round.tasks {
      guard case .unavailable(let code, let message) = fetched[task.toolUseID] else { continue }
      await report(code, "Task '\(task.toolUseID)' of agent '\(task.agentID ?? task.toolName)': \(message)", orchestrationID: record.id)
    }
    return machine.joined(record, round, fetched: fetched)
  }
}
