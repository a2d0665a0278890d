import AgentKit
import JSON
import Synchronization

@testable import Orchestration
@testable import Simulation

// What goes wrong in the worker.

extension Mutant {
  static let working = [
    worker("a process keeps the first agent that it loaded, and runs every task with it", defect: "B8", breaks: [AgentsAreThemselves()]) {
      effects in
      effects.registry = SharedModule(inner: effects.registry)
    },
    worker("a task runs as often as its message comes", breaks: [TasksRunOnce()]) { effects in
      effects.claims = NoClaims(inner: effects.claims)
    },
    worker("the claim of a worker that died never ends", breaks: [AnswersAreKept()]) { effects in
      effects.claims = EndlessClaims(inner: effects.claims)
    },
    worker("no answer is kept, and a message that comes again gets another one", breaks: [AnswersAreKept()]) { effects in
      effects.claims = KeepsNothing(inner: effects.claims)
    },
    worker("failures are told to nobody", breaks: [MessagesAreOfTasks()]) { effects in
      effects.bus = RewrittenEvents(inner: effects.bus) { event in
        event.source == TaskCompletion.source && (try? JSONValue(parsing: event.detail))?["status"] == "error" ? nil : event
      }
    },
    workerHandler("a message is done with although its work failed", breaks: [MessagesAreOfTasks()]) { worker, delivery in
      try? await worker.handle(delivery)
    },
  ]
}

/// The original loads each agent's code under the same module's name. Here it is the agent's row that stays from one task to the next.
private final class SharedModule: AgentRowReader {
  private let inner: any AgentRowReader
  private let loaded = Mutex<JSONValue?>(nil)

  init(inner: any AgentRowReader) { self.inner = inner }

  func row(_ agentID: String) async throws -> JSONValue? {
    if let row = loaded.withLock({ $0 }) { return row }
    let row = try await inner.row(agentID)
    loaded.withLock { $0 = row }
    return row
  }
}

private struct NoClaims: ClaimDecorator {
  let inner: any ClaimStore

  func claim(_ task: TaskKey, owner: String, untilMilliseconds: Int64, nowMilliseconds: Int64) async throws -> ClaimOutcome {
    .claimed(spentEarlierMicroUSD: 0)
  }
  func reserve(_ task: TaskKey, owner: String, atMostMicroUSD: Int64, untilMilliseconds: Int64) async throws -> Int64? { 0 }
  func finish(_ task: TaskKey, owner: String, answer: TaskCompletion, untilMilliseconds: Int64) async throws -> Bool { true }
}

private struct EndlessClaims: ClaimDecorator {
  let inner: any ClaimStore

  func claim(_ task: TaskKey, owner: String, untilMilliseconds: Int64, nowMilliseconds: Int64) async throws -> ClaimOutcome {
    try await inner.claim(task, owner: owner, untilMilliseconds: untilMilliseconds + 30 * 86_400_000, nowMilliseconds: nowMilliseconds)
  }
}

private struct KeepsNothing: ClaimDecorator {
  let inner: any ClaimStore

  func finish(_ task: TaskKey, owner: String, answer: TaskCompletion, untilMilliseconds: Int64) async throws -> Bool { true }
}
