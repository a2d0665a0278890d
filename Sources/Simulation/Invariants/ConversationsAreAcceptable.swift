import AWSClient
import AgentKit
import Orchestration

/// A conversation is always one that Converse accepts: whatever a model is asked with, and whatever a row keeps to ask it with.
final class ConversationsAreAcceptable: Invariant {
  let name = "a conversation is one that Converse accepts"

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .modelCalled(let call):
      let problems = ConversationRules.violations(of: call.request)
      guard let first = problems.first else { return nil }
      return Breach(
        "\(call.toolUseID.map { "the agent of \($0)" } ?? "the Supervisor") asks a model what Converse refuses: \(first)",
        orchestrationID: call.orchestrationID)
    case .rowChanged(let change):
      guard let (before, after) = change.orchestration, let after, !after.state.isTerminal, after.needsModel,
        before?.conversation.count != after.conversation.count, let conversation = world.conversation(of: after)
      else { return nil }
      return ConversationRules.violations(of: conversation).first.map {
        Breach("\(after.id) keeps a conversation that Converse refuses: \($0)", orchestrationID: after.id)
      }
    default: return nil
    }
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }
}
