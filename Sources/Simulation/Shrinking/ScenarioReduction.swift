/// Smaller versions of a scenario, each with one thing less, the largest steps first.
enum ScenarioReduction {
  static func candidates(_ scenario: Scenario) -> [Scenario] {
    withoutRuns(scenario) + withoutActions(scenario) + withoutRounds(scenario) + withoutTasks(scenario) + withoutAgents(scenario)
      + withoutSettings(scenario)
      + withSmallerRuns(scenario)
  }

  private static func withoutRuns(_ scenario: Scenario) -> [Scenario] {
    guard scenario.runs.count > 1 else { return [] }
    return scenario.runs.indices.map { index in
      var smaller = scenario
      let gone = smaller.runs.remove(at: index).id
      smaller.actions.removeAll { $0.kind.run == gone }
      return smaller
    }
  }

  private static func withoutActions(_ scenario: Scenario) -> [Scenario] {
    guard !scenario.actions.isEmpty else { return [] }
    var smaller = [scenario]
    smaller[0].actions = []
    guard scenario.actions.count > 1 else { return smaller }
    for index in scenario.actions.indices {
      var candidate = scenario
      candidate.actions.remove(at: index)
      smaller.append(candidate)
    }
    return smaller
  }

  private static func withoutRounds(_ scenario: Scenario) -> [Scenario] {
    each(scenario) { run in run.rounds.indices.reversed().map { index in changed(run) { $0.rounds.remove(at: index) } } }
  }

  private static func withoutTasks(_ scenario: Scenario) -> [Scenario] {
    each(scenario) { run in
      run.rounds.indices.flatMap { round in
        guard run.rounds[round].count > 1 else { return [PlannedRun]() }
        return run.rounds[round].indices.map { task in changed(run) { $0.rounds[round].remove(at: task) } }
      }
    }
  }

  /// Without the agents that no task names.
  private static func withoutAgents(_ scenario: Scenario) -> [Scenario] {
    var named = Set(scenario.runs.flatMap { $0.rounds.joined().map(\.agent) })
    for action in scenario.actions { if let agent = action.kind.agent { named.insert(agent) } }
    // Without its maker an agent would never be there.
    for agent in scenario.agents where named.contains(agent.id) { if let maker = agent.maker { named.insert(maker) } }
    var smaller = scenario
    smaller.agents.removeAll { !named.contains($0.id) }
    return smaller.agents.count < scenario.agents.count ? [smaller] : []
  }

  /// Without what the deployment and the agents' rows set of their own.
  private static func withoutSettings(_ scenario: Scenario) -> [Scenario] {
    var plain = scenario
    plain.settings = [:]
    var unlimited = scenario
    for index in unlimited.agents.indices {
      unlimited.agents[index] = PlannedAgent(
        id: scenario.agents[index].id, kind: scenario.agents[index].kind, maker: scenario.agents[index].maker)
    }
    return [plain, unlimited].filter { $0 != scenario }
  }

  private static func withSmallerRuns(_ scenario: Scenario) -> [Scenario] {
    each(scenario) { run in
      [
        changed(run) { $0.copies = 1 }, changed(run) { $0.callback = nil }, changed(run) { $0.deadlineSeconds = nil },
        changed(run) { $0.budgetMicroUSD = nil }, changed(run) { $0.answerBytes = min($0.answerBytes, 20) },
        changed(run) { $0.extraTaskBytes = 0 },
        changed(run) { run in
          for (round, task) in places(run) {
            run.rounds[round][task].inputBytes = min(run.rounds[round][task].inputBytes, 10)
            run.rounds[round][task].resultBytes = min(run.rounds[round][task].resultBytes, 10)
          }
        },
        changed(run) { run in for (round, task) in places(run) { run.rounds[round][task].agentTurns = 0 } },
      ]
    }
  }

  private static func places(_ run: PlannedRun) -> [(Int, Int)] {
    run.rounds.indices.flatMap { round in run.rounds[round].indices.map { (round, $0) } }
  }

  private static func changed(_ run: PlannedRun, _ change: (inout PlannedRun) -> Void) -> PlannedRun {
    var run = run
    change(&run)
    return run
  }

  /// The scenario with each of its runs in each of its other versions.
  private static func each(_ scenario: Scenario, _ versions: (PlannedRun) -> [PlannedRun]) -> [Scenario] {
    scenario.runs.indices.flatMap { index in
      versions(scenario.runs[index]).filter { $0 != scenario.runs[index] }.map { run in
        var smaller = scenario
        smaller.runs[index] = run
        return smaller
      }
    }
  }
}

extension PlannedAction.Kind {
  fileprivate var run: String? {
    switch self {
    case .cancel(let run), .poison(_, let run): run
    case .deactivate, .activate, .delete, .edit, .deploy: nil
    }
  }

  fileprivate var agent: String? {
    switch self {
    case .deactivate(let agent), .activate(let agent), .delete(let agent), .edit(let agent): agent
    case .cancel, .deploy, .poison: nil
    }
  }
}
