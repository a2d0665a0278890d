import AWSClient
import JSON

/// The detail of an `arbiter.error` event: a failure that a person should hear of.
public struct CriticalError: Sendable, Equatable {
  public static let source = "arbiter"
  public static let detailType = "arbiter.error"

  public var orchestrationID: String?
  /// The id of the event that could not be used; nil where the failure is not about one.
  public var eventID: String?
  /// The function that met the failure.
  public var function: String
  /// Stable name: `invalid_event`, `ledger_unreadable`, `agent_unreadable`, `model_failed`, `reply_not_stored`, `result_unavailable`,
  /// `result_too_large`, `sending_denied`, `unexpected`.
  public var code: String
  public var message: String
  public var atMilliseconds: Int64

  public init(
    orchestrationID: String?, eventID: String? = nil, function: String, code: String, message: String, atMilliseconds: Int64
  ) {
    self.orchestrationID = orchestrationID
    self.eventID = eventID
    self.function = function
    self.code = code
    self.message = message
    self.atMilliseconds = atMilliseconds
  }

  public init(_ error: any Error, orchestrationID: String?, eventID: String? = nil, function: String, atMilliseconds: Int64) {
    let code =
      switch error {
      case is WireError, is JSONError: "invalid_event"
      case is LedgerError: "ledger_unreadable"
      case is AgentConfigurationError: "agent_unreadable"
      case is SendingDenied: "sending_denied"
      default: "unexpected"
      }
    self.init(
      orchestrationID: orchestrationID, eventID: eventID, function: function, code: code, message: "\(error)",
      atMilliseconds: atMilliseconds)
  }

  /// The event, with the trace of the work in hand.
  public func event() -> BusEvent {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member(ifPresent: "orchestration_id", orchestrationID)
    writer.member(ifPresent: "event_id", eventID)
    writer.member("function", function)
    writer.member("code", code)
    writer.member("message", message)
    writer.member("timestamp", ISO8601.text(milliseconds: atMilliseconds))
    writer.endObject()
    return BusEvent(source: Self.source, detailType: Self.detailType, detail: writer.bytes, traceHeader: RequestContext.traceID)
  }
}
