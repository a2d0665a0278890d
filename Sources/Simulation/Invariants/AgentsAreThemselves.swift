import AWSClient
import Orchestration

/// A task is done by the agent that the model asked for: a model is asked with the prompt of that agent's row, whatever the process did before.
final class AgentsAreThemselves: Invariant {
  let name = "a task is done by its own agent"
  /// The task that each invocation of a worker has taken.
  private var claims: [Int: ClaimReading] = [:]

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .rowChanged(let change):
      guard let invocation = change.invocation, let (before, after) = change.claim, let after, before?.owner != after.owner else {
        return nil
      }
      claims[invocation.number] = after
    case .ended(let invocation, _): claims[invocation.number] = nil
    case .modelCalled(let call):
      guard call.toolUseID != nil, let number = call.invocation?.number, let claim = claims[number], let requestID = claim.requestID,
        let agentID = world.round(requestID)?.task(claim.toolUseID)?.agentID
      else { return nil }
      let prompt = call.request.system.first?.text ?? ""
      guard !PlannedAgent.isPrompt(prompt, of: agentID) else { return nil }
      return Breach(
        "\(claim.toolUseID) of \(requestID) is for \(agentID), and is done with the prompt \"\(prompt.prefix(60))\"",
        orchestrationID: claim.orchestrationID)
    default: break
    }
    return nil
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }
}

extension PlannedAgent {
  /// Whether a prompt is one that the agent's row has or had.
  static func isPrompt(_ text: String, of agentID: String) -> Bool { text.hasPrefix("You are \(agentID).") }
}
