import AWSClient
import AgentKit
import JSON
import Orchestration
import SimulatedAWS

/// The services of a world, set up as the deployment sets them up.
// Unchecked: a world has one thread.
final class WorldServices: @unchecked Sendable {
  let tables: SimulatedTables
  let queues: SimulatedQueues
  let bus: SimulatedBus
  let buckets: SimulatedBuckets
  let models: SimulatedModels
  let cloud: SimulatedCloud
  private let scenario: Scenario
  private let minds: Minds
  /// Agents that have been made.
  private var made: Set<String> = []
  /// How often each agent's row has been edited.
  private var versions: [String: Int] = [:]
  private var thinkingMilliseconds: Int64 = 0
  private var onModelCall: (ModelCallFacts) -> Void = { _ in }

  /// - Throws: `AWSError` when the registry does not take an agent of the scenario.
  init(scenario: Scenario, faults: FaultSource, minds: Minds) throws(AWSError) {
    self.scenario = scenario
    self.minds = minds
    tables = SimulatedTables(
      [
        .orchestrations(named: DeploymentNames.orchestrations), .workerState(named: DeploymentNames.workerState),
        .agents(named: DeploymentNames.agents),
      ], chance: faults)
    queues = SimulatedQueues(Self.queueDefinitions(scenario), chance: faults)
    bus = SimulatedBus(
      busNames: [DeploymentNames.bus, DeploymentNames.callbackBus],
      rules: SupervisorRules.sources.map { BusRule(name: $0, busName: DeploymentNames.bus, sources: [$0]) }, chance: faults)
    buckets = SimulatedBuckets([DeploymentNames.bucket], chance: faults)
    // Models have faults of their own kinds.
    let models = SimulatedModels { _ in .internalError }
    self.models = models
    cloud = SimulatedCloud(tables: tables, queues: queues, bus: bus, buckets: buckets, models: models)
    for agent in scenario.agents where agent.maker == nil {
      try tables.put(agent.row(), into: DeploymentNames.agents, nowMilliseconds: Timeline.begin)
    }
    models.reply = { [unowned self] call in reply(to: call) }
  }

  private static func queueDefinitions(_ scenario: Scenario) -> [QueueDefinition] {
    // The seed's 15 minutes (docs/decisions/0001), less where tasks must not take as long.
    let visibility = scenario.settings["TASK_TIMEOUT_SECONDS"].flatMap(Int.init).map { max(150, min(900, $0 / 2)) } ?? 900
    var definitions = [
      QueueDefinition(
        url: DeploymentNames.workerQueue, visibilityTimeoutSeconds: visibility, retentionSeconds: 604_800, maximumReceives: 3,
        deadLetterQueueURL: DeploymentNames.workerDeadLetters),
      QueueDefinition(url: DeploymentNames.workerDeadLetters, retentionSeconds: 1_209_600),
      QueueDefinition(url: DeploymentNames.fabricatorQueue), QueueDefinition(url: DeploymentNames.callbackQueue),
    ]
    for agent in scenario.agents where agent.kind == .queue { definitions.append(QueueDefinition(url: agent.queueURL)) }
    return definitions
  }

  /// Tells of everything that changes.
  func listen(
    table: @escaping (TableChange) -> Void, queue: @escaping (QueueChange) -> Void, event: @escaping (PublishedEvent) -> Void,
    blob: @escaping (String, Int?) -> Void, modelCall: @escaping (ModelCallFacts) -> Void
  ) {
    tables.onChange = table
    queues.onChange = { change, _ in queue(change) }
    bus.onEvent = event
    buckets.onChange = { change, _ in
      switch change {
      case .put(_, let object): blob(object.key, object.byteCount)
      case .deleted(_, let object), .expired(_, let object): blob(object.key, nil)
      }
    }
    onModelCall = modelCall
  }

  // MARK: Models

  private func reply(to call: ModelCall) -> ModelReply {
    guard let request = call.request else { return .invalid("The body is no request of Converse.") }
    let thought = minds.think(request, modelID: call.modelID)
    thinkingMilliseconds = thought.milliseconds
    var errorCode: String?
    let reply: ModelReply
    switch thought.reply {
    case .says(let said, _): reply = .response(thought.response ?? said)
    case .fails(let code, let status, let message):
      errorCode = code
      reply = .failure(code: code, status: status, message: message)
    }
    onModelCall(
      ModelCallFacts(
        modelID: call.modelID, request: request, response: thought.response, errorCode: errorCode, costMicroUSD: thought.costMicroUSD,
        orchestrationID: thought.orchestrationID, toolUseID: thought.toolUseID, invocation: Invocation.current?.facts))
    return reply
  }

  /// How long the model that has just been asked speaks, in milliseconds; 0 when none has been.
  func takeThinkingTime() -> Int64 {
    defer { thinkingMilliseconds = 0 }
    return thinkingMilliseconds
  }

  // MARK: What is done without a request of the functions'

  /// An event of somebody outside.
  func publish(source: String, detail: [UInt8], nowMilliseconds now: Int64) {
    bus.publish(
      PutEventsEntry(
        source: source, detailType: source, detail: String(decoding: detail, as: UTF8.self), eventBusName: DeploymentNames.bus),
      nowMilliseconds: now)
  }

  func send(_ body: [UInt8], to queueURL: String, nowMilliseconds now: Int64) {
    queues.send(String(decoding: body, as: UTF8.self), to: queueURL, nowMilliseconds: now)
  }

  func putBlob(_ key: String, _ bytes: [UInt8], nowMilliseconds now: Int64) {
    buckets.put(bytes, as: key, in: DeploymentNames.bucket, nowMilliseconds: now)
  }

  /// Registers what an agent makes, once.
  /// - Returns: the agents that there are now and were not before.
  func register(madeBy maker: String, nowMilliseconds now: Int64) -> [String] {
    scenario.agents.filter { $0.maker == maker }.compactMap { agent in
      guard made.insert(agent.id).inserted else { return nil }
      try? tables.put(agent.row(), into: DeploymentNames.agents, nowMilliseconds: now)
      return agent.id
    }
  }

  /// Takes an agent out of the registry's offers, unless somebody has removed it.
  func quarantine(_ agentID: String, nowMilliseconds now: Int64) {
    guard let agent = scenario.agents.first(where: { $0.id == agentID }),
      tables.items(of: DeploymentNames.agents).contains(where: { $0["agentId"]?.stringValue == agentID })
    else { return }
    try? tables.put(
      agent.row(version: versions[agentID] ?? 1, state: "quarantined"), into: DeploymentNames.agents, nowMilliseconds: now)
  }

  /// An operator's hand in the registry. What it refuses leaves the row as it was, as in the console.
  func edit(_ agentID: String, _ kind: PlannedAction.Kind, nowMilliseconds now: Int64) {
    guard let agent = scenario.agents.first(where: { $0.id == agentID }) else { return }
    // Nobody edits what is not there yet.
    guard agent.maker == nil || made.contains(agentID) else { return }
    func put(state: String) {
      let row = agent.row(version: versions[agentID] ?? 1, state: state)
      try? tables.put(row, into: DeploymentNames.agents, nowMilliseconds: now)
    }
    switch kind {
    case .deactivate: put(state: "inactive")
    case .activate: put(state: "active")
    case .edit:
      versions[agentID, default: 1] += 1
      put(state: "active")
    case .delete: try? tables.delete(["agentId": .string(agentID)], from: DeploymentNames.agents, nowMilliseconds: now)
    case .cancel, .deploy, .poison: break
    }
  }
}

/// What the Supervisor hears on its bus (infra/constructs/event_routes.py).
enum SupervisorRules {
  static let sources = [TaskRequest.source, TaskCompletion.source, SupervisorEvent.cancelSource, WakeEvent.source]
}
