import AWSClient
import Idempotency
import JSON
import Synchronization

/// A clock that stands still unless somebody sleeps on it or sets it.
final class ManualClock: AWSClock {
  private let time: Mutex<Int64>
  private let onSleep = Mutex<(@Sendable () -> Void)?>(nil)

  init(_ milliseconds: Int64 = 1_000_000) { time = Mutex(milliseconds) }

  var nowMilliseconds: Int64 { time.withLock { $0 } }
  func set(_ milliseconds: Int64) { time.withLock { $0 = milliseconds } }
  func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
  /// Called once, at the end of the next sleep.
  func afterNextSleep(_ action: @escaping @Sendable () -> Void) { onSleep.withLock { $0 = action } }

  func sleep(milliseconds: Int64) async throws {
    advance(milliseconds)
    let action = onSleep.withLock { action in
      defer { action = nil }
      return action
    }
    action?()
  }

  func randomFraction() -> Double { 0.5 }
}

/// Counts, and takes notes, from any task.
final class Notes<Value: Sendable>: Sendable {
  private let values = Mutex<[Value]>([])
  @Sendable func add(_ value: Value) { values.withLock { $0.append(value) } }
  var all: [Value] { values.withLock { $0 } }
}

/// A store of which calls fail as a test says.
final class FailingStore: IdempotencyStore {
  struct Unavailable: Error {}
  let inner = InMemoryIdempotencyStore()
  private let failing: Set<String>
  init(failing: Set<String>) { self.failing = failing }

  func begin(_ record: IdempotencyRecord, nowMilliseconds: Int64) async throws -> IdempotencyRecord? {
    if failing.contains("begin") { throw Unavailable() }
    let existing = try await inner.begin(record, nowMilliseconds: nowMilliseconds)
    // The write is done, its answer lost, and the repetition meets what the first attempt wrote.
    return failing.contains("answer") ? try await inner.begin(record, nowMilliseconds: nowMilliseconds) : existing
  }
  func complete(_ record: IdempotencyRecord) async throws -> Bool {
    if failing.contains("complete") { throw Unavailable() }
    return try await inner.complete(record)
  }
  func remove(key: String, owner: String) async throws {
    if failing.contains("remove") { throw Unavailable() }
    try await inner.remove(key: key, owner: owner)
  }
}

/// A store that writes ends when a test lets it, and stops when it is cancelled meanwhile, as a request does.
final class SlowStore: IdempotencyStore {
  let inner = InMemoryIdempotencyStore()
  let begun: AsyncStream<Void>
  private let begin: AsyncStream<Void>.Continuation
  private let gate: AsyncStream<Void>
  private let opener: AsyncStream<Void>.Continuation

  init() {
    (begun, begin) = AsyncStream.makeStream()
    (gate, opener) = AsyncStream.makeStream()
  }

  func open() { opener.finish() }

  func begin(_ record: IdempotencyRecord, nowMilliseconds: Int64) async throws -> IdempotencyRecord? {
    try await inner.begin(record, nowMilliseconds: nowMilliseconds)
  }
  func complete(_ record: IdempotencyRecord) async throws -> Bool {
    begin.yield()
    for await _ in gate {}
    try Task.checkCancellation()
    return try await inner.complete(record)
  }
  func remove(key: String, owner: String) async throws { try await inner.remove(key: key, owner: owner) }
}
