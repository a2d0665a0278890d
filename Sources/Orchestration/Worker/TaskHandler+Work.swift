public import AgentKit
public import JSON

/// What work on tasks begins with, whoever does it.
extension TaskHandler {
  /// When the work on a task must have an answer, in milliseconds since the Unix epoch: in time to tell of it, and before the task is due.
  /// - Parameter marginMilliseconds: time that is kept to tell what happened before Lambda ends the invocation.
  /// - Throws: `invalid_task` for ids that must not become parts of keys, `deadline_exceeded`.
  public func deadline(of message: TaskMessage, _ claim: TaskClaim, marginMilliseconds: Int64) throws(TaskFailure) -> Int64 {
    guard message.orchestrationID == OrchestrationID.none || OrchestrationID.isValid(message.orchestrationID) else {
      throw TaskFailure("invalid_task", "'\(message.orchestrationID)' is no orchestration id: expected 1 to 128 of [a-zA-Z0-9._:-]")
    }
    guard ConversationRules.isValidToolUseID(message.toolUseID) else {
      throw TaskFailure("invalid_task", "'\(message.toolUseID)' is no tool use id: expected 1 to 64 of [a-zA-Z0-9_.:-]")
    }
    // Time to say so when the run is not done; of a short invocation a share.
    let now = effects.clock.nowMilliseconds
    var deadline = claim.untilMilliseconds - min(marginMilliseconds, max(0, claim.untilMilliseconds - now) / 5)
    if let dueAt = message.dueAtMilliseconds { deadline = min(deadline, dueAt) }
    guard deadline > now else { throw TaskFailure("deadline_exceeded", "The task was due before a worker could begin it.") }
    return deadline
  }

  /// The task's input, fetched where it travels as a reference.
  /// - Throws: `invalid_input`, `input_unavailable`.
  public func input(of message: TaskMessage) async throws(TaskFailure) -> JSONValue {
    guard let reference = message.inputReference else { return message.input }
    guard reference.key.hasPrefix("payloads/\(message.orchestrationID)/") else {
      throw TaskFailure("invalid_input", "The input at '\(reference.key)' is not below 'payloads/\(message.orchestrationID)/'.")
    }
    let bytes: [UInt8]?
    do { bytes = try await effects.blobs.get(key: reference.key) } catch {
      throw TaskFailure("input_unavailable", "The input at '\(reference.key)' could not be read: \(error)")
    }
    guard let bytes else { throw TaskFailure("input_unavailable", "The input at '\(reference.key)' is not there.") }
    guard let input = try? JSONValue(parsing: bytes), input.objectValue != nil else {
      throw TaskFailure("invalid_input", "The input at '\(reference.key)' is no JSON object.")
    }
    return input
  }

  /// Lets a model call be made while the task is wanted and ours, and notes first what it can cost: an attempt that dies has spent it.
  /// - Parameters:
  ///   - untilMilliseconds: when to stop trying, in milliseconds since the Unix epoch.
  ///   - asksFirst: whether to ask, before the first call too, if the task is still wanted: where work was done between claim and call.
  /// - Returns: what earlier attempts at the task have spent at most, in millionths of a US dollar.
  public func permit(
    _ plan: AgentLoop.ModelCallPlan, _ claim: TaskClaim, untilMilliseconds: Int64, asksFirst: Bool = false
  ) async throws(AgentFailure) -> Int64 {
    let earlier: Int64?
    do {
      // A claim that has just been made was made under the same condition.
      if asksFirst || plan.turn > 1 {
        guard try await effects.claims.isPending(claim.key) else {
          throw AgentFailure(.cancelled, "Nobody waits for the task any more: it was answered, timed out or cancelled.")
        }
      }
      earlier = try await effects.claims.reserve(
        claim.key, owner: claim.owner, atMostMicroUSD: plan.spentMicroUSD.saturatingAdd(plan.reservationMicroUSD),
        untilMilliseconds: untilMilliseconds)
    } catch let failure as AgentFailure {
      throw failure
    } catch {
      throw AgentFailure(.ledgerUnavailable, "What the next model call can cost could not be noted, so it was not made: \(error)")
    }
    guard let earlier else { throw AgentFailure(.cancelled, "The task passed on to another worker.") }
    return earlier
  }
}
