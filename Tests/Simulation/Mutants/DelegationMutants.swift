import AgentKit
import JSON

@testable import Orchestration
@testable import Simulation

// What goes wrong between a model's tool uses and the tasks that agents get.

extension Mutant {
  static let delegation = [
    supervisor("messages are sent before their round is written", defect: "B1", breaks: [MessagesAreOfTasks(), NothingWaitsInVain()]) {
      effects, configuration in
      effects.store = SendsFirst(inner: effects.store, queue: effects.queue, workerQueueURL: configuration.workerQueueURL)
      effects.queue = RewrittenMessages(inner: effects.queue) { $0.id == "callback" ? $0 : nil }
    },
    supervisor(
      "tasks are tracked by the agent's name, so that one agent has one task a round", defect: "B2", breaks: [NothingWaitsInVain()]
    ) { effects, _ in
      effects.store = RewrittenRounds(inner: effects.store) { round, _ in
        var names: Set<String> = []
        round.tasks = round.tasks.filter { names.insert($0.toolName).inserted }
      }
    },
    supervisor("a task of an agent that does not exist is waited for", defect: "B3", breaks: [NothingWaitsInVain()]) { effects, _ in
      effects.store = RewrittenRounds(inner: effects.store) { round, record in
        for index in round.tasks.indices where round.tasks[index].result?.code == "unknown_agent" {
          round.tasks[index].state = .pending
          round.tasks[index].result = nil
          round.tasks[index].sentAtMilliseconds = round.createdAtMilliseconds
          round.tasks[index].dueAtMilliseconds = record.deadlineMilliseconds
        }
      }
    },
    supervisor("tasks are noted as sent before they are", breaks: [NothingWaitsInVain()]) { effects, _ in
      effects.queue = NotedFirst(inner: effects.queue, store: effects.store, clock: effects.clock)
    },
    supervisor("a process goes on with its own reading of the registry when another agent was made", breaks: [NewAgentsAreKnown()]) {
      effects, _ in
      effects.registry = KeepsItsReading(inner: effects.registry)
    },
    supervisor("a handler that finds a run under way does not look whether the registry has changed", breaks: [NewAgentsAreKnown()]) {
      effects, _ in
      effects.store = ForgetsChanges(inner: effects.store)
    },
  ]
}

/// Sends the messages of a round, and writes it down after that.
private struct SendsFirst: StoreDecorator {
  let inner: any OrchestrationStore
  let queue: any TaskQueue
  let workerQueueURL: String

  func begin(_ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    _ = await queue.send(
      round.tasks.filter(\.isPending).map { task in
        QueueMessage(
          id: task.toolUseID, queueURL: task.queueURL ?? workerQueueURL,
          body: TaskMessage(
            input: task.input, inputReference: task.inputReference, orchestrationID: new.id, toolUseID: task.toolUseID,
            node: task.agentID ?? task.toolName, requestID: round.requestID, dueAtMilliseconds: task.dueAtMilliseconds,
            budgetMicroUSD: task.budgetMicroUSD, depth: new.depth + 1
          ).json,
          traceHeader: new.traceHeader)
      })
    return try await inner.begin(round, updating: old, to: new)
  }
}

/// Reads the cache instead.
private struct KeepsItsReading: AgentRegistry {
  let inner: any AgentRegistry

  func directory(changedAtMilliseconds: Int64?) async throws -> AgentDirectory { try await inner.directory(changedAtMilliseconds: nil) }
}

/// Reads rows without what they say of the registry.
private struct ForgetsChanges: StoreDecorator {
  let inner: any OrchestrationStore

  func load(_ id: String) async throws -> OrchestrationRecord? {
    var record = try await inner.load(id)
    record?.registryChangedAtMilliseconds = nil
    return record
  }
}

/// Notes tasks as sent, and sends them after that.
private struct NotedFirst: TaskQueue {
  let inner: any TaskQueue
  let store: any OrchestrationStore
  let clock: any Clock

  func send(_ messages: [QueueMessage]) async -> [String: SendFailure] {
    for message in messages {
      guard let task = try? TaskMessage(body: message.body), let requestID = task.requestID else { continue }
      try? await store.markSent([task.toolUseID], of: requestID, atMilliseconds: clock.nowMilliseconds)
    }
    return await inner.send(messages)
  }
}
