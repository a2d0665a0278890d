import AgentKit
import JSON
import Synchronization

@testable import Orchestration
@testable import Simulation

// What goes wrong with the objects that rows refer to.

extension Mutant {
  static let payloads = [
    supervisor("the object of a result is named after its task alone", breaks: [ObjectsStay()]) { effects, _ in
      effects.store = NamesByTask(inner: effects.store, blobs: effects.blobs)
    },
    supervisor("an object is put when the row is written that points to it", breaks: [NothingWaitsInVain(), ToolUsesAreAnswered()]) {
      effects, _ in
      let blobs = WaitingBlobs(inner: effects.blobs)
      effects.blobs = blobs
      effects.store = PutsAfterwards(inner: effects.store, blobs: blobs)
    },
    supervisor("what an ended run has left behind is kept for ever", breaks: [NothingIsOrphaned()]) { effects, _ in
      effects.blobs = FindsNothing(inner: effects.blobs)
    },
  ]
}

/// Puts what a later answer to a task says in place of what the first one said.
private struct NamesByTask: StoreDecorator {
  let inner: any OrchestrationStore
  let blobs: any BlobStore

  func close(_ toolUseID: String, of requestID: String, state: TaskEntry.State, result: TaskResult) async throws -> CloseOutcome {
    var result = result
    let bytes = result.data.bytes
    if result.reference == nil, !result.isError, bytes.count > 1_000, let hash = requestID.lastIndex(of: "#") {
      let key = "payloads/\(requestID[..<hash])/\(requestID[hash...].dropFirst())-\(toolUseID).json"
      try await blobs.put(key: key, bytes: bytes, contentType: "application/json")
      result.reference = PayloadReference(key: key, byteCount: bytes.count)
      result.data = .null
    }
    return try await inner.close(toolUseID, of: requestID, state: state, result: result)
  }
}

/// Keeps objects until somebody says that they may be put.
private final class WaitingBlobs: BlobDecorator {
  let inner: any BlobStore
  private let waiting = Mutex<[(key: String, bytes: [UInt8], contentType: String)]>([])

  init(inner: any BlobStore) { self.inner = inner }

  func put(key: String, bytes: [UInt8], contentType: String) async throws { waiting.withLock { $0.append((key, bytes, contentType)) } }

  func putAll() async throws {
    let objects = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    for object in objects { try await inner.put(key: object.key, bytes: object.bytes, contentType: object.contentType) }
  }
}

private struct PutsAfterwards: StoreDecorator {
  let inner: any OrchestrationStore
  let blobs: WaitingBlobs

  private func then<Value>(_ written: Value) async throws -> Value {
    try await blobs.putAll()
    return written
  }

  func create(_ record: OrchestrationRecord) async throws -> CreateOutcome { try await then(try await inner.create(record)) }
  func update(_ old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    try await then(try await inner.update(old, to: new))
  }
  func begin(_ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    try await then(try await inner.begin(round, updating: old, to: new))
  }
  func close(_ toolUseID: String, of requestID: String, state: TaskEntry.State, result: TaskResult) async throws -> CloseOutcome {
    try await then(try await inner.close(toolUseID, of: requestID, state: state, result: result))
  }
}

private struct FindsNothing: BlobDecorator {
  let inner: any BlobStore

  func list(prefix: String, limit: Int) async throws -> [BlobSummary] { [] }
}
