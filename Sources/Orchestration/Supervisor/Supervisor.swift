import AWSClient
public import AgentKit
import JSON

/// Runs orchestrations: writes down what happened, asks the machine what is due, and does it.
///
/// All methods may be called again with the same argument, by several processes at once, and after a crash at any point.
public struct Supervisor: Sendable {
  /// The world as the Supervisor reaches it.
  public struct Effects: Sendable {
    public var store: any OrchestrationStore
    public var queue: any TaskQueue
    public var bus: any EventBus
    public var blobs: any BlobStore
    public var model: any Model
    public var registry: any AgentRegistry
    public var clock: any Clock
    public var ids: any IDSource
    public var prices: ModelPrices
    public var observer: any OrchestrationObserver
    /// Waits for so many milliseconds.
    public var pause: @Sendable (Int64) async throws -> Void

    public init(
      store: any OrchestrationStore, queue: any TaskQueue, bus: any EventBus, blobs: any BlobStore, model: any Model,
      registry: any AgentRegistry, clock: any Clock, ids: any IDSource, prices: ModelPrices, observer: any OrchestrationObserver,
      pause: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }
    ) {
      self.store = store
      self.queue = queue
      self.bus = bus
      self.blobs = blobs
      self.model = model
      self.registry = registry
      self.clock = clock
      self.ids = ids
      self.prices = prices
      self.observer = observer
      self.pause = pause
    }
  }

  /// When the invocation began, in milliseconds since the Unix epoch; nil outside of one.
  @TaskLocal static var begunAtMilliseconds: Int64?

  public let configuration: SupervisorConfiguration
  let effects: Effects
  let machine: OrchestrationMachine
  let payloads: PayloadStore

  public init(configuration: SupervisorConfiguration, effects: Effects) {
    self.configuration = configuration
    self.effects = effects
    machine = OrchestrationMachine(limits: configuration.limits)
    payloads = PayloadStore(blobs: effects.blobs)
  }

  var now: Int64 { effects.clock.nowMilliseconds }

  // MARK: What happens from outside

  /// Starts the orchestration that a caller asked for, once for each id.
  /// - Parameter eventID: the id of the event, which is the orchestration's id when the caller chose none.
  /// - Returns: the orchestration's id.
  @discardableResult
  public func accept(_ request: TaskRequest, eventID: String, traceHeader: String?) async throws -> String {
    let id = request.orchestrationID ?? eventID
    let limits = configuration.limits
    let created = now
    var record = OrchestrationRecord(
      id: id, task: request.task, createdAtMilliseconds: created,
      deadlineMilliseconds: created + Int64(min(request.deadlineSeconds ?? limits.deadlineSeconds, limits.maximumDeadlineSeconds)) * 1000,
      budgetMicroUSD: min(request.budgetMicroUSD ?? limits.budgetMicroUSD, limits.maximumBudgetMicroUSD), callback: request.callback,
      depth: request.depth,
      traceHeader: traceHeader, conversation: [.inline(.user(request.task))])
    record.wakeAtMilliseconds = created
    if let refusal = machine.refusal(of: request, nowMilliseconds: created) { record = machine.ended(record, refusal) }
    // A request that comes again when its run has ended must leave nothing in the blob store.
    if payloads.exceedsRow(record, limits: limits), let existing = try await effects.store.load(id) {
      try await goOn(withExisting: existing)
      return id
    }
    record = try await payloads.spill(record, limits: limits, writer: effects.ids.makeID())
    switch try await effects.store.create(record) {
    case .created(let record):
      note(.info, "orchestration started", record.id, ["deadline": .string(ISO8601.text(milliseconds: record.deadlineMilliseconds))])
      effects.observer.count("OrchestrationStarted")
      try await advance(record.id, from: record, visit: .sweep)
    case .exists(let existing):
      await payloads.discard(record.payloadKeys.subtracting(existing.payloadKeys))
      try await goOn(withExisting: existing)
    }
    return id
  }

  private func goOn(withExisting record: OrchestrationRecord) async throws {
    note(.info, "orchestration exists already", record.id, ["state": .string(record.state.rawValue)])
    try await advance(record.id, from: record)
  }

  /// Records the answer to a task, and goes on when it was the round's last.
  /// - Returns: false when the task had an answer before, so that nothing was recorded.
  /// - Throws: `WireError` for a completion that belongs to no task of any orchestration.
  @discardableResult
  public func complete(_ completion: TaskCompletion) async throws -> Bool {
    let id = completion.orchestrationID
    guard OrchestrationID.isValid(id) else {
      throw WireError(field: "detail.orchestration_id", value: id, expected: "the id of an orchestration")
    }
    if let key = completion.dataReference?.key, !key.hasPrefix("payloads/\(id)/") {
      throw WireError(field: "detail.data_ref.key", value: key, expected: "a key below 'payloads/\(id)/'")
    }
    let requestID = try await trackingRecord(of: completion)
    let closed = now
    var result = TaskResult(
      isError: completion.status == .error, data: completion.data, reference: completion.dataReference, code: completion.code,
      message: completion.message, usage: completion.usage, closedAtMilliseconds: closed,
      registryChanged: completion.registryChanged)
    if let round = try await roundThatNeedsRoom(for: result, requestID), round.task(completion.toolUseID)?.isPending == true {
      // The key is new each time: a duplicate must not change what the accepted answer points to.
      result = try await payloads.externalize(
        result, key: "payloads/\(id)/\(round.number)-\(completion.toolUseID)-\(effects.ids.makeID()).json",
        inlineBytes: configuration.limits.taskRowBytes(taskCount: round.tasks.count))
    }
    let outcome = try await effects.store.close(
      completion.toolUseID, of: requestID, state: result.isError ? .failed : .succeeded, result: result)
    switch outcome {
    case .closed(let round):
      note(
        .info, "task answered", id,
        ["agent": .string(completion.node), "tool_use": .string(completion.toolUseID), "pending": .number(round.pendingCount)])
      if round.pendingCount == 0 { try await advance(id, round: round) }
      return true
    case .alreadyClosed(let round):
      if result.reference != completion.dataReference, let key = result.reference?.key, !round.payloadKeys.contains(key) {
        await payloads.discard([key])
      }
      note(.info, "task had an answer before", id, ["tool_use": .string(completion.toolUseID)])
      // A duplicate starts nothing, but the handler of the first may have died before it went on.
      if round.pendingCount == 0 { try await advance(id, round: round) }
      return false
    case .unknownTask(let round):
      if completion.requestID == nil, try await isOfEarlierRound(completion.toolUseID, than: round) {
        note(.info, "task of an earlier round had an answer before", id, ["tool_use": .string(completion.toolUseID)])
        return false
      }
      throw WireError(
        field: "detail.agent_use_id", value: completion.toolUseID, expected: "a task of round '\(requestID)'")
    case .unknownRound:
      throw WireError(field: "detail.request_id", value: requestID, expected: "a round of orchestration '\(id)'")
    }
  }

  /// Ends a run that is not wanted any more.
  /// - Returns: the state in which the run is then; another one than cancelled when it had ended before.
  /// - Throws: `WireError` when there is no such orchestration.
  @discardableResult
  public func cancel(_ id: String, reason: String) async throws -> OrchestrationState {
    let patience = now + configuration.limits.cancelPatienceMilliseconds
    while true {
      guard let record = try await effects.store.load(id) else {
        guard now < patience, RequestContext.deadlineMilliseconds.map({ now + 1000 < $0 }) ?? true else {
          throw WireError(field: "detail.orchestrationId", value: id, expected: "an orchestration that exists")
        }
        // Events come in any order: the request that this is about may be a moment behind.
        try await effects.pause(250)
        continue
      }
      if record.state.isTerminal || record.cancelRequested != nil {
        try await advance(id, from: record)
        return record.state.isTerminal ? record.state : .cancelled
      }
      var next = record
      next.cancelRequested = reason
      next.wakeAtMilliseconds = now
      if let written = try await effects.store.update(record, to: next) {
        note(.info, "cancellation requested", id, [:])
        try await advance(id, from: written)
        return .cancelled
      }
    }
  }

  /// Goes on with a run for which another invocation had no room.
  /// - Throws: `WireError` when there is no such orchestration.
  public func wake(_ id: String) async throws {
    guard let record = try await effects.store.load(id) else {
      throw WireError(field: "detail.orchestrationId", value: id, expected: "an orchestration that exists")
    }
    try await advance(id, from: record)
  }

  // MARK: Finding the task of a completion

  private func trackingRecord(of completion: TaskCompletion) async throws -> String {
    let id = completion.orchestrationID
    if let requestID = completion.requestID {
      guard requestID.hasPrefix(id + "#") else {
        throw WireError(field: "detail.request_id", value: requestID, expected: "a round of orchestration '\(id)'")
      }
      return requestID
    }
    // Agents written for the original do not echo the round; then it can only be the newest one.
    guard let record = try await effects.store.load(id) else {
      throw WireError(field: "detail.orchestration_id", value: id, expected: "an orchestration that exists")
    }
    guard let requestID = record.requestID else {
      throw WireError(field: "detail.agent_use_id", value: completion.toolUseID, expected: "a task; the orchestration has none yet")
    }
    // A model may use an id again in a later round; the answer of another agent is not for that one.
    if let task = try await newestRound(requestID)?.task(completion.toolUseID), let agentID = task.agentID,
      agentID != completion.node, task.toolName != completion.node
    {
      throw WireError(field: "detail.node", value: completion.node, expected: "'\(agentID)', whose task '\(completion.toolUseID)' is")
    }
    return requestID
  }

  /// True for a late duplicate of an agent that does not echo the round: nothing to be alarmed about.
  private func isOfEarlierRound(_ toolUseID: String, than round: RoundRecord) async throws -> Bool {
    for number in (1..<max(1, round.number)).reversed() {
      let requestID = RoundRecord.requestID(orchestrationID: round.orchestrationID, number: number)
      if try await effects.store.loadRound(requestID)?.task(toolUseID) != nil { return true }
    }
    return false
  }

  /// The round, when a result is so large that it matters how many tasks share the tracking record.
  private func roundThatNeedsRoom(for result: TaskResult, _ requestID: String) async throws -> RoundRecord? {
    let bytes = PayloadStore.byteCount(result)
    guard bytes > configuration.limits.taskRowBytes(taskCount: configuration.limits.tasksPerRound) else { return nil }
    return try await effects.store.loadRound(requestID)
  }

  // MARK: Telling

  func note(_ level: ObservationLevel, _ message: String, _ id: String, _ fields: JSONObject) {
    var fields = fields
    fields["orchestration_id"] = .string(id)
    effects.observer.note(level, message, fields)
  }

  /// Publishes an `arbiter.error` event; failing to do so is logged and not an error of its own.
  /// - Returns: whether it was published.
  @discardableResult
  public func report(_ error: any Error, orchestrationID: String?, eventID: String? = nil) async -> Bool {
    await report(
      CriticalError(
        error, orchestrationID: orchestrationID, eventID: eventID, function: configuration.functionName, atMilliseconds: now))
  }

  func report(_ code: String, _ message: String, orchestrationID: String) async {
    await report(
      CriticalError(
        orchestrationID: orchestrationID, function: configuration.functionName, code: code, message: message, atMilliseconds: now))
  }

  @discardableResult
  private func report(_ problem: CriticalError) async -> Bool {
    effects.observer.note(
      .error, problem.message, ["code": .string(problem.code), "orchestration_id": .string(problem.orchestrationID ?? "")])
    effects.observer.count("CriticalError")
    do {
      try await effects.bus.publish([problem.event()])
      return true
    } catch {
      effects.observer.note(.error, "the error event could not be published: \(error)", ["code": .string(problem.code)])
      return false
    }
  }
}
