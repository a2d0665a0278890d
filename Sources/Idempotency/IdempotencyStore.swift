/// Keeps the records. Each call is one atomic write.
public protocol IdempotencyStore: Sendable {
  /// Writes a record where there is none of its key, or one that is replaceable at the given time.
  /// - Returns: the record that stands in the way; nil when the given one was written.
  func begin(_ record: IdempotencyRecord, nowMilliseconds: Int64) async throws -> IdempotencyRecord?
  /// Writes the end of an attempt, while its record is still that owner's or is gone.
  /// - Returns: false when another attempt has taken its place.
  func complete(_ record: IdempotencyRecord) async throws -> Bool
  /// Removes the record of an attempt that failed, while it is still that owner's and under way.
  func remove(key: String, owner: String) async throws
}
