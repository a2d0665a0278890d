import JSON
import Orchestration

/// A run has the deadline, the budget and the callback that its request named, and a cancellation that was acknowledged stands in its row.
///
/// A deployment may allow less than a request asks for, never more.
final class RunsAreAsAsked: Invariant {
  let name = "a run is what was asked for"
  private var requests: [String: TaskRequest] = [:]

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .requested(let id, let request):
      if requests[id] == nil { requests[id] = request }
      return nil
    case .rowChanged(let change):
      guard let (before, after) = change.orchestration, before == nil, let after, let request = requests[after.id] else { return nil }
      return difference(after, request)
    case .ended(let invocation, .returned(let answer)):
      guard invocation.function == FunctionNames.supervisor, answer.utf8.count < 1_000, answer.contains("cancelled"),
        let answer = try? JSONValue(parsing: answer), answer["status"] == "cancelled",
        let id = answer["orchestrationId"]?.stringValue
      else { return nil }
      guard let record = world.orchestration(id) else { return Breach("a run that is not there counts as cancelled", orchestrationID: id) }
      guard record.cancelRequested == nil else { return nil }
      return Breach("\(id)'s cancellation was acknowledged, and its row does not know of it", orchestrationID: id)
    default: return nil
    }
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }

  private func difference(_ record: OrchestrationRecord, _ request: TaskRequest) -> Breach? {
    func breach(_ message: String) -> Breach { Breach("\(record.id) \(message)", orchestrationID: record.id) }
    let seconds = (record.deadlineMilliseconds - record.createdAtMilliseconds) / 1000
    let asked = request.deadlineSeconds ?? Limits().maximumDeadlineSeconds
    guard seconds <= Int64(asked) else { return breach("has \(seconds) s of time, and \(asked) s were asked for or allowed") }
    if let budget = request.budgetMicroUSD, record.budgetMicroUSD > budget {
      return breach("may spend \(Money.text(record.budgetMicroUSD)), and \(Money.text(budget)) were asked for")
    }
    guard record.callback == request.callback else { return breach("has another callback than was asked for") }
    return nil
  }
}
