import AWSClient
import JSON
import Orchestration
import SimulatedAWS

/// Nothing waits on what no longer exists: a round that is waited for is there, with the tasks that the model asked for; a pending task has been sent to a
/// queue or is looked at no later than it is due; every object that a row points to exists.
///
/// Agents of kind queue name the objects of their results themselves; one that is not there becomes an error for the model.
final class NothingWaitsInVain: Invariant {
  let name = "nothing waits on what no longer exists"

  /// Tasks whose message a queue accepted, "run-1#2|t3".
  private var sent: Set<String> = []
  /// Runs whose rows were written by the request that is being done: a transaction is looked at when it is whole.
  private var written: Set<String> = []

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .rowChanged(let change):
      if let (_, after) = change.orchestration { if let after { written.insert(after.id) } }
      if let (before, after) = change.round, let after {
        written.insert(after.orchestrationID)
        return unsent(before, after)
      }
      return nil
    case .queueChanged(.sent(let message)):
      let body = try? JSONValue(parsing: message.body)
      if let request = body?["request_id"]?.stringValue, let toolUse = body?["agent_use_id"]?.stringValue {
        sent.insert("\(request)|\(toolUse)")
      }
      return nil
    case .blobChanged(let key, nil, _):
      return isReferenced(key, world).map { Breach("the object \(key) is gone, and \($0) points to it", orchestrationID: $0) }
    default: return checkWritten(world)
    }
  }

  func checkEnd(in world: any WorldView) -> [Breach] {
    for record in world.orchestrations { written.insert(record.id) }
    var breaches: [Breach] = []
    while let breach = checkWritten(world) { breaches.append(breach) }
    return breaches
  }

  // MARK: Rows

  private func checkWritten(_ world: any WorldView) -> Breach? {
    while !written.isEmpty {
      let id = written.count == 1 ? written.removeFirst() : written.sorted()[0]
      written.remove(id)
      if let record = world.orchestration(id), let breach = check(record, world) { return breach }
    }
    return nil
  }

  private func check(_ record: OrchestrationRecord, _ world: any WorldView) -> Breach? {
    func breach(_ message: String) -> Breach { Breach("\(record.id) \(message)", orchestrationID: record.id) }
    for reference in record.blobReferences where world.blob(reference.key) == nil {
      return breach("points to \(reference.key), which is not there")
    }
    guard let requestID = record.requestID else { return nil }
    guard let round = world.round(requestID) else { return breach("names the round \(requestID), which is not there") }
    for task in round.tasks {
      if let key = task.inputReference?.key, task.isPending, world.blob(key) == nil {
        return breach("has a task \(task.toolUseID) whose input \(key) is not there")
      }
      if let key = task.result?.reference?.key, task.queueURL == nil, world.blob(key) == nil {
        return breach("has an answer to \(task.toolUseID) whose result \(key) is not there")
      }
    }
    guard !record.needsModel, record.state == .running else { return nil }
    guard round.orchestrationID == record.id, round.number == record.rounds else {
      return breach("is in round \(record.rounds), and waits for round \(round.number) of \(round.orchestrationID)")
    }
    if let last = record.conversation.last, let message = world.message(last),
      message.toolUses.map(\.id).sorted() != round.tasks.map(\.toolUseID).sorted()
    {
      return breach("was asked for \(listed(message.toolUses.map(\.id))), and tracks \(listed(round.tasks.map(\.toolUseID)))")
    }
    guard let earliest = round.tasks.filter(\.isPending).min(by: { $0.dueAtMilliseconds < $1.dueAtMilliseconds }) else { return nil }
    guard earliest.dueAtMilliseconds <= record.deadlineMilliseconds else {
      return breach("waits for \(earliest.toolUseID) beyond its deadline")
    }
    guard let wakeAt = record.wakeAtMilliseconds,
      wakeAt <= max(earliest.dueAtMilliseconds, world.nowMilliseconds + world.clockToleranceMilliseconds)
    else { return breach("is not looked at when \(earliest.toolUseID) is due") }
    return nil
  }

  /// A task counts as sent only when its queue has taken it.
  private func unsent(_ before: RoundRecord?, _ after: RoundRecord) -> Breach? {
    for task in after.tasks where task.sentAtMilliseconds != nil && before?.task(task.toolUseID)?.sentAtMilliseconds == nil {
      guard !sent.contains("\(after.requestID)|\(task.toolUseID)") else { continue }
      return Breach(
        "\(task.toolUseID) of \(after.requestID) counts as sent, and no queue has its message", orchestrationID: after.orchestrationID)
    }
    return nil
  }

  /// The run that needs an object; nil when none does.
  private func isReferenced(_ key: String, _ world: any WorldView) -> String? {
    world.orchestrations.first { record in
      record.blobReferences.contains { $0.key == key } || world.rounds(of: record).contains { $0.blobReferences.contains { $0.key == key } }
    }?.id
  }
}
