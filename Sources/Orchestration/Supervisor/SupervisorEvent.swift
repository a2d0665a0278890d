import JSON

/// What an invocation of the Supervisor is about.
public enum SupervisorEvent: Sendable, Equatable {
  case request(TaskRequest, eventID: String)
  case completion(TaskCompletion)
  case cancel(orchestrationID: String, reason: String)
  /// The Supervisor's own event: an orchestration's model call is due.
  case wake(orchestrationID: String)
  /// The schedule's tick.
  case sweep

  public static let cancelSource = "task.cancel"
}

extension SupervisorEvent {
  /// Reads an event of EventBridge.
  /// - Throws: `WireError` that names the field and the value; `JSONError` when the bytes are no JSON.
  public init(bytes: [UInt8]) throws {
    let event = try JSONValue(parsing: bytes)
    guard event.objectValue != nil else { throw WireError(field: "event", value: event.text, expected: "an object") }
    guard let source = event["source"]?.stringValue else {
      throw WireError(field: "source", value: event["source"]?.text ?? "absent", expected: Self.knownSources)
    }
    if source == "aws.events" || source == "aws.scheduler" {
      guard event["detail-type"]?.stringValue == "Scheduled Event" else {
        throw WireError(field: "detail-type", value: event["detail-type"]?.text ?? "absent", expected: "\"Scheduled Event\"")
      }
      self = .sweep
      return
    }
    guard let detail = event["detail"] else { throw WireError(field: "detail", value: "absent", expected: "an object") }
    switch source {
    case TaskRequest.source:
      let request = try TaskRequest(detail: detail)
      guard let id = event["id"]?.stringValue, OrchestrationID.isValid(id) else {
        guard let id = request.orchestrationID else {
          throw WireError(field: "id", value: event["id"]?.text ?? "absent", expected: "the event's id, or a detail.orchestrationId")
        }
        self = .request(request, eventID: id)
        return
      }
      self = .request(request, eventID: id)
    case TaskCompletion.source:
      self = .completion(try TaskCompletion(detail: detail))
    case Self.cancelSource:
      self = .cancel(
        orchestrationID: try Self.orchestrationID(detail), reason: (detail["reason"]?.stringValue ?? "").shortened(toByteCount: 1000))
    case WakeEvent.source:
      self = .wake(orchestrationID: try Self.orchestrationID(detail))
    default:
      throw WireError(field: "source", value: source, expected: Self.knownSources)
    }
  }

  private static let knownSources = "task.request, task.completion, task.cancel, task.wake or aws.events"

  private static func orchestrationID(_ detail: JSONValue) throws -> String {
    guard let id = detail["orchestrationId"]?.stringValue, OrchestrationID.isValid(id) else {
      throw WireError(
        field: "detail.orchestrationId", value: detail["orchestrationId"]?.text ?? "absent", expected: "the id of an orchestration")
    }
    return id
  }

  /// The orchestration that the event names, for logs.
  public var orchestrationID: String? {
    switch self {
    case .request(let request, let eventID): request.orchestrationID ?? eventID
    case .completion(let completion): completion.orchestrationID
    case .cancel(let id, _): id
    case .wake(let id): id
    case .sweep: nil
    }
  }
}
