import AWSClient
import AgentKit
import JSON
import Orchestration
import Sandbox
import Synchronization
import Telemetry

/// What one task of an agent may spend on models, shared by the agent's module and the tools that it calls.
///
/// Each call first reserves the most that it can cost, here and with the task's permit, and is settled with what it did cost. Calls may be
/// under way at the same time: what they reserved counts as spent for each other.
final class ModelAllowance: Sendable {
  private struct Account {
    var calls = 0
    var usage = TokenUsage.zero
    /// What calls that are over have cost, in millionths of a US dollar.
    var spentMicroUSD: Int64 = 0
    /// What calls under way may cost at most.
    var reservedMicroUSD: Int64 = 0
    /// What earlier attempts at the task have spent.
    var elsewhereMicroUSD: Int64
  }

  /// The agent's bounds, or those of one tool within them.
  private struct Bounds {
    var turns: Int
    var maxTokens: Int
    var budgetMicroUSD: Int64
    var totalTokens: Int
    /// What these bounds are those of.
    var owner: String
  }

  private let task: CodeAgentTask
  private let services: GateServices
  private let bounds: Bounds
  private let account: Mutex<Account>
  /// The allowance that this is a part of; the agent's own is a part of none.
  private let whole: ModelAllowance?

  convenience init(_ task: CodeAgentTask, services: GateServices) {
    self.init(
      task, services,
      Bounds(
        turns: task.limits.turns, maxTokens: task.limits.maxTokens, budgetMicroUSD: task.limits.budgetMicroUSD,
        totalTokens: task.limits.totalTokens, owner: "task"),
      elsewhereMicroUSD: task.claim.spentEarlierMicroUSD, whole: nil)
  }

  private init(_ task: CodeAgentTask, _ services: GateServices, _ bounds: Bounds, elsewhereMicroUSD: Int64, whole: ModelAllowance?) {
    self.task = task
    self.services = services
    self.bounds = bounds
    self.whole = whole
    account = Mutex(Account(elsewhereMicroUSD: elsewhereMicroUSD))
  }

  /// The same allowance for one run of a tool, which may have less by its own row.
  func narrowed(by limits: AgentConfiguration.Limits) -> ModelAllowance {
    ModelAllowance(
      task, services,
      Bounds(
        turns: limits.turns ?? .max, maxTokens: min(bounds.maxTokens, limits.maxTokens ?? .max),
        budgetMicroUSD: limits.budgetMicroUSD ?? .max, totalTokens: .max, owner: "tool"),
      elsewhereMicroUSD: 0, whole: self)
  }

  /// What the task has spent: of calls that were given up while under way, the most that they can have cost.
  var usage: TaskCompletion.Usage {
    account.withLock { account in
      TaskCompletion.Usage(
        inputTokens: Int64(account.usage.allInputTokens), outputTokens: Int64(account.usage.outputTokens),
        costMicroUSD: account.spentMicroUSD.saturatingAdd(account.reservedMicroUSD).saturatingAdd(account.elsewhereMicroUSD))
    }
  }

  // MARK: Calls

  /// Asks the model: `{text, stopReason, usage: {inputTokens, outputTokens, totalTokens}}`.
  func answer(_ call: ConverseCall, for caller: Gate.Caller) async throws(HostCallError) -> JSONValue {
    if let asked = call.maxTokens, asked > bounds.maxTokens {
      throw HostCallError("invalid_input", "'maxTokens' is \(asked), at most \(bounds.maxTokens) are allowed.")
    }
    let maxTokens = call.maxTokens ?? bounds.maxTokens
    // A deployment whose model refuses the parameter never sends it.
    let request = call.request(maxTokens: maxTokens, temperature: task.temperature == nil ? nil : call.temperature ?? task.temperature)
    if !services.prices.quote(modelID: task.modelID).isKnown {
      services.observer.note(
        .warning, "no price is listed for the model, so the highest of each price counts",
        ["node": .string(caller.agentID), "model": .string(task.modelID)])
    }
    let reservation = services.prices.reservation(requestBytes: request.json.count, maxTokens: maxTokens, modelID: task.modelID)
    let turn = try countCall()
    var failures = 0
    while true {
      try await reserve(reservation, turn: turn)
      let began = services.clock.nowMilliseconds
      do {
        let response = try await ask(request, caller)
        settle(
          reservation, response.reportsUsage ? services.prices.cost(of: response.usage, modelID: task.modelID) : reservation, response.usage
        )
        note(response, turn, caller, milliseconds: services.clock.nowMilliseconds - began)
        return Self.json(response)
      } catch {
        let kind = ModelErrorKind(error)
        settle(reservation, kind.mayHaveCost ? reservation : 0, .zero)
        failures += 1
        let willRetry = kind.isTransient && failures < task.limits.modelFailures
        note(error, turn, caller, willRetry: willRetry)
        guard willRetry else { throw refusal(error, kind, attempts: failures) }
        let milliseconds = Int64(1_000) << Int64(min(failures - 1, 5))
        guard services.clock.nowMilliseconds + milliseconds < caller.deadlineMilliseconds else {
          throw HostCallError(
            "model_failed", "The model '\(task.modelID)' is not available, and the deadline leaves no time to wait for it: \(error)")
        }
        do { try await services.pause(milliseconds) } catch {
          throw HostCallError("cancelled", "The call was cancelled while it waited for the model.")
        }
      }
    }
  }

  private func ask(_ request: ConverseRequest, _ caller: Gate.Caller) async throws -> ConverseResponse {
    let (model, modelID) = (services.model, task.modelID)
    return try await TimeLimit.run(
      milliseconds: caller.deadlineMilliseconds - services.clock.nowMilliseconds, pause: services.pause
    ) { try await model.converse(modelID: modelID, request) }
  }

  private static func json(_ response: ConverseResponse) -> JSONValue {
    [
      "text": .string(response.message.text), "stopReason": .string(response.stopReason.rawValue),
      "usage": [
        "inputTokens": .number(response.usage.inputTokens), "outputTokens": .number(response.usage.outputTokens),
        "totalTokens": .number(response.usage.totalTokens),
      ],
    ]
  }

  private func refusal(_ error: any Error, _ kind: ModelErrorKind, attempts: Int) -> HostCallError {
    switch kind {
    case .cancelled: HostCallError("cancelled", "The call of the model was cancelled.")
    case .timedOut: HostCallError("deadline_exceeded", "The model did not answer before the deadline.")
    case .contextWindowExceeded:
      HostCallError("context_window_exceeded", "The request does not fit into the model's context window; send less.")
    default: HostCallError("model_failed", "The model '\(task.modelID)' could not be asked (attempt \(attempts)): \(error)")
    }
  }

  // MARK: The account

  /// The number of the call in the task, where each has its place.
  private func countCall() throws(HostCallError) -> Int {
    let (turn, allowed) = account.withLock { account in
      let allowed = account.calls < bounds.turns
      if allowed { account.calls += 1 }
      return (account.calls, allowed)
    }
    guard allowed else {
      throw HostCallError("turn_limit", "All \(bounds.turns) model calls of this \(bounds.owner) are used; ask for more at a time.")
    }
    return try whole?.countCall() ?? turn
  }

  private func reserve(_ microUSD: Int64, turn: Int) async throws(HostCallError) {
    try hold(microUSD)
    do throws(HostCallError) {
      if let whole { try await whole.reserve(microUSD, turn: turn) } else { try await askPermit(microUSD, turn: turn) }
    } catch {
      settle(own: microUSD, 0, .zero)
      throw error
    }
  }

  /// Puts so much aside, if it is there.
  private func hold(_ microUSD: Int64) throws(HostCallError) {
    let (tokens, gone, isEnough) = account.withLock { account in
      let gone = account.spentMicroUSD.saturatingAdd(account.reservedMicroUSD).saturatingAdd(account.elsewhereMicroUSD)
      let isEnough = gone.saturatingAdd(microUSD) <= bounds.budgetMicroUSD
      let tokens = account.usage.totalTokens
      if isEnough, tokens < bounds.totalTokens { account.reservedMicroUSD = account.reservedMicroUSD.saturatingAdd(microUSD) }
      return (tokens, gone, isEnough)
    }
    guard tokens < bounds.totalTokens else {
      throw HostCallError("token_limit", "This \(bounds.owner) used \(tokens) tokens, \(bounds.totalTokens) are allowed.")
    }
    guard isEnough else {
      throw HostCallError(
        "budget_exhausted",
        "The next model call may cost \(Money.text(microUSD)); \(Money.text(gone)) of \(Money.text(bounds.budgetMicroUSD)) are spent or "
          + "reserved. Ask for less, or with a smaller 'maxTokens'.")
    }
  }

  /// Notes with the task what its calls may cost; the amount has been put aside already.
  private func askPermit(_ microUSD: Int64, turn: Int) async throws(HostCallError) {
    let others = account.withLock { $0.spentMicroUSD.saturatingAdd($0.reservedMicroUSD) - microUSD }
    let elsewhere: Int64
    do throws(AgentFailure) {
      elsewhere = try await task.permit(AgentLoop.ModelCallPlan(turn: turn, spentMicroUSD: others, reservationMicroUSD: microUSD))
    } catch {
      throw HostCallError(error.code.rawValue, error.message)
    }
    let isEnough = account.withLock { account in
      account.elsewhereMicroUSD = elsewhere
      return account.spentMicroUSD.saturatingAdd(account.reservedMicroUSD).saturatingAdd(elsewhere) <= bounds.budgetMicroUSD
    }
    guard isEnough else {
      throw HostCallError(
        "budget_exhausted",
        "Earlier attempts at the task spent \(Money.text(elsewhere)) of its \(Money.text(bounds.budgetMicroUSD)), which leaves too little "
          + "for a call that may cost \(Money.text(microUSD)).")
    }
  }

  private func settle(_ reservation: Int64, _ cost: Int64, _ usage: TokenUsage) {
    settle(own: reservation, cost, usage)
    whole?.settle(reservation, cost, usage)
  }

  private func settle(own reservation: Int64, _ cost: Int64, _ usage: TokenUsage) {
    account.withLock { account in
      account.reservedMicroUSD = max(0, account.reservedMicroUSD - reservation)
      account.spentMicroUSD = account.spentMicroUSD.saturatingAdd(cost)
      account.usage += usage
    }
  }

  // MARK: Notes

  private func note(_ response: ConverseResponse, _ turn: Int, _ caller: Gate.Caller, milliseconds: Int64) {
    let fields: JSONObject = [
      "agent_use_id": .string(caller.taskID), "node": .string(caller.agentID), "turn": .number(turn),
      "stop_reason": .string(response.stopReason.rawValue), "input_tokens": .number(response.usage.inputTokens),
      "output_tokens": .number(response.usage.outputTokens), "milliseconds": .number(milliseconds),
    ]
    services.observer.note(
      .debug, "the model answered",
      fields.merging(
        ModelCallFields.replied(
          modelID: task.modelID, stopReason: response.stopReason, usage: response.usage, agentID: caller.agentID,
          conversationID: caller.orchestrationID)))
  }

  private func note(_ error: any Error, _ turn: Int, _ caller: Gate.Caller, willRetry: Bool) {
    let fields: JSONObject = [
      "agent_use_id": .string(caller.taskID), "node": .string(caller.agentID), "turn": .number(turn), "will_retry": .bool(willRetry),
    ]
    services.observer.note(
      .warning, "the model could not be asked: \(error)",
      fields.merging(
        ModelCallFields.failed(
          modelID: task.modelID, code: (error as? AWSError)?.code, agentID: caller.agentID, conversationID: caller.orchestrationID)))
  }
}
