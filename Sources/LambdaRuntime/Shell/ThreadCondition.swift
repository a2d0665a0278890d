internal import Glibc

/// A lock with a condition that threads wait for; Swift's Mutex has none.
final class ThreadCondition: @unchecked Sendable {  // Sendable because both fields are made for use from several threads.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(changed)
    mutex.deallocate()
    changed.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }

  /// Waits with the lock held by the caller, who holds it again afterwards.
  func wait() { pthread_cond_wait(changed, mutex) }

  /// Waits until the given time of the system's clock at the latest; false when it is over.
  func wait(untilMilliseconds time: Int64) -> Bool {
    var deadline = timespec(tv_sec: Int(time / 1000), tv_nsec: Int(time % 1000) * 1_000_000)
    return pthread_cond_timedwait(changed, mutex, &deadline) == 0
  }

  func signalAndUnlock() {
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  func broadcastAndUnlock() {
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }
}
