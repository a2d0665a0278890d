/// Draws what people do. More than happens: whether an action does is for the world's faults to say when its time has come.
struct ActionGenerator {
  let seed: UInt64
  let agents: [PlannedAgent]
  let runs: [PlannedRun]

  /// Within the hour in which worlds are restless; later nobody would do anything any more.
  private static let end: Int64 = 3_500_000

  /// In the order of their times.
  func actions() -> [PlannedAction] {
    let drawn = cancellations() + edits() + deployments() + poison()
    // By place where times are equal: sorting need not keep their order.
    return drawn.enumerated().sorted { ($0.element.atMilliseconds, $0.offset) < ($1.element.atMilliseconds, $1.offset) }.map(\.element)
  }

  /// The times in which there is something to disturb.
  private var busy: ClosedRange<Int64> {
    let times = runs.map(\.atMilliseconds)
    return (times.min() ?? 0)...(times.max() ?? 0) + 120_000
  }

  private func cancellations() -> [PlannedAction] {
    var chance = RandomStream(seed: seed, purpose: "cancellations")
    return runs.map { run in
      let time: Int64 =
        switch chance.weighted([10, 60, 20, 10]) {
        case 1: run.atMilliseconds - chance.number(in: 0...4_000)
        case 2: run.atMilliseconds + chance.number(in: 0...40_000)
        case 3: run.atMilliseconds + chance.number(in: 40_000...600_000)
        default: run.atMilliseconds + chance.number(in: 600_000...3_500_000)
        }
      return PlannedAction(atMilliseconds: min(max(0, time), Self.end), kind: .cancel(run: run.id))
    }
  }

  private func edits() -> [PlannedAction] {
    var chance = RandomStream(seed: seed, purpose: "edits")
    var actions: [PlannedAction] = []
    for agent in agents {
      for _ in 0..<chance.number(in: 1...3) {
        let time = chance.number(in: busy)
        switch chance.weighted([45, 25, 20, 10]) {
        case 1: actions.append(PlannedAction(atMilliseconds: time, kind: .edit(agent: agent.id)))
        case 2:
          actions.append(PlannedAction(atMilliseconds: time, kind: .deactivate(agent: agent.id)))
          actions.append(PlannedAction(atMilliseconds: time + chance.number(in: 0...120_000), kind: .activate(agent: agent.id)))
        case 3: actions.append(PlannedAction(atMilliseconds: time, kind: .activate(agent: agent.id)))
        default: actions.append(PlannedAction(atMilliseconds: time, kind: .delete(agent: agent.id)))
        }
      }
    }
    return actions
  }

  private func deployments() -> [PlannedAction] {
    var chance = RandomStream(seed: seed, purpose: "deployments")
    return (0..<chance.number(in: 1...3)).map { _ in
      PlannedAction(atMilliseconds: chance.number(in: busy), kind: .deploy(settings: settings(&chance)))
    }
  }

  /// Variables that a deployment changes; an empty one counts as absent, so that it brings the default back.
  private func settings(_ chance: inout RandomStream) -> [String: String] {
    var settings: [String: String] = [:]
    // Nothing but a new version is a deployment too.
    for _ in 0..<chance.number(in: 0...2) {
      switch chance.number(in: 1...13) {
      case 1: settings["MODEL_MAX_TOKENS"] = "\(chance.number(in: 64...4_096) as Int)"
      case 2: settings["MAX_ROUNDS"] = "\(chance.number(in: 1...5) as Int)"
      case 3: settings["LEASE_SECONDS"] = "\(chance.number(in: 10...300) as Int)"
      case 4: settings["REGISTRY_TTL_SECONDS"] = "\(chance.number(in: 0...600) as Int)"
      case 5: settings["INLINE_PAYLOAD_BYTES"] = "\(chance.number(in: 1_000...20_000) as Int)"
      case 6: settings["SUPERVISOR_PROMPT"] = "You lead a team. Version \(chance.number(in: 2...9) as Int)."
      case 7: settings["MAX_TASKS_PER_ROUND"] = "\(chance.number(in: 1...8) as Int)"
      case 8: settings["TASK_TIMEOUT_SECONDS"] = "\(chance.number(in: 5...1_800) as Int)"
      case 9: settings["MODEL_ID"] = chance.occurs(0.5) ? "global.anthropic.claude-sonnet-4-5" : "us.amazon.nova-pro-v1:0"
      case 10: settings["DEADLINE_SECONDS"] = "\(chance.number(in: 60...7_200) as Int)"
      case 11: settings["AGENT_TURNS"] = "\(chance.number(in: 1...5) as Int)"
      case 12: settings["BUDGET_USD"] = "0.\(chance.number(in: 1...9) as Int)"
      default: settings["CHATTER_EVENTS"] = "false"
      }
    }
    return settings
  }

  private func poison() -> [PlannedAction] {
    var chance = RandomStream(seed: seed, purpose: "poison")
    return (0..<chance.number(in: 2...5)).map { _ in
      let poison = chance.element(of: Poison.allCases) ?? .notJSON
      return PlannedAction(
        atMilliseconds: chance.number(in: busy), kind: .poison(poison, run: chance.element(of: runs)?.id ?? "run-1"))
    }
  }
}
