import JSON
import Orchestration
import SimulatedAWS

extension PublishedEvent {
  var detailValue: JSONValue? { try? JSONValue(parsing: detail) }

  /// The answer to a task; nil for other events, and for answers that nobody can use.
  var completion: TaskCompletion? {
    guard source == TaskCompletion.source else { return nil }
    return detailValue.flatMap { try? TaskCompletion(detail: $0) }
  }

  var isCriticalError: Bool { source == CriticalError.source && detailType == CriticalError.detailType }
  var isFeedback: Bool { detailType == "supervisor.feedback" }
  /// The run that a caller asked for; nil for other events.
  var requestedID: String? {
    guard source == TaskRequest.source else { return nil }
    return detailValue?["orchestrationId"]?.stringValue ?? id
  }
}
