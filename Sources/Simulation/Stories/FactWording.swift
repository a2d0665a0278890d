import AWSClient
import JSON
import Orchestration
import SimulatedAWS

/// Facts in words.
enum FactWording {
  typealias Words = (text: String, tone: Story.Line.Tone)

  /// - Returns: nil for what is not worth a line.
  static func words(for fact: Fact) -> Words? {
    switch fact {
    case .requested(let id, let request): return ("asks for \(id): \"\(request.task.prefix(60))\"\(terms(request))", .plain)
    case .began(let invocation):
      return ("begins: \(invocation.cause)\(invocation.attempt > 1 ? ", attempt \(invocation.attempt)" : "")", .plain)
    case .ended(_, let end): return words(for: end)
    case .called(let service, let operation, let status, _):
      return status < 400 ? ("\(service) \(operation): \(status)", .detail) : ("\(service) refuses \(operation): \(status)", .trouble)
    case .callLost(let service, let operation, let reason, _): return ("\(service) \(operation) is lost: \(reason)", .trouble)
    case .rowChanged(let change): return RowWording.words(for: change)
    case .blobChanged(let key, let byteCount, _):
      return byteCount.map { ("writes \(key), \($0) bytes", .detail) } ?? ("removes \(key)", .plain)
    case .queueChanged(let change): return words(for: change)
    case .published(let event): return words(for: event)
    case .deadLettered(let event, let reason):
      return ("gives up \(event.map { "\($0.detailType)\(subject(of: $0.detail))" } ?? "the schedule's tick"): \(reason)", .trouble)
    case .modelCalled(let call): return words(for: call)
    case .noted(let level, let message, _, _): return ("notes: \(message.prefix(200))", level == .error ? .trouble : .detail)
    case .faultHappened(let fault, let number): return ("fault \(number): \(fault.rawValue)", .fault)
    case .acted(let what, let id):
      // Who acts on a run often says only what he does.
      return (id.map { what.contains($0) ? what : "\(what) \($0)" } ?? what, .plain)
    case .quietened: return ("from now on nothing goes wrong", .plain)
    }
  }

  private static func terms(_ request: TaskRequest) -> String {
    var terms = ""
    if let seconds = request.deadlineSeconds { terms += ", within \(seconds) s" }
    if let budget = request.budgetMicroUSD { terms += ", for \(Money.text(budget))" }
    return terms
  }

  private static func words(for end: InvocationEnd) -> Words {
    switch end {
    case .returned(let answer):
      let isRefusal = answer.contains("\"rejected\"")
      return ("returns \(answer.prefix(200))", isRefusal ? .trouble : .detail)
    case .failed(let reason): return ("fails: \(reason.prefix(200))", .trouble)
    case .crashed: return ("its process dies", .trouble)
    case .timedOut: return ("runs out of time, its process dies", .trouble)
    }
  }

  // MARK: Messages and events

  private static func words(for change: QueueChange) -> Words? {
    func words(_ message: QueuedMessage, _ verb: String, _ tone: Story.Line.Tone) -> Words {
      let body = try? JSONValue(parsing: message.body)
      let what =
        body?["result_id"] != nil ? "the outcome\(subject(of: message.body))" : task(body).map { "the message of \($0)" } ?? "a message"
      return ("\(what) \(verb) \(queueName(message.queueURL))", tone)
    }
    switch change {
    case .sent(let message): return words(message, "goes to", .plain)
    case .received(let received):
      return words(received.message, received.message.receives > 1 ? "is handed out again by" : "is handed out by", .detail)
    case .deleted(let message): return words(message, "is deleted from", .detail)
    case .visibilityChanged(let message): return words(message, "is given back to", .detail)
    case .deadLettered(let message): return words(message, "is given up to", .trouble)
    case .expired(let message): return words(message, "has become too old for", .trouble)
    case .purged(let message): return words(message, "is purged from", .plain)
    }
  }

  private static func words(for event: PublishedEvent) -> Words {
    let detail = event.detailValue
    if event.isCriticalError {
      return (
        "publishes arbiter.error: \(detail?["code"]?.stringValue ?? ""): \((detail?["message"]?.stringValue ?? "").prefix(160))", .trouble
      )
    }
    if event.isFeedback || detail?["result_id"] != nil {
      return (
        "tells \(event.isFeedback ? "the bus" : "the caller")\(subject(of: event.detail)): \(detail?["state"]?.stringValue ?? "")", .success
      )
    }
    if let completion = event.completion {
      let how = completion.status == .success ? "success" : "error \(completion.code ?? "")"
      return ("\(completion.node) answers \(completion.toolUseID) of \(completion.requestID ?? completion.orchestrationID): \(how)", .plain)
    }
    let isChatter = event.detailType == "chatter"
    return ("publishes \(event.detailType)\(subject(of: event.detail))", isChatter ? .detail : .plain)
  }

  private static func words(for call: ModelCallFacts) -> Words {
    let who = call.toolUseID.map { "the model of \($0)" } ?? "the model"
    let asked = "asks \(who) with \(call.request.messages.count) messages"
    guard let response = call.response else { return ("\(asked): \(call.errorCode ?? "no answer")", .trouble) }
    let uses = response.message.toolUses.map { "\($0.id) (\($0.name))" }
    let said = uses.isEmpty ? "\"\(response.message.text.prefix(60))\"" : "uses \(uses.joined(separator: ", "))"
    return ("\(asked), \(Money.text(call.costMicroUSD)): \(response.stopReason), \(said)", .plain)
  }

  /// " of run-1", where a body names a run.
  private static func subject(of body: String) -> String { orchestrationID(ofBody: body).first.map { " of \($0)" } ?? "" }

  private static func task(_ body: JSONValue?) -> String? {
    guard let toolUse = body?["agent_use_id"]?.stringValue else { return nil }
    return "\(toolUse) of \(body?["request_id"]?.stringValue ?? body?["orchestration_id"]?.stringValue ?? "nobody")"
  }

  private static func queueName(_ url: String) -> String { url.split(separator: "/").last.map(String.init) ?? url }

  /// The run that an event's detail or a message's body names; empty when it names none.
  static func orchestrationID(ofBody body: String) -> [String] {
    let json = try? JSONValue(parsing: body)
    return [json?["orchestration_id"]?.stringValue ?? json?["orchestrationId"]?.stringValue].compactMap { $0 }
  }
}

extension QueueChange {
  var message: QueuedMessage? {
    switch self {
    case .sent(let message), .deleted(let message), .visibilityChanged(let message), .deadLettered(let message), .expired(let message),
      .purged(let message):
      message
    case .received(let received): received.message
    }
  }
}
