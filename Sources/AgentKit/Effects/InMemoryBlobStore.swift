import Synchronization

/// A blob store in the memory of the process, for tests and simulation.
public final class InMemoryBlobStore: BlobStore {
  private let objects: Mutex<[String: [UInt8]]>

  public init(_ objects: [String: [UInt8]] = [:]) { self.objects = Mutex(objects) }

  /// The names of all objects, in key order.
  public var keys: [String] { objects.withLock { $0.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } } }

  public func put(key: String, bytes: [UInt8], contentType: String) async throws {
    objects.withLock { $0[key] = bytes }
  }

  public func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool {
    objects.withLock { objects in
      guard objects[key] == nil else { return false }
      objects[key] = bytes
      return true
    }
  }

  public func get(key: String) async throws -> [UInt8]? { objects.withLock { $0[key] } }

  public func list(prefix: String, limit: Int) async throws -> [BlobSummary] {
    let found = objects.withLock { objects in
      objects.compactMap { key, bytes in key.hasPrefix(prefix) ? BlobSummary(key: key, byteCount: bytes.count) : nil }
    }
    return Array(found.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.prefix(limit))
  }

  public func delete(key: String) async throws { objects.withLock { _ = $0.removeValue(forKey: key) } }
}
