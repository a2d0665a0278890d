import AWSClient
import AgentKit
import JSON

/// What becomes of a model's reply.
extension OrchestrationMachine {
  /// How the row changes after a reply.
  public enum Transition: Sendable, Equatable {
    /// The round's record and the row are written in one transaction.
    case begin(RoundRecord, OrchestrationRecord)
    case write(OrchestrationRecord)
  }

  /// The row, and the round if there is one, after a model's reply.
  /// - Parameters:
  ///   - response: what the model said.
  ///   - record: the row with the lease under which it was asked.
  ///   - conversation: the messages that it was asked with.
  ///   - costMicroUSD: what the call cost; nil when the service did not say, then the reservation counts.
  func afterReply(
    _ response: ConverseResponse, to record: OrchestrationRecord, conversation: [Message], directory: AgentDirectory,
    costMicroUSD: Int64?, nowMilliseconds now: Int64
  ) -> Transition {
    var next = record
    next.spending.charge(
      costMicroUSD: costMicroUSD ?? record.spending.reservedMicroUSD, inputTokens: Int64(response.usage.allInputTokens),
      outputTokens: Int64(response.usage.outputTokens))
    next.spending.reservedMicroUSD = 0
    next.spending.modelCalls += 1
    next.lease = nil
    next.troubles.modelFailures = 0
    next.troubles.throttlings = 0
    next.troubles.lastError = nil
    next.wakeAtMilliseconds = min(now + limits.sendGraceMilliseconds, record.deadlineMilliseconds)

    switch Reply(response) {
    case .answer(let text):
      let whole = continuedText(conversation, next.troubles.continuations) + text
      next.conversation.append(.inline(response.messageToKeep))
      return .write(ended(next, Outcome(state: .completed, message: whole, decidedAtMilliseconds: now)))
    case .useTools: return delegate(response.messageToKeep, next, directory, now)
    case .cutOff: return .write(cutOff(response.messageToKeep, next, now))
    case .unusable(let problem): return .write(unusable(next, problem, now))
    case .contextWindowExceeded: return .write(compacted(next, now))
    case .failure(let failure): return .write(failed(next, failure.code.description, failure.message, now))
    }
  }

  /// The row after a request that did not fit into the model's context window.
  func compacted(_ record: OrchestrationRecord, _ now: Int64) -> OrchestrationRecord {
    var next = record
    next.lease = nil
    guard record.troubles.compaction < limits.compactions else {
      return failed(
        next, "context_window_exceeded",
        "The conversation does not fit into the model's context window, even with its tool results shortened.", now)
    }
    next.troubles.compaction += 1
    return next
  }

  /// The row after a reply whose round cannot begin, because a tracking record of its number is there already.
  func strayRound(_ record: OrchestrationRecord, costMicroUSD: Int64?, nowMilliseconds now: Int64) -> OrchestrationRecord {
    let next = settledAfterEnd(record, costMicroUSD: costMicroUSD)
    let requestID = RoundRecord.requestID(orchestrationID: record.id, number: record.rounds + 1)
    return failed(
      next, "ledger_inconsistent",
      "The tracking record '\(requestID)' of another run with the same orchestration id is in the way. Ask again under a new id.", now)
  }

  // MARK: Replies that end or repeat

  func failed(_ record: OrchestrationRecord, _ code: String, _ message: String, _ now: Int64) -> OrchestrationRecord {
    ended(record, Outcome(state: .failed, message: message, code: code, decidedAtMilliseconds: now))
  }

  /// The row after a reply that cannot stand in a conversation: it is dropped and asked for again, a limited number of times.
  private func unusable(_ record: OrchestrationRecord, _ problem: String, _ now: Int64) -> OrchestrationRecord {
    var next = record
    next.troubles.malformedReplies += 1
    guard next.troubles.malformedReplies <= limits.malformedReplies else {
      return failed(
        next, "malformed_reply",
        "The model's reply could not be used: \(problem). It was asked \(next.troubles.malformedReplies) times.", now)
    }
    return next
  }

  private func cutOff(_ message: Message, _ record: OrchestrationRecord, _ now: Int64) -> OrchestrationRecord {
    var next = record
    next.troubles.malformedReplies = 0
    next.troubles.continuations += 1
    guard next.troubles.continuations <= limits.continuations else {
      return failed(
        next, "max_tokens",
        "The model's answer was cut off at the token limit \(next.troubles.continuations) times; raise the limit or ask for less.", now)
    }
    next.conversation.append(.inline(message))
    next.conversation.append(.inline(.user(Reply.goOn)))
    return next
  }

  /// The beginning of an answer that the model was asked to go on with.
  private func continuedText(_ conversation: [Message], _ continuations: Int) -> String {
    conversation.suffix(continuations * 2).filter { $0.role == .assistant }.map(\.text).joined()
  }

  // MARK: Delegation

  private func delegate(_ message: Message, _ record: OrchestrationRecord, _ directory: AgentDirectory, _ now: Int64) -> Transition {
    guard record.rounds < limits.rounds else {
      return .write(failed(record, "round_limit", "The run used all of its \(limits.rounds) rounds without an answer.", now))
    }
    let uses = message.toolUses
    guard uses.count <= Limits.toolUsesOfReply else {
      return .write(
        unusable(record, "it asked for \(uses.count) tools at once, and at most \(Limits.toolUsesOfReply) can be answered", now))
    }
    var tasks = uses.enumerated().map { index, use in entry(for: use, at: index, of: uses.count, record, directory, now) }
    // Every agent that calls models gets an equal share, and one share is kept for the Supervisor's next call.
    let spenders = tasks.indices.filter { tasks[$0].isPending && directory[tasks[$0].toolName]?.agent.kind != .queue }
    let share = record.availableMicroUSD / Int64(spenders.count + 1)
    for index in spenders {
      tasks[index].budgetMicroUSD = min(share, directory[tasks[index].toolName]?.agent.limits.budgetMicroUSD ?? share)
    }
    var next = record
    next.conversation.append(.inline(message))
    next.rounds += 1
    next.troubles.malformedReplies = 0
    next.troubles.continuations = 0
    next.spending.reservedMicroUSD = tasks.reduce(0) { $0 + ($1.budgetMicroUSD ?? 0) }
    let round = RoundRecord(orchestrationID: record.id, number: next.rounds, createdAtMilliseconds: now, tasks: tasks)
    next.requestID = round.requestID
    // Whoever looks after the grace period moves this on; a task that is due before then must not wait for it.
    let earliestDue = tasks.filter(\.isPending).map(\.dueAtMilliseconds).min()
    next.wakeAtMilliseconds = [next.wakeAtMilliseconds, earliestDue].compactMap { $0 }.min()
    return .begin(round, next)
  }

  private func entry(
    for use: ToolUse, at index: Int, of count: Int, _ record: OrchestrationRecord, _ directory: AgentDirectory, _ now: Int64
  ) -> TaskEntry {
    func refused(_ code: String, _ message: String, _ agent: AgentConfiguration? = nil) -> TaskEntry {
      // Nobody is sent the input, and the conversation keeps it; what is long would need an object of its own.
      let input = use.input.bytes.count <= limits.taskRowBytes(taskCount: count) ? use.input : .object([:])
      let reason = message.shortened(toByteCount: limits.refusalBytes(taskCount: count))
      return TaskEntry(
        toolUseID: use.id, toolName: use.name, agentID: agent?.agentID, agentVersion: agent?.version, queueURL: nil, input: input,
        state: .refused, dueAtMilliseconds: now,
        result: TaskResult(isError: true, code: code, message: reason, closedAtMilliseconds: now))
    }
    guard let found = directory[use.name] else {
      if let problem = directory.rejected.first(where: { $0.agentID == use.name }) {
        return refused("agent_unreadable", "The registry's row of this agent cannot be used: \(problem).")
      }
      let names = directory.entries.map(\.toolName).joined(separator: ", ")
      return refused("unknown_agent", "There is no active agent named '\(use.name)'. Active agents: \(names.isEmpty ? "none" : names).")
    }
    let agent = found.agent
    guard record.depth < limits.depth else {
      return refused(
        "depth_limit", "This task stands under \(record.depth) supervisors, and at most \(limits.depth) are allowed. Answer it yourself.",
        agent)
    }
    guard index < limits.tasksPerRound else {
      return refused(
        "fan_out_limit", "At most \(limits.tasksPerRound) tasks may be delegated in one round. Ask again in the next round.", agent)
    }
    let problems = found.problems(use.input)
    guard problems.isEmpty else {
      return refused("invalid_input", "The input does not fit the schema of '\(use.name)': \(problems.joined(separator: "; ")).", agent)
    }
    let timeout = Int64(agent.limits.timeoutSeconds ?? limits.taskTimeoutSeconds) * 1000
    return TaskEntry(
      toolUseID: use.id, toolName: use.name, agentID: agent.agentID, agentVersion: agent.version, queueURL: agent.queueURL,
      input: use.input, state: .pending, dueAtMilliseconds: min(now + timeout, record.deadlineMilliseconds))
  }

  // MARK: Joining

  /// The row after all tasks of a round are answered: one user message with one tool result for each tool use.
  /// - Parameter fetched: what became of results that were too large for the tracking record, by tool use id.
  func joined(_ record: OrchestrationRecord, _ round: RoundRecord, fetched: [String: FetchedResult]) -> OrchestrationRecord {
    var next = charged(record, round)
    // It stays in the row, since any later call may be made by a process that has not read the registry since.
    if let changedAt = round.registryChangedAtMilliseconds {
      next.registryChangedAtMilliseconds = max(changedAt, record.registryChangedAtMilliseconds ?? changedAt)
    }
    next.conversation.append(.inline(Message(role: .user, content: round.tasks.map { Self.toolResult($0, fetched[$0.toolUseID]) })))
    return next
  }

  /// The row with what the answered tasks of its round cost; what is set aside for the others stays set aside.
  /// - Parameter endCode: the code with which tasks are closed because the run ends: what their agents have spent by then is not known.
  func charged(_ record: OrchestrationRecord, _ round: RoundRecord, endCode: String? = nil) -> OrchestrationRecord {
    var next = record
    next.spending.reservedMicroUSD = 0
    for task in round.tasks {
      let isUnderWay = endCode != nil && task.result?.code == endCode && task.result?.usage == nil
      guard !task.isPending, !isUnderWay else {
        next.spending.reservedMicroUSD = next.spending.reservedMicroUSD.saturatingAdd(task.budgetMicroUSD ?? 0)
        continue
      }
      next.spending.charge(
        costMicroUSD: task.result?.usage?.costMicroUSD ?? task.budgetMicroUSD ?? 0, inputTokens: task.result?.usage?.inputTokens ?? 0,
        outputTokens: task.result?.usage?.outputTokens ?? 0)
    }
    return next
  }

  /// Bytes of an error's text that a model is shown.
  private static let errorTextBytes = 20_000

  private static func toolResult(_ task: TaskEntry, _ fetched: FetchedResult?) -> ContentBlock {
    func error(_ code: String, _ message: String) -> ContentBlock {
      .toolResult(id: task.toolUseID, content: [.text("\(code): \(message.shortened(toByteCount: errorTextBytes))")], status: .error)
    }
    guard let result = task.result else { return error("no_answer", "The task has no answer.") }
    var data = result.data
    switch fetched {
    case .data(let value): data = value
    case .unavailable(let code, let message):
      guard result.isError, let known = result.message else { return error(code, message) }
      return error(result.code ?? "error", known)
    case nil: break
    }
    if result.isError { return error(result.code ?? "error", result.message ?? data.stringValue ?? data.text) }
    return .toolResult(id: task.toolUseID, content: [.json(.object(["data": data]))], status: .success)
  }
}
