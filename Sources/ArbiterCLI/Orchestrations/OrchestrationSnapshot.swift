import AWSClient
import JSON
import Orchestration

/// One orchestration and its rounds, as the two tables have them now.
struct OrchestrationSnapshot: Sendable {
  let record: OrchestrationRecord
  /// Oldest first; a round whose row is gone is left out.
  let rounds: [RoundRecord]

  /// Reads an orchestration; nil when there is none of that id.
  /// - Parameter known: rounds that were read before; those without pending tasks are not read again.
  static func load(
    _ id: String, from store: some OrchestrationStore, known: [RoundRecord] = []
  ) async throws -> OrchestrationSnapshot? {
    guard let record = try await store.load(id) else { return nil }
    let finished = Dictionary(known.filter { $0.pendingCount == 0 }.map { ($0.number, $0) }, uniquingKeysWith: { $1 })
    var rounds: [RoundRecord] = []
    for number in stride(from: 1, through: record.rounds, by: 1) {
      if let round = finished[number] {
        rounds.append(round)
      } else if let round = try await store.loadRound(RoundRecord.requestID(orchestrationID: id, number: number)) {
        rounds.append(round)
      }
    }
    return OrchestrationSnapshot(record: record, rounds: rounds)
  }

  var pendingTasks: [TaskEntry] { rounds.flatMap { $0.tasks.filter(\.isPending) } }

  /// What a run waits for, and until when; empty for a finished one whose result is out.
  func waitingFor(nowMilliseconds: Int64) -> [Waiting] {
    guard record.state == .running else {
      let isOut = record.outcome == nil || record.publishedAtMilliseconds != nil
      return isOut ? [] : [Waiting(what: "its result to be published", untilMilliseconds: nil)]
    }
    var waiting: [Waiting] = []
    if record.cancelRequested != nil { waiting.append(Waiting(what: "its cancellation", untilMilliseconds: nil)) }
    for task in pendingTasks {
      let agent = "agent \(task.agentID ?? task.toolName)" + (task.sentAtMilliseconds == nil ? " (task not sent yet)" : "")
      waiting.append(Waiting(what: agent, untilMilliseconds: task.dueAtMilliseconds))
    }
    if let lease = record.lease, lease.untilMilliseconds > nowMilliseconds {
      waiting.append(Waiting(what: record.needsModel ? "the model" : "the Supervisor at work", untilMilliseconds: lease.untilMilliseconds))
    } else if let retry = record.retryAtMilliseconds, retry > nowMilliseconds {
      waiting.append(Waiting(what: "the next try of a failed model call", untilMilliseconds: retry))
    } else if waiting.isEmpty, let wake = record.wakeAtMilliseconds {
      waiting.append(Waiting(what: "the next sweep", untilMilliseconds: wake))
    }
    return waiting
  }

  struct Waiting: Sendable {
    let what: String
    let untilMilliseconds: Int64?
  }
}

extension OrchestrationSnapshot {
  /// - Parameters:
  ///   - message: the outcome's text in full; the row has only its beginning when it is large.
  ///   - steps: what tasks have told of themselves.
  func json(nowMilliseconds: Int64, message: String? = nil, steps: [TaskKey: [TaskProgress]] = [:]) -> JSONValue {
    func time(_ milliseconds: Int64?) -> JSONValue { milliseconds.map { .string(ISO8601.text(milliseconds: $0)) } ?? .null }
    var object: JSONObject = [
      "orchestrationId": .string(record.id), "state": .string(record.state.rawValue), "task": .string(record.task),
      "createdAt": time(record.createdAtMilliseconds), "deadline": time(record.deadlineMilliseconds),
      "modelCalls": .number(record.spending.modelCalls), "inputTokens": .number(record.spending.inputTokens),
      "outputTokens": .number(record.spending.outputTokens), "costMicroUSD": .number(record.spending.costMicroUSD),
      "reservedMicroUSD": .number(record.spending.reservedMicroUSD), "budgetMicroUSD": .number(record.budgetMicroUSD),
      "rounds": .array(rounds.map { round in Self.json(round) { steps[key(of: $0, round)] ?? [] } }),
      "waitingFor": .array(
        waitingFor(nowMilliseconds: nowMilliseconds).map { ["what": .string($0.what), "until": time($0.untilMilliseconds)] }),
    ]
    if let error = record.troubles.lastError { object["lastModelError"] = .string(error) }
    if let callback = record.callback { object["callback"] = callback.json }
    if let outcome = record.outcome {
      object["outcome"] = [
        "message": .string(message ?? outcome.message), "messageReference": outcome.messageReference.map(Self.json) ?? .null,
        "code": outcome.code.map(JSONValue.string) ?? .null, "decidedAt": time(outcome.decidedAtMilliseconds),
        "publishedAt": time(record.publishedAtMilliseconds),
      ]
    }
    return .object(object)
  }

  private static func json(_ reference: PayloadReference) -> JSONValue {
    ["key": .string(reference.key), "bytes": .number(reference.byteCount)]
  }

  private static func json(_ round: RoundRecord, steps: (TaskEntry) -> [TaskProgress]) -> JSONValue {
    [
      "number": .number(round.number), "requestId": .string(round.requestID), "pending": .number(round.pendingCount),
      "createdAt": .string(ISO8601.text(milliseconds: round.createdAtMilliseconds)),
      "tasks": .array(round.tasks.map { json($0, steps($0)) }),
    ]
  }

  private static func json(_ task: TaskEntry, _ steps: [TaskProgress]) -> JSONValue {
    var object: JSONObject = [
      "agent": .string(task.agentID ?? task.toolName), "toolUseId": .string(task.toolUseID), "state": .string(task.state.rawValue),
      "input": task.input, "dueAt": .string(ISO8601.text(milliseconds: task.dueAtMilliseconds)),
      "sentAt": task.sentAtMilliseconds.map { .string(ISO8601.text(milliseconds: $0)) } ?? .null,
    ]
    if !steps.isEmpty { object["progress"] = .array(steps.map(\.json)) }
    // The input is {} then: it is too large for the row.
    if let reference = task.inputReference { object["inputReference"] = json(reference) }
    if let result = task.result {
      object["closedAt"] = .string(ISO8601.text(milliseconds: result.closedAtMilliseconds))
      object["data"] = result.data
      if let reference = result.reference { object["dataReference"] = json(reference) }
      if let code = result.code { object["code"] = .string(code) }
      if let message = result.message { object["message"] = .string(message) }
      if let usage = result.usage {
        object["inputTokens"] = .number(usage.inputTokens)
        object["outputTokens"] = .number(usage.outputTokens)
        object["costMicroUSD"] = usage.costMicroUSD.map { .number($0) } ?? .null
      }
    }
    return .object(object)
  }
}

extension OrchestrationState {
  var exitCode: ExitCode {
    switch self {
    case .running, .completed: .success
    case .failed: .runFailed
    case .cancelled: .runCancelled
    case .expired: .runExpired
    case .budgetExhausted: .runBudgetExhausted
    }
  }

  var style: Terminal.Style {
    switch self {
    case .running: .cyan
    case .completed: .green
    case .failed: .red
    case .cancelled, .expired, .budgetExhausted: .yellow
    }
  }

  /// What has become of the run, after "the run".
  var sentence: String {
    switch self {
    case .running: "is running"
    case .completed: "has completed"
    case .failed: "has failed"
    case .cancelled: "was cancelled"
    case .expired: "has passed its deadline"
    case .budgetExhausted: "has exhausted its budget"
    }
  }

  /// The state in words.
  var words: String { self == .budgetExhausted ? "budget exhausted" : rawValue }
}

extension Callback {
  /// Where the answer goes besides the deployment's own bus.
  var words: String {
    switch self {
    case .sqs(let queueURL): "queue \(queueURL)"
    case .eventBridge(let busName, _, let detailType): "event \(detailType) on \(busName.map { "bus \($0)" } ?? "the deployment's bus")"
    }
  }

  /// As a task.request has it.
  var json: JSONValue {
    switch self {
    case .sqs(let queueURL): return ["type": "sqs", "queueUrl": .string(queueURL)]
    case .eventBridge(let busName, let source, let detailType):
      var object: JSONObject = ["type": "eventbridge", "source": .string(source), "detailType": .string(detailType)]
      if let busName { object["eventBusName"] = .string(busName) }
      return .object(object)
    }
  }
}
