import AWSClient
import AgentKit
import JSON
import Synchronization
import Testing

@testable import Orchestration

/// What runs leave in the blob store when they have ended.
@Suite struct CollectionTests {
  private static let large = String(repeating: "x", count: 250_000)

  /// A run of one round with an input, a result and an answer that are too large for rows.
  private static func world() -> World {
    World { _, turn in
      turn == 0
        ? .asks(("t1", "echo", ["text": .string(String(repeating: "i", count: 160_000))]))
        : .says(String(repeating: "answer ", count: 15_000))
    }
  }

  private static func finish(_ world: World) async throws {
    try await world.request(budgetMicroUSD: 50_000_000)
    try await world.answer("t1", .string(large))
    #expect(try await world.record()?.state == .completed)
  }

  private static func put(_ world: World, _ keys: String...) async throws {
    for key in keys { try await world.blobs.put(key: key, bytes: Array("{}".utf8), contentType: "application/json") }
  }

  @Test func `an hour after its end a run's leftovers are removed, and what its rows refer to stays`() async throws {
    let world = Self.world()
    try await Self.finish(world)
    let needed = try await world.neededObjects()
    #expect(needed.count >= 4, "a message, an input, a result and an answer")
    try await Self.put(world, "conversations/run-1/1-lost.json", "payloads/run-1/1-t1-late.json")
    let others = ["conversations/run-10/1-a.json", "payloads/run-10/1.json", "workspaces/run-1/notes.txt", "agents/a.js"]
    for key in others { try await Self.put(world, key) }
    try await world.sweep(afterSeconds: 3_599)
    #expect(try await world.objects().count == needed.count + 2, "a handler that is alive may still refer to them")
    try await world.sweep(afterSeconds: 1)
    #expect(try await world.objects() == needed)
    #expect(Set(others).isSubset(of: Set(world.blobs.keys)))
    let record = try #require(try await world.record())
    #expect(record.wakeAtMilliseconds == nil && record.state == .completed)
    #expect(try await PayloadStore(blobs: world.blobs).conversation(of: record).count == 4)
    #expect(world.bus.events("arbiter.error").isEmpty)
  }

  @Test func `what nobody settled counts as spent in the end`() async throws {
    let world = World(agents: [.agent("worker", kind: .prompt)]) { _, _ in .asks(("t1", "worker", [:])) }
    try await world.request()
    try await world.supervisor.cancel(World.id, reason: "enough")
    let before = try #require(try await world.record()).spending
    #expect(before.reservedMicroUSD > 0, "the agent is at work, and nobody knows what it spends")
    try await world.sweep(afterSeconds: 3_600)
    let after = try #require(try await world.record()).spending
    #expect(after.reservedMicroUSD == 0)
    #expect(after.costMicroUSD == before.costMicroUSD + before.reservedMicroUSD)
  }

  @Test func `a blob store that is away is asked ever more seldom, and not for ever`() async throws {
    let world = Self.world()
    try await Self.finish(world)
    try await Self.put(world, "payloads/run-1/late.json")
    let blobs = AbsentBlobs(inner: world.blobs)
    let supervisor = world.supervisor { $0.blobs = blobs }
    for _ in 0..<(27 * 60) {
      world.clock.advance(seconds: 60)
      try await supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1_000)
    }
    #expect((5..<20).contains(world.bus.events("arbiter.error").count))
    #expect(try await world.record()?.wakeAtMilliseconds == nil)
    #expect(world.blobs.keys.contains("payloads/run-1/late.json"))
  }

  @Test func `a blob store that comes back is cleared`() async throws {
    let world = Self.world()
    try await Self.finish(world)
    try await Self.put(world, "payloads/run-1/late.json")
    let blobs = AbsentBlobs(inner: world.blobs)
    let supervisor = world.supervisor { $0.blobs = blobs }
    world.clock.advance(seconds: 3_600)
    try await supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1_000)
    #expect(world.blobs.keys.contains("payloads/run-1/late.json"))
    try await world.sweep(afterSeconds: 60)
    #expect(try await world.objects() == world.neededObjects())
  }

  @Test func `nothing is removed when a tracking record cannot be read`() async throws {
    let world = Self.world()
    try await Self.finish(world)
    let before = world.blobs.keys
    world.store.spoil("run-1#1")
    for _ in 0..<3 { try await world.sweep(afterSeconds: 3_600) }
    #expect(world.blobs.keys == before)
    #expect(world.bus.details("arbiter.error").map { $0["code"] } == ["ledger_unreadable"], "told once")
    #expect(try await world.record()?.wakeAtMilliseconds == nil)
  }

  @Test func `a large request that comes again leaves nothing, however late`() async throws {
    let world = World { _, _ in .says("finished") }
    try await world.request(Self.large, budgetMicroUSD: 50_000_000)
    try await world.sweep(afterSeconds: 3_600)
    let kept = world.blobs.keys
    #expect(kept.count == 1)
    #expect(try await world.record()?.wakeAtMilliseconds == nil)
    try await world.request(Self.large, budgetMicroUSD: 50_000_000)
    #expect(world.blobs.keys == kept)
  }

  @Test func `of two large requests at once, the one that comes second takes its object away`() async throws {
    let world = World { _, _ in .says("finished") }
    // The second is in the middle of its writing when the first arrives.
    let blobs = InterruptedBlobs(inner: world.blobs)
    let second = world.supervisor { $0.blobs = blobs }
    blobs.beforePut { _ = try await world.request(Self.large, budgetMicroUSD: 50_000_000) }
    try await second.accept(
      TaskRequest(task: Self.large, orchestrationID: World.id, budgetMicroUSD: 50_000_000), eventID: "event-2", traceHeader: nil)
    #expect(try await world.objects() == world.neededObjects())
  }

  @Test func `a second large answer leaves nothing`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:]), ("t2", "echo", [:])) : .says("finished") }
    try await world.request()
    let task = try #require(world.queue.tasks.first { $0.toolUseID == "t1" })
    let blobs = InterruptedBlobs(inner: world.blobs)
    let second = world.supervisor { $0.blobs = blobs }
    blobs.beforePut { try await world.answer("t1", .string(Self.large)) }
    let isNew = try await second.complete(
      TaskCompletion(
        orchestrationID: World.id, toolUseID: "t1", node: task.node, requestID: task.requestID, data: .string(Self.large + "other")))
    #expect(!isNew)
    #expect(try await world.objects() == world.neededObjects())
  }
}

/// A blob store that answers nobody.
private struct AbsentBlobs: BlobStore {
  let inner: InMemoryBlobStore
  func put(key: String, bytes: [UInt8], contentType: String) async throws { throw Refused() }
  func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool { throw Refused() }
  func get(key: String) async throws -> [UInt8]? { throw Refused() }
  func list(prefix: String, limit: Int) async throws -> [BlobSummary] { throw Refused() }
  func delete(key: String) async throws { throw Refused() }
}

/// A blob store that lets something happen before the first object is put.
private final class InterruptedBlobs: BlobStore {
  private let inner: InMemoryBlobStore
  private let interruption = Mutex<(@Sendable () async throws -> Void)?>(nil)

  init(inner: InMemoryBlobStore) { self.inner = inner }

  func beforePut(_ body: @escaping @Sendable () async throws -> Void) { interruption.withLock { $0 = body } }

  func put(key: String, bytes: [UInt8], contentType: String) async throws {
    let body = interruption.withLock { interruption in
      defer { interruption = nil }
      return interruption
    }
    try await body?()
    try await inner.put(key: key, bytes: bytes, contentType: contentType)
  }
  func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool {
    try await inner.putIfAbsent(key: key, bytes: bytes, contentType: contentType)
  }
  func get(key: String) async throws -> [UInt8]? { try await inner.get(key: key) }
  func list(prefix: String, limit: Int) async throws -> [BlobSummary] { try await inner.list(prefix: prefix, limit: limit) }
  func delete(key: String) async throws { try await inner.delete(key: key) }
}
