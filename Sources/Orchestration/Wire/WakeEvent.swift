import JSON

/// The Supervisor's event to itself: go on with an orchestration whose model call another invocation had no room for.
public enum WakeEvent {
  public static let source = "task.wake"

  static func event(_ record: OrchestrationRecord) -> BusEvent {
    event(orchestrationID: record.id, traceHeader: record.traceHeader)
  }

  static func event(orchestrationID: String, traceHeader: String? = nil) -> BusEvent {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("orchestrationId", orchestrationID)
    writer.endObject()
    return BusEvent(source: source, detailType: source, detail: writer.bytes, traceHeader: traceHeader)
  }
}
