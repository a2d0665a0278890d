import AWSClient
import JSON
import Orchestration
import Testing

@testable import Simulation

/// Worlds with agents that are code, and with one that registers another.
@Suite struct FabricationWorldTests {
  private func world(_ scenario: Scenario, seed: UInt64 = 1, faults: FaultSettings = .none) throws -> World.Result {
    var options = World.Options()
    options.scenario = scenario
    options.faults = faults
    options.keepsFacts = true
    return try World(seed: seed, options: options).run()
  }

  private func scenario(_ kind: PlannedAgent.Kind, rounds: Int = 1) -> Scenario {
    let asking = (0..<rounds).map { [PlannedTask(toolUseID: "use-\($0)", agent: "made")] }
    return Scenario(
      agents: [PlannedAgent(id: "maker", kind: .queue), PlannedAgent(id: "made", kind: kind, maker: "maker")],
      runs: [PlannedRun(id: "run-1", atMilliseconds: 0, rounds: [[PlannedTask(toolUseID: "make", agent: "maker")]] + asking)])
  }

  /// What came of a task.
  private func end(_ toolUseID: String, _ result: World.Result) -> TaskEntry? {
    var last: TaskEntry?
    for fact in result.facts {
      guard case .rowChanged(let change) = fact.fact, let task = change.round?.after?.task(toolUseID) else { continue }
      last = task
    }
    return last
  }

  @Test(arguments: [PlannedAgent.Kind.code, .prompt, .queue])
  func anAgentIsMadeAndUsedInTheSameRun(kind: PlannedAgent.Kind) throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let result = try world(scenario(kind, rounds: 2), seed: seed)
      #expect(result.violation == nil)
      #expect(end("make", result)?.result?.registryChanged == true)
      for task in ["use-0", "use-1"] { #expect(end(task, result)?.state == .succeeded, "seed \(seed)") }
    }
  }

  @Test func aCodeAgentThatFailsThreeTimesInARowIsQuarantined() throws {
    let tasks = (0..<5).map { [PlannedTask(toolUseID: "t\($0)", agent: "code-1")] }
    let scenario = Scenario(
      agents: [PlannedAgent(id: "code-1", kind: .code)], runs: [PlannedRun(id: "run-1", atMilliseconds: 0, rounds: tasks)],
      settings: ["REGISTRY_TTL_SECONDS": "0"])
    let result = try world(scenario, faults: FaultSettings(rates: [.failingAgent: 1], variesByWorld: false))
    #expect(result.violation == nil)
    let quarantines = result.facts.count { fact in
      if case .acted(let what, _) = fact.fact { return what == "quarantines code-1" }
      return false
    }
    #expect(quarantines == 1)
    for task in ["t0", "t1", "t2"] { #expect(end(task, result)?.state == .failed) }
    // It is no longer offered.
    #expect(end("t4", result)?.result?.code == "unknown_agent")
  }

  @Test func worldsMakeAgentsUnderAllFaults() throws {
    var used = 0
    for seed in 1...60 as ClosedRange<UInt64> {
      let result = try world(scenario(.code), seed: seed, faults: .standard)
      #expect(result.violation == nil, "seed \(seed)")
      if end("use-0", result)?.state == .succeeded { used += 1 }
    }
    #expect(used > 20)
  }
}
