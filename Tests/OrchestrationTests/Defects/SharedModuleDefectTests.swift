import AWSClient
import AgentKit
import JSON
import Synchronization
import Testing

@testable import Orchestration

/// B8, the defect of the worker; the others are in `OriginalDefectTests`.
@Suite struct SharedModuleDefectTests: WorkerTesting {
  let world = WorkerWorld()

  /// A blob store that remembers what was read from it.
  private final class WatchedBlobs: BlobStore {
    let inner = InMemoryBlobStore(["agents/tool.py": Array("handler = steal".utf8)])
    private let reads = Mutex<[String]>([])
    var readKeys: [String] { reads.withLock { $0 } }
    func put(key: String, bytes: [UInt8], contentType: String) async throws {
      try await inner.put(key: key, bytes: bytes, contentType: contentType)
    }
    func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool {
      try await inner.putIfAbsent(key: key, bytes: bytes, contentType: contentType)
    }
    func get(key: String) async throws -> [UInt8]? {
      reads.withLock { $0.append(key) }
      return try await inner.get(key: key)
    }
    func list(prefix: String, limit: Int) async throws -> [BlobSummary] { try await inner.list(prefix: prefix, limit: limit) }
    func delete(key: String) async throws { try await inner.delete(key: key) }
  }

  @Test func `B8: generated code is never loaded into the worker's own process, warm or cold`() async throws {
    let blobs = WatchedBlobs()
    let code: JSONValue = [
      "agentId": "made", "state": "active",
      "config": ["name": "made", "kind": "code", "filename": "tool.py", "schema": ["type": "object"]],
    ]
    let worker = worker(ModelDouble { _, _ in .says("unused") }, blobs: blobs, rows: ["made": code])
    for round in 1...2 { try await handle(worker, message([:], node: "made", requestID: "run-1#\(round)")) }
    #expect(try completions.map(\.status) == [.error, .error])
    #expect(try completions.map(\.code) == ["agent_unreadable", "agent_unreadable"])
    #expect(try completions.allSatisfy { $0.message?.contains("Python runs in a consumer of its own") == true })
    #expect(blobs.readKeys.isEmpty)
  }
}
