/// Puts into some scenarios what makes agents: agents that are code, and one that registers another, which the same run then asks.
///
/// It draws from streams of its own, so that the other scenarios stay as they are.
struct FabricationGenerator {
  let seed: UInt64

  static let maker = "maker-1"
  static let made = "made-1"

  /// Some of the agents as code.
  func withCode(_ agents: [PlannedAgent]) -> [PlannedAgent] {
    var chance = RandomStream(seed: seed, purpose: "code agents")
    guard chance.occurs(0.3) else { return agents }
    return agents.map { agent in
      guard chance.occurs(0.4) else { return agent }
      return PlannedAgent(id: agent.id, kind: .code, timeoutSeconds: agent.timeoutSeconds)
    }
  }

  /// The maker and what it makes, in a fifth of all scenarios.
  func makers() -> [PlannedAgent] {
    var chance = RandomStream(seed: seed, purpose: "makers")
    guard chance.occurs(0.2) else { return [] }
    let kind = chance.element(of: [PlannedAgent.Kind.code, .prompt, .queue]) ?? .code
    return [PlannedAgent(id: Self.maker, kind: .queue), PlannedAgent(id: Self.made, kind: kind, maker: Self.maker)]
  }

  /// The rounds with one in which the maker is asked, and the made agent in the next, and often in a later one too.
  func fabricating(_ rounds: [[PlannedTask]], run: Int) -> [[PlannedTask]] {
    var chance = RandomStream(seed: seed, purpose: "fabrication in run \(run)")
    guard chance.occurs(0.75) else { return rounds }
    var rounds = rounds
    let place = chance.number(in: 0...min(2, rounds.count))
    func task(_ name: String, _ agent: String) -> PlannedTask {
      PlannedTask(
        toolUseID: "r\(run).\(name)", agent: agent, inputBytes: chance.number(in: 1...120), resultBytes: chance.number(in: 1...120))
    }
    func add(_ task: PlannedTask, at place: Int) {
      if rounds.indices.contains(place), rounds[place].count < 8 {
        rounds[place].append(task)
      } else {
        rounds.insert([task], at: min(place, rounds.count))
      }
    }
    add(task("make", Self.maker), at: place)
    add(task("made", Self.made), at: place + 1)
    if chance.occurs(0.5) { add(task("made-again", Self.made), at: place + 2) }
    return rounds
  }
}
