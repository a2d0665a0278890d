import AWSClient
import AgentKit
import Synchronization

@testable import Orchestration

/// Loses a handler at one of the steps at which it touches the world: just before an effect, or just after it. A lost handler does
/// nothing more.
final class Faults: Sendable {
  private let state = Mutex<(steps: Int, crashAt: Int?, isDead: Bool)>((0, nil, false))

  /// The handler is lost at this step; the first is 1.
  func crash(atStep step: Int) { state.withLock { $0 = (0, step, false) } }

  /// Another handler may begin, and will not be lost.
  /// - Returns: true when one had been lost.
  func recover() -> Bool {
    state.withLock { state in
      let wasLost = state.isDead
      if wasLost { state = (0, nil, false) }
      return wasLost
    }
  }

  private func step() throws {
    try state.withLock { state in
      state.steps += 1
      if state.steps == state.crashAt { state.isDead = true }
      if state.isDead { throw Crash() }
    }
  }

  func around<Value>(_ effect: () async throws -> Value) async throws -> Value {
    try step()
    let value = try await effect()
    try step()
    return value
  }

  /// A Supervisor whose handlers can be lost.
  func supervisor(of world: World) -> Supervisor {
    var effects = world.supervisor.effects
    effects.store = FaultyStore(inner: effects.store, faults: self)
    effects.queue = FaultyQueue(inner: effects.queue, faults: self)
    effects.bus = FaultyBus(inner: effects.bus, faults: self)
    effects.blobs = FaultyBlobs(inner: effects.blobs, faults: self)
    effects.model = FaultyModel(inner: effects.model, faults: self)
    effects.registry = FaultyRegistry(inner: effects.registry, faults: self)
    return Supervisor(configuration: world.supervisor.configuration, effects: effects)
  }
}

private struct FaultyStore: OrchestrationStore {
  let inner: any OrchestrationStore
  let faults: Faults

  func create(_ record: OrchestrationRecord) async throws -> CreateOutcome { try await faults.around { try await inner.create(record) } }
  func load(_ id: String) async throws -> OrchestrationRecord? { try await faults.around { try await inner.load(id) } }
  func loadRound(_ requestID: String) async throws -> RoundRecord? { try await faults.around { try await inner.loadRound(requestID) } }
  func update(_ old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    try await faults.around { try await inner.update(old, to: new) }
  }
  func begin(_ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    try await faults.around { try await inner.begin(round, updating: old, to: new) }
  }
  func close(_ toolUseID: String, of requestID: String, state: TaskEntry.State, result: TaskResult) async throws -> CloseOutcome {
    try await faults.around { try await inner.close(toolUseID, of: requestID, state: state, result: result) }
  }
  func markSent(_ toolUseIDs: [String], of requestID: String, atMilliseconds: Int64) async throws {
    try await faults.around { try await inner.markSent(toolUseIDs, of: requestID, atMilliseconds: atMilliseconds) }
  }
  func due(atMilliseconds: Int64, limit: Int) async throws -> [String] {
    try await faults.around { try await inner.due(atMilliseconds: atMilliseconds, limit: limit) }
  }
}

private struct FaultyQueue: TaskQueue {
  let inner: any TaskQueue
  let faults: Faults

  /// Sending does not throw: what a lost handler would have been told, nobody hears.
  func send(_ messages: [QueueMessage]) async -> [String: SendFailure] {
    let nobody = Dictionary(uniqueKeysWithValues: messages.map { ($0.id, SendFailure(reason: "lost", isPermanent: false)) })
    return (try? await faults.around { await inner.send(messages) }) ?? nobody
  }
}

private struct FaultyBus: EventBus {
  let inner: any EventBus
  let faults: Faults
  func publish(_ events: [BusEvent]) async throws { try await faults.around { try await inner.publish(events) } }
}

private struct FaultyBlobs: BlobStore {
  let inner: any BlobStore
  let faults: Faults

  func put(key: String, bytes: [UInt8], contentType: String) async throws {
    try await faults.around { try await inner.put(key: key, bytes: bytes, contentType: contentType) }
  }
  func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool {
    try await faults.around { try await inner.putIfAbsent(key: key, bytes: bytes, contentType: contentType) }
  }
  func get(key: String) async throws -> [UInt8]? { try await faults.around { try await inner.get(key: key) } }
  func list(prefix: String, limit: Int) async throws -> [BlobSummary] {
    try await faults.around { try await inner.list(prefix: prefix, limit: limit) }
  }
  func delete(key: String) async throws { try await faults.around { try await inner.delete(key: key) } }
}

private struct FaultyModel: Model {
  let inner: any Model
  let faults: Faults
  func converse(modelID: String, _ request: ConverseRequest) async throws -> ConverseResponse {
    try await faults.around { try await inner.converse(modelID: modelID, request) }
  }
}

private struct FaultyRegistry: AgentRegistry {
  let inner: any AgentRegistry
  let faults: Faults
  func directory(changedAtMilliseconds: Int64?) async throws -> AgentDirectory {
    try await faults.around { try await inner.directory(changedAtMilliseconds: changedAtMilliseconds) }
  }
}
