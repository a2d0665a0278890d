import Synchronization

/// Runs tasks on the thread that drives it, and nothing by itself: what ran elsewhere would be missing from its queue.
final class OneThread: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
  }

  /// Runs what is ready, and what becomes ready by that, until nothing is.
  func run() {
    while let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { job.runSynchronously(on: asUnownedTaskExecutor()) }
  }
}

/// A time that passes only when it is told to, from one pause that is over to the next.
final class VirtualTime: Sendable {
  private struct State {
    var now: Int64 = 1_700_000_000_000
    var count = 0
    var sleepers: [(due: Int64, number: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())

  var nowMilliseconds: Int64 { state.withLock { $0.now } }

  func sleep(_ milliseconds: Int64) async throws {
    let number = state.withLock { state in
      state.count += 1
      return state.count
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let isCancelled = state.withLock { state in
          if state.cancelled.contains(number) { return true }
          state.sleepers.append((state.now + milliseconds, number, continuation))
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      let continuation = state.withLock { state -> CheckedContinuation<Void, any Error>? in
        state.cancelled.insert(number)
        guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else { return nil }
        return state.sleepers.remove(at: index).continuation
      }
      continuation?.resume(throwing: CancellationError())
    }
  }

  /// Lets the time pass to the end of the next pause; false when there is none.
  func pass() -> Bool {
    let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      guard let index = state.sleepers.indices.min(by: { state.sleepers[$0].due < state.sleepers[$1].due }) else { return nil }
      let sleeper = state.sleepers.remove(at: index)
      state.now = max(state.now, sleeper.due)
      return sleeper.continuation
    }
    next?.resume()
    return next != nil
  }
}
