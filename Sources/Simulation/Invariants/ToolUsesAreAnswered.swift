import AWSClient
import JSON
import Orchestration

/// Each tool use is answered exactly once, all of them in the user's next message, each with the answer that was accepted for its task.
///
/// What the model sees is what the tracking record says at that moment; that this never changes is the promise of `TasksRunOnce`. An answer that
/// counts as a success is one that an agent of that task has published (docs/guarantees.md). A completion that names no round may be one
/// of an earlier round whose tool use had the same id (docs/decisions/0012).
final class ToolUsesAreAnswered: Invariant {
  let name = "each tool use is answered once"
  /// Published answers by run and tool use.
  private var published: [String: [TaskCompletion]] = [:]

  /// Reasons of the Supervisor's own for which a task of a queue or a worker fails without an answer.
  private static let ownCodes: Set<String> = ["undeliverable", "cancelled", "deadline_exceeded"]
  /// Results above this size are not given to a model (`PayloadStore`).
  private static let largestResultBytes = 8_000_000

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .published(let event):
      if let completion = event.completion {
        published[key(completion.orchestrationID, completion.toolUseID), default: []].append(completion)
      }
      return nil
    case .rowChanged(let change):
      if let (before, after) = change.round, let after { return checkAnswers(before, after, world) }
      if let (before, after) = change.orchestration, let before, let after { return checkJoin(before, after, world) }
      return nil
    default: return nil
    }
  }

  func checkEnd(in world: any WorldView) -> [Breach] {
    world.orchestrations.compactMap { record in
      guard let conversation = world.conversation(of: record) else { return nil }
      var open: Set<String> = []
      for message in conversation {
        if !open.isEmpty, Set(message.toolResults.map(\.id)) != open || message.toolResults.count != open.count {
          return Breach(
            "\(record.id): the message after \(listed(open)) answers \(listed(message.toolResults.map(\.id)))", orchestrationID: record.id)
        }
        open = Set(message.toolUses.map(\.id))
      }
      guard !open.isEmpty, record.state == .completed else { return nil }
      return Breach("\(record.id) is completed, and \(listed(open)) were never answered", orchestrationID: record.id)
    }
  }

  // MARK: Answers of agents

  private func checkAnswers(_ before: RoundRecord?, _ after: RoundRecord, _ world: any WorldView) -> Breach? {
    for task in after.tasks {
      guard before?.task(task.toolUseID)?.isPending ?? true, let result = task.result, !task.isPending else { continue }
      let place = "\(task.toolUseID) of \(after.requestID)"
      switch task.state {
      case .pending: break
      case .refused:
        if before != nil { return Breach("\(place) was refused after its round had begun", orchestrationID: after.orchestrationID) }
      case .timedOut:
        if task.dueAtMilliseconds - world.patienceMilliseconds > world.nowMilliseconds {
          return Breach(
            "\(place) counts as timed out \(task.dueAtMilliseconds - world.nowMilliseconds) ms before it is due",
            orchestrationID: after.orchestrationID)
        }
      case .failed where result.code.map(Self.ownCodes.contains) == true: break
      case .succeeded, .failed:
        let answers = published[key(after.orchestrationID, task.toolUseID)] ?? []
        guard answers.contains(where: { isAnswer($0, to: task, of: after, result, world) }) else {
          return Breach("\(place) has an answer that nobody gave it: \(text(result))", orchestrationID: after.orchestrationID)
        }
      }
    }
    return nil
  }

  private func isAnswer(
    _ completion: TaskCompletion, to task: TaskEntry, of round: RoundRecord, _ result: TaskResult, _ world: any WorldView
  ) -> Bool {
    guard completion.requestID == nil || completion.requestID == round.requestID else { return false }
    guard (completion.status == .error) == result.isError else { return false }
    if result.isError { return completion.code == result.code }
    if let reference = result.reference {
      return completion.dataReference == reference || world.blob(reference.key).map { $0 == completion.data.bytes } == true
    }
    return completion.data == result.data
  }

  // MARK: What the model sees

  private func checkJoin(_ before: OrchestrationRecord, _ after: OrchestrationRecord, _ world: any WorldView) -> Breach? {
    guard after.conversation.count > before.conversation.count, let last = before.conversation.last, last.role == .assistant,
      let uses = world.message(last)?.toolUses, !uses.isEmpty
    else { return nil }
    func breach(_ message: String) -> Breach { Breach("\(after.id): \(message)", orchestrationID: after.id) }
    guard let answers = world.message(after.conversation[before.conversation.count]), answers.role == .user else {
      return breach("what follows on the tool uses \(listed(uses.map(\.id))) is no message of the user")
    }
    let results = answers.toolResults
    guard results.count == answers.content.count, results.map(\.id).sorted() == uses.map(\.id).sorted() else {
      return breach("the tool uses \(listed(uses.map(\.id))) are answered by \(listed(results.map(\.id)))")
    }
    guard let requestID = before.requestID, let round = world.round(requestID) else {
      return breach("the tool uses \(listed(uses.map(\.id))) are answered, and have no tracking record")
    }
    for result in results {
      guard let task = round.task(result.id) else { return breach("\(result.id) is answered, and is no task of \(requestID)") }
      guard let accepted = task.result, !task.isPending else { return breach("\(result.id) is answered for the model, and still pending") }
      if let problem = difference(result, accepted, world) { return breach("the model is told another answer to \(result.id): \(problem)") }
    }
    return nil
  }

  /// What is wrong with a tool result; nil when it says what was accepted.
  private func difference(_ seen: ToolResult, _ accepted: TaskResult, _ world: any WorldView) -> String? {
    let seenText = seen.content.first?.text ?? ""
    if accepted.isError {
      guard seen.status == .error else { return "a success instead of \(accepted.code ?? "an error")" }
      let expected = "\(accepted.code ?? "error"): \((accepted.message ?? "").prefix(1000))"
      return seenText.hasPrefix(expected) ? nil : "\"\(seenText.prefix(100))\" instead of \"\(expected.prefix(100))\""
    }
    var data = accepted.data
    if let reference = accepted.reference {
      // What cannot be had becomes an error, which is the agent's fault or misfortune.
      guard let bytes = world.blob(reference.key), bytes.count <= Self.largestResultBytes else {
        return seen.status == .error && seenText.hasPrefix("result_") ? nil : "a result that is not there"
      }
      data = (try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
    }
    guard seen.status == .success else { return "\"\(seenText.prefix(100))\" instead of a success" }
    return seen.content.count == 1 && seen.content[0].json == .object(["data": data])
      ? nil : "\(seen.content.map { JSONValue.object($0.object).text.prefix(100) }) instead of \(data.text.prefix(100))"
  }

  private func key(_ id: String, _ toolUseID: String) -> String { "\(id)|\(toolUseID)" }
  private func text(_ result: TaskResult) -> String {
    result.isError ? "the error \(result.code ?? "without a code")" : result.reference?.key ?? String(result.data.text.prefix(100))
  }
}

/// Ids for a sentence, in the order of the alphabet.
func listed(_ ids: some Sequence<String>) -> String {
  let all = ids.sorted()
  return all.isEmpty ? "nothing" : all.joined(separator: ", ")
}
