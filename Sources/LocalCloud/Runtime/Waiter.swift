import Glibc

/// A value that one thread waits for and another provides, once.
///
/// `@unchecked Sendable`: the value is only touched with the mutex held, which the compiler cannot see through pthreads.
final class Waiter<Value: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value?

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Provides the value; false when there was one already, which stays.
  @discardableResult
  func provide(_ new: Value) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard value == nil else { return false }
    value = new
    pthread_cond_broadcast(condition)
    return true
  }

  /// Waits at most so long, or for ever when nil; nil when the time is up.
  func wait(milliseconds: Int? = nil) -> Value? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard let milliseconds else {
      while value == nil { pthread_cond_wait(condition, mutex) }
      return value
    }
    var until = timespec()
    clock_gettime(CLOCK_REALTIME, &until)
    until.tv_sec += milliseconds / 1000
    until.tv_nsec += milliseconds % 1000 * 1_000_000
    if until.tv_nsec >= 1_000_000_000 {
      until.tv_sec += 1
      until.tv_nsec -= 1_000_000_000
    }
    while value == nil { if pthread_cond_timedwait(condition, mutex, &until) == ETIMEDOUT { break } }
    return value
  }
}

/// Runs asynchronous work and blocks the calling thread until it is done. Only for threads of our own: the work needs the others.
func waitFor<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
  let waiter = Waiter<Result<Value, any Error>>()
  Task.detached {
    do { waiter.provide(.success(try await work())) } catch { waiter.provide(.failure(error)) }
  }
  guard let result = waiter.wait() else { throw LocalCloudError(.process, "work ended without a result") }
  return try result.get()
}
