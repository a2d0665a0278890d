import AWSClient
import AgentKit
import JSON
import Telemetry

extension Worker {
  /// Runs the agent that the task names.
  func run(_ message: TaskMessage, _ claim: TaskClaim, _ tasks: TaskHandler) async throws(TaskFailure) -> TaskRun {
    let deadline = try tasks.deadline(of: message, claim, marginMilliseconds: configuration.marginMilliseconds)
    let agent = try await agent(message.node)
    let input = try await tasks.input(of: message)
    try check(input, against: agent)
    switch agent.kind {
    case .prompt: return try await runPrompt(agent, input, message, claim, tasks, deadlineMilliseconds: deadline)
    case .code:
      do throws(AgentConfigurationError) { try agent.checkForWorker() } catch {
        throw TaskFailure("agent_unreadable", "The registry row cannot be used: \(error)")
      }
      return try await effects.code.run(codeTask(agent, input, message, claim, tasks, deadlineMilliseconds: deadline))
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
    switch agent.state {
    case .active: return agent
    case .inactive, .maintenance: throw TaskFailure("agent_inactive", "Agent '\(agentID)' is \(agent.state.rawValue), not active.")
    case .pending:
      throw TaskFailure("agent_pending", "Agent '\(agentID)' awaits approval by a person and cannot be used before. Use another agent.")
    case .quarantined:
      throw TaskFailure(
        "agent_quarantined", "Agent '\(agentID)' failed too often in a row and is not used until a person enables it. Use another agent.")
    }
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
    _ agent: AgentConfiguration, _ input: JSONValue, _ message: TaskMessage, _ claim: TaskClaim, _ tasks: TaskHandler,
    deadlineMilliseconds: Int64
  ) async throws(TaskFailure) -> TaskRun {
    let workspace = Workspace(blobs: effects.blobs, orchestrationID: message.orchestrationID)
    let tools: ToolBox
    do {
      tools = try ToolBox(
        try BuiltInTools.tools(named: agent.tools, workspace: workspace, clock: effects.clock, services: .init(web: effects.web)))
    } catch {
      throw TaskFailure("agent_unreadable", "The tools of agent '\(agent.agentID)' cannot be used: \(error)")
    }
    let modelID = agent.model ?? configuration.modelID
    if !effects.prices.quote(modelID: modelID).isKnown {
      tasks.note(.warning, "no price is listed for the model, so the highest of each price counts", message, ["model": .string(modelID)])
    }
    let loop = AgentLoop(
      model: effects.model, modelID: modelID, systemPrompt: agent.prompt ?? "", tools: tools,
      limits: limits(of: agent, message, deadlineMilliseconds: deadlineMilliseconds), temperature: configuration.temperature,
      prices: effects.prices, clock: effects.clock, pause: effects.pause,
      permit: { plan throws(AgentFailure) in try await tasks.permit(plan, claim, untilMilliseconds: deadlineMilliseconds) },
      observe: { tasks.note($0, of: message, modelID: modelID) })
    let run = await loop.run(
      "Your input, as JSON:\n\(input.text)", context: ToolContext(orchestrationID: message.orchestrationID, taskID: message.toolUseID),
      spentElsewhereMicroUSD: claim.spentEarlierMicroUSD)
    let usage = TaskCompletion.Usage(
      inputTokens: Int64(run.usage.allInputTokens),
      outputTokens: Int64(run.usage.outputTokens), costMicroUSD: run.costMicroUSD)
    return switch run.outcome {
    case .answer(let text): TaskRun(outcome: .success(AgentRun.value(ofAnswer: text)), usage: usage)
    case .failure(let failure): TaskRun(outcome: .failure(TaskFailure(failure)), usage: usage)
    }
  }

  // MARK: Agents that are code

  private func codeTask(
    _ agent: AgentConfiguration, _ input: JSONValue, _ message: TaskMessage, _ claim: TaskClaim, _ tasks: TaskHandler,
    deadlineMilliseconds: Int64
  ) -> CodeAgentTask {
    CodeAgentTask(
      agent: agent, input: input, message: message, claim: claim,
      limits: limits(of: agent, message, deadlineMilliseconds: deadlineMilliseconds), modelID: agent.model ?? configuration.modelID,
      temperature: configuration.temperature,
      permit: { plan throws(AgentFailure) in try await tasks.permit(plan, claim, untilMilliseconds: deadlineMilliseconds, asksFirst: true) }
    )
  }

  // MARK: Limits

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
}
