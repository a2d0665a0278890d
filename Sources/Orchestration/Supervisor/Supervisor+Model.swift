import AWSClient
import AgentKit
import JSON
import Telemetry

/// Model calls: reserved before, settled after, whatever happens in between.
extension Supervisor {
  /// Takes the lease and asks the model; the answers of a joined round go into the row with the same write.
  /// - Returns: the row and the round after the reply; nil when somebody else wrote first. That need not be a handler that asks the model
  ///   now, it may as well be one that saw the round before its last answer and went to rest: so the row must be read again.
  func callModel(
    _ record: OrchestrationRecord, joining joined: OrchestrationRecord?
  ) async throws -> (OrchestrationRecord, RoundRecord?)? {
    let directory = try await effects.registry.directory(changedAtMilliseconds: (joined ?? record).registryChangedAtMilliseconds)
    let owner = effects.ids.makeID()
    // What can fail without a model comes first: from the lease on, a handler that dies has spent the reservation.
    let conversation = try await payloads.conversation(of: joined ?? record)
    let base = try await payloads.spill(joined ?? record, limits: configuration.limits, writer: owner)
    let requestBytes = base.conversation.reduce(0) { $0 + $1.byteCount } + directory.toolBytes + configuration.systemPrompt.utf8.count
    let reservation = effects.prices.reservation(
      requestBytes: requestBytes, maxTokens: configuration.maxTokens, modelID: configuration.modelID)
    let leased = machine.leased(
      base, owner: owner, untilMilliseconds: leaseEnd(), reservationMicroUSD: reservation, nowMilliseconds: now)
    guard let held = try await take(leased, from: record, owner: owner) else {
      note(.debug, "another handler wrote first", record.id, [:])
      return nil
    }
    if held.state.isTerminal { return (held, nil) }
    let started = now
    let response: ConverseResponse
    do {
      response = try await RequestContext.$deadlineMilliseconds.withValue(held.lease.map(replyDeadline)) {
        try await effects.model.converse(modelID: configuration.modelID, request(conversation, held, directory))
      }
    } catch let error as AWSError {
      return try await modelFailed(error, held, owner: owner)
    }
    let fields: JSONObject = [
      "stop_reason": .string(response.stopReason.rawValue), "round": .number(held.rounds),
      "input_tokens": .number(response.usage.inputTokens), "output_tokens": .number(response.usage.outputTokens),
      "milliseconds": .number(now - started),
    ]
    note(
      .info, "model replied", held.id,
      fields.merging(
        ModelCallFields.replied(
          modelID: configuration.modelID, stopReason: response.stopReason, usage: response.usage, conversationID: held.id)))
    return try await settle(response, held, conversation, directory, owner: owner)
  }

  /// Writes the row with the lease.
  /// - Returns: nil when the lease is somebody else's.
  private func take(_ leased: OrchestrationRecord, from record: OrchestrationRecord, owner: String) async throws -> OrchestrationRecord? {
    if let held = try await effects.store.update(record, to: leased) { return held }
    // The write may have been done, its answer lost, and the row changed by another handler before it was tried again.
    guard leased.lease?.owner == owner, let fresh = try await effects.store.load(record.id), fresh.lease?.owner == owner,
      !fresh.state.isTerminal
    else { return nil }
    return fresh
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

  // MARK: A reply

  /// Writes down a reply, which has been paid for: a ledger that fails is tried again while the lease lasts, and one that refuses ends the
  /// run. When somebody else wrote meanwhile but left the lease alone, the reply is applied to what they wrote.
  private func settle(
    _ response: ConverseResponse, _ held: OrchestrationRecord, _ conversation: [Message], _ directory: AgentDirectory, owner: String
  ) async throws -> (OrchestrationRecord, RoundRecord?)? {
    let cost = response.reportsUsage ? effects.prices.cost(of: response.usage, modelID: configuration.modelID) : nil
    return try await settling(held, owner: owner, costMicroUSD: cost) { base throws in
      let transition = machine.afterReply(
        response, to: base, conversation: conversation, directory: directory, costMicroUSD: cost, nowMilliseconds: now)
      switch transition {
      case .begin(let round, let next):
        let round = try await payloads.externalizeInputs(round, limits: configuration.limits, writer: owner)
        let spilled = try await payloads.spill(next, limits: configuration.limits, writer: owner)
        return try await effects.store.begin(round, updating: base, to: spilled).map { ($0, round) }
      case .write(var next):
        if let outcome = next.outcome {
          next.outcome = try await payloads.externalize(outcome, orchestrationID: next.id, inlineBytes: 60_000, writer: owner)
        }
        let spilled = try await payloads.spill(next, limits: configuration.limits, writer: owner)
        return try await effects.store.update(base, to: spilled).map { ($0, nil) }
      }
    }
  }

  /// Writes what follows from a model call to the row under its lease, until it is written, or the lease is lost.
  /// - Parameters:
  ///   - costMicroUSD: what the call cost; nil when nobody said, then the reservation counts.
  ///   - write: writes the row that follows from the given one; nil when somebody else wrote first.
  private func settling(
    _ held: OrchestrationRecord, owner: String, costMicroUSD cost: Int64?,
    _ write: (OrchestrationRecord) async throws -> (OrchestrationRecord, RoundRecord?)?
  ) async throws -> (OrchestrationRecord, RoundRecord?)? {
    var base = held
    var pauseMilliseconds: Int64 = 100
    while true {
      do {
        if base.state.isTerminal {
          // A run that was ended while the model was speaking still pays for the call.
          if let written = try await effects.store.update(base, to: machine.settledAfterEnd(base, costMicroUSD: cost)) {
            return (written, nil)
          }
        } else if let written = try await write(base) {
          return written
        }
        guard let fresh = try await effects.store.load(held.id), fresh.lease?.owner == owner else {
          note(.warning, "what the model said came too late: the lease had passed on", held.id, [:])
          return nil
        }
        if fresh.version == base.version, !fresh.state.isTerminal {
          // Nobody wrote the row, so what stands in the way is a tracking record that an earlier run of this id has left behind.
          let next = machine.strayRound(base, costMicroUSD: cost, nowMilliseconds: now)
          return try await effects.store.update(base, to: next).map { ($0, nil) }
        }
        base = fresh
      } catch let error as AWSError where !error.isRefusal {
        let end = held.lease.map(\.untilMilliseconds) ?? now
        guard now + pauseMilliseconds < min(end, RequestContext.deadlineMilliseconds ?? end) else { throw error }
        note(.warning, "what the model said could not be written down yet: \(error)", held.id, [:])
        try await effects.pause(pauseMilliseconds)
        pauseMilliseconds = min(5_000, pauseMilliseconds * 2)
      } catch let error as AWSError {
        await report("reply_not_stored", "The model's reply could not be written down: \(error)", orchestrationID: held.id)
        let next = machine.notStored(base, "\(error)", costMicroUSD: cost, nowMilliseconds: now)
        return try await effects.store.update(base, to: next).map { ($0, nil) }
      }
    }
  }

  // MARK: No reply

  private func modelFailed(
    _ error: AWSError, _ held: OrchestrationRecord, owner: String
  ) async throws -> (OrchestrationRecord, RoundRecord?)? {
    let fields: JSONObject = [
      "code": .string(error.code), "retryable": .bool(error.isRetryable), "message": .string(WireError.shortened(error.message)),
    ]
    note(
      .warning, "model call failed", held.id,
      fields.merging(ModelCallFields.failed(modelID: configuration.modelID, code: error.code, conversationID: held.id)))
    let kind = ModelErrorKind(error)
    // The call may have been paid for when the answer was lost on its way.
    let cost: Int64? = kind.mayHaveCost ? nil : 0
    let written = try await settling(held, owner: owner, costMicroUSD: cost) { base in
      var next: OrchestrationRecord
      if kind == .contextWindowExceeded {
        next = machine.compacted(base, now)
      } else {
        next = machine.afterModelFailure(
          base, code: error.code, message: error.message,
          kind: error.isThrottling ? .throttled : kind.isTransient || kind == .timedOut ? .transient : .final, nowMilliseconds: now)
      }
      next = machine.charged(next, callCostMicroUSD: cost)
      return try await effects.store.update(base, to: next).map { ($0, nil) }
    }
    if let outcome = written?.0.outcome, outcome.code == "model_failed" {
      await report("model_failed", outcome.message, orchestrationID: held.id)
    }
    return written
  }
}

extension AWSError {
  /// True when the service looked at the request and will say the same of it again.
  fileprivate var isRefusal: Bool {
    let final: Set = [
      AWSError.invalidInputCode, "ValidationException", "AccessDeniedException", "AccessDenied", "ResourceNotFoundException",
      "NoSuchBucket",
      "ItemCollectionSizeLimitExceededException", "EntityTooLarge",
    ]
    return final.contains(code)
      || cancellationReasons.contains { ["ValidationError", "ItemCollectionSizeLimitExceeded", "DuplicateItem"].contains($0.code) }
  }
}
