/// Keeps objects under keys: S3 on AWS, a dictionary in tests.
public protocol BlobStore: Sendable {
  /// Writes an object, replacing one of the same key.
  func put(key: String, bytes: [UInt8], contentType: String) async throws
  /// Writes an object unless there is one of the same key: of all who write it at once, one does.
  /// - Returns: false when there is one, which is left as it is; also when that one is of this very call, whose first answer was lost.
  func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool
  /// The object's bytes; nil when there is none.
  func get(key: String) async throws -> [UInt8]?
  /// The object's bytes unless there are more than `limit`, which are not read; nil when there is no object.
  func get(key: String, limit: Int) async throws -> LimitedBlob?
  /// The first objects whose keys begin with `prefix`, in key order, at most `limit`.
  func list(prefix: String, limit: Int) async throws -> [BlobSummary]
  /// Removes an object; removing one that is not there is no error.
  func delete(key: String) async throws
}

/// An object that was asked for with a limit.
public enum LimitedBlob: Sendable, Equatable {
  case whole([UInt8])
  /// It has more bytes than the limit.
  case tooLarge
}

extension BlobStore {
  /// For stores that have the bytes at hand anyway.
  public func get(key: String, limit: Int) async throws -> LimitedBlob? {
    try await get(key: key).map { bytes in bytes.count <= limit ? .whole(bytes) : .tooLarge }
  }
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
