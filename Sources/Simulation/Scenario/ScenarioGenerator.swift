import Orchestration

extension Scenario {
  /// The scenario that follows from a seed.
  public static func generated(seed: UInt64) -> Scenario { ScenarioGenerator(seed: seed).scenario() }
}

/// Makes scenarios: mostly small ones, for a fault that needs many tasks to show is rare, and worlds should be many.
struct ScenarioGenerator {
  private let seed: UInt64
  /// Now and then everybody has much to say, over all the limits of messages, events and rows.
  private let isLarge: Bool
  /// Tool use ids without the run's number in them: other runs have the same.
  private let hasShortIDs: Bool

  init(seed: UInt64) {
    self.seed = seed
    var chance = RandomStream(seed: seed, purpose: "kind of scenario")
    isLarge = chance.occurs(0.015)
    hasShortIDs = chance.occurs(0.15)
  }

  func scenario() -> Scenario {
    let fabrication = FabricationGenerator(seed: seed)
    let makers = fabrication.makers()
    let others = fabrication.withCode(agents())
    var runs = runs(others)
    if !makers.isEmpty {
      for index in runs.indices { runs[index].rounds = fabrication.fabricating(runs[index].rounds, run: index + 1) }
    }
    let agents = others + makers
    return Scenario(
      agents: agents, runs: runs, actions: ActionGenerator(seed: seed, agents: agents, runs: runs).actions(), settings: settings())
  }

  // MARK: Agents

  private func agents() -> [PlannedAgent] {
    var chance = RandomStream(seed: seed, purpose: "agents")
    return (1...chance.weighted([2, 4, 3, 1])).map { number in
      var agent = PlannedAgent(id: "agent-\(number)", kind: chance.occurs(0.5) ? .prompt : .queue)
      agent.echoesRound = !chance.occurs(0.3)
      if chance.occurs(0.4) { agent.timeoutSeconds = chance.number(in: chance.occurs(0.3) ? 1...20 : 20...600) }
      if agent.kind == .prompt, chance.occurs(0.15) { agent.budgetMicroUSD = chance.number(in: 60_000...400_000) as Int64 }
      // The last one is in no price list.
      if agent.kind == .prompt, chance.occurs(0.2) {
        agent.model = chance.element(of: ["us.amazon.nova-lite-v1:0", "global.anthropic.claude-sonnet-4-5", "example.unlisted-v1"])
      }
      return agent
    }
  }

  // MARK: Runs

  private func runs(_ agents: [PlannedAgent]) -> [PlannedRun] {
    var chance = RandomStream(seed: seed, purpose: "runs")
    var runs: [PlannedRun] = []
    var time: Int64 = chance.number(in: 0...5_000)
    for number in 1...chance.weighted([45, 30, 17, 5, 3]) {
      var run = PlannedRun(id: "run-\(number)", atMilliseconds: time, rounds: rounds(ofRun: number, agents))
      run.copies = chance.weighted([75, 18, 7])
      run.deadlineSeconds = deadline(&chance)
      run.budgetMicroUSD = budget(&chance)
      run.callback = callback(&chance)
      run.answerBytes = chance.number(in: 1...200)
      if chance.occurs(0.05) { run.answerBytes = chance.number(in: 1_000...6_000) }
      if chance.occurs(0.03) { run.extraTaskBytes = chance.number(in: 100...13_000) }
      if isLarge, chance.occurs(0.5) { run.answerBytes = chance.number(in: 55_000...250_000) }
      if isLarge, chance.occurs(0.2) { run.extraTaskBytes = chance.number(in: 100_000...200_000) }
      runs.append(run)
      // Together, shortly after another, or when the others may be done.
      time += chance.number(in: chance.occurs(0.4) ? 0...60 : chance.occurs(0.5) ? 60...20_000 : 20_000...360_000)
    }
    return runs
  }

  private func deadline(_ chance: inout RandomStream) -> Int? {
    switch chance.weighted([55, 10, 15, 15, 5]) {
    case 1: nil
    case 2: chance.number(in: 1...20)
    case 3: chance.number(in: 30...300)
    case 4: chance.number(in: 600...3_600)
    default: chance.number(in: 7_200...14_400)
    }
  }

  /// A call of the Supervisor's default model reserves about 110 000 millionths of a dollar, and costs a tenth of it.
  private func budget(_ chance: inout RandomStream) -> Int64? {
    switch chance.weighted([60, 8, 17, 15]) {
    case 1: nil
    case 2: chance.number(in: 1_000...105_000)
    case 3: chance.number(in: 105_000...400_000)
    default: chance.number(in: 400_000...2_000_000)
    }
  }

  private func callback(_ chance: inout RandomStream) -> Callback? {
    switch chance.weighted([50, 23, 23, 2, 2]) {
    case 1: nil
    case 2:
      .eventBridge(
        busName: DeploymentNames.callbackBus, source: Callback.defaultEventName, detailType: Callback.defaultEventName)
    case 3: .sqs(queueURL: DeploymentNames.callbackQueue)
    case 4: .sqs(queueURL: DeploymentNames.queueURL("nowhere"))
    default: .eventBridge(busName: "nowhere", source: Callback.defaultEventName, detailType: Callback.defaultEventName)
    }
  }

  // MARK: Rounds

  private func rounds(ofRun number: Int, _ agents: [PlannedAgent]) -> [[PlannedTask]] {
    var chance = RandomStream(seed: seed, purpose: "rounds of run \(number)")
    let drawn = chance.weighted([10, 52, 26, 11, 1])
    let count = drawn == 5 ? chance.number(in: 6...8) : drawn - 1
    let usesIDsAgain = chance.occurs(0.1)
    var rounds: [[PlannedTask]] = []
    for round in 1...max(1, count) where count > 0 {
      let width = count > 3 ? chance.weighted([4, 1]) : chance.weighted([52, 25, 13, 4, 2, 1, 1, 2])
      var tasks: [PlannedTask] = []
      for index in 1...width {
        // The same agent is asked twice in a round as often as chance has it, and once more.
        let again = chance.occurs(0.15) ? tasks.last?.agent : nil
        let agent = again ?? (chance.occurs(0.04) ? "nobody" : chance.element(of: agents)?.id ?? "nobody")
        let name = usesIDsAgain ? "t\(index)" : "t\(round)-\(index)"
        var task = PlannedTask(toolUseID: hasShortIDs ? name : "r\(number).\(name)", agent: agent)
        task.inputBytes = bytes(&chance)
        task.resultBytes = bytes(&chance)
        task.agentTurns = chance.weighted([70, 20, 8, 2]) - 1
        tasks.append(task)
      }
      rounds.append(tasks)
    }
    return rounds
  }

  private func bytes(_ chance: inout RandomStream) -> Int {
    if isLarge, chance.occurs(0.4) { return chance.number(in: 20_000...250_000) }
    return chance.occurs(0.08) ? chance.number(in: 900...5_000) : chance.number(in: 1...120)
  }

  // MARK: Settings

  /// What the first deployment sets: mostly nothing.
  private func settings() -> [String: String] {
    var chance = RandomStream(seed: seed, purpose: "settings")
    var settings: [String: String] = [:]
    // Small payloads that count as large ones cost little.
    if chance.occurs(0.25) { settings["INLINE_PAYLOAD_BYTES"] = "\(chance.number(in: 1_000...4_000) as Int)" }
    if chance.occurs(0.1) { settings["MAX_ROUNDS"] = "\(chance.number(in: 1...4) as Int)" }
    if chance.occurs(0.05) { settings["MAX_TASKS_PER_ROUND"] = "\(chance.number(in: 1...3) as Int)" }
    if chance.occurs(0.1) { settings["TASK_TIMEOUT_SECONDS"] = "\(chance.number(in: 10...900) as Int)" }
    if chance.occurs(0.05) { settings["CHATTER_EVENTS"] = "false" }
    return settings
  }
}

extension RandomStream {
  /// A number from 1, each as likely as its weight says.
  mutating func weighted(_ weights: [Int]) -> Int {
    var rest = number(in: 1...weights.reduce(0, +))
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest <= 0 { return index + 1 }
    }
    return weights.count
  }
}
