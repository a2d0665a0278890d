import AWSClient
import Orchestration

/// Changes of rows in words.
enum RowWording {
  static func words(for change: RowChange) -> FactWording.Words {
    if let problem = change.problem { return ("leaves a row that cannot be read: \(change.key): \(problem)", .trouble) }
    if let (before, after) = change.orchestration { return words(before, after) }
    if let (before, after) = change.round { return words(before, after) }
    if let (before, after) = change.claim { return words(before, after) }
    return (
      change.after == nil ? "removes the row \(change.key) of \(change.table)" : "writes the row \(change.key) of \(change.table)", .plain
    )
  }

  // MARK: Orchestrations

  private static func words(_ before: OrchestrationRecord?, _ after: OrchestrationRecord?) -> FactWording.Words {
    guard let after else { return ("removes the row of \(before?.id ?? "")", .plain) }
    guard let before else {
      let end = after.outcome.map { ", ended: \($0.state.rawValue)" } ?? ""
      return (
        "the run \(after.id) begins, until \(time(after.deadlineMilliseconds)), for \(Money.text(after.budgetMicroUSD))\(end)", .plain
      )
    }
    var parts: [String] = []
    var tone = Story.Line.Tone.detail
    func tell(_ part: String, _ next: Story.Line.Tone = .plain) {
      parts.append(part)
      if tone == .detail || next == .success { tone = next }
    }
    if before.state != after.state {
      let why = after.outcome?.code.map { " (\($0))" } ?? ""
      tell("ends: \(after.state.rawValue)\(why): \"\((after.outcome?.message ?? "").prefix(80))\"", .success)
    }
    let added = after.conversation.count - before.conversation.count
    if added > 0 { tell(conversation(after, added)) }
    if after.conversation.count < before.conversation.count { tell("the conversation loses \(-added) messages") }
    if after.rounds != before.rounds { tell("is in round \(after.rounds)") }
    if let lease = after.lease, lease != before.lease {
      tell("lease taken until \(time(lease.untilMilliseconds)), \(Money.text(after.spending.reservedMicroUSD)) set aside")
    } else if after.lease == nil, before.lease != nil, before.state == after.state, added <= 0 {
      tell("gives the lease back")
    }
    if after.cancelRequested != nil, before.cancelRequested == nil { tell("is to be cancelled") }
    if after.troubles != before.troubles, let error = after.troubles.lastError { tell("trouble: \(error.prefix(100))", .trouble) }
    if after.publishedAtMilliseconds != nil, before.publishedAtMilliseconds == nil { tell("its outcome counts as told") }
    if after.publishedAtMilliseconds == nil, before.publishedAtMilliseconds != nil { tell("its outcome counts as untold") }
    if before.spending.costMicroUSD != after.spending.costMicroUSD { parts.append("\(Money.text(after.spending.costMicroUSD)) spent") }
    if before.wakeAtMilliseconds != after.wakeAtMilliseconds, let wakeAt = after.wakeAtMilliseconds, parts.isEmpty {
      parts.append("is looked at again at \(time(wakeAt))")
    }
    return ("\(after.id): \(parts.isEmpty ? "written" : parts.joined(separator: "; "))", tone)
  }

  private static func conversation(_ record: OrchestrationRecord, _ added: Int) -> String {
    record.conversation.suffix(added).map { stored in
      guard case .inline(let message) = stored else { return "a message by the \(stored.role.rawValue), in the bucket" }
      if !message.toolResults.isEmpty {
        return "answers to \(message.toolResults.map { "\($0.id)\($0.status == .error ? " (error)" : "")" }.joined(separator: ", "))"
      }
      if !message.toolUses.isEmpty { return "tool uses \(message.toolUses.map(\.id).joined(separator: ", "))" }
      return "a text by the \(message.role.rawValue)"
    }.joined(separator: ", ") + " go\(added == 1 ? "es" : "") into the conversation"
  }

  // MARK: Rounds

  private static func words(_ before: RoundRecord?, _ after: RoundRecord?) -> FactWording.Words {
    guard let after else { return ("removes the round \(before?.requestID ?? "")", .plain) }
    guard let before else {
      let tasks = after.tasks.map { task in
        "\(task.toolUseID) (\(task.isPending ? task.agentID ?? task.toolName : "refused: \(task.result?.code ?? "")"))"
      }
      return ("round \(after.number) of \(after.orchestrationID) begins with \(tasks.joined(separator: ", "))", .plain)
    }
    var parts: [String] = []
    var tone = Story.Line.Tone.plain
    var sent: [String] = []
    for (old, new) in zip(before.tasks, after.tasks) where old != new {
      if old.sentAtMilliseconds == nil, new.sentAtMilliseconds != nil { sent.append(new.toolUseID) }
      guard old.state != new.state || old.result != new.result else { continue }
      parts.append("\(new.toolUseID) answered\(old.isPending ? "" : " again"): \(answer(new))")
      tone = new.state == .succeeded ? .success : .trouble
    }
    if !sent.isEmpty { parts.append("\(sent.joined(separator: ", ")) noted as sent") }
    return ("\(after.requestID): \(parts.isEmpty ? "written" : parts.joined(separator: "; "))", parts.isEmpty ? .detail : tone)
  }

  private static func answer(_ task: TaskEntry) -> String {
    switch task.state {
    case .pending: "pending"
    case .succeeded: "success"
    case .failed: "error \(task.result?.code ?? "")"
    case .timedOut: "timed out"
    case .refused: "refused"
    }
  }

  // MARK: Claims

  private static func words(_ before: ClaimReading?, _ after: ClaimReading?) -> FactWording.Words {
    guard let claim = after ?? before else { return ("", .detail) }
    let task = "\(claim.toolUseID) of \(claim.requestID ?? claim.orchestrationID)"
    guard let after else { return ("removes the claim of \(task)", .plain) }
    if after.isFinished {
      return (before?.answer == after.answer ? "keeps its answer to \(task) again" : "keeps its answer to \(task)", .plain)
    }
    guard let before, before.owner == after.owner else {
      return ("\(before == nil ? "takes" : "takes over") \(task) until \(time(after.untilMilliseconds))", .plain)
    }
    return ("notes what the next model call for \(task) may cost", .detail)
  }

  private static func time(_ milliseconds: Int64) -> String { Story.time(milliseconds - Timeline.begin) }
}
