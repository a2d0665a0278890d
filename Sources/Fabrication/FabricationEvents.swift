import JSON
import Orchestration

/// The events that tell how a fabrication ended.
enum FabricationEvents {
  /// To a user who asked for the agent.
  static let fabricated = "agent.fabricated"
  /// To everybody who wants to hear of failures.
  static let failed = "agent.fabrication.failed"

  /// An orchestration gets `task.completion`, a user `agent.fabricated`; of a failure `agent.fabrication.failed` tells in either case.
  static func events(of answer: TaskCompletion, traceHeader: String?) -> [BusEvent] {
    var answer = answer
    answer.toolUseID = FabricationMessage.shown(answer.toolUseID)
    func event(_ name: String) -> BusEvent { BusEvent(source: name, detailType: name, detail: answer.json, traceHeader: traceHeader) }
    var events: [BusEvent] = []
    if answer.orchestrationID != OrchestrationID.none {
      events.append(answer.event(traceHeader: traceHeader))
    } else if answer.status == .success {
      events.append(event(fabricated))
    }
    if answer.status == .error { events.append(event(failed)) }
    return events
  }
}
