import JSON
import Orchestration
import SimulatedAWS

/// The end of a run is told at least once to the bus and to the caller, always with the same id and the same content, and never before it.
///
/// The figures of its usage are not part of the content: a model call that was out at the end may report its cost between two tellings. A callback
/// that cannot be delivered is given up, and an `arbiter.error` tells so (docs/guarantees.md).
final class OutcomesAreTold: Invariant {
  let name = "callbacks carry one id and one content"

  private var feedback: [String: JSONValue] = [:]
  private var callbacks: [String: JSONValue] = [:]
  /// Runs of which an `arbiter.error` told.
  private var errors: Set<String> = []

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .published(let event):
      guard event.isCriticalError || event.isFeedback || event.detail.hasBytes(of: "result_id"), let detail = event.detailValue else {
        return nil
      }
      if event.isCriticalError, let id = detail["orchestration_id"]?.stringValue { errors.insert(id) }
      if event.isFeedback { return told(detail, detail["orchestration_id"]?.stringValue, &feedback, "supervisor.feedback", world) }
      guard detail["result_id"] != nil, let id = detail["orchestrationId"]?.stringValue else { return nil }
      guard case .eventBridge(let busName, let source, let detailType)? = world.orchestration(id)?.callback, source == event.source,
        detailType == event.detailType, busName == nil || busName == event.busName
      else { return Breach("\(id)'s outcome goes to \(event.source) on \(event.busName), where nobody asked for it", orchestrationID: id) }
      return told(detail, id, &callbacks, "the callback", world)
    case .queueChanged(.sent(let message)):
      // Messages of tasks have no result.
      guard message.body.hasBytes(of: "\"result_id\""), let detail = try? JSONValue(parsing: message.body), detail["result_id"] != nil
      else {
        return nil
      }
      let id = detail["orchestrationId"]?.stringValue
      guard let id, case .sqs(message.queueURL)? = world.orchestration(id)?.callback else {
        return Breach("an outcome goes to \(message.queueURL), where nobody asked for it", orchestrationID: id)
      }
      return told(detail, id, &callbacks, "the callback", world)
    case .rowChanged(let change):
      guard let (before, after) = change.orchestration, let after, after.publishedAtMilliseconds != nil,
        before?.publishedAtMilliseconds == nil
      else { return nil }
      return untold(after)
    default: return nil
    }
  }

  func checkEnd(in world: any WorldView) -> [Breach] { world.orchestrations.filter(\.state.isTerminal).compactMap(untold) }

  private func untold(_ record: OrchestrationRecord) -> Breach? {
    if feedback[record.id] == nil {
      return Breach("\(record.id) has ended, and no supervisor.feedback told so", orchestrationID: record.id)
    }
    guard record.callback != nil, callbacks[record.id] == nil, !errors.contains(record.id) else { return nil }
    return Breach("\(record.id) has ended, and neither its caller nor an arbiter.error was told", orchestrationID: record.id)
  }

  private func told(
    _ detail: JSONValue, _ id: String?, _ earlier: inout [String: JSONValue], _ what: String, _ world: any WorldView
  ) -> Breach? {
    guard let id, let record = world.orchestration(id) else {
      return Breach("\(what) tells of a run that is not there", orchestrationID: id)
    }
    func breach(_ message: String) -> Breach { Breach("\(what) of \(id) \(message)", orchestrationID: id) }
    guard let outcome = record.outcome, record.state.isTerminal else { return breach("comes before the end") }
    guard detail["result_id"]?.stringValue == "\(id)#result" else { return breach("has the id \(detail["result_id"]?.text ?? "of none")") }
    guard detail["state"]?.stringValue == outcome.state.rawValue, detail["message"]?.stringValue == outcome.message,
      detail["code"]?.stringValue == outcome.code, detail["message_ref"]?["key"]?.stringValue == outcome.messageReference?.key
    else { return breach("says something else than the row: \(detail["state"]?.text ?? ""), \(detail["message"]?.text.prefix(100) ?? "")") }
    var content = detail.objectValue ?? [:]
    content["usage"] = nil
    if let first = earlier[id], first != .object(content) { return breach("differs from the one before") }
    earlier[id] = .object(content)
    return nil
  }
}
