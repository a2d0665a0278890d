import AgentKit
import Testing

@Suite("Effects")
struct EffectsTests {
  @Test("Identifiers are version 4 UUIDs and differ")
  func identifiers() {
    let identifiers = (0..<200).map { _ in RandomIDSource().makeID() }
    #expect(Set(identifiers).count == 200)
    for identifier in identifiers {
      let bytes = Array(identifier.utf8)
      #expect(bytes.count == 36)
      #expect([8, 13, 18, 23].allSatisfy { bytes[$0] == UInt8(ascii: "-") })
      #expect(bytes[14] == UInt8(ascii: "4"))
      #expect("89ab".utf8.contains(bytes[19]))
    }
  }

  @Test("A blob store keeps, replaces, lists and deletes")
  func blobs() async throws {
    let store = InMemoryBlobStore()
    #expect(try await store.get(key: "a") == nil)
    try await store.put(key: "a/1", bytes: [1], contentType: "text/plain")
    try await store.put(key: "a/1", bytes: [1, 2], contentType: "text/plain")
    try await store.put(key: "a/2", bytes: [3], contentType: "text/plain")
    try await store.put(key: "b/1", bytes: [4], contentType: "text/plain")
    #expect(try await store.get(key: "a/1") == [1, 2])
    #expect(
      try await store.list(prefix: "a/", limit: 10) == [BlobSummary(key: "a/1", byteCount: 2), BlobSummary(key: "a/2", byteCount: 1)])
    #expect(try await store.list(prefix: "", limit: 1).map(\.key) == ["a/1"])
    try await store.delete(key: "a/1")
    try await store.delete(key: "a/1")
    #expect(store.keys == ["a/2", "b/1"])
    #expect(try await store.putIfAbsent(key: "c", bytes: [5], contentType: "text/plain"))
    #expect(try await !store.putIfAbsent(key: "c", bytes: [6], contentType: "text/plain"))
    #expect(try await store.get(key: "c") == [5])
  }
}
