import Orchestration

/// A task of a prompt agent runs at most once at a time, is begun only while its round waits for it, and has one answer; a round takes one answer
/// a task, and keeps it.
///
/// "At a time" is by true time, but for what clocks differ: a worker whose clock is ahead may take over that much too early. Tasks without a round
/// run also when nobody waits for them (docs/guarantees.md).
final class TasksRunOnce: Invariant {
  let name = "a task runs once at a time and has one answer"

  /// Who holds a claim.
  private struct Holding {
    let owner: String
    let invocation: InvocationFacts?
  }

  private var holdings: [String: Holding] = [:]
  /// The claim that each running invocation of a worker has won.
  private var claimOfInvocation: [Int: String] = [:]
  private var running: Set<Int> = []

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .began(let invocation): running.insert(invocation.number)
    case .ended(let invocation, _): running.remove(invocation.number)
    case .rowChanged(let change):
      if let (before, after) = change.claim { return checkClaim(before, after, change.invocation, world) }
      if let (before, after) = change.round, let before, let after { return checkRound(before, after) }
    case .modelCalled(let call):
      if call.toolUseID != nil, let invocation = call.invocation { return checkCall(call, invocation, world) }
    default: break
    }
    return nil
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }

  // MARK: Claims

  private func checkClaim(
    _ before: ClaimReading?, _ after: ClaimReading?, _ invocation: InvocationFacts?, _ world: any WorldView
  ) -> Breach? {
    guard let after else {
      // What has ended may be cleared away.
      guard let before, !before.isFinished, isPending(before, world) == true else { return nil }
      return Breach("the claim \(before.key) is gone, and its task is pending", orchestrationID: before.orchestrationID)
    }
    func breach(_ message: String) -> Breach { Breach("\(after.key) \(message)", orchestrationID: after.orchestrationID) }
    if let before, before.isFinished {
      guard after.isFinished, after.answer == before.answer, after.owner == before.owner else {
        return breach(after.isFinished ? "has a second answer" : "had an answer, and is worked on again")
      }
      return nil
    }
    guard before?.owner != after.owner else { return nil }
    if isPending(after, world) == false { return breach("is taken, and nobody waits for its task") }
    if let before {
      guard before.untilMilliseconds - world.clockToleranceMilliseconds <= world.nowMilliseconds else {
        return breach("is taken over \(before.untilMilliseconds - world.nowMilliseconds) ms before its end")
      }
      if let holder = holdings[after.key]?.invocation, running.contains(holder.number),
        holder.deadlineMilliseconds - world.clockToleranceMilliseconds > world.nowMilliseconds
      {
        return breach("is taken over while invocation \(holder.number) works on it")
      }
    }
    holdings[after.key] = Holding(owner: after.owner, invocation: invocation)
    if let invocation { claimOfInvocation[invocation.number] = after.key }
    return nil
  }

  /// Whether the claim's round waits for the task; nil where nobody can tell.
  private func isPending(_ claim: ClaimReading, _ world: any WorldView) -> Bool? {
    claim.requestID.map { world.round($0)?.task(claim.toolUseID)?.isPending ?? false }
  }

  /// A model is asked only by who holds the task; a request that was under way for longer than its sender lived is nobody's.
  private func checkCall(_ call: ModelCallFacts, _ invocation: InvocationFacts, _ world: any WorldView) -> Breach? {
    guard running.contains(invocation.number) else { return nil }
    guard let key = claimOfInvocation[invocation.number] else {
      return Breach(
        "invocation \(invocation.number) asks a model for \(call.toolUseID ?? "") without having claimed it",
        orchestrationID: call.orchestrationID)
    }
    guard let holder = holdings[key]?.invocation, holder.number != invocation.number,
      invocation.deadlineMilliseconds - world.clockToleranceMilliseconds > world.nowMilliseconds
    else { return nil }
    return Breach(
      "invocation \(invocation.number) asks a model for \(key), which invocation \(holder.number) works on",
      orchestrationID: call.orchestrationID)
  }

  // MARK: Rounds

  private func checkRound(_ before: RoundRecord, _ after: RoundRecord) -> Breach? {
    func breach(_ message: String) -> Breach { Breach("\(after.requestID): \(message)", orchestrationID: after.orchestrationID) }
    let pending = after.tasks.count { $0.isPending }
    guard after.pendingCount == pending else { return breach("\(pending) tasks are pending, and \(after.pendingCount) are counted") }
    var closed = 0
    for (old, new) in zip(before.tasks, after.tasks) where old != new {
      guard old.toolUseID == new.toolUseID, old.agentID == new.agentID, old.queueURL == new.queueURL, old.input == new.input,
        old.inputReference == new.inputReference, old.dueAtMilliseconds == new.dueAtMilliseconds, old.budgetMicroUSD == new.budgetMicroUSD
      else { return breach("what is asked of \(old.toolUseID) changes") }
      if old.sentAtMilliseconds != nil, new.sentAtMilliseconds == nil { return breach("\(old.toolUseID) was sent, and is not any more") }
      if old.isPending {
        if new.isPending { continue }
        closed += 1
        if new.result == nil { return breach("\(new.toolUseID) is \(new.state.rawValue), and has no answer") }
      } else if old.state != new.state || old.result != new.result {
        return breach("\(new.toolUseID) was \(old.state.rawValue), and takes another answer (\(new.state.rawValue))")
      }
    }
    return closed > 1 ? breach("one write closes \(closed) tasks") : nil
  }
}
