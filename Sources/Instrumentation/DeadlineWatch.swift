internal import Glibc

/// Runs actions shortly before deadlines, on a thread of its own: a handler that keeps its thread busy cannot keep them from running.
///
/// The thread starts with the first alarm. It is woken when an alarm is due, or is earlier than all others, and not for each invocation:
/// to set an alarm and take it back, as nearly every invocation does, costs a lock.
final class DeadlineWatch: @unchecked Sendable {  // Sendable because `mutex` guards every field.
  static let shared = DeadlineWatch()

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var alarms = AlarmList()
  private var isRunning = false
  /// Until when the thread waits; nil when it waits for the first alarm.
  private var waitsUntilMilliseconds: Int64?

  /// Lives as long as the process, as its thread does.
  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  /// Runs an action at a time; at once when that is over.
  /// - Returns: takes the action back. One that runs already is not waited for.
  func alarm(atMilliseconds time: Int64, _ action: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
    pthread_mutex_lock(mutex)
    let id = alarms.add(atMilliseconds: time, action)
    if !isRunning { isRunning = start() }
    if time < waitsUntilMilliseconds ?? .max { pthread_cond_signal(changed) }
    pthread_mutex_unlock(mutex)
    return { [self] in
      pthread_mutex_lock(mutex)
      alarms.remove(id)
      pthread_mutex_unlock(mutex)
    }
  }

  private func start() -> Bool {
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 512 << 10)
    let context = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, &attributes,
      { context in
        if let context { Unmanaged<DeadlineWatch>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, context.toOpaque())
    // Without a thread nobody is warned; the work itself goes on.
    if status != 0 { context.release() }
    return status == 0
  }

  private func run() -> Never {
    // Signals that end the process are for the threads that wait for them.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    pthread_mutex_lock(mutex)
    while true {
      let due = alarms.takeDue(atMilliseconds: Self.nowMilliseconds())
      guard due.isEmpty else {
        pthread_mutex_unlock(mutex)
        for action in due { action() }
        pthread_mutex_lock(mutex)
        continue
      }
      waitsUntilMilliseconds = alarms.nextMilliseconds
      if let next = waitsUntilMilliseconds {
        // The deadline is a time of the machine's clock, and so is what the condition waits for.
        var time = timespec(tv_sec: Int(next / 1_000), tv_nsec: Int(next % 1_000) * 1_000_000)
        pthread_cond_timedwait(changed, mutex, &time)
      } else {
        pthread_cond_wait(changed, mutex)
      }
    }
  }

  private static func nowMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
