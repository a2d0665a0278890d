import AWSClient
import AgentKit

@testable import Orchestration

// What is not said otherwise is done by what a decorator stands before.

protocol StoreDecorator: OrchestrationStore {
  var inner: any OrchestrationStore { get }
}

extension StoreDecorator {
  func create(_ record: OrchestrationRecord) async throws -> CreateOutcome { try await inner.create(record) }
  func load(_ id: String) async throws -> OrchestrationRecord? { try await inner.load(id) }
  func loadRound(_ requestID: String) async throws -> RoundRecord? { try await inner.loadRound(requestID) }
  func update(_ old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    try await inner.update(old, to: new)
  }
  func begin(_ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    try await inner.begin(round, updating: old, to: new)
  }
  func close(_ toolUseID: String, of requestID: String, state: TaskEntry.State, result: TaskResult) async throws -> CloseOutcome {
    try await inner.close(toolUseID, of: requestID, state: state, result: result)
  }
  func markSent(_ toolUseIDs: [String], of requestID: String, atMilliseconds: Int64) async throws {
    try await inner.markSent(toolUseIDs, of: requestID, atMilliseconds: atMilliseconds)
  }
  func due(atMilliseconds: Int64, limit: Int) async throws -> [String] { try await inner.due(atMilliseconds: atMilliseconds, limit: limit) }
}

/// Writes other orchestrations than it is told to.
struct RewrittenRows: StoreDecorator {
  let inner: any OrchestrationStore
  /// The row as it was, nil for a new one, and as it is to be.
  let change: @Sendable (OrchestrationRecord?, inout OrchestrationRecord) -> Void

  private func changed(_ old: OrchestrationRecord?, _ new: OrchestrationRecord) -> OrchestrationRecord {
    var new = new
    change(old, &new)
    return new
  }

  func create(_ record: OrchestrationRecord) async throws -> CreateOutcome { try await inner.create(changed(nil, record)) }
  func update(_ old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    try await inner.update(old, to: changed(old, new))
  }
  func begin(_ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    try await inner.begin(round, updating: old, to: changed(old, new))
  }
}

/// Reads other orchestrations than there are. Since only what differs is written, what was read wrongly is left as it is.
struct MisreadRows: StoreDecorator {
  let inner: any OrchestrationStore
  let change: @Sendable (inout OrchestrationRecord) -> Void

  private func changed(_ record: OrchestrationRecord) -> OrchestrationRecord {
    var record = record
    change(&record)
    return record
  }

  func create(_ record: OrchestrationRecord) async throws -> CreateOutcome {
    switch try await inner.create(record) {
    case .created(let record): .created(changed(record))
    case .exists(let record): .exists(changed(record))
    }
  }
  func load(_ id: String) async throws -> OrchestrationRecord? { try await inner.load(id).map(changed) }
}

/// Writes other tracking records than it is told to.
struct RewrittenRounds: StoreDecorator {
  let inner: any OrchestrationStore
  let change: @Sendable (inout RoundRecord, OrchestrationRecord) -> Void

  func begin(_ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    var changed = round
    change(&changed, new)
    changed.pendingCount = changed.tasks.count { $0.isPending }
    let written = try await inner.begin(changed, updating: old, to: new)
    // As if somebody else had written first: then the Supervisor reads again what there is.
    return changed == round ? written : nil
  }
}

/// Takes other answers than it is given.
struct RewrittenAnswers: StoreDecorator {
  let inner: any OrchestrationStore
  let change: @Sendable (inout TaskEntry.State, inout TaskResult) -> Void

  func close(_ toolUseID: String, of requestID: String, state: TaskEntry.State, result: TaskResult) async throws -> CloseOutcome {
    var (state, result) = (state, result)
    change(&state, &result)
    return try await inner.close(toolUseID, of: requestID, state: state, result: result)
  }
}

/// Publishes other events than it is told to; nil for one that it keeps to itself.
struct RewrittenEvents: EventBus {
  let inner: any EventBus
  let change: @Sendable (BusEvent) -> BusEvent?

  func publish(_ events: [BusEvent]) async throws {
    let changed = events.compactMap(change)
    if !changed.isEmpty { try await inner.publish(changed) }
  }
}

/// Sends other messages than it is told to; nil for one that it takes for sent.
struct RewrittenMessages: TaskQueue {
  let inner: any TaskQueue
  let change: @Sendable (QueueMessage) -> QueueMessage?

  func send(_ messages: [QueueMessage]) async -> [String: SendFailure] {
    let changed = messages.compactMap(change)
    return changed.isEmpty ? [:] : await inner.send(changed)
  }
}

protocol BlobDecorator: BlobStore {
  var inner: any BlobStore { get }
}

extension BlobDecorator {
  func put(key: String, bytes: [UInt8], contentType: String) async throws {
    try await inner.put(key: key, bytes: bytes, contentType: contentType)
  }
  func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool {
    try await inner.putIfAbsent(key: key, bytes: bytes, contentType: contentType)
  }
  func get(key: String) async throws -> [UInt8]? { try await inner.get(key: key) }
  func get(key: String, limit: Int) async throws -> LimitedBlob? { try await inner.get(key: key, limit: limit) }
  func list(prefix: String, limit: Int) async throws -> [BlobSummary] { try await inner.list(prefix: prefix, limit: limit) }
  func delete(key: String) async throws { try await inner.delete(key: key) }
}

protocol ClaimDecorator: ClaimStore {
  var inner: any ClaimStore { get }
}

extension ClaimDecorator {
  func claim(_ task: TaskKey, owner: String, untilMilliseconds: Int64, nowMilliseconds: Int64) async throws -> ClaimOutcome {
    try await inner.claim(task, owner: owner, untilMilliseconds: untilMilliseconds, nowMilliseconds: nowMilliseconds)
  }
  func isPending(_ task: TaskKey) async throws -> Bool { try await inner.isPending(task) }
  func reserve(_ task: TaskKey, owner: String, atMostMicroUSD: Int64, untilMilliseconds: Int64) async throws -> Int64? {
    try await inner.reserve(task, owner: owner, atMostMicroUSD: atMostMicroUSD, untilMilliseconds: untilMilliseconds)
  }
  func finish(_ task: TaskKey, owner: String, answer: TaskCompletion, untilMilliseconds: Int64) async throws -> Bool {
    try await inner.finish(task, owner: owner, answer: answer, untilMilliseconds: untilMilliseconds)
  }
}

/// Hears other replies than a model gives.
struct RewrittenReplies: Model {
  let inner: any Model
  let change: @Sendable (inout ConverseResponse) -> Void

  func converse(modelID: String, _ request: ConverseRequest) async throws -> ConverseResponse {
    var response = try await inner.converse(modelID: modelID, request)
    change(&response)
    return response
  }
}
