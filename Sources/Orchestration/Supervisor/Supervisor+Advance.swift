import AWSClient
import AgentKit
import JSON

/// Does what the machine says is due, until nothing is.
extension Supervisor {
  /// More steps than one visit can need; what is still due then is the sweeper's.
  private static let maximumSteps = 64

  /// Moves an orchestration on as far as it can go now.
  /// - Parameters:
  ///   - known: the row, when the caller has just read or written it.
  ///   - knownRound: the newest round's record, when the caller has just written it.
  ///   - tellsOutcome: true to publish also the outcome of a run that another handler has ended. That one is about to publish it; the
  ///     sweeper does when it could not.
  func advance(
    _ id: String, from known: OrchestrationRecord? = nil, round knownRound: RoundRecord? = nil, tellsOutcome: Bool = false
  ) async throws {
    var tellsOutcome = tellsOutcome
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
        return
      }
      if !record.state.isTerminal, !record.needsModel, round?.requestID != record.requestID, let requestID = record.requestID {
        do {
          round = try await effects.store.loadRound(requestID)
        } catch let error as LedgerError {
          // A tracking record that cannot be read must not keep a run from its end.
          guard machine.end(of: record, nowMilliseconds: now) != nil else { throw error }
          await report(error, orchestrationID: id)
          round = nil
        }
      }
      let action = machine.next(record, round: round, nowMilliseconds: now)
      switch action {
      case .rest: return
      case .sleep(let until):
        var next = record
        next.wakeAtMilliseconds = until
        _ = try await effects.store.update(record, to: next)
        return
      case .callModel, .join:
        guard hasTimeForCall else {
          note(.info, "too little time for a model call; it is left to the sweeper", id, [:])
          var next = record
          next.wakeAtMilliseconds = now
          _ = try await effects.store.update(record, to: next)
          return
        }
        guard case .join(let complete) = action else {
          (current, round) = try await callModel(record, joining: nil) ?? (nil, nil)
          if current != nil { tellsOutcome = true }
          continue
        }
        let data = try await payloads.fetchResults(of: complete)
        let joined = machine.joined(record, complete, data: data)
        (current, round) = try await callModel(record, joining: joined) ?? (nil, nil)
        if current != nil { tellsOutcome = true }
      case .send(let pending, let tasks):
        try await send(tasks, of: pending, record)
        // Agents answer by events; the sweeper looks again when the grace period of the round is over.
        return
      case .closeOverdue(let pending, let tasks):
        round = try await closeOverdue(tasks, of: pending)
        current = record
      case .finish(let outcome):
        current = try await finish(record, outcome, record.needsModel ? nil : round)
        if current == nil { round = nil } else { tellsOutcome = true }
      case .publish:
        if tellsOutcome { try await publish(record) }
        return
      }
    }
    note(.warning, "left to the sweeper after \(Self.maximumSteps) steps", id, [:])
  }

  // MARK: The model

  /// Takes the lease and asks the model; the answers of a joined round go into the row with the same write.
  /// - Returns: the row and the round after the reply; nil when somebody else wrote first. That need not be a handler that asks the model
  ///   now, it may as well be one that saw the round before its last answer and went to rest: so the row must be read again.
  private func callModel(
    _ record: OrchestrationRecord, joining joined: OrchestrationRecord?
  ) async throws -> (OrchestrationRecord, RoundRecord?)? {
    let directory = try await effects.registry.directory()
    let owner = effects.ids.makeID()
    let base = try await payloads.spill(joined ?? record, limits: configuration.limits, writer: owner)
    let requestBytes = base.conversation.reduce(0) { $0 + $1.byteCount } + directory.toolBytes + configuration.systemPrompt.utf8.count
    let reservation = effects.prices.reservation(
      requestBytes: requestBytes, maxTokens: configuration.maxTokens, modelID: configuration.modelID)
    let leased: OrchestrationRecord
    switch machine.leased(
      base, owner: owner, untilMilliseconds: leaseEnd(), reservationMicroUSD: reservation, nowMilliseconds: now)
    {
    case .success(let next): leased = next
    case .failure(let decided):
      guard let ended = try await effects.store.update(record, to: machine.ended(base, decided.outcome)) else { return nil }
      return (ended, nil)
    }
    guard let held = try await effects.store.update(record, to: leased) else {
      note(.debug, "another handler wrote first", record.id, [:])
      return nil
    }
    let conversation = try await payloads.conversation(of: held)
    let started = now
    do {
      let response = try await RequestContext.$deadlineMilliseconds.withValue(held.lease.map(replyDeadline)) {
        try await effects.model.converse(modelID: configuration.modelID, request(conversation, held, directory))
      }
      note(
        .info, "model replied", held.id,
        [
          "stop_reason": .string(response.stopReason.rawValue), "round": .number(held.rounds),
          "input_tokens": .number(response.usage.inputTokens), "output_tokens": .number(response.usage.outputTokens),
          "milliseconds": .number(now - started),
        ])
      return try await settle(response, held, conversation, directory, owner: owner)
    } catch let error as AWSError {
      return try await modelFailed(error, held)
    }
  }

  /// False when a call would be cut off by the end of the invocation, and paid for without an answer.
  private var hasTimeForCall: Bool {
    RequestContext.deadlineMilliseconds.map { $0 - now >= configuration.limits.shortestCallMilliseconds } ?? true
  }

  /// The lease ends with the invocation, so that a killed handler's work is free again at once.
  private func leaseEnd() -> Int64 {
    let longest = now + configuration.limits.leaseMilliseconds
    return RequestContext.deadlineMilliseconds.map { min($0, longest) } ?? longest
  }

  /// A reply that comes at the very end of the lease could not be written down any more.
  private func replyDeadline(_ lease: Lease) -> Int64 { lease.untilMilliseconds - min(5000, max(0, lease.untilMilliseconds - now) / 10) }

  private func request(_ conversation: [Message], _ record: OrchestrationRecord, _ directory: AgentDirectory) -> ConverseRequest {
    var tools = directory.tools
    if tools.isEmpty { tools = ModelRequest.placeholderTools(for: conversation) }
    return ConverseRequest(
      messages: ModelRequest.compacted(conversation, steps: record.troubles.compaction),
      system: [.text(configuration.systemPrompt)],
      inferenceConfiguration: InferenceConfiguration(maxTokens: configuration.maxTokens, temperature: configuration.temperature),
      toolConfiguration: tools.isEmpty ? nil : ToolConfiguration(tools: tools, toolChoice: .auto))
  }

  /// Writes down a reply. When somebody else wrote meanwhile but left the lease alone, the reply is applied to what they wrote.
  private func settle(
    _ response: ConverseResponse, _ held: OrchestrationRecord, _ conversation: [Message], _ directory: AgentDirectory, owner: String
  ) async throws -> (OrchestrationRecord, RoundRecord?)? {
    var base = held
    let cost = response.reportsUsage ? effects.prices.cost(of: response.usage, modelID: configuration.modelID) : nil
    while true {
      let transition = machine.afterReply(
        response, to: base, conversation: conversation, directory: directory, costMicroUSD: cost, nowMilliseconds: now)
      switch transition {
      case .begin(let round, let next):
        let round = try await payloads.externalizeInputs(round, limits: configuration.limits)
        let spilled = try await payloads.spill(next, limits: configuration.limits, writer: owner)
        if let written = try await effects.store.begin(round, updating: base, to: spilled) { return (written, round) }
      case .write(var next):
        if let outcome = next.outcome {
          next.outcome = try await payloads.externalize(outcome, orchestrationID: next.id, inlineBytes: 60_000)
        }
        let spilled = try await payloads.spill(next, limits: configuration.limits, writer: owner)
        if let written = try await effects.store.update(base, to: spilled) { return (written, nil) }
      }
      guard let fresh = try await effects.store.load(held.id), fresh.lease?.owner == owner else {
        note(.warning, "a reply came too late: the lease had passed on", held.id, [:])
        return nil
      }
      if fresh.state.isTerminal {
        return try await settleAfterEnd(cost, fresh)
      }
      guard fresh.version != base.version else {
        // Nobody wrote the row, so what stands in the way is a tracking record that an earlier run of this id has left behind.
        let next = machine.strayRound(base, costMicroUSD: cost, nowMilliseconds: now)
        return try await effects.store.update(base, to: next).map { ($0, nil) }
      }
      base = fresh
    }
  }

  /// A run that was ended while the model was speaking still pays for the call.
  private func settleAfterEnd(_ cost: Int64?, _ fresh: OrchestrationRecord) async throws -> (OrchestrationRecord, RoundRecord?)? {
    var next = fresh
    next.spending.charge(costMicroUSD: cost ?? fresh.spending.reservedMicroUSD)
    next.spending.reservedMicroUSD = 0
    next.lease = nil
    return try await effects.store.update(fresh, to: next).map { ($0, nil) }
  }

  private func modelFailed(_ error: AWSError, _ held: OrchestrationRecord) async throws -> (OrchestrationRecord, RoundRecord?)? {
    note(
      .warning, "model call failed", held.id,
      ["code": .string(error.code), "retryable": .bool(error.isRetryable), "message": .string(WireError.shortened(error.message))])
    let kind = ModelErrorKind(error)
    let next: OrchestrationRecord
    if kind == .contextWindowExceeded {
      next = machine.compacted(held, now)
    } else {
      next = machine.afterModelFailure(
        held, code: error.code, message: error.message, retryable: kind.isTransient || kind == .timedOut, nowMilliseconds: now)
    }
    var settled = next
    // The call may have been paid for when the answer was lost on its way.
    if kind.mayHaveCost { settled.writeOffReservation() } else { settled.spending.reservedMicroUSD = 0 }
    return try await effects.store.update(held, to: settled).map { ($0, nil) }
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
    note(.info, "tasks sent", record.id, ["round": .number(round.number), "sent": .number(accepted.count), "failed": .number(failures.count)])
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
      OutcomeEvents.chatter(task, orchestrationID: record.id, queueURL: task.queueURL ?? configuration.workerQueueURL, atMilliseconds: now)
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

  // MARK: The end

  /// - Returns: the ended row; nil when somebody else wrote first, so that it must be read again.
  private func finish(_ record: OrchestrationRecord, _ outcome: Outcome, _ round: RoundRecord?) async throws -> OrchestrationRecord? {
    guard let round else { return try await effects.store.update(record, to: machine.ended(record, outcome)) }
    // Work that is queued or running is told by its closed task that nobody waits for it. The tasks come first: after a handler that dies
    // between them and the row the run is still to be ended.
    for task in round.tasks where task.isPending {
      let result = TaskResult(isError: true, code: outcome.code, message: outcome.message, closedAtMilliseconds: now)
      _ = try await effects.store.close(task.toolUseID, of: round.requestID, state: .failed, result: result)
    }
    return try await effects.store.update(record, to: machine.ended(machine.charged(record, round), outcome))
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
      guard failure.isPermanent else { throw problem }
      await report(problem, orchestrationID: record.id)
    }
  }

  private func publish(_ record: OrchestrationRecord) async throws {
    guard let outcome = record.outcome else {
      throw LedgerError(
        table: "orchestrations", key: record.id, problem: WireError(field: "outcome", value: "absent", expected: "the outcome of an ended run"))
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
    note(.info, "orchestration ended", record.id, ["state": .string(record.state.rawValue), "cost": .string(Money.text(record.spending.costMicroUSD))])
    effects.observer.count("Orchestration" + record.state.metricSuffix)
    var current = record
    while current.publishedAtMilliseconds == nil {
      var next = current
      next.publishedAtMilliseconds = now
      next.wakeAtMilliseconds = nil
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
