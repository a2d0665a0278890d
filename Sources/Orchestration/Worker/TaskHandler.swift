public import AgentKit
public import JSON

/// Does the tasks of a queue, each once: reads the message, claims the task, has the work done, keeps the answer, publishes it.
///
/// A task may arrive more than once. It is worked on once at a time; once it is finished its stored answer is published again. Every way
/// that the work can go ends in an answer. What throws comes again from the queue: a claim that cannot be had, an answer that cannot be
/// published, and a message that names no task.
public struct TaskHandler: Sendable {
  /// Does the work. Whatever it throws is the task's answer; it never gives the message back.
  public typealias Perform = @Sendable (TaskMessage, TaskClaim) async throws(TaskFailure) -> TaskRun
  /// The events that tell of an answer. Called again for each delivery of a finished task, so it knows no more than the answer.
  public typealias Announce = @Sendable (_ answer: TaskCompletion, _ traceHeader: String?) -> [BusEvent]
  /// Draws the consequences of an answer that was kept and published, such as a count. Called again for each delivery of a finished task,
  /// so that a process that dies before or in it leaves nothing undone; what it throws gives the message back.
  public typealias Settle = @Sendable (_ answer: TaskCompletion, _ task: TaskKey) async throws -> Void

  public struct Effects: Sendable {
    public var claims: any ClaimStore
    public var blobs: any BlobStore
    public var bus: any EventBus
    public var clock: any Clock
    public var ids: any IDSource
    public var observer: any OrchestrationObserver

    public init(
      claims: any ClaimStore, blobs: any BlobStore, bus: any EventBus, clock: any Clock, ids: any IDSource,
      observer: any OrchestrationObserver
    ) {
      self.claims = claims
      self.blobs = blobs
      self.bus = bus
      self.clock = clock
      self.ids = ids
      self.observer = observer
    }
  }

  /// Thrown so that the queue hands the message out again.
  public struct TaskInProgress: Error, Sendable, CustomStringConvertible {
    public let claimID: String
    /// When the other worker's claim expires, in milliseconds since the Unix epoch.
    public let untilMilliseconds: Int64
    public var description: String {
      "another worker has the task (\(claimID)) until \(ISO8601.text(milliseconds: untilMilliseconds)); the message comes again"
    }
  }

  /// Time in which an answer that was kept is published, in milliseconds.
  private static let publishingMilliseconds: Int64 = 1_000

  /// What `arbiter.error` events call the function.
  let function: String
  /// Results over this many bytes go to the blob store and travel as references.
  let inlineBytes: Int
  /// Codes of failures that a person should hear of, since no other task can mend them.
  let criticalCodes: [String]
  let effects: Effects

  /// - Parameters:
  ///   - function: what `arbiter.error` events call the function.
  ///   - inlineBytes: results over this many bytes go to the blob store and travel as references.
  ///   - criticalCodes: failures of the work that a person should hear of, since no other task can mend them; `result_not_stored` is one
  ///     anyway.
  public init(function: String, inlineBytes: Int, criticalCodes: [String], effects: Effects) {
    self.function = function
    self.inlineBytes = inlineBytes
    self.criticalCodes = criticalCodes
    self.effects = effects
  }

  /// Does the task of one message.
  /// - Parameters:
  ///   - body: the body of the SQS message.
  ///   - traceHeader: travels on with the answer.
  ///   - deadlineMilliseconds: when the invocation ends, in milliseconds since the Unix epoch.
  /// - Throws: when the message must come again.
  public func handle(
    _ body: [UInt8], traceHeader: String?, deadlineMilliseconds: Int64, perform: Perform,
    announce: Announce = { answer, traceHeader in [answer.event(traceHeader: traceHeader)] }, settle: Settle = { _, _ in }
  ) async throws {
    let message: TaskMessage
    do {
      message = try TaskMessage(body: body)
    } catch {
      return try await refuse(body, error, traceHeader, announce)
    }
    let key = TaskKey(orchestrationID: message.orchestrationID, requestID: message.requestID, toolUseID: message.toolUseID)
    let owner = effects.ids.makeID()
    let outcome: ClaimOutcome
    do {
      outcome = try await effects.claims.claim(
        key, owner: owner, untilMilliseconds: deadlineMilliseconds, nowMilliseconds: effects.clock.nowMilliseconds)
    } catch let error as LedgerError {
      return try await answer(to: message, claimUnreadable: error, traceHeader, announce)
    }
    switch outcome {
    case .finished(let answer):
      note(.info, "the task is finished; its answer is published again", message)
      try await publish(announce(answer, traceHeader))
      try await settle(answer, key)
    case .inProgress(let until):
      throw TaskInProgress(claimID: key.claimID, untilMilliseconds: until)
    case .notPending:
      note(.info, "nobody waits for the task any more; it is not run", message)
      effects.observer.count("TaskNotPending")
    case .claimed(let spentEarlier):
      let claim = TaskClaim(key: key, owner: owner, untilMilliseconds: deadlineMilliseconds, spentEarlierMicroUSD: spentEarlier)
      let answer = await answer(to: message, claim, perform)
      guard await keep(answer, claim, message) else { return }
      try await publish(announce(answer, traceHeader))
      try await settle(answer, key)
    }
  }

  // MARK: Answers

  /// The answer to a task, whatever happens.
  private func answer(to message: TaskMessage, _ claim: TaskClaim, _ perform: Perform) async -> TaskCompletion {
    let began = effects.clock.nowMilliseconds
    // Also an attempt that ends before its first model call answers for those before it.
    var usage = TaskCompletion.Usage(inputTokens: 0, outputTokens: 0, costMicroUSD: claim.spentEarlierMicroUSD)
    var completion = completion(of: message)
    do throws(TaskFailure) {
      let run = try await perform(message, claim)
      usage = run.usage
      completion.codeVersion = run.code
      completion.registryChanged = run.registryChanged
      switch run.outcome {
      case .success(let data): try await fill(&completion, data, message, claim)
      case .failure(let failure): throw failure
      }
    } catch {
      fail(&completion, error)
      if error.code == "result_not_stored" || criticalCodes.contains(error.code) {
        await report(error.code, error.message, message.orchestrationID)
      }
    }
    completion.usage = usage
    note(
      completion.status == .success ? .info : .warning, "the task is done", message,
      [
        "status": .string(completion.status.rawValue), "code": completion.code.map(JSONValue.string) ?? .null,
        "milliseconds": .number(effects.clock.nowMilliseconds - began), "cost_micro_usd": .number(usage.costMicroUSD ?? 0),
      ])
    effects.observer.count(completion.status == .success ? "TaskSucceeded" : "TaskFailed")
    return completion
  }

  /// Answers a task whose claim is there and cannot be read. Nobody can take such a task any more, nor tell whether it was done: given back,
  /// its message would only come again, and the round wait until the task is overdue.
  private func answer(
    to message: TaskMessage, claimUnreadable problem: LedgerError, _ traceHeader: String?, _ announce: Announce
  ) async throws {
    note(.error, "the claim cannot be read: \(problem)", message)
    await report("ledger_unreadable", "\(problem)", message.orchestrationID)
    var completion = completion(of: message)
    fail(&completion, TaskFailure("claim_unreadable", "Whether this task is done, or who has it, cannot be read: \(problem)"))
    // What earlier attempts have spent stands in the row too.
    completion.usage = nil
    effects.observer.count("TaskFailed")
    try await publish(announce(completion, traceHeader))
  }

  private func completion(of message: TaskMessage) -> TaskCompletion {
    TaskCompletion(
      orchestrationID: message.orchestrationID, toolUseID: message.toolUseID, node: message.node, requestID: message.requestID)
  }

  private func fail(_ completion: inout TaskCompletion, _ failure: TaskFailure) {
    completion.status = .error
    completion.code = failure.code
    completion.message = failure.message
    // An agent or a supervisor that was written for the original reads nothing but `data`.
    completion.data = .string(failure.message)
    completion.dataReference = nil
  }

  /// Puts the result into the completion, or into the blob store when it is too large for an event.
  private func fill(
    _ completion: inout TaskCompletion, _ data: JSONValue, _ message: TaskMessage, _ claim: TaskClaim
  ) async throws(TaskFailure) {
    let bytes = data.json
    guard bytes.count > inlineBytes else {
      completion.data = data
      return
    }
    // The round's number keeps results apart when a model uses a toolUseId again.
    let round = message.requestID.flatMap { $0.split(separator: "#").last }.flatMap { Int($0) }.map { "\($0)-" } ?? ""
    // A worker that is late must not change what another one's answer points to.
    let key = "payloads/\(message.orchestrationID)/\(round)\(message.toolUseID)-\(claim.owner).json"
    do {
      try await effects.blobs.put(key: key, bytes: bytes, contentType: "application/json")
    } catch {
      throw TaskFailure("result_not_stored", "The agent's result of \(bytes.count) bytes could not be stored: \(error)")
    }
    completion.dataReference = PayloadReference(key: key, byteCount: bytes.count)
  }

  /// Keeps the answer; false when the claim was lost and another worker's answer counts.
  private func keep(_ answer: TaskCompletion, _ claim: TaskClaim, _ message: TaskMessage) async -> Bool {
    do {
      let until = claim.untilMilliseconds - Self.publishingMilliseconds
      guard try await effects.claims.finish(claim.key, owner: claim.owner, answer: answer, untilMilliseconds: until) else {
        note(.warning, "the claim was lost to another worker, whose answer counts", message)
        effects.observer.count("ClaimLost")
        return false
      }
    } catch {
      // The answer is still worth publishing; should that fail too, the task runs again when the claim has expired.
      note(.error, "the answer could not be kept: \(error)", message)
      effects.observer.count("AnswerNotKept")
    }
    return true
  }

  private func publish(_ events: [BusEvent]) async throws {
    do {
      try await effects.bus.publish(events)
    } catch {
      effects.observer.count("CompletionNotPublished")
      throw error
    }
  }

  // MARK: Messages that are no tasks

  /// Answers a message that cannot be read but names its task; another one comes again and ends in the dead-letter queue.
  private func refuse(_ body: [UInt8], _ problem: any Error, _ traceHeader: String?, _ announce: Announce) async throws {
    let object = (try? JSONValue(parsing: body))?.objectValue
    func text(_ name: String) -> String? { object?[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
    effects.observer.note(.error, "the message is no task: \(problem)", ["orchestration_id": .string(text("orchestration_id") ?? "")])
    effects.observer.count("InvalidTask")
    await report("invalid_task", "\(problem)", text("orchestration_id"))
    guard let orchestrationID = text("orchestration_id"), let toolUseID = text("agent_use_id") else { throw problem }
    let message = "The message of this task cannot be used: \(problem)"
    try await publish(
      announce(
        TaskCompletion(
          orchestrationID: orchestrationID, toolUseID: toolUseID, node: text("node") ?? "unknown", requestID: text("request_id"),
          status: .error, data: .string(message), code: "invalid_task", message: message),
        traceHeader))
  }

  /// Tells people of a critical failure; that this fails too is only logged.
  public func report(_ code: String, _ message: String, _ orchestrationID: String?) async {
    let error = CriticalError(
      orchestrationID: orchestrationID, function: function, code: code, message: message, atMilliseconds: effects.clock.nowMilliseconds)
    effects.observer.count("CriticalError")
    do {
      try await effects.bus.publish([error.event()])
    } catch {
      effects.observer.note(.error, "arbiter.error could not be published: \(error)", ["code": .string(code)])
    }
  }

  /// Writes a log line that names the task.
  public func note(_ level: ObservationLevel, _ text: String, _ message: TaskMessage, _ more: JSONObject = [:]) {
    var fields: JSONObject = [
      "orchestration_id": .string(message.orchestrationID), "agent_use_id": .string(message.toolUseID), "node": .string(message.node),
    ]
    for member in more { fields[member.key] = member.value }
    effects.observer.note(level, text, fields)
  }
}
