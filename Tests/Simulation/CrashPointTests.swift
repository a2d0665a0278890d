import AWSClient
import Orchestration
import Testing

@testable import Simulation

/// A process dies at each point at which it waits, one after the other: nothing else goes wrong, and nothing may follow from it.
@Suite struct CrashPointTests {
  /// Two rounds: two agents side by side, one of which has tools, inputs and results too large for rows; then the first agent again.
  private static let scenario = Scenario(
    agents: [PlannedAgent(id: "ada", kind: .prompt), PlannedAgent(id: "bob", kind: .queue)],
    runs: [
      PlannedRun(
        id: "run-1", atMilliseconds: 0, callback: .sqs(queueURL: DeploymentNames.callbackQueue),
        rounds: [
          [
            PlannedTask(toolUseID: "t1", agent: "ada", resultBytes: 3_000, agentTurns: 1),
            PlannedTask(toolUseID: "t2", agent: "bob", inputBytes: 3_000),
          ],
          [PlannedTask(toolUseID: "t3", agent: "ada")],
        ])
    ], settings: ["TASK_TIMEOUT_SECONDS": "1200", "INLINE_PAYLOAD_BYTES": "1000"])

  private static func run(crashPoint: Int?, faults: FaultSettings = .none) throws -> World.Result {
    var options = World.Options()
    options.scenario = scenario
    options.faults = faults
    options.crashPoint = crashPoint
    return try World(seed: 1, options: options).run()
  }

  @Test func `a process may die at any point at which it waits`() throws {
    let calm = try Self.run(crashPoint: nil)
    #expect(calm.violation == nil && calm.faults.isEmpty)
    #expect(calm.crashPoints > 100, "a run waits more often than that")
    for point in 1...calm.crashPoints {
      let result = try Self.run(crashPoint: point)
      #expect(result.violation == nil, "died at point \(point)")
      #expect(result.faults == [.crash: 1], "died at point \(point)")
    }
  }

  @Test func `a process may die at any point while every event comes twice`() throws {
    let faults = FaultSettings(rates: [.duplicateDelivery: 1], variesByWorld: false)
    let calm = try Self.run(crashPoint: nil, faults: faults)
    for point in stride(from: 1, through: calm.crashPoints, by: 3) {
      let result = try Self.run(crashPoint: point, faults: faults)
      #expect(result.violation == nil, "died at point \(point)")
      #expect(result.faults[.crash] == 1, "died at point \(point)")
    }
  }
}
