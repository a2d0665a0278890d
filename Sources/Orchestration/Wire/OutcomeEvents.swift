import JSON

/// The events that tell the world of a run: the original's names and fields, extended.
enum OutcomeEvents {
  static let source = "supervisor"

  /// `supervisor.feedback`: the end of a run, always with the same id.
  static func feedback(_ record: OrchestrationRecord, _ outcome: Outcome) -> BusEvent {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("action", "direct_response")
    writer.member("message", outcome.message)
    writer.member("orchestration_id", record.id)
    writer.member("timestamp", ISO8601.text(milliseconds: outcome.decidedAtMilliseconds))
    end(record, outcome, &writer)
    writer.endObject()
    return BusEvent(
      source: source, detailType: "supervisor.feedback", detail: writer.bytes, traceHeader: record.traceHeader)
  }

  /// The callback's event.
  static func response(_ record: OrchestrationRecord, _ outcome: Outcome, source: String, detailType: String, busName: String?) -> BusEvent
  {
    BusEvent(
      source: source, detailType: detailType, detail: responseDetail(record, outcome), busName: busName, traceHeader: record.traceHeader)
  }

  static func responseDetail(_ record: OrchestrationRecord, _ outcome: Outcome) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("orchestrationId", record.id)
    writer.member("message", outcome.message)
    writer.member("timestamp", ISO8601.text(milliseconds: outcome.decidedAtMilliseconds))
    end(record, outcome, &writer)
    writer.endObject()
    return writer.bytes
  }

  /// Bytes of an input that an event shows; larger ones are for the agent only.
  private static let shownInputBytes = 50_000

  /// `chatter`: one delegated task.
  static func chatter(_ task: TaskEntry, _ record: OrchestrationRecord, queueURL: String, atMilliseconds: Int64) -> BusEvent {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("action", "agent_call")
    writer.member("agent_name", task.agentID ?? task.toolName)
    let input = task.input.bytes
    writer.key("agent_input")
    writer.raw(input.count <= Self.shownInputBytes ? input : JSONValue.object([:]).bytes)
    writer.member(ifPresent: "agent_input_ref", task.inputReference)
    writer.member("orchestration_id", record.id)
    writer.member("agent_use_id", task.toolUseID)
    writer.member("target", queueURL)
    writer.member("timestamp", ISO8601.text(milliseconds: atMilliseconds))
    writer.endObject()
    return BusEvent(source: source, detailType: "chatter", detail: writer.bytes, traceHeader: record.traceHeader)
  }

  private static func end(_ record: OrchestrationRecord, _ outcome: Outcome, _ writer: inout JSONWriter) {
    writer.member("result_id", "\(record.id)#result")
    writer.member("state", outcome.state.rawValue)
    writer.member(ifPresent: "code", outcome.code)
    writer.member(ifPresent: "message_ref", outcome.messageReference)
    writer.key("usage")
    writer.beginObject()
    writer.member("input_tokens", record.spending.inputTokens)
    writer.member("output_tokens", record.spending.outputTokens)
    writer.member("cost_micro_usd", record.spending.costMicroUSD)
    // What work that was under way at the end may have spent beyond that, at the very most.
    if record.spending.reservedMicroUSD > 0 { writer.member("reserved_micro_usd", record.spending.reservedMicroUSD) }
    writer.endObject()
  }
}
