import AWSClient
import AgentKit
import JSON
import Telemetry

extension Worker {
  /// What an agent's run came to, and what it spent.
  struct Run: Sendable {
    var outcome: Result<JSONValue, TaskFailure>
    var usage: TaskCompletion.Usage
  }

  /// Runs the agent that the task names.
  func run(_ message: TaskMessage, _ claim: Claim) async throws(TaskFailure) -> Run {
    guard message.orchestrationID == OrchestrationID.none || OrchestrationID.isValid(message.orchestrationID) else {
      throw TaskFailure("invalid_task", "'\(message.orchestrationID)' is no orchestration id: expected 1 to 128 of [a-zA-Z0-9._:-]")
    }
    guard ConversationRules.isValidToolUseID(message.toolUseID) else {
      throw TaskFailure("invalid_task", "'\(message.toolUseID)' is no tool use id: expected 1 to 64 of [a-zA-Z0-9_.:-]")
    }
    // Time to say so when the run is not done; of a short invocation a share.
    let remaining = max(0, claim.untilMilliseconds - effects.clock.nowMilliseconds)
    var deadline = claim.untilMilliseconds - min(configuration.marginMilliseconds, remaining / 5)
    if let dueAt = message.dueAtMilliseconds { deadline = min(deadline, dueAt) }
    guard deadline > effects.clock.nowMilliseconds else {
      throw TaskFailure("deadline_exceeded", "The task was due before a worker could begin it.")
    }
    let agent = try await agent(message.node)
    let input = try await input(of: message)
    try check(input, against: agent)
    switch agent.kind {
    case .prompt: return try await runPrompt(agent, input, message, claim, deadlineMilliseconds: deadline)
    case .code:
      throw TaskFailure(
        "code_not_available", "Agent '\(agent.agentID)' is of kind code, which cannot be run before the sandbox is part of this deployment."
      )
    case .queue:
      throw TaskFailure(
        "wrong_queue",
        "Agent '\(agent.agentID)' is of kind queue and has its own consumer; its row must name that queue in config.action.target.")
    }
  }

  private func agent(_ agentID: String) async throws(TaskFailure) -> AgentConfiguration {
    let row: JSONValue?
    do { row = try await effects.registry.row(agentID) } catch {
      throw TaskFailure("registry_unavailable", "The registry could not be read for agent '\(agentID)': \(error)")
    }
    guard let row else { throw TaskFailure("agent_not_found", "There is no agent '\(agentID)' in the registry.") }
    let agent: AgentConfiguration
    do throws(AgentConfigurationError) { agent = try AgentConfiguration(row: row) } catch {
      throw TaskFailure("agent_unreadable", "The registry row cannot be used: \(error)")
    }
    guard agent.state == .active else { throw TaskFailure("agent_inactive", "Agent '\(agentID)' is \(agent.state.rawValue), not active.") }
    return agent
  }

  private func input(of message: TaskMessage) async throws(TaskFailure) -> JSONValue {
    guard let reference = message.inputReference else { return message.input }
    guard reference.key.hasPrefix("payloads/\(message.orchestrationID)/") else {
      throw TaskFailure("invalid_input", "The input at '\(reference.key)' is not below 'payloads/\(message.orchestrationID)/'.")
    }
    let bytes: [UInt8]?
    do { bytes = try await effects.blobs.get(key: reference.key) } catch {
      throw TaskFailure("input_unavailable", "The input at '\(reference.key)' could not be read: \(error)")
    }
    guard let bytes else { throw TaskFailure("input_unavailable", "The input at '\(reference.key)' is not there.") }
    guard let input = try? JSONValue(parsing: bytes), input.objectValue != nil else {
      throw TaskFailure("invalid_input", "The input at '\(reference.key)' is no JSON object.")
    }
    return input
  }

  /// The Supervisor checked the input already; other senders may not have.
  private func check(_ input: JSONValue, against agent: AgentConfiguration) throws(TaskFailure) {
    let schema: JSONSchema
    do throws(JSONSchemaError) { schema = try JSONSchema(compiling: agent.schema) } catch {
      throw TaskFailure("agent_unreadable", "The schema of agent '\(agent.agentID)' cannot be used: \(error)")
    }
    let violations = schema.validate(input)
    guard violations.isEmpty else {
      throw TaskFailure(
        "invalid_input",
        "The input does not fit the schema of '\(agent.agentID)': \(violations.map(\.description).joined(separator: "; ")).")
    }
  }

  // MARK: Prompt agents

  private func runPrompt(
    _ agent: AgentConfiguration, _ input: JSONValue, _ message: TaskMessage, _ claim: Claim, deadlineMilliseconds: Int64
  ) async throws(TaskFailure) -> Run {
    let workspace = Workspace(blobs: effects.blobs, orchestrationID: message.orchestrationID)
    let tools: ToolBox
    do {
      tools = try ToolBox(try BuiltInTools.tools(named: agent.tools, workspace: workspace, clock: effects.clock))
    } catch {
      throw TaskFailure("agent_unreadable", "The tools of agent '\(agent.agentID)' cannot be used: \(error)")
    }
    let modelID = agent.model ?? configuration.modelID
    if !effects.prices.quote(modelID: modelID).isKnown {
      note(.warning, "no price is listed for the model, so the highest of each price counts", message, ["model": .string(modelID)])
    }
    let loop = AgentLoop(
      model: effects.model, modelID: modelID, systemPrompt: agent.prompt ?? "", tools: tools,
      limits: limits(of: agent, message, deadlineMilliseconds: deadlineMilliseconds), temperature: configuration.temperature,
      prices: effects.prices, clock: effects.clock, pause: effects.pause,
      permit: { plan throws(AgentFailure) in try await permit(plan, claim, untilMilliseconds: deadlineMilliseconds) },
      observe: { observe($0, message, modelID: modelID) })
    let run = await loop.run(
      "Your input, as JSON:\n\(input.text)", context: ToolContext(orchestrationID: message.orchestrationID, taskID: message.toolUseID),
      spentElsewhereMicroUSD: claim.spentEarlierMicroUSD)
    let usage = TaskCompletion.Usage(
      inputTokens: Int64(run.usage.allInputTokens),
      outputTokens: Int64(run.usage.outputTokens), costMicroUSD: run.costMicroUSD)
    return switch run.outcome {
    case .answer(let text): Run(outcome: .success(AgentRun.value(ofAnswer: text)), usage: usage)
    case .failure(let failure): Run(outcome: .failure(TaskFailure(failure)), usage: usage)
    }
  }

  /// Lets a model call be made while the task is wanted and ours, and notes first what it can cost: an attempt that dies has spent it.
  /// - Returns: what earlier attempts at the task have spent at most.
  private func permit(
    _ plan: AgentLoop.ModelCallPlan, _ claim: Claim, untilMilliseconds: Int64
  ) async throws(AgentFailure) -> Int64 {
    let earlier: Int64?
    do {
      // The claim has just been made under the same condition.
      if plan.turn > 1 {
        guard try await effects.claims.isPending(claim.key) else {
          throw AgentFailure(.cancelled, "Nobody waits for the task any more: it was answered, timed out or cancelled.")
        }
      }
      earlier = try await effects.claims.reserve(
        claim.key, owner: claim.owner, atMostMicroUSD: plan.spentMicroUSD.saturatingAdd(plan.reservationMicroUSD),
        untilMilliseconds: untilMilliseconds)
    } catch let failure as AgentFailure {
      throw failure
    } catch {
      throw AgentFailure(.ledgerUnavailable, "What the next model call can cost could not be noted, so it was not made: \(error)")
    }
    guard let earlier else { throw AgentFailure(.cancelled, "The task passed on to another worker.") }
    return earlier
  }

  private func limits(of agent: AgentConfiguration, _ message: TaskMessage, deadlineMilliseconds: Int64) -> AgentLimits {
    var limits = AgentLimits()
    limits.turns = agent.limits.turns ?? configuration.turns
    limits.maxTokens = agent.limits.maxTokens ?? configuration.maxTokens
    limits.budgetMicroUSD = agent.limits.budgetMicroUSD ?? configuration.budgetMicroUSD
    // What the task may spend is a part of what the run may spend, so it can only lower the agent's own limit.
    if let budget = message.budgetMicroUSD { limits.budgetMicroUSD = min(budget, agent.limits.budgetMicroUSD ?? budget) }
    limits.deadlineMilliseconds = deadlineMilliseconds
    if let seconds = agent.limits.timeoutSeconds {
      limits.deadlineMilliseconds = min(deadlineMilliseconds, effects.clock.nowMilliseconds + Int64(seconds) * 1_000)
    }
    return limits
  }

  private func observe(_ event: AgentEvent, _ message: TaskMessage, modelID: String) {
    let conversationID = message.orchestrationID
    switch event {
    case .modelAnswered(let turn, let stopReason, let usage, let cost, let milliseconds):
      let fields: JSONObject = [
        "turn": .number(turn), "stop_reason": .string(stopReason.rawValue), "input_tokens": .number(usage.inputTokens),
        "output_tokens": .number(usage.outputTokens), "cost_micro_usd": .number(cost), "milliseconds": .number(milliseconds),
      ]
      note(
        .debug, "the model answered", message,
        fields.merging(
          ModelCallFields.replied(
            modelID: modelID, stopReason: stopReason, usage: usage, agentID: message.node, conversationID: conversationID)))
    case .modelFailed(let turn, let code, let error, let willRetry):
      let fields: JSONObject = ["turn": .number(turn), "will_retry": .bool(willRetry)]
      note(
        .warning, "the model could not be asked: \(error)", message,
        fields.merging(ModelCallFields.failed(modelID: modelID, code: code, agentID: message.node, conversationID: conversationID)))
    case .toolFinished(let name, let id, let isError, let milliseconds):
      let fields: JSONObject = ["tool": .string(name), "is_error": .bool(isError), "milliseconds": .number(milliseconds)]
      note(
        .debug, "a tool finished", message,
        fields.merging(
          ModelCallFields.tool(name, callID: id, isError: isError, agentID: message.node, conversationID: conversationID)))
    case .compacted(let from, let to):
      note(.info, "the conversation was shortened", message, ["from_bytes": .number(from), "to_bytes": .number(to)])
    }
  }
}
