import AWSClient
import JSON
import Orchestration
import SimulatedAWS

/// The rows tell afterwards what happened: every request has a row or is a dead letter; whatever the Supervisor refused or failed at was told by an
/// `arbiter.error`; every task of an ended run has a state, a closing time and, where it failed, a reason; rounds and model calls are counted right.
///
/// That an `arbiter.error` could itself not be published is only logged (`Supervisor.report`), and a process that dies says nothing. What agents of kind
/// queue give as the reason of a failure is theirs: a code, a message or data.
final class AuditIsComplete: Invariant {
  let name = "the audit is complete"

  private var requested: [String] = []
  private var deadLetters: Set<String> = []
  /// Replies of models to the Supervisor, by run.
  private var replies: [String: Int] = [:]
  /// Errors that were published since the last request was done: they are of the invocation that made it.
  private var toldJustNow = false
  /// Invocations that told of an error, or logged that they could not.
  private var telling: Set<Int> = []

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .requested(let id, _): requested.append(id)
    case .deadLettered(let event, _):
      if let id = event?.requestedID { deadLetters.insert(id) }
    case .published(let event): if event.isCriticalError { toldJustNow = true }
    case .called(_, _, _, let invocation):
      if toldJustNow, let invocation { telling.insert(invocation.number) }
      toldJustNow = false
    case .noted(.error, let message, _, let invocation):
      if message.hasPrefix("the error event could not be published"), let invocation { telling.insert(invocation.number) }
    case .ended(let invocation, let end): return checkTold(invocation, end)
    case .modelCalled(let call):
      if call.toolUseID == nil, call.response != nil, let id = call.orchestrationID { replies[id, default: 0] += 1 }
    case .rowChanged(let change):
      if let (before, after) = change.orchestration, let after { return checkCounts(before, after, world) }
    default: break
    }
    return nil
  }

  func checkEnd(in world: any WorldView) -> [Breach] {
    var breaches: [Breach] = []
    for id in Set(requested).sorted() where world.orchestration(id) == nil && !deadLetters.contains(id) {
      breaches.append(Breach("\(id) was asked for, and there is neither a row nor a dead letter", orchestrationID: id))
    }
    for record in world.orchestrations where record.state.isTerminal {
      for number in stride(from: 1, through: record.rounds, by: 1) {
        let requestID = RoundRecord.requestID(orchestrationID: record.id, number: number)
        guard let round = world.round(requestID) else {
          breaches.append(Breach("\(record.id) had \(record.rounds) rounds, and \(requestID) is not there", orchestrationID: record.id))
          continue
        }
        breaches += round.tasks.compactMap { checkTask($0, of: round) }
      }
    }
    return breaches
  }

  private func checkTask(_ task: TaskEntry, of round: RoundRecord) -> Breach? {
    func breach(_ message: String) -> Breach {
      Breach("\(task.toolUseID) of the ended run's \(round.requestID) \(message)", orchestrationID: round.orchestrationID)
    }
    guard let result = task.result, !task.isPending else { return breach("is \(task.state.rawValue), and has no answer") }
    guard result.closedAtMilliseconds > 0 else { return breach("has no time at which it was closed") }
    guard (task.state == .succeeded) == !result.isError else { return breach("is \(task.state.rawValue), and its answer says otherwise") }
    guard result.isError, result.code == nil else { return nil }
    let isExplained = task.queueURL != nil && (result.message != nil || !result.data.isNull || result.reference != nil)
    return isExplained ? nil : breach("is \(task.state.rawValue), and nothing says why")
  }

  private func checkCounts(_ before: OrchestrationRecord?, _ after: OrchestrationRecord, _ world: any WorldView) -> Breach? {
    func breach(_ message: String) -> Breach { Breach("\(after.id) \(message)", orchestrationID: after.id) }
    let counted = after.spending.modelCalls
    guard counted >= before?.spending.modelCalls ?? 0, counted <= (before?.spending.modelCalls ?? 0) + 1 else {
      return breach("counted \(before?.spending.modelCalls ?? 0) model calls, and counts \(counted)")
    }
    guard counted <= replies[after.id] ?? 0 else {
      return breach("counts \(counted) model calls, and \(replies[after.id] ?? 0) were answered")
    }
    let spoken = after.conversation.count { $0.role == .assistant }
    guard spoken <= counted else { return breach("counts \(counted) model calls, and keeps \(spoken) replies") }
    return nil
  }

  private func checkTold(_ invocation: InvocationFacts, _ end: InvocationEnd) -> Breach? {
    defer { telling.remove(invocation.number) }
    guard invocation.function == FunctionNames.supervisor, !telling.contains(invocation.number) else { return nil }
    switch end {
    case .returned(let answer) where (try? JSONValue(parsing: answer))?["status"] == "rejected":
      return Breach("invocation \(invocation.number) refused its event (\(invocation.cause)), and no arbiter.error tells of it: \(answer)")
    case .failed(let reason):
      return Breach("invocation \(invocation.number) failed (\(invocation.cause)), and no arbiter.error tells of it: \(reason)")
    case .returned, .crashed, .timedOut: return nil
    }
  }
}

/// The names by which facts know the functions.
enum FunctionNames {
  static let supervisor = "supervisor"
  static let worker = "worker-wrapper"
}
