import AWSClient
public import AgentKit
public import CodeAgents
import JSON
public import Orchestration
public import Sandbox

/// Makes agents: has a model draft a module, tries it in the sandbox, and brings what has proved itself into the registry.
///
/// A task is done once, like every task of a worker. An attempt that follows a dead one finds by the rows' `origin` what that one brought into
/// the registry, and completes with it.
public struct Fabricator: Sendable {
  public struct Effects: Sendable {
    public var tasks: TaskHandler.Effects
    public var model: any Model
    public var agentRows: any RegistryRowStore
    public var toolRows: any RegistryRowStore
    public var runner: any ModuleRunner
    /// Within which drafts are tried.
    public var limits: SandboxLimits
    public var progress: any FabricationProgress
    public var prices: ModelPrices
    /// Waits for so many milliseconds.
    public var pause: @Sendable (Int64) async throws -> Void

    public init(
      tasks: TaskHandler.Effects, model: any Model, agentRows: any RegistryRowStore, toolRows: any RegistryRowStore,
      runner: any ModuleRunner, limits: SandboxLimits, progress: any FabricationProgress, prices: ModelPrices,
      pause: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }
    ) {
      self.tasks = tasks
      self.model = model
      self.agentRows = agentRows
      self.toolRows = toolRows
      self.runner = runner
      self.limits = limits
      self.progress = progress
      self.prices = prices
      self.pause = pause
    }
  }

  let configuration: FabricatorConfiguration
  let effects: Effects
  let tasks: TaskHandler
  let agents: AgentLifecycle
  let tools: AgentLifecycle

  public init(configuration: FabricatorConfiguration, effects: Effects) {
    self.configuration = configuration
    self.effects = effects
    tasks = TaskHandler(function: "fabricator", inlineBytes: configuration.inlineBytes, criticalCodes: [], effects: effects.tasks)
    let versions = VersionStore(blobs: effects.tasks.blobs, clock: effects.tasks.clock)
    agents = AgentLifecycle(
      kind: .agent, rows: effects.agentRows, versions: versions, bus: effects.tasks.bus, clock: effects.tasks.clock)
    tools = AgentLifecycle(kind: .tool, rows: effects.toolRows, versions: versions, bus: effects.tasks.bus, clock: effects.tasks.clock)
  }

  /// Does the fabrication that one message asks for.
  /// - Parameters:
  ///   - body: the body of the SQS message: `agent_input.taskDetails`, and optionally what every task has.
  ///   - requestID: the message attribute `requestId` of a user interface.
  ///   - messageID: the queue's id of the message.
  ///   - traceHeader: travels on with the events.
  ///   - deadlineMilliseconds: when the invocation ends, in milliseconds since the Unix epoch.
  /// - Throws: when the message must come again.
  public func handle(
    _ body: [UInt8], requestID: String?, messageID: String, traceHeader: String?, deadlineMilliseconds: Int64
  ) async throws {
    try await tasks.handle(
      FabricationMessage.completed(body, requestID: requestID, messageID: messageID), traceHeader: traceHeader,
      deadlineMilliseconds: deadlineMilliseconds,
      perform: { message, claim throws(TaskFailure) in
        do throws(TaskFailure) {
          return try await fabricate(message, claim)
        } catch {
          guard claim.spentEarlierMicroUSD > 0 else { throw error }
          // The attempt before this one got as far as a model: what it has brought into the registry, nobody has told yet.
          return TaskRun(
            outcome: .failure(error), usage: TaskCompletion.Usage(costMicroUSD: claim.spentEarlierMicroUSD), registryChanged: true)
        }
      },
      announce: { answer, traceHeader in FabricationEvents.events(of: answer, traceHeader: traceHeader) })
  }

  // MARK: One fabrication

  private func fabricate(_ message: TaskMessage, _ claim: TaskClaim) async throws(TaskFailure) -> TaskRun {
    let deadline = try tasks.deadline(of: message, claim, marginMilliseconds: configuration.marginMilliseconds)
    let request = try Self.request(in: try await tasks.input(of: message))
    let catalog = try await catalog()
    let origin = VersionOrigin(orchestrationID: message.orchestrationID, toolUseID: message.toolUseID)
    let earlier = await madeEarlier(by: origin, for: request, catalog)
    let workshop = Workshop(catalog: catalog, made: earlier)
    if let agent = earlier.first(where: { $0.kind == .agent }) {
      tasks.note(.info, "an earlier attempt has made the agent; the task is completed with it", message, ["agent_id": .string(agent.id)])
      let usage = TaskCompletion.Usage(inputTokens: 0, outputTokens: 0, costMicroUSD: claim.spentEarlierMicroUSD)
      return run(.success(.agent(agent, isReused: false, summary: nil)), workshop, usage)
    }
    let context = context(workshop, origin, request, message, claim, deadlineMilliseconds: deadline)
    let agentRun = try await loop(context, message, claim).run(
      FabricationPrompt.task(request, made: earlier),
      context: ToolContext(orchestrationID: message.orchestrationID, taskID: message.toolUseID),
      spentElsewhereMicroUSD: claim.spentEarlierMicroUSD)
    let usage = TaskCompletion.Usage(
      inputTokens: Int64(agentRun.usage.allInputTokens), outputTokens: Int64(agentRun.usage.outputTokens),
      costMicroUSD: agentRun.costMicroUSD)
    if workshop.mayHaveStored {
      // The deadline, or a lost answer, has cut a store off: the registry tells how it ended.
      tasks.note(.warning, "a store was cut off; the registry is read anew", message)
      if let catalog = try? await self.catalog() {
        for made in await madeEarlier(by: origin, for: request, catalog) { workshop.note(made) }
      }
    }
    return run(completion(workshop, agentRun), workshop, usage)
  }

  /// The words of whoever asked.
  private static func request(in input: JSONValue) throws(TaskFailure) -> String {
    let value = input["taskDetails"]
    guard let text = value?.stringValue, !text.utf8.allSatisfy({ $0 <= 0x20 }) else {
      throw TaskFailure(
        "invalid_input",
        "'agent_input.taskDetails' is \(OneLine.of(value?.text ?? "absent", toByteCount: 100)), expected a text that says what the new agent "
          + "must be able to do.")
    }
    let limit = 100_000
    guard text.utf8.count <= limit else {
      throw TaskFailure("invalid_input", "'agent_input.taskDetails' has \(text.utf8.count) bytes, at most \(limit) are read. Say less.")
    }
    return text
  }

  private func catalog() async throws(TaskFailure) -> RegistryCatalog {
    do {
      async let agentRows = effects.agentRows.rows()
      async let toolRows = effects.toolRows.rows()
      return RegistryCatalog(
        agentRows: RegistryRow.rows(try await agentRows, of: .agent), toolRows: RegistryRow.rows(try await toolRows, of: .tool))
    } catch {
      throw TaskFailure("registry_unavailable", "The registry could not be read: \(error)")
    }
  }

  /// What attempts at this task before this one have brought into the registry.
  ///
  /// Some models use a toolUseId again in a later round of the same run: what was made for other words is another task's.
  private func madeEarlier(by origin: VersionOrigin, for request: String, _ catalog: RegistryCatalog) async -> [Workshop.Made] {
    var made: [Workshop.Made] = []
    for row in catalog.toolRows + catalog.agentRows {
      guard let id = try? CodeIdentifier(row.id) else { continue }
      let versions = lifecycle(row.kind).versions
      if row.origin == origin, let number = row.versionNumber, let state = row.state, state == .active || state == .pending {
        // Where the version cannot be read, the row's word counts.
        let version = try? await versions.load(row.kind, id, number, sha256: row.versionSHA256)
        guard version == nil || version?.origin == origin && version?.request == request else { continue }
        made.append(Workshop.Made(kind: row.kind, id: row.id, config: row.config, version: number, state: state))
      } else if let candidate = row.candidate,
        let version = try? await versions.load(row.kind, id, candidate.number, sha256: candidate.sha256), version.origin == origin,
        version.request == request
      {
        made.append(
          Workshop.Made(
            kind: row.kind, id: row.id, config: version.config, version: candidate.number, state: row.state ?? .pending, waits: true))
      }
    }
    return made
  }

  private func lifecycle(_ kind: RegistryKind) -> AgentLifecycle { kind == .agent ? agents : tools }

  private func context(
    _ workshop: Workshop, _ origin: VersionOrigin, _ request: String, _ message: TaskMessage, _ claim: TaskClaim,
    deadlineMilliseconds: Int64
  ) -> FabricationContext {
    FabricationContext(
      workshop: workshop,
      bench: TrialBench(
        runner: effects.runner, tools: RegistryTools(lifecycle: tools, workshop: workshop), limits: effects.limits,
        clock: effects.tasks.clock, webHosts: configuration.webHosts),
      agents: agents, tools: tools, configuration: configuration, clock: effects.tasks.clock, origin: origin, request: request,
      deadlineMilliseconds: deadlineMilliseconds,
      readCatalog: { do throws(TaskFailure) { return try await catalog() } catch { throw ToolError(error.code, error.message) } },
      isWanted: { [claims = effects.tasks.claims] in try await claims.isPending(claim.key) },
      report: { [progress = effects.progress, tasks] step, text in
        tasks.note(.info, "the fabrication goes on", message, ["step": .string(step), "progress": .string(text)])
        await progress.note(step, text, of: claim)
      })
  }

  private func loop(_ context: FabricationContext, _ message: TaskMessage, _ claim: TaskClaim) throws(TaskFailure) -> AgentLoop {
    let toolBox: ToolBox
    do throws(ToolBoxError) {
      toolBox = try ToolBox(FabricationTools.all.map { ReportingTool(tool: $0, fabrication: context) })
    } catch {
      throw TaskFailure("unexpected", "The Fabricator's tools cannot be used: \(error)")
    }
    let modelID = configuration.modelID
    if !effects.prices.quote(modelID: modelID).isKnown {
      tasks.note(.warning, "no price is listed for the model, so the highest of each price counts", message, ["model": .string(modelID)])
    }
    var limits = AgentLimits()
    limits.turns = configuration.turns
    limits.maxTokens = configuration.cappedMaxTokens
    limits.budgetMicroUSD = min(configuration.budgetMicroUSD, message.budgetMicroUSD ?? .max)
    limits.deadlineMilliseconds = context.deadlineMilliseconds
    // Each step builds on the one before: an upload, its test, its registration.
    limits.parallelToolCalls = 1
    // A test of many cases.
    limits.toolTimeoutMilliseconds = 300_000
    // A tool's code, or what became of thirty cases.
    limits.toolResultBytes = 300_000
    // What bounds a fabrication is its budget.
    limits.totalTokens = 100_000_000
    return AgentLoop(
      model: effects.model, modelID: modelID,
      systemPrompt: FabricationPrompt.system(context.catalog, limits: effects.limits, webHosts: configuration.webHostNames), tools: toolBox,
      limits: limits, temperature: configuration.temperature, endingTools: [CompleteTaskTool.name], prices: effects.prices,
      clock: effects.tasks.clock,
      pause: effects.pause,
      permit: { plan throws(AgentFailure) in
        try await tasks.permit(plan, claim, untilMilliseconds: context.deadlineMilliseconds)
      }, observe: { tasks.note($0, of: message, modelID: modelID) })
  }

  // MARK: The end

  private func completion(_ workshop: Workshop, _ run: AgentRun) -> Result<Completion, TaskFailure> {
    switch workshop.completion {
    case .impossible(let reason)?: return .failure(TaskFailure("not_possible", "No agent can be made for this: \(reason)"))
    case let completion?: return .success(completion)
    case nil: break
    }
    // The last that was stored is what the model ended with.
    if let agent = workshop.made.last(where: { $0.kind == .agent }) { return .success(.agent(agent, isReused: false, summary: nil)) }
    let last = workshop.lastLine.isEmpty ? "" : " The last step was: \(workshop.lastLine)."
    switch run.outcome {
    case .failure(let failure):
      return .failure(TaskFailure(failure.code.rawValue, "No agent was made: \(failure.message)\(last)"))
    case .answer(let text):
      return .failure(
        TaskFailure(
          "nothing_fabricated",
          "No agent was made: the model ended without storing one.\(last) It said: \(OneLine.of(text, toByteCount: 1_000))"))
    }
  }

  private func run(_ completion: Result<Completion, TaskFailure>, _ workshop: Workshop, _ usage: TaskCompletion.Usage) -> TaskRun {
    let made = workshop.made
    var registryChanged = made.contains(where: \.isActive) || workshop.mayHaveStored
    switch completion {
    case .success(.agent(let agent, let isReused, _)):
      registryChanged = registryChanged || agent.isRecent
      effects.tasks.observer.count(isReused ? "AgentReused" : "AgentFabricated")
    case .success(.impossible), .failure: effects.tasks.observer.count("FabricationFailed")
    }
    return TaskRun(outcome: completion.map { $0.data(tools: made) }, usage: usage, registryChanged: registryChanged)
  }
}

/// The tools of the registry that are modules, and those that this fabrication has made and that await approval.
private struct RegistryTools: TrialToolSource {
  let lifecycle: AgentLifecycle
  let workshop: Workshop

  func tool(_ name: String) async throws -> TrialTool? {
    guard let row = try await lifecycle.row(name), let id = try? CodeIdentifier(name) else { return nil }
    let isOurs = workshop.made.contains { $0.kind == .tool && $0.id == name }
    guard row.state == .active || isOurs, let sha256 = row.config["sha256"]?.stringValue else { return nil }
    return TrialTool(
      module: SandboxModule(name: "\(name).js", source: try await lifecycle.versions.module(.tool, id, sha256: sha256)), sha256: sha256,
      schema: row.config["schema"] ?? [:],
      capabilities: Capabilities(configuration: row.config))
  }
}

extension RegistryRow {
  /// Rows as a table has them; what has no id is none.
  fileprivate static func rows(_ attributes: [[String: AttributeValue]], of kind: RegistryKind) -> [RegistryRow] {
    attributes.compactMap { row in row[kind.keyName]?.stringValue.map { RegistryRow(kind: kind, id: $0, attributes: row) } }
  }
}
