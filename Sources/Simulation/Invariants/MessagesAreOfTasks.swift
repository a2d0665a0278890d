import JSON
import Orchestration
import SimulatedAWS

/// The Supervisor sends messages only of tasks that are written down, and a worker is done with the last message of a task only when the task is
/// answered: by a completion, or by the ledger, which waits no longer.
///
/// Agents that have a queue of their own are done with their messages when they like.
final class MessagesAreOfTasks: Invariant {
  let name = "each message is of a task, and stays until its answer"

  private struct Task: Hashable {
    let requestID: String
    let toolUseID: String
  }

  /// Messages in the workers' queue, by task.
  private var messages: [Task: Set<String>] = [:]
  /// Tasks of which somebody has published an answer.
  private var answered: Set<Task> = []

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .queueChanged(.sent(let message)):
      guard let task = task(message) else { return nil }
      if message.queueURL == DeploymentNames.workerQueue { messages[task, default: []].insert(message.id) }
      // What others send, the invariant knows nothing of.
      guard Invocation.current?.facts.function == FunctionNames.supervisor, world.round(task.requestID)?.task(task.toolUseID) == nil else {
        return nil
      }
      return Breach("a message of \(task.toolUseID) of \(task.requestID) is sent, and no row has that task", orchestrationID: nil)
    case .queueChanged(.deleted(let message)):
      guard message.queueURL == DeploymentNames.workerQueue, let task = task(message) else { return nil }
      return gone(message.id, task, world)
    case .queueChanged(.deadLettered(let message)), .queueChanged(.expired(let message)):
      // A person sees to it.
      if let task = task(message) { answered.insert(task) }
      return nil
    case .published(let event):
      if let completion = event.completion, let requestID = completion.requestID {
        answered.insert(Task(requestID: requestID, toolUseID: completion.toolUseID))
      }
      return nil
    default: return nil
    }
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }

  private func gone(_ id: String, _ task: Task, _ world: any WorldView) -> Breach? {
    messages[task]?.remove(id)
    guard messages[task]?.isEmpty ?? true, !answered.contains(task), let round = world.round(task.requestID),
      round.task(task.toolUseID)?.isPending == true
    else { return nil }
    return Breach(
      "the last message of \(task.toolUseID) of \(task.requestID) is done with, and nobody has answered it",
      orchestrationID: round.orchestrationID)
  }

  /// The task that a message names; nil for other messages.
  private func task(_ message: QueuedMessage) -> Task? {
    guard message.body.contains("\"agent_use_id\""), let body = try? JSONValue(parsing: message.body),
      let requestID = body["request_id"]?.stringValue, let toolUseID = body["agent_use_id"]?.stringValue
    else { return nil }
    return Task(requestID: requestID, toolUseID: toolUseID)
  }
}
