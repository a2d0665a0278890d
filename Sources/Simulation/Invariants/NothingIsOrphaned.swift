import Orchestration
import SimulatedAWS

/// When everything has come to rest, nothing is left over: no run that goes on or wants to be looked at, no task that is pending or worked on, no
/// message in the queues of workers and agents, no object of a run that no row points to.
///
/// Not promised: that an object goes which somebody else, such as an agent of kind `queue`, puts more than an hour after its run's end
/// (docs/guarantees.md): the run's leftovers have been removed by then.
final class NothingIsOrphaned: Invariant {
  let name = "no orphan is left"

  /// Where the product keeps what is too large for rows and messages.
  private static let prefixes = ["conversations/", "payloads/"]

  private static let collectionGraceMilliseconds = Limits().collectionGraceMilliseconds

  /// Queues from which tasks are taken.
  private var taskQueues: Set<String> = []
  /// Objects that somebody else than a function has put when the leftovers of their run had been removed, or were about to be.
  private var lateByOthers: Set<String> = []

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .queueChanged(.sent(let message)):
      if !taskQueues.contains(message.queueURL), message.body.hasBytes(of: "\"agent_use_id\"") { taskQueues.insert(message.queueURL) }
    case .blobChanged(let key, let byteCount, let invocation):
      if byteCount != nil, invocation == nil, let id = Self.run(of: key), let end = world.orchestration(id)?.outcome,
        world.nowMilliseconds > end.decidedAtMilliseconds + Self.collectionGraceMilliseconds - world.clockToleranceMilliseconds
      {
        lateByOthers.insert(key)
      } else {
        lateByOthers.remove(key)
      }
    default: break
    }
    return nil
  }

  /// The run below whose prefix an object is.
  private static func run(of key: String) -> String? { key.split(separator: "/").dropFirst().first.map(String.init) }

  func checkEnd(in world: any WorldView) -> [Breach] {
    var breaches: [Breach] = []
    for record in world.orchestrations {
      if !record.state.isTerminal { breaches.append(Breach("\(record.id) is still running", orchestrationID: record.id)) }
      if record.wakeAtMilliseconds != nil {
        breaches.append(Breach("\(record.id) still wants to be looked at", orchestrationID: record.id))
      }
      for round in world.rounds(of: record) {
        let pending = round.tasks.filter(\.isPending).map(\.toolUseID)
        if !pending.isEmpty {
          breaches.append(Breach("\(listed(pending)) of \(round.requestID) are still pending", orchestrationID: record.id))
        }
      }
    }
    for claim in world.claims where !claim.isFinished {
      guard let requestID = claim.requestID, world.round(requestID)?.task(claim.toolUseID)?.isPending ?? true else { continue }
      breaches.append(Breach("\(claim.key) has no answer, and its task waits for one", orchestrationID: claim.orchestrationID))
    }
    for queue in taskQueues.union([DeploymentNames.workerQueue]).sorted() {
      let count = world.messageCount(queue)
      if count > 0 { breaches.append(Breach("\(count) messages are left in \(queue)")) }
    }
    let referenced = world.referencedKeys
    for key in world.blobKeys where Self.prefixes.contains(where: key.hasPrefix) && !referenced.contains(key) {
      guard !lateByOthers.contains(key) else { continue }
      breaches.append(Breach("no row points to the object \(key)", orchestrationID: Self.run(of: key)))
    }
    return breaches
  }
}
