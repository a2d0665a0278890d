internal import Glibc

/// A lock with a condition that threads wait for; Swift's Mutex has none.
final class ThreadCondition: @unchecked Sendable {  // Sendable because both fields are made for use from several threads.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // Steps of the machine's clock must neither end a wait nor prolong it.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Wakes all who wait, after what they wait for has been written.
  func broadcast() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }

  /// Waits until `isDone`; false when it is not at the given time.
  /// - Parameters:
  ///   - time: milliseconds of the monotonic clock (`monotonicMilliseconds`); nil is for ever.
  ///   - isDone: reads what is written before each `broadcast`.
  func wait(untilMilliseconds time: Int64? = nil, _ isDone: () -> Bool) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isDone() {
      guard let time else {
        pthread_cond_wait(changed, mutex)
        continue
      }
      guard time > monotonicMilliseconds() else { return false }
      var deadline = timespec(tv_sec: Int(time / 1000), tv_nsec: Int(time % 1000) * 1_000_000)
      pthread_cond_timedwait(changed, mutex, &deadline)
    }
    return true
  }
}

/// Milliseconds of a clock that only goes forward.
@Sendable func monotonicMilliseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

/// Starts a thread that runs `body`; false when there can be no more threads.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let box = Unmanaged.passRetained(Box(body))
  let status = pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
      return nil
    }, box.toOpaque())
  guard status == 0 else {
    box.release()
    return false
  }
  pthread_detach(thread)
  return true
}
