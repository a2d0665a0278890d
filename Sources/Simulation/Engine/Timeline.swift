/// A world's time, which passes only from one thing that happens to the next.
// Unchecked: a world has one thread.
final class Timeline: @unchecked Sendable {
  /// When every world begins, in milliseconds since the Unix epoch: 2027-01-15, 08:00 UTC.
  static let begin: Int64 = 1_800_000_000_000

  private(set) var nowMilliseconds = Timeline.begin
  /// How many things have happened.
  private(set) var steps = 0
  private let executor: WorldExecutor
  private var order: RandomStream
  private var entries = Heap()
  private var count: UInt64 = 0

  init(executor: WorldExecutor, order: RandomStream) {
    self.executor = executor
    self.order = order
  }

  /// True when nothing is to happen any more.
  var isIdle: Bool { entries.first == nil }

  /// Lets something happen later. What is due at the same millisecond happens in an order of chance.
  func at(_ milliseconds: Int64, _ action: @escaping () -> Void) {
    count += 1
    entries.push(Entry(time: max(milliseconds, nowMilliseconds), chance: order.next(), number: count, action: action))
  }

  func after(_ milliseconds: Int64, _ action: @escaping () -> Void) { at(nowMilliseconds + max(0, milliseconds), action) }

  /// Keeps the calling task waiting until then.
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  func sleep(until milliseconds: Int64) async throws {
    let sleeper = Sleeper()
    try await withTaskCancellationHandler {
      try Task.checkCancellation()
      try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
        sleeper.continuation = continuation
        at(milliseconds) { sleeper.wake(nil) }
      }
    } onCancel: {
      sleeper.wake(CancellationError())
    }
  }

  func sleep(milliseconds: Int64) async throws { try await sleep(until: nowMilliseconds + max(0, milliseconds)) }

  /// The next thing happens, and all tasks go on as far as they can.
  /// - Parameter until: nothing happens after this time.
  /// - Returns: false when nothing is to happen any more.
  func step(until: Int64) -> Bool {
    guard let next = entries.first, next.time <= until else { return false }
    entries.pop()
    nowMilliseconds = next.time
    steps += 1
    next.action()
    executor.drain()
    return true
  }
}

/// A task that waits.
// Unchecked: a world has one thread.
private final class Sleeper: @unchecked Sendable {
  var continuation: UnsafeContinuation<Void, any Error>?

  func wake(_ error: (any Error)?) {
    guard let waiting = continuation else { return }
    continuation = nil
    if let error { waiting.resume(throwing: error) } else { waiting.resume() }
  }
}

private struct Entry {
  let time: Int64
  let chance: UInt64
  let number: UInt64
  let action: () -> Void

  func isBefore(_ other: Entry) -> Bool { (time, chance, number) < (other.time, other.chance, other.number) }
}

/// A binary heap, the earliest entry first.
private struct Heap {
  private var entries: [Entry] = []

  var first: Entry? { entries.first }

  mutating func push(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].isBefore(entries[parent]) else { break }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() {
    guard let last = entries.popLast(), !entries.isEmpty else { return }
    entries[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count && entries[child].isBefore(entries[least]) { least = child }
      guard least != parent else { return }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
