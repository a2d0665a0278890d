import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// Results that are not where, or what, their completion says.
@Suite struct ResultReferenceTests {
  /// Objects that S3 refuses to show, as it does with absent ones for somebody who may not list the bucket.
  private struct ForbiddenBlobs: BlobStore {
    let inner: InMemoryBlobStore
    func put(key: String, bytes: [UInt8], contentType: String) async throws {
      try await inner.put(key: key, bytes: bytes, contentType: contentType)
    }
    func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool {
      try await inner.putIfAbsent(key: key, bytes: bytes, contentType: contentType)
    }
    func get(key: String) async throws -> [UInt8]? {
      guard let bytes = try await inner.get(key: key) else {
        throw AWSError(code: "AccessDenied", message: "Access Denied", httpStatus: 403)
      }
      return bytes
    }
    func list(prefix: String, limit: Int) async throws -> [BlobSummary] { [] }
    func delete(key: String) async throws {}
  }

  private static func complete(_ world: World, _ supervisor: Supervisor, key: String, status: TaskCompletion.Status = .success) async throws
  {
    try await world.request()
    try await supervisor.complete(TaskCompletion(orchestrationID: World.id, toolUseID: "t2", node: "echo", data: "good"))
    try await supervisor.complete(
      TaskCompletion(
        orchestrationID: World.id, toolUseID: "t1", node: "echo", status: status, dataReference: PayloadReference(key: key, byteCount: 3)))
  }

  private static func world() -> World {
    World { _, turn in turn == 0 ? .asks(("t1", "echo", [:]), ("t2", "echo", [:])) : .says("finished") }
  }

  @Test(arguments: [false, true]) func `a result that is not there is an error for the model, and keeps no other from it`(isForbidden: Bool)
    async throws
  {
    let world = Self.world()
    let supervisor = world.supervisor { effects in
      if isForbidden { effects.blobs = ForbiddenBlobs(inner: world.blobs) }
    }
    try await Self.complete(world, supervisor, key: "payloads/run-1/typo.json")
    #expect(try await world.record()?.state == .completed)
    let results = world.model.requests.last?.messages.last?.toolResults ?? []
    #expect(results.map(\.status) == [.error, .success])
    #expect(results.first?.content.first?.text?.hasPrefix("result_unavailable: ") == true)
    #expect(results.first?.content.first?.text?.contains("'payloads/run-1/typo.json'") == true)
    #expect(world.bus.details("arbiter.error").map { $0["code"] } == ["result_unavailable"])
  }

  @Test func `a result that is larger than its completion says is not read, and is an error for the model`() async throws {
    let world = Self.world()
    try await world.blobs.put(
      key: "payloads/run-1/huge.json", bytes: [UInt8](repeating: 0x20, count: 8_000_001), contentType: "application/json")
    try await Self.complete(world, world.supervisor, key: "payloads/run-1/huge.json")
    let results = world.model.requests.last?.messages.last?.toolResults ?? []
    #expect(results.map(\.status) == [.error, .success])
    #expect(results.first?.content.first?.text?.hasPrefix("result_too_large: ") == true)
    #expect(world.bus.details("arbiter.error").map { $0["code"] } == ["result_too_large"])
  }

  @Test func `results that are too large together are read as far as they can be, and the others are errors for the model`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:]), ("t2", "echo", [:]), ("t3", "echo", [:])) : .says("finished") }
    try await world.request(budgetMicroUSD: 100_000_000)
    for (id, size) in [("t1", 4_500_000), ("t2", 4_500_000), ("t3", 3_000_000)] {
      let key = "payloads/run-1/\(id).txt"
      try await world.blobs.put(key: key, bytes: [UInt8](repeating: UInt8(ascii: "x"), count: size), contentType: "text/plain")
      try await world.supervisor.complete(
        TaskCompletion(
          orchestrationID: World.id, toolUseID: id, node: "echo", dataReference: PayloadReference(key: key, byteCount: size)))
    }
    #expect(try await world.record()?.state == .completed)
    let results = world.model.requests.last?.messages.last?.toolResults ?? []
    #expect(results.map(\.status) == [.success, .error, .success])
    #expect(results.dropFirst().first?.content.first?.text?.hasPrefix("result_too_large: ") == true)
    #expect(world.bus.details("arbiter.error").map { $0["code"] } == ["result_too_large"])
  }

  @Test func `a failure whose text is in the blob store reaches the model with its text`() async throws {
    let world = Self.world()
    try await world.blobs.put(
      key: "payloads/run-1/trace.txt", bytes: Array("Traceback: no such file".utf8), contentType: "text/plain")
    try await Self.complete(world, world.supervisor, key: "payloads/run-1/trace.txt", status: .error)
    let result = world.model.requests.last?.messages.last?.toolResults.first
    #expect(result?.status == .error)
    #expect(result?.content.first?.text == "error: Traceback: no such file")
  }

  @Test func `a large failure in the completion itself reaches the model with its text`() async throws {
    let world = Self.world()
    try await world.request()
    try await world.answer("t2")
    let trace = "Traceback: " + String(repeating: "x", count: 100_000)
    try await world.answer("t1", .string(trace), status: .error)
    let text = world.model.requests.last?.messages.last?.toolResults.first?.content.first?.text
    #expect(text?.hasPrefix("error: Traceback: xxx") == true)
    #expect(text.map { (10_000...21_000).contains($0.utf8.count) } == true)
  }

  @Test func `more tool uses than a tracking record can hold are an unusable reply, and as many as it can hold are answered`() async throws
  {
    @Sendable func uses(_ count: Int) -> Message {
      let input = JSONValue.object(["text": .string(String(repeating: "i", count: 560))])
      return Message(
        role: .assistant,
        content: (0..<count).map { .toolUse(id: "t\($0)", name: "nobody-\($0)-\(String(repeating: "n", count: 40))", input: input) })
    }
    let world = World { _, turn in
      turn == 0
        ? ConverseResponse(message: uses(256), stopReason: .toolUse, usage: TokenUsage(inputTokens: 1, outputTokens: 1)) : .says("finished")
    }
    try await world.request(budgetMicroUSD: 100_000_000)
    #expect(try await world.record()?.state == .completed)
    #expect(world.model.requests.last?.messages.last?.toolResults.count == 256)
    let greedy = World { _, _ in
      ConverseResponse(message: uses(257), stopReason: .toolUse, usage: TokenUsage(inputTokens: 1, outputTokens: 1))
    }
    try await greedy.request(budgetMicroUSD: 100_000_000)
    #expect(try await greedy.record()?.outcome?.code == "malformed_reply")
    #expect(try await greedy.record()?.outcome?.message.contains("257 tools at once") == true)
  }
}
