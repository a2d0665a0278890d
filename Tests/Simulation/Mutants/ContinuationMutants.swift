import AWSClient
import AgentKit
import JSON

@testable import Orchestration
@testable import Simulation

// What goes wrong between the answers of a round and the next one.

extension Mutant {
  static let continuation = [
    supervisorHandler(
      "a duplicate of the last answer goes into the conversation once more", defect: "B4",
      breaks: [ConversationsAreAcceptable(), RoundsContinueOnce()]
    ) {
      supervisor, delivery in
      let answer = try await supervisor.handle(delivery)
      if answer["status"] == "duplicate", case .completion(let completion) = try SupervisorEvent(bytes: delivery.bytes) {
        try? await supervisor.joinAgain(completion)
      }
      return answer
    },
    supervisor(
      "a row is read, changed and put, whatever was written meanwhile", defect: "B5",
      breaks: [OutcomesAreFinal(), OneHandlerAsks(), RoundsContinueOnce(), BudgetsHold()]
    ) { effects, _ in
      effects.store = PutsRows(inner: effects.store)
    },
    supervisor("an agent's failure passes for an answer", defect: "B6", breaks: [ToolUsesAreAnswered()]) { effects, _ in
      effects.store = RewrittenAnswers(inner: effects.store) { state, result in
        if state == .failed, result.code != "undeliverable" {
          state = .succeeded
          result.isError = false
          if result.data.isNull { result.data = .string("The task could not be completed; ignore it.") }
        }
      }
    },
    supervisor("every reply without a tool use passes for an answer", defect: "B7", breaks: [AnswersAreTheModels()]) { effects, _ in
      effects.model = RewrittenReplies(inner: effects.model) { response in
        if response.stopReason != .toolUse { response.stopReason = .endTurn }
      }
    },
    supervisor("a late answer counts for the current round", breaks: [ToolUsesAreAnswered()]) { effects, _ in
      effects.store = TakesLateAnswers(inner: effects.store)
    },
    supervisor("a lease holds nobody back", breaks: [OneHandlerAsks()]) { effects, _ in
      effects.store = MisreadRows(inner: effects.store) { $0.lease = nil }
    },
    supervisor("a conversation is rewritten, to keep the last round of it", breaks: [RoundsContinueOnce()]) { effects, _ in
      effects.store = RewrittenRows(inner: effects.store) { _, new in
        if new.conversation.count > 3 { new.conversation = Array(new.conversation.prefix(1) + new.conversation.suffix(2)) }
      }
    },
  ]
}

extension Supervisor {
  /// Appends the answers of a round although that has been done, and goes on.
  fileprivate func joinAgain(_ completion: TaskCompletion) async throws {
    guard let record = try await effects.store.load(completion.orchestrationID), !record.state.isTerminal, let requestID = record.requestID,
      completion.requestID ?? requestID == requestID, let round = try await effects.store.loadRound(requestID), round.pendingCount == 0,
      let written = try await effects.store.update(record, to: machine.joined(record, round, fetched: [:]))
    else { return }
    _ = try await advance(record.id, from: written)
  }
}

/// Writes over what somebody else has written.
private struct PutsRows: StoreDecorator {
  let inner: any OrchestrationStore

  func update(_ old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    var known = old
    while true {
      if let written = try await inner.update(known, to: new) { return written }
      guard let fresh = try await inner.load(old.id) else { return nil }
      known = fresh
    }
  }

  func begin(_ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    var known = old
    while true {
      if let written = try await inner.begin(round, updating: known, to: new) { return written }
      guard try await inner.loadRound(round.requestID) == nil, let fresh = try await inner.load(old.id) else { return nil }
      known = fresh
    }
  }
}

/// Gives an answer that its own round has no use for to the first task of the same agent that waits.
private struct TakesLateAnswers: StoreDecorator {
  let inner: any OrchestrationStore

  func close(_ toolUseID: String, of requestID: String, state: TaskEntry.State, result: TaskResult) async throws -> CloseOutcome {
    let outcome = try await inner.close(toolUseID, of: requestID, state: state, result: result)
    guard case .alreadyClosed(let round) = outcome, let agentID = round.task(toolUseID)?.agentID,
      let current = try await inner.load(round.orchestrationID)?.requestID, current != requestID,
      let task = try await inner.loadRound(current)?.tasks.first(where: { $0.isPending && $0.agentID == agentID })
    else { return outcome }
    return try await inner.close(task.toolUseID, of: current, state: state, result: result)
  }
}
