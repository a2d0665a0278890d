internal import Synchronization

/// Tasks that are counted while they run: no more than a limit, none any more once it is closed, and all can be cancelled and waited for.
final class TaskRegistry: Sendable {
  enum Refusal: Sendable, Equatable {
    case closed
    case full(limit: Int)
  }

  private struct State {
    var health: AgentHealth
    /// What runs, with its task unless its owner ends it by itself.
    var running: [Int: Task<Void, Never>?] = [:]
    var next = 0
    var isClosed = false
  }

  private let limit: Int
  private let nowSeconds: @Sendable () -> Int64
  private let state: Mutex<State>
  private let changed = ThreadCondition()

  init(limit: Int, nowSeconds: @escaping @Sendable () -> Int64) {
    self.limit = limit
    self.nowSeconds = nowSeconds
    state = Mutex(State(health: AgentHealth(seconds: nowSeconds())))
  }

  var health: AgentHealth { state.withLock { $0.health } }
  var count: Int { state.withLock { $0.running.count } }
  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Runs an operation in a task of its own; tells why when it does not.
  func start(_ operation: @escaping @Sendable () async -> Void) -> Refusal? {
    switch enter({ number in
      Task.detached {
        await operation()
        self.leave(number)
      }
    }) {
    case .success: nil
    case .failure(let refusal): refusal.reason
    }
  }

  struct Refused: Error { let reason: Refusal }

  /// Counts something that somebody else runs, until `leave` with the number.
  func enter() -> Result<Int, Refused> { enter { _ in nil } }

  private func enter(_ makeTask: (Int) -> Task<Void, Never>?) -> Result<Int, Refused> {
    state.withLock { state in
      if state.isClosed { return .failure(Refused(reason: .closed)) }
      guard state.running.count < limit else { return .failure(Refused(reason: .full(limit: limit))) }
      let number = state.next
      state.next += 1
      state.health.begin(seconds: nowSeconds())
      // A task that ends at once waits for the lock before it leaves.
      state.running.updateValue(makeTask(number), forKey: number)
      return .success(number)
    }
  }

  /// Ends what `enter` counted; a second time does nothing.
  func leave(_ number: Int) {
    let wasThere = state.withLock { state in
      guard state.running.removeValue(forKey: number) != nil else { return false }
      state.health.end(seconds: nowSeconds())
      return true
    }
    if wasThere { changed.broadcast() }
  }

  /// Takes nothing any more.
  func close() { state.withLock { $0.isClosed = true } }

  func cancelAll() {
    let tasks = state.withLock { state in state.running.values.compactMap { $0 } }
    for task in tasks { task.cancel() }
  }

  /// Waits until nothing runs; false when something still does at the given time of the monotonic clock. Blocks the calling thread.
  func waitUntilIdle(untilMilliseconds time: Int64) -> Bool { changed.wait(untilMilliseconds: time) { count == 0 } }
}
