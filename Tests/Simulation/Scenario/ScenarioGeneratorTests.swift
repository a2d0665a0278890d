import AWSClient
import AgentKit
import JSON
import Orchestration
import Testing

@testable import Simulation

@Suite struct ScenarioGeneratorTests {
  static let scenarios = (1...1_000).map { Scenario.generated(seed: $0) }

  @Test func aSeedAlwaysMakesTheSameScenario() {
    for (index, scenario) in Self.scenarios.prefix(100).enumerated() {
      #expect(Scenario.generated(seed: UInt64(index + 1)) == scenario)
    }
  }

  @Test func scenariosStayWithinTheirBounds() {
    for scenario in Self.scenarios {
      #expect((1...6).contains(scenario.agents.count))
      #expect((1...5).contains(scenario.runs.count))
      #expect(Set(scenario.runs.map(\.id)).count == scenario.runs.count)
      for run in scenario.runs {
        #expect((0...1_800_000).contains(run.atMilliseconds))
        #expect((1...3).contains(run.copies))
        #expect(run.rounds.count <= 8)
        for round in run.rounds {
          #expect((1...8).contains(round.count))
          #expect(Set(round.map(\.toolUseID)).count == round.count)
          #expect(round.allSatisfy { ConversationRules.isValidToolUseID($0.toolUseID) && ToolNames.isValid($0.agent) })
        }
      }
      let times = scenario.actions.map(\.atMilliseconds)
      #expect(times == times.sorted() && times.allSatisfy { (0...3_600_000).contains($0) })
    }
  }

  /// A world of 300 calls has room for about this much: some fifteen calls a run, twelve a round and ten a task, besides the sweeps.
  @Test func scenariosAreSmallOnTheAverage() {
    let runs = Self.scenarios.flatMap(\.runs)
    let rounds = runs.flatMap(\.rounds)
    let calls = runs.count * 15 + rounds.count * 12 + rounds.reduce(0) { $0 + $1.count } * 10
    #expect(calls / Self.scenarios.count < 180)
  }

  @Test func requestsAreWhatCallersSend() throws {
    for run in Self.scenarios.prefix(300).flatMap(\.runs) {
      let detail = run.request.json
      #expect(detail.count < 256_000)
      let request = try TaskRequest(detail: try JSONValue(parsing: detail))
      #expect(request.task.hasPrefix("[\(run.id)]"))
      #expect(request.orchestrationID == run.id && request.deadlineSeconds == run.deadlineSeconds && request.callback == run.callback)
    }
  }

  @Test func functionsStartWithAllSettings() throws {
    for scenario in Self.scenarios {
      var settings = scenario.settings
      var all = [settings]
      for case .deploy(let changed) in scenario.actions.map(\.kind) {
        settings.merge(changed) { $1 }
        all.append(settings)
      }
      for settings in all {
        let environment = DeploymentNames.environment(settings)
        _ = try SupervisorConfiguration(environment: environment)
        _ = try WorkerConfiguration(environment: environment)
      }
    }
  }

  /// What no scenario has is tried by no world.
  @Test func everythingOccursInAThousandScenarios() {
    var seen: Set<String> = []
    for scenario in Self.scenarios { seen.formUnion(Self.allFeatures(of: scenario)) }
    let expected: Set = [
      "1 runs", "5 runs", "close runs", "distant runs", "no rounds", "3 rounds", "many rounds", "1 tasks", "8 tasks", "unknown agent",
      "agent twice", "id again", "ids of other runs", "prompt agent", "queue agent", "code agent", "prompt agent that is made",
      "queue agent that is made", "code agent that is made", "made agent in the next round", "made agent in a later round",
      "agent that does not echo", "agent of another model",
      "agent's timeout", "agent's budget", "large input", "large result", "large answer", "large task", "deadline of seconds",
      "no deadline", "deadline of hours", "budget for nothing", "budget for some", "no budget", "no callback", "callback to a bus",
      "callback to a queue", "callback to nowhere", "copies", "agent's turns", "cancelled before", "cancelled meanwhile",
      "cancelled late", "deactivate", "activate", "delete", "edit", "new version only", "INLINE_PAYLOAD_BYTES at first",
      "MODEL_MAX_TOKENS", "MAX_ROUNDS", "LEASE_SECONDS", "REGISTRY_TTL_SECONDS", "INLINE_PAYLOAD_BYTES", "SUPERVISOR_PROMPT",
      "MAX_TASKS_PER_ROUND", "TASK_TIMEOUT_SECONDS", "MODEL_ID", "DEADLINE_SECONDS", "CHATTER_EVENTS", "AGENT_TURNS", "BUDGET_USD",
    ]
    let missing = expected.union(Poison.allCases.map { "poison \($0.rawValue)" }).subtracting(seen)
    #expect(missing.isEmpty)
    #expect(!seen.contains("made agent too early"))
  }

  private static func allFeatures(of scenario: Scenario) -> [String] {
    var features = ["\(scenario.runs.count) runs"]
    for (run, next) in zip(scenario.runs, scenario.runs.dropFirst()) {
      features.append(next.atMilliseconds - run.atMilliseconds <= 60 ? "close runs" : "distant runs")
    }
    for agent in scenario.agents {
      features.append("\(agent.kind) agent\(agent.maker == nil ? "" : " that is made")")
      if !agent.echoesRound { features.append("agent that does not echo") }
      if agent.model != nil { features.append("agent of another model") }
      if agent.timeoutSeconds != nil { features.append("agent's timeout") }
      if agent.budgetMicroUSD != nil { features.append("agent's budget") }
    }
    for run in scenario.runs {
      features += Self.features(of: run)
      let ids = Set(run.rounds.flatMap { $0 }.map(\.toolUseID))
      if scenario.runs.contains(where: { $0.id != run.id && !ids.isDisjoint(with: $0.rounds.flatMap { $0 }.map(\.toolUseID)) }) {
        features.append("ids of other runs")
      }
    }
    for action in scenario.actions { features += Self.features(of: action, in: scenario) }
    return features + scenario.settings.keys.map { "\($0) at first" }
  }

  private static func features(of run: PlannedRun) -> [String] {
    var features = [run.rounds.isEmpty ? "no rounds" : run.rounds.count > 5 ? "many rounds" : "\(run.rounds.count) rounds"]
    for (index, round) in run.rounds.enumerated() where round.contains(where: { $0.agent == FabricationGenerator.made }) {
      let maker = run.rounds.firstIndex { $0.contains { $0.agent == FabricationGenerator.maker } } ?? .max
      features.append(
        index == maker + 1 ? "made agent in the next round" : index > maker ? "made agent in a later round" : "made agent too early")
    }
    for round in run.rounds {
      features.append("\(round.count) tasks")
      if Set(round.map(\.agent)).count < round.count { features.append("agent twice") }
    }
    let tasks = run.rounds.flatMap { $0 }
    if Set(tasks.map(\.toolUseID)).count < tasks.count { features.append("id again") }
    for task in tasks {
      if task.agent == "nobody" { features.append("unknown agent") }
      if task.inputBytes > 150_000 { features.append("large input") }
      if task.resultBytes > 150_000 { features.append("large result") }
      if task.agentTurns > 0 { features.append("agent's turns") }
    }
    if run.answerBytes > 60_000 { features.append("large answer") }
    if run.extraTaskBytes > 100_000 { features.append("large task") }
    features.append(
      run.deadlineSeconds.map { $0 <= 20 ? "deadline of seconds" : $0 > 7_200 ? "deadline of hours" : "deadline" } ?? "no deadline")
    features.append(run.budgetMicroUSD.map { $0 < 100_000 ? "budget for nothing" : "budget for some" } ?? "no budget")
    switch run.callback {
    case nil: features.append("no callback")
    case .sqs(DeploymentNames.callbackQueue): features.append("callback to a queue")
    case .eventBridge(DeploymentNames.callbackBus, _, _): features.append("callback to a bus")
    default: features.append("callback to nowhere")
    }
    if run.copies > 1 { features.append("copies") }
    return features
  }

  private static func features(of action: PlannedAction, in scenario: Scenario) -> [String] {
    switch action.kind {
    case .cancel(let id):
      let begin = scenario.runs.first { $0.id == id }?.atMilliseconds ?? 0
      let time = action.atMilliseconds - begin
      return [time < 0 ? "cancelled before" : time < 40_000 ? "cancelled meanwhile" : "cancelled late"]
    case .deactivate: return ["deactivate"]
    case .activate: return ["activate"]
    case .delete: return ["delete"]
    case .edit: return ["edit"]
    case .deploy(let settings): return settings.isEmpty ? ["new version only"] : Array(settings.keys)
    case .poison(let poison, _): return ["poison \(poison.rawValue)"]
    }
  }
}

@Suite struct PlannedActionTests {
  @Test func actionsAreToldInWords() {
    let kinds: [PlannedAction.Kind] = [
      .cancel(run: "run-1"), .edit(agent: "agent-1"), .deploy(settings: ["MAX_ROUNDS": "2", "BUDGET_USD": "0.1"]), .deploy(settings: [:]),
      .poison(.notJSON, run: "run-1"),
    ]
    #expect(
      kinds.map(\.description) == [
        "cancels run-1", "edits agent-1", "deploys a version with BUDGET_USD=0.1, MAX_ROUNDS=2", "deploys a version with the same settings",
        "sends poison: notJSON (run-1)",
      ])
  }
}

@Suite struct PlannedAgentRowTests {
  @Test(arguments: [PlannedAgent.Kind.prompt, .queue, .code])
  func rowsAreRead(_ kind: PlannedAgent.Kind) throws {
    let agent = PlannedAgent(id: "agent-1", kind: kind, timeoutSeconds: 30, budgetMicroUSD: kind == .prompt ? 90_000 : nil)
    let read = try AgentConfiguration(row: try AttributeValue.map(agent.row()).toJSON())
    #expect(read.agentID == "agent-1" && read.version == "1" && read.kind.rawValue == kind.rawValue && read.limits.timeoutSeconds == 30)
    #expect(read.queueURL == (kind == .queue ? agent.queueURL : nil))
    let input = TaskNames(run: "run-1", round: 1, toolUseID: "t1").input(text: ".")
    #expect(try read.inputSchema().validate(input).isEmpty)
    try read.checkForWorker()
  }

  @Test func everyVersionIsAnother() throws {
    let agent = PlannedAgent(id: "agent-1", kind: .prompt)
    let rows = try (1...9).map { try AttributeValue.map(agent.row(version: $0)).toJSON() }
    #expect(Set(rows).count == 9)
    let unreadable = rows.filter { (try? AgentConfiguration(row: $0)) == nil }
    #expect(unreadable == [rows[6]])
    #expect(throws: AgentConfigurationError.self) { try AgentConfiguration(row: rows[7]).checkForWorker() }
  }

  @Test func aRowIsInTheStateThatAnOperatorSets() throws {
    let row = PlannedAgent(id: "agent-1", kind: .queue).row(state: "maintenance")
    #expect(try AgentConfiguration(row: try AttributeValue.map(row).toJSON()).state == .maintenance)
  }
}

@Suite struct PoisonTests {
  static let scenario = Scenario(
    agents: [PlannedAgent(id: "agent-1", kind: .prompt)],
    runs: [PlannedRun(id: "run-1", atMilliseconds: 0, rounds: [[PlannedTask(toolUseID: "t1", agent: "agent-1")]])])

  /// A poison that answered a task of the plan would be no poison.
  @Test(arguments: Poison.allCases)
  func nobodyCanUseIt(_ poison: Poison) {
    switch poison.delivery(run: "run-1", in: Self.scenario) {
    case .invocation(let bytes): #expect(throws: (any Error).self) { try SupervisorEvent(bytes: bytes) }
    case .event(let source, let detailType, let detail):
      #expect(source == detailType)
      guard let completion = try? TaskCompletion(detail: try JSONValue(parsing: detail)) else { return }
      let answersPlan =
        completion.orchestrationID == "run-1" && completion.toolUseID == "t1" && completion.node == "agent-1"
        && [nil, "run-1#1"].contains(completion.requestID)
      #expect(!answersPlan)
    case .message(let queueURL, let body):
      #expect(queueURL == DeploymentNames.workerQueue)
      #expect((try? TaskMessage(body: body))?.toolUseID != "t1")
    }
  }
}
