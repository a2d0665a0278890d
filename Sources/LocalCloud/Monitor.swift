import Glibc

/// State that threads change and wait on: a mutex and a condition variable.
///
/// `@unchecked Sendable`: the state is only touched with the mutex held, which the compiler cannot see through pthreads.
final class Monitor<State>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  init(_ state: sending State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Changes the state and wakes those who wait.
  func change<Result>(_ body: (inout State) -> sending Result) -> sending Result {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    return body(&state)
  }

  /// Blocks until `body` finds what it looks for, or so long; nil when the time is up.
  func wait<Result>(milliseconds: Int? = nil, for body: (inout State) -> sending Result?) -> sending Result? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    var until = timespec()
    clock_gettime(CLOCK_REALTIME, &until)
    until.tv_sec += (milliseconds ?? 0) / 1000
    until.tv_nsec += (milliseconds ?? 0) % 1000 * 1_000_000
    if until.tv_nsec >= 1_000_000_000 {
      until.tv_sec += 1
      until.tv_nsec -= 1_000_000_000
    }
    while true {
      if let result = body(&state) { return result }
      if milliseconds == nil {
        pthread_cond_wait(condition, mutex)
      } else if pthread_cond_timedwait(condition, mutex, &until) == ETIMEDOUT {
        return body(&state)
      }
    }
  }
}

/// Asynchronous work for threads of our own, which may block; never call this on a thread of Swift's pool.
enum Blocking {
  /// Runs the work and blocks until it is done.
  static func wait<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
    let monitor = Monitor<Result<Value, any Error>?>(nil)
    Task.detached {
      let result: Result<Value, any Error>
      do { result = .success(try await work()) } catch { result = .failure(error) }
      monitor.change { $0 = result }
    }
    guard let result = monitor.wait(for: { $0 }) else { throw LocalCloudError(.process, "asynchronous work ended without a result") }
    return try result.get()
  }

  /// Runs work that produces elements, and hands each to `consume` on this thread as it comes.
  static func forEach<Element: Sendable>(
    of work: @escaping @Sendable (_ yield: @escaping @Sendable (Element) -> Void) async throws -> Void, _ consume: (Element) throws -> Void
  ) throws {
    let monitor = Monitor(ElementQueue<Element>())
    let task = Task.detached {
      let end: Result<Void, any Error>
      do {
        try await work { element in monitor.change { $0.elements.append(element) } }
        end = .success(())
      } catch {
        end = .failure(error)
      }
      monitor.change { $0.end = end }
    }
    defer { task.cancel() }
    while true {
      let step = monitor.wait { queue -> ElementQueue<Element>.Step? in
        if queue.elements.isEmpty { return queue.end.map { .end($0) } }
        defer { queue.elements = [] }
        return .elements(queue.elements)
      }
      switch step {
      case .elements(let elements): for element in elements { try consume(element) }
      case .end(let end): return try end.get()
      case nil: return
      }
    }
  }
}

/// What was produced and not yet consumed, and how the producer ended.
private struct ElementQueue<Element: Sendable>: Sendable {
  enum Step: Sendable {
    case elements([Element])
    case end(Result<Void, any Error>)
  }
  var elements: [Element] = []
  var end: Result<Void, any Error>?
}
