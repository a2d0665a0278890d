import JSON
import Orchestration
import SimulatedAWS

/// An event is done with when what it says is written down: a request has its row, and the answer to a task has closed it, or come too late to.
///
/// An event that nobody can use is refused; `AuditIsComplete` sees to it that somebody is told.
final class EventsAreWrittenDown: Invariant {
  let name = "an event is done with when it is written down"
  private var requests: [String: String] = [:]
  private var completions: [String: TaskCompletion] = [:]

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .published(let event):
      if let id = event.requestedID { requests[event.id] = id }
      if let completion = event.completion { completions[event.id] = completion }
      return nil
    case .ended(let invocation, .returned(let answer)):
      // Answers are many and breaches few, so it is looked at last whether the event was refused.
      guard let eventID = invocation.eventID, let breach = check(eventID, invocation, world),
        (try? JSONValue(parsing: answer))?["status"] != "rejected"
      else { return nil }
      return breach
    default: return nil
    }
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }

  private func check(_ eventID: String, _ invocation: InvocationFacts, _ world: any WorldView) -> Breach? {
    if let id = requests[eventID], world.orchestration(id) == nil {
      return Breach("invocation \(invocation.number) is done with the request of \(id), which has no row", orchestrationID: id)
    }
    guard let completion = completions[eventID], let requestID = completion.requestID,
      world.round(requestID)?.task(completion.toolUseID)?.isPending == true
    else { return nil }
    return Breach(
      "invocation \(invocation.number) is done with an answer to \(completion.toolUseID) of \(requestID), which is still waited for",
      orchestrationID: completion.orchestrationID)
  }
}
