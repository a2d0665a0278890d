import AWSClient
import AgentKit
import Orchestration

/// A run is completed by an answer that its model gave as one: not by a reply that was cut off, filtered, withheld or unusable.
final class AnswersAreTheModels: Invariant {
  let name = "an answer is what the model said"
  /// Replies that were meant as answers, by run.
  private var answers: [String: [Message]] = [:]

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .modelCalled(let call):
      guard call.toolUseID == nil, let id = call.orchestrationID, let response = call.response, case .answer = Reply(response) else {
        return nil
      }
      answers[id, default: []].append(response.messageToKeep)
      return nil
    case .rowChanged(let change):
      guard let (before, after) = change.orchestration, let after, after.state == .completed, before?.state != .completed else {
        return nil
      }
      return check(after, world)
    default: return nil
    }
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }

  private func check(_ record: OrchestrationRecord, _ world: any WorldView) -> Breach? {
    guard let last = record.conversation.last.flatMap(world.message), answers[record.id]?.contains(last) == true else {
      return Breach("\(record.id) is completed by a reply that was no answer", orchestrationID: record.id)
    }
    // A long answer is in the row by its beginning.
    guard let outcome = record.outcome, outcome.messageReference == nil, !outcome.message.hasSuffix(last.text) else { return nil }
    return Breach("\(record.id) is completed with another answer than the model gave", orchestrationID: record.id)
  }
}
