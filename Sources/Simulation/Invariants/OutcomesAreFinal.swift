import Orchestration

/// A terminal state is never left, its outcome never changes, and what was published stays so. What a request asked for never changes either, and
/// every write counts.
///
/// What a run has spent may change after its end: a model call that was out by then may still report its cost (docs/decisions/0007).
final class OutcomesAreFinal: Invariant {
  let name = "a terminal state is never left"

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    guard case .rowChanged(let change) = fact else { return nil }
    if let problem = change.problem, change.before?.orchestration != nil || change.before?.round != nil {
      return Breach("the row '\(change.key)' cannot be read any more: \(problem)", orchestrationID: change.before?.orchestration?.id)
    }
    guard let (before, after) = change.orchestration else { return nil }
    func breach(_ message: String) -> Breach { Breach("\(change.key) \(message)", orchestrationID: change.key) }
    guard let after else { return breach("is gone") }
    guard after.state.isTerminal == (after.outcome != nil) else {
      return breach("is \(after.state.rawValue), and \(after.outcome == nil ? "has no outcome" : "has an outcome")")
    }
    if let outcome = after.outcome, outcome.state != after.state {
      return breach("is \(after.state.rawValue), and its outcome is \(outcome.state.rawValue)")
    }
    if after.publishedAtMilliseconds != nil, !after.state.isTerminal { return breach("counts as published before its end") }
    guard let before else { return nil }
    guard after.version == before.version + 1 else { return breach("goes from version \(before.version) to \(after.version)") }
    guard after.createdAtMilliseconds == before.createdAtMilliseconds, after.deadlineMilliseconds == before.deadlineMilliseconds,
      after.budgetMicroUSD == before.budgetMicroUSD, after.callback == before.callback, after.depth == before.depth
    else { return breach("has another deadline, budget, callback or depth than it began with") }
    guard before.state.isTerminal else { return nil }
    guard after.state == before.state else { return breach("was \(before.state.rawValue), and is \(after.state.rawValue)") }
    guard after.outcome == before.outcome else { return breach("has another outcome than it ended with") }
    guard before.publishedAtMilliseconds == nil || after.publishedAtMilliseconds == before.publishedAtMilliseconds else {
      return breach("was published, and \(after.publishedAtMilliseconds == nil ? "is not any more" : "was so at another time")")
    }
    guard after.conversation.count == before.conversation.count, after.rounds == before.rounds, after.requestID == before.requestID else {
      return breach("goes on after its end")
    }
    return nil
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }
}
