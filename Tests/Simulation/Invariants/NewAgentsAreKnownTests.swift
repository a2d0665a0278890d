import JSON
import Orchestration
import Testing

@testable import Simulation

@Suite struct NewAgentsAreKnownTests {
  private static let agents = [PlannedAgent(id: "maker", kind: .queue), PlannedAgent(id: "made", kind: .code, maker: "maker")]

  private func stage() -> Stage {
    let stage = Stage(NewAgentsAreKnown())
    stage.scenario = Scenario(agents: Self.agents, runs: [])
    return stage
  }

  /// The row of the made agent as somebody writes it, or its end.
  private func write(_ state: String?, on stage: Stage, over before: String? = nil) {
    func row(_ state: String?) -> RowChange.Row? { state.map { .other(Self.agents[1].row(state: $0)) } }
    stage.tell(
      .rowChanged(
        RowChange(table: DeploymentNames.agents, key: "made", before: row(before), after: row(state), invocation: nil)))
  }

  private func task(_ id: String, _ agent: String, _ state: TaskEntry.State, _ result: TaskResult) -> TaskEntry {
    TaskEntry(
      toolUseID: id, toolName: agent, agentID: state == .refused ? nil : agent, queueURL: nil, input: [:], state: state,
      dueAtMilliseconds: Stage.begin, result: result)
  }

  private func making(_ stage: Stage, registryChanged: Bool = true) {
    let result = TaskResult(isError: false, closedAtMilliseconds: Stage.begin, registryChanged: registryChanged)
    stage.write(
      RoundRecord(
        orchestrationID: Stage.id, number: 1, createdAtMilliseconds: Stage.begin, tasks: [task("make", "maker", .succeeded, result)]))
  }

  private func refusal(_ stage: Stage, round: Int = 2, run: String = Stage.id) {
    let result = TaskResult(isError: true, code: "unknown_agent", message: "nobody", closedAtMilliseconds: Stage.begin)
    stage.write(
      RoundRecord(
        orchestrationID: run, number: round, createdAtMilliseconds: Stage.begin, tasks: [task("use", "made", .refused, result)]))
  }

  @Test(arguments: [2, 3]) func anAgentThatIsThereAndNotKnownIsFound(round: Int) {
    let stage = stage()
    write("active", on: stage)
    making(stage)
    refusal(stage, round: round)
    #expect(
      stage.breaches.map(\.message) == [
        "use of run-1#\(round) is refused, since nobody is named made, which make of run-1#1 had registered"
      ])
  }

  @Test func whatNobodyHasPromisedIsNoBreach() {
    // Before it was made; in another run, whose process need not have read the registry; without a word of the answer.
    for prepare: (Stage) -> Void in [
      { refusal($0) },
      { stage in
        write("active", on: stage)
        making(stage)
        refusal(stage, run: "run-2")
      },
      { stage in
        write("active", on: stage)
        making(stage, registryChanged: false)
        refusal(stage)
      },
    ] {
      let stage = stage()
      prepare(stage)
      #expect(stage.breaches.isEmpty)
    }
  }

  @Test(arguments: ["inactive", "quarantined", nil]) func anAgentThatOthersHaveTouchedIsTheirs(state: String?) {
    let stage = stage()
    write("active", on: stage)
    making(stage)
    write(state, on: stage, over: "active")
    refusal(stage)
    // Also when it is there again: some process may have read what was in between.
    write("active", on: stage, over: state)
    refusal(stage, round: 3)
    #expect(stage.breaches.isEmpty)
  }
}
