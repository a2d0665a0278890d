internal import Synchronization

/// Keeps records in memory: for tests, and for work that only one process does. Records are forgotten when their key is asked for again.
public final class InMemoryIdempotencyStore: IdempotencyStore {
  private let records = Mutex<[String: IdempotencyRecord]>([:])

  public init() {}

  /// Every record there is, in no order.
  public var all: [IdempotencyRecord] { records.withLock { Array($0.values) } }
  /// Puts a record in place of what there is of its key.
  public func put(_ record: IdempotencyRecord) { records.withLock { $0[record.key] = record } }

  public func begin(_ record: IdempotencyRecord, nowMilliseconds: Int64) async throws -> IdempotencyRecord? {
    records.withLock { records in
      if let old = records[record.key], !old.isReplaceable(atMilliseconds: nowMilliseconds) { return old }
      records[record.key] = record
      return nil
    }
  }

  public func complete(_ record: IdempotencyRecord) async throws -> Bool {
    records.withLock { records in
      if let known = records[record.key], known.owner != record.owner { return false }
      records[record.key] = record
      return true
    }
  }

  public func remove(key: String, owner: String) async throws {
    records.withLock { records in
      if let record = records[key], record.owner == owner, record.status == .inProgress { records[key] = nil }
    }
  }
}
