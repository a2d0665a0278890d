import AWSClient
import Orchestration

/// Each round continues exactly once: a conversation only grows, by what one model call and its answers add to it, and a round has one
/// tracking record.
///
/// A message may move to the blob store as it is. A reply that was lost is asked for again (docs/guarantees.md), but then the lost
/// one is in no row.
final class RoundsContinueOnce: Invariant {
  let name = "each round continues once"

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    guard case .rowChanged(let change) = fact else { return nil }
    if let (before, after) = change.round { return checkRound(before, after) }
    guard let (before, after) = change.orchestration, let after else { return nil }
    return checkConversation(before, after, world)
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }

  private func checkRound(_ before: RoundRecord?, _ after: RoundRecord?) -> Breach? {
    guard let after else {
      return Breach("the tracking record \(before?.requestID ?? "") is gone", orchestrationID: before?.orchestrationID)
    }
    func breach(_ message: String) -> Breach { Breach("\(after.requestID) \(message)", orchestrationID: after.orchestrationID) }
    guard after.requestID == RoundRecord.requestID(orchestrationID: after.orchestrationID, number: after.number) else {
      return breach("is the tracking record of round \(after.number) of \(after.orchestrationID)")
    }
    guard let before else { return nil }
    guard before.createdAtMilliseconds == after.createdAtMilliseconds else { return breach("begins a second time") }
    guard before.tasks.map(\.toolUseID) == after.tasks.map(\.toolUseID) else {
      return breach("had the tasks \(listed(before.tasks.map(\.toolUseID))), and now has \(listed(after.tasks.map(\.toolUseID)))")
    }
    return nil
  }

  private func checkConversation(_ before: OrchestrationRecord?, _ after: OrchestrationRecord, _ world: any WorldView) -> Breach? {
    func breach(_ message: String) -> Breach { Breach("\(after.id): \(message)", orchestrationID: after.id) }
    guard let before else {
      guard after.conversation.count == 1, after.rounds == 0, after.requestID == nil else { return breach("the run begins in its middle") }
      return nil
    }
    guard after.conversation.count >= before.conversation.count else {
      return breach("the conversation had \(before.conversation.count) messages, and now has \(after.conversation.count)")
    }
    for (index, old) in before.conversation.enumerated() where old != after.conversation[index] {
      guard case .inline(let message) = old, case .spilled = after.conversation[index], world.message(after.conversation[index]) == message
      else { return breach("message \(index) of the conversation was rewritten") }
    }
    let added = after.conversation[before.conversation.count...]
    guard added.count <= 2 else { return breach("one write adds \(added.count) messages to the conversation") }
    guard after.rounds == before.rounds || after.rounds == before.rounds + 1 else {
      return breach("it was in round \(before.rounds), and is in round \(after.rounds)")
    }
    if after.rounds == before.rounds {
      guard before.requestID == after.requestID else { return breach("round \(after.rounds) has a second tracking record") }
    } else if after.requestID != RoundRecord.requestID(orchestrationID: after.id, number: after.rounds) {
      return breach("round \(after.rounds) has the tracking record \(after.requestID ?? "of nobody")")
    }
    return added.isEmpty ? nil : checkRounds(after, world)
  }

  /// Each round stands in the conversation once: what the model asked for, and at most once what came of it.
  private func checkRounds(_ record: OrchestrationRecord, _ world: any WorldView) -> Breach? {
    guard let conversation = world.conversation(of: record) else { return nil }
    let asked = conversation.count { !$0.toolUses.isEmpty }
    let answered = conversation.count { !$0.toolResults.isEmpty }
    guard asked == record.rounds else {
      return Breach(
        "\(record.id): the model asked for tools \(asked) times, and \(record.rounds) rounds are counted", orchestrationID: record.id)
    }
    guard answered == asked || answered == asked - 1 else {
      return Breach("\(record.id): \(asked) rounds were answered \(answered) times", orchestrationID: record.id)
    }
    return nil
  }
}
