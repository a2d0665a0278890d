import AWSClient
import Orchestration

/// An agent that a run has had registered is known to its next rounds: from the answer on that says so, no tool use of its name is refused
/// as one of nobody, in whatever process the round runs, as long as nobody has touched the agent's row since.
final class NewAgentsAreKnown: Invariant {
  let name = "an agent that a run has had made is known to its next round"
  /// Agents whose rows stand as they were registered.
  private var untouched: Set<String> = []
  private var touched: Set<String> = []

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    guard case .rowChanged(let change) = fact else { return nil }
    if change.table == DeploymentNames.agents {
      // Made is made once; what happens to the row after that, others do.
      let isNew = change.before == nil && change.after?.item?["state"]?.stringValue == "active" && !touched.contains(change.key)
      if isNew { untouched.insert(change.key) } else { untouched.remove(change.key) }
      touched.insert(change.key)
      return nil
    }
    guard let (before, after) = change.round, before == nil, let after else { return nil }
    for task in after.tasks where task.result?.code == "unknown_agent" && untouched.contains(task.toolName) {
      guard let maker = world.scenario.agents.first(where: { $0.id == task.toolName })?.maker else { continue }
      for number in stride(from: 1, to: after.number, by: 1) {
        let requestID = RoundRecord.requestID(orchestrationID: after.orchestrationID, number: number)
        guard let made = world.round(requestID)?.tasks.first(where: { $0.agentID == maker && $0.result?.registryChanged == true }) else {
          continue
        }
        return Breach(
          "\(task.toolUseID) of \(after.requestID) is refused, since nobody is named \(task.toolName), which \(made.toolUseID) of \(requestID) "
            + "had registered", orchestrationID: after.orchestrationID)
      }
    }
    return nil
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }
}
