/// Keeps objects under keys: S3 on AWS, a dictionary in tests.
public protocol BlobStore: Sendable {
  /// Writes an object, replacing one of the same key.
  func put(key: String, bytes: [UInt8], contentType: String) async throws
  /// The object's bytes; nil when there is none.
  func get(key: String) async throws -> [UInt8]?
  /// The first objects whose keys begin with `prefix`, in key order, at most `limit`.
  func list(prefix: String, limit: Int) async throws -> [BlobSummary]
  /// Removes an object; removing one that is not there is no error.
  func delete(key: String) async throws
}

/// What a listing tells of one object.
public struct BlobSummary: Sendable, Equatable {
  public let key: String
  /// Size in bytes.
  public let byteCount: Int

  public init(key: String, byteCount: Int) {
    self.key = key
    self.byteCount = byteCount
  }
}
