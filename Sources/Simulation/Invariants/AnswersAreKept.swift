import Orchestration
import SimulatedAWS

/// A worker takes a task for as long as its invocation may last, and tells of no answer before it is kept: a message that comes again is answered
/// with the same.
///
/// An answer that could not be kept is told all the same, and logged (docs/guarantees.md).
final class AnswersAreKept: Invariant {
  let name = "an answer is kept before it is told"
  private var claims: [String: ClaimReading] = [:]
  /// Invocations that logged that they could not keep an answer.
  private var excused: Set<Int> = []

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .rowChanged(let change):
      guard let (before, after) = change.claim, let after else { return nil }
      claims[after.key] = after
      guard let invocation = change.invocation, before?.owner != after.owner,
        after.untilMilliseconds > invocation.deadlineMilliseconds + world.clockToleranceMilliseconds
      else { return nil }
      return Breach(
        "\(after.key) is taken for \((after.untilMilliseconds - invocation.deadlineMilliseconds) / 1000) s longer than its worker can live",
        orchestrationID: after.orchestrationID)
    case .noted(.error, let message, _, let invocation):
      if message.hasPrefix("the answer could not be kept"), let invocation { excused.insert(invocation.number) }
      return nil
    case .published(let event):
      guard let invocation = Invocation.current?.facts, invocation.function == FunctionNames.worker, !excused.contains(invocation.number),
        let completion = event.completion, let claim = claims[key(completion)], !claim.isFinished
      else { return nil }
      return Breach(
        "invocation \(invocation.number) tells of an answer to \(claim.key) that is not kept", orchestrationID: claim.orchestrationID)
    default: return nil
    }
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }

  private func key(_ completion: TaskCompletion) -> String {
    TaskKey(orchestrationID: completion.orchestrationID, requestID: completion.requestID, toolUseID: completion.toolUseID).claimID
  }
}
