import AgentKit

/// The Supervisor's decisions, as functions of what the rows say and of the time: no effects, no randomness.
///
/// Events do not drive an orchestration, its rows do: whatever happened is first written down, then `next` tells what is due. So a
/// handler that dies anywhere loses nothing: the next event, or the sweeper, asks the same question and gets the same answer.
public struct OrchestrationMachine: Sendable {
  public let limits: Limits

  public init(limits: Limits) {
    self.limits = limits
  }

  /// What is due for an orchestration.
  public enum Action: Sendable, Equatable {
    /// Nothing, and the sweeper knows when to look again.
    case rest
    /// Nothing before this time, which the row does not say yet.
    case sleep(untilMilliseconds: Int64)
    /// The model is to speak.
    case callModel
    /// All tasks are answered: the answers go into the conversation, then the model is to speak.
    case join(RoundRecord)
    /// These tasks have not been sent, or nobody noted that they were.
    case send(RoundRecord, [TaskEntry])
    /// These tasks are overdue.
    case closeOverdue(RoundRecord, [TaskEntry])
    /// The run ends.
    case finish(Outcome)
    /// The run has ended, but its events may not have been published.
    case publish
    /// The run has ended long ago; what it left in the blob store and does not need is to be removed.
    case collect
  }

  /// What is due for an orchestration.
  /// - Parameters:
  ///   - record: the orchestration's row.
  ///   - round: the tracking record that `record.requestID` names; not needed when the model is to speak.
  ///   - nowMilliseconds: milliseconds since the Unix epoch.
  public func next(_ record: OrchestrationRecord, round: RoundRecord?, nowMilliseconds now: Int64) -> Action {
    if record.state.isTerminal { return nextAfterEnd(record, now) }
    if let outcome = end(of: record, nowMilliseconds: now) { return .finish(outcome) }
    return record.needsModel ? nextModelCall(record, now) : nextTasks(record, round, now)
  }

  /// The outcome of a run that must end now, whatever its tasks say: it was cancelled, or its deadline has passed.
  func end(of record: OrchestrationRecord, nowMilliseconds now: Int64) -> Outcome? {
    if let reason = record.cancelRequested {
      return Outcome(
        state: .cancelled, message: reason.isEmpty ? "The run was cancelled." : "The run was cancelled: \(reason)", code: "cancelled",
        decidedAtMilliseconds: now)
    }
    guard now >= record.deadlineMilliseconds else { return nil }
    return Outcome(
      state: .expired, message: "The run's deadline passed before it had an answer.", code: "deadline_exceeded", decidedAtMilliseconds: now)
  }

  private func nextAfterEnd(_ record: OrchestrationRecord, _ now: Int64) -> Action {
    guard record.publishedAtMilliseconds != nil else { return .publish }
    guard let collectAt = record.wakeAtMilliseconds, collectAt <= now else { return .rest }
    return .collect
  }

  private func nextModelCall(_ record: OrchestrationRecord, _ now: Int64) -> Action {
    if let lease = record.lease, lease.untilMilliseconds > now {
      return sleep(record, min(lease.untilMilliseconds, record.deadlineMilliseconds))
    }
    if let retryAt = record.retryAtMilliseconds, retryAt > now { return sleep(record, min(retryAt, record.deadlineMilliseconds)) }
    return .callModel
  }

  private func nextTasks(_ record: OrchestrationRecord, _ round: RoundRecord?, _ now: Int64) -> Action {
    guard let round else {
      return .finish(
        Outcome(
          state: .failed,
          message: "The tracking record '\(record.requestID ?? "")' of round \(record.rounds) is missing, so its tasks cannot be answered.",
          code: "ledger_inconsistent", decidedAtMilliseconds: now))
    }
    let pending = round.tasks.filter(\.isPending)
    if pending.isEmpty { return .join(round) }
    let overdue = pending.filter { $0.dueAtMilliseconds <= now }
    if !overdue.isEmpty { return .closeOverdue(round, overdue) }
    let unsent = pending.filter { $0.sentAtMilliseconds == nil }
    if !unsent.isEmpty { return .send(round, unsent) }
    let earliestDue = pending.map(\.dueAtMilliseconds).min() ?? record.deadlineMilliseconds
    let until = min(earliestDue, record.deadlineMilliseconds, now + limits.longestRestMilliseconds)
    if let wakeAt = record.wakeAtMilliseconds, wakeAt > now, wakeAt <= until { return .rest }
    return .sleep(untilMilliseconds: until)
  }

  private func sleep(_ record: OrchestrationRecord, _ until: Int64) -> Action {
    record.wakeAtMilliseconds == until ? .rest : .sleep(untilMilliseconds: until)
  }

  /// The outcome of a request that asks for more than this deployment allows; nil for one that may begin.
  func refusal(of request: TaskRequest, nowMilliseconds now: Int64) -> Outcome? {
    func refused(_ code: String, _ message: String) -> Outcome {
      Outcome(state: .failed, message: message, code: code, decidedAtMilliseconds: now)
    }
    if request.depth > limits.depth {
      return refused("depth_limit", "The request stands under \(request.depth) supervisors, and at most \(limits.depth) are allowed.")
    }
    if let seconds = request.deadlineSeconds, seconds > limits.maximumDeadlineSeconds {
      return refused(
        "deadline_limit", "The field 'deadlineSeconds' is \(seconds), and at most \(limits.maximumDeadlineSeconds) are allowed.")
    }
    if let budget = request.budgetMicroUSD, budget > limits.maximumBudgetMicroUSD {
      return refused(
        "budget_limit", "The field 'budgetUSD' is \(dollars(budget)), and at most \(dollars(limits.maximumBudgetMicroUSD)) are allowed.")
    }
    return nil
  }

  // MARK: Transitions of the row

  /// The row of a run that has ended; the sweeper publishes the outcome if nobody else does.
  ///
  /// A lease that holds stays with its reservation: the model call that they belong to may still report what it cost.
  func ended(_ record: OrchestrationRecord, _ outcome: Outcome) -> OrchestrationRecord {
    var next = record
    if let lease = record.lease, lease.untilMilliseconds <= outcome.decidedAtMilliseconds {
      next.lease = nil
      next.writeOffReservation()
    }
    next.state = outcome.state
    next.outcome = outcome
    next.retryAtMilliseconds = nil
    // Whoever ended the run publishes at once; the sweeper only steps in for one that died.
    next.wakeAtMilliseconds = outcome.decidedAtMilliseconds + limits.publishGraceMilliseconds
    return next
  }

  /// The row of an ended run whose events are out.
  func published(_ record: OrchestrationRecord, nowMilliseconds now: Int64) -> OrchestrationRecord {
    var next = record
    next.publishedAtMilliseconds = now
    next.wakeAtMilliseconds = record.outcome.map(collectionTime)
    return next
  }

  /// When no handler is left that has seen the run before its outcome, so that what nothing refers to can be told from what is on its way.
  private func collectionTime(_ outcome: Outcome) -> Int64 {
    outcome.decidedAtMilliseconds.saturatingAdd(limits.collectionGraceMilliseconds)
  }

  /// The row of an ended run that needs nothing more: nobody is left who could settle what is still set aside, so it counts as spent.
  func collected(_ record: OrchestrationRecord) -> OrchestrationRecord {
    var next = record
    next.lease = nil
    next.writeOffReservation()
    next.wakeAtMilliseconds = nil
    return next
  }

  /// The row of an ended run whose leftovers could not be removed: it is tried again ever more seldom, and not for ever.
  func notCollected(_ record: OrchestrationRecord, nowMilliseconds now: Int64) -> OrchestrationRecord {
    let first = record.outcome.map(collectionTime) ?? now
    let age = max(0, now - first)
    guard age < limits.collectionPatienceMilliseconds else { return collected(record) }
    var next = record
    next.wakeAtMilliseconds = min(now + max(60_000, age), first + limits.collectionPatienceMilliseconds)
    return next
  }

  /// The row with the lease and the reservation of a model call; a row that has ended when the budget forbids the call.
  /// - Parameter reservationMicroUSD: the most that the call can cost.
  func leased(
    _ record: OrchestrationRecord, owner: String, untilMilliseconds: Int64, reservationMicroUSD: Int64, nowMilliseconds now: Int64
  ) -> OrchestrationRecord {
    var next = record
    // A reservation that is still here belongs to a call that nobody settled: its handler died, so it counts as spent.
    next.writeOffReservation()
    guard reservationMicroUSD <= next.availableMicroUSD else {
      return ended(
        next,
        Outcome(
          state: .budgetExhausted,
          message: """
            The next model call may cost up to \(dollars(reservationMicroUSD)), and \(dollars(next.availableMicroUSD)) of the \
            budget of \(dollars(record.budgetMicroUSD)) are left.
            """,
          code: "budget_exhausted", decidedAtMilliseconds: now))
    }
    next.spending.reservedMicroUSD = reservationMicroUSD
    let until = min(untilMilliseconds, record.deadlineMilliseconds)
    next.lease = Lease(owner: owner, untilMilliseconds: until)
    next.wakeAtMilliseconds = until
    next.retryAtMilliseconds = nil
    return next
  }

  /// What a failed model call means for the next one.
  enum ModelFailure {
    /// The service has too much to do: the run is asked for again until its deadline.
    case throttled
    case transient
    case final
  }

  /// The row after a model call that failed and may be tried again, or the outcome when it has failed too often.
  func afterModelFailure(
    _ record: OrchestrationRecord, code: String, message: String, kind: ModelFailure, nowMilliseconds now: Int64
  ) -> OrchestrationRecord {
    var next = record
    next.lease = nil
    next.troubles.lastError = "\(code): \(message)".shortened(toByteCount: 500)
    if kind == .throttled { next.troubles.throttlings += 1 } else { next.troubles.modelFailures += 1 }
    guard kind == .throttled || kind == .transient && next.troubles.modelFailures < limits.modelFailures else {
      let attempts = next.troubles.modelFailures == 1 ? "" : " after \(next.troubles.modelFailures) attempts"
      return ended(
        next,
        Outcome(
          state: .failed, message: "The model could not be asked\(attempts): \(code): \(message)", code: "model_failed",
          decidedAtMilliseconds: now))
    }
    // Doubling pauses from 5 s to 5 min; the client's own quick retries have been used up before.
    let longest = min(300_000, Int64(5_000) << Int64(min(next.troubles.modelFailures + next.troubles.throttlings - 1, 10)))
    let pause = longest - spread(record, below: longest / 2)
    next.retryAtMilliseconds = now + pause
    next.wakeAtMilliseconds = min(now + pause, record.deadlineMilliseconds)
    return next
  }

  /// A number from 0 to below a limit that differs from run to run and from try to try, so that runs that failed together do not ask again
  /// together.
  private func spread(_ record: OrchestrationRecord, below limit: Int64) -> Int64 {
    Int64(StableHash.of("\(record.id)#\(record.version)") >> 33) % max(1, limit)
  }

  /// The row of a run that ended while the model was speaking, with what the call cost.
  /// - Parameter costMicroUSD: nil when nobody said, then the reservation counts.
  func settledAfterEnd(_ record: OrchestrationRecord, costMicroUSD: Int64?) -> OrchestrationRecord {
    var next = charged(record, callCostMicroUSD: costMicroUSD)
    next.lease = nil
    return next
  }

  /// The row of a run whose ledger refused what follows from the model's reply.
  func notStored(
    _ record: OrchestrationRecord, _ reason: String, costMicroUSD: Int64?, nowMilliseconds now: Int64
  ) -> OrchestrationRecord {
    let next = settledAfterEnd(record, costMicroUSD: costMicroUSD)
    guard !record.state.isTerminal else { return next }
    return failed(
      next, "reply_not_stored", "The model's reply could not be written down: \(reason.shortened(toByteCount: 2000))", now)
  }

  /// The row with a model call's cost in place of its reservation.
  func charged(_ record: OrchestrationRecord, callCostMicroUSD: Int64?) -> OrchestrationRecord {
    var next = record
    next.spending.charge(costMicroUSD: callCostMicroUSD ?? record.spending.reservedMicroUSD)
    next.spending.reservedMicroUSD = 0
    return next
  }

  /// A sum of millionths of a US dollar as text: "$0.012345".
  func dollars(_ microUSD: Int64) -> String { Money.text(microUSD) }
}

/// Sums of money for people.
public enum Money {
  /// "$1.25", "$0.000042": at least two decimals, at most six.
  public static func text(_ microUSD: Int64) -> String {
    let magnitude = microUSD.magnitude
    var decimals = String(magnitude % 1_000_000)
    decimals = String(repeating: "0", count: 6 - decimals.count) + decimals
    while decimals.count > 2, decimals.hasSuffix("0") { decimals.removeLast() }
    return "\(microUSD < 0 ? "-" : "")$\(magnitude / 1_000_000).\(decimals)"
  }
}
