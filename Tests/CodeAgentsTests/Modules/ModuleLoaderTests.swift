import AWSClient
import AgentKit
import Testing

@testable import CodeAgents

/// Modules come from the bucket verified, once, and in spite of failures that pass.
@Suite struct ModuleLoaderTests {
  private let blobs = WatchedBlobs()
  private let clock = HandClock()

  private static let unavailable = AWSError(code: "SlowDown", message: "later", httpStatus: 503, isRetryable: true)
  private static let denied = AWSError(code: "AccessDenied", message: "no", httpStatus: 403)

  private func loader(_ change: (inout ModuleLoader.Options) -> Void = { _ in }) -> ModuleLoader {
    var options = ModuleLoader.Options()
    change(&options)
    return ModuleLoader(blobs: blobs, options: options, clock: clock) { [clock] in clock.advance(milliseconds: $0) }
  }

  /// - Returns: the object's key and its hash.
  private func store(_ text: String, as key: String = "agents/a.js") async throws -> String {
    try await blobs.put(key: key, bytes: Array(text.utf8), contentType: "text/javascript")
    return CodeWorld.hash(text)
  }

  private func load(_ loader: ModuleLoader, _ sha256: String, key: String = "agents/a.js") async throws(ModuleFailure) -> String {
    String(decoding: try await loader.load(key: key, sha256: sha256, untilMilliseconds: clock.nowMilliseconds + 60_000), as: UTF8.self)
  }

  @Test func `a module that is what its row says is fetched once, whatever the case of the hash's digits`() async throws {
    let sha256 = try await store("export default 1")
    let loader = loader()
    #expect(try await load(loader, sha256) == "export default 1")
    #expect(try await load(loader, sha256.uppercased()) == "export default 1")
    // The same bytes under another name are the same module.
    #expect(try await load(loader, sha256, key: "tools/b.js") == "export default 1")
    #expect(blobs.reads == ["agents/a.js"])
  }

  @Test func `a module that is something else is not handed out, and not kept`() async throws {
    _ = try await store("export default 2")
    let loader = loader()
    for _ in 1...2 {
      let failure = await #expect(throws: ModuleFailure.self) { try await load(loader, CodeWorld.hash("export default 1")) }
      #expect(failure?.code == .hashMismatch)
      #expect(failure?.message.contains(CodeWorld.hash("export default 2")) == true)
    }
    #expect(blobs.reads.count == 2)
  }

  @Test func `a module that is not there, and one that is too large, say so by their codes`() async throws {
    let missing = await #expect(throws: ModuleFailure.self) { try await load(loader(), CodeWorld.hash(""), key: "agents/gone.js") }
    #expect(missing?.code == .notFound && missing?.message.contains("agents/gone.js") == true)
    let text = String(repeating: "x", count: 101)
    let sha256 = try await store(text)
    let large = await #expect(throws: ModuleFailure.self) { try await load(loader { $0.maximumBytes = 100 }, sha256) }
    #expect(large?.code == .tooLarge)
    #expect(try await load(loader { $0.maximumBytes = 101 }, sha256) == text)
  }

  @Test func `failures that pass are tried again, and others are not`() async throws {
    let sha256 = try await store("code")
    blobs.failReads([Self.unavailable, Self.unavailable])
    #expect(try await load(loader(), sha256) == "code")
    #expect(blobs.reads.count == 3)
    blobs.failReads([Self.unavailable, Self.unavailable, Self.unavailable])
    let lasting = await #expect(throws: ModuleFailure.self) { try await load(loader(), sha256) }
    #expect(lasting?.code == .unavailable && lasting?.message.contains("3 attempts") == true)
    #expect(blobs.reads.count == 6)
    blobs.failReads([Self.denied])
    let denied = await #expect(throws: ModuleFailure.self) { try await load(loader(), sha256) }
    // What S3 says of an object that is not there to whoever may not list the bucket.
    #expect(denied?.code == .notFound && denied?.message.contains("or this function may not read it") == true)
    #expect(blobs.reads.count == 7)
  }

  @Test func `nothing is tried again past the deadline`() async throws {
    let sha256 = try await store("code")
    blobs.failReads([Self.unavailable])
    let loader = loader()
    let failure = await #expect(throws: ModuleFailure.self) {
      try await loader.load(key: "agents/a.js", sha256: sha256, untilMilliseconds: clock.nowMilliseconds + 100)
    }
    #expect(failure?.code == .unavailable)
  }

  @Test func `many that ask for one module at once make one request`() async throws {
    let sha256 = try await store("code")
    let loader = loader()
    let texts = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<50 { group.addTask { try await self.load(loader, sha256) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(texts == Array(repeating: "code", count: 50))
    #expect(blobs.reads.count == 1)
  }

  @Test func `who waits for another's request that fails makes its own`() async throws {
    let sha256 = try await store("code")
    let loader = loader { $0.attempts = 1 }
    blobs.failReads([Self.unavailable])
    let failures = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<20 { group.addTask { (try? await self.load(loader, sha256)) == nil } }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(failures == 1)
    #expect(blobs.reads.count == 2)
  }

  @Test func `what was not used for longest is forgotten first, and nothing is kept that does not fit`() {
    var cache = ModuleCache(capacityBytes: 10)
    cache.insert([1, 1, 1, 1], sha256: "a")
    cache.insert([2, 2, 2, 2], sha256: "b")
    #expect(cache.bytes(of: "a") == [1, 1, 1, 1])
    cache.insert([3, 3, 3, 3], sha256: "c")
    #expect(cache.bytes(of: "b") == nil && cache.bytes(of: "a") != nil && cache.bytes(of: "c") != nil)
    #expect(cache.byteCount == 8)
    cache.insert([UInt8](repeating: 9, count: 11), sha256: "d")
    #expect(cache.bytes(of: "d") == nil && cache.byteCount == 8)
    cache.insert([UInt8](repeating: 9, count: 10), sha256: "e")
    #expect(cache.bytes(of: "e") != nil && cache.bytes(of: "a") == nil && cache.byteCount == 10)
  }
}
