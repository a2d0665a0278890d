internal import Glibc

/// Runs the tasks of an invocation on the thread that waits for it.
///
/// Handing work to the concurrency runtime's own threads and back costs two wake-ups an invocation and starts those threads; a Lambda
/// function has one event at a time and, mostly, one processor. Work that must not stand behind a handler runs in a detached task.
final class InvocationExecutor: TaskExecutor, @unchecked Sendable {  // Sendable because `mutex` guards every field.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [UnownedJob] = []
  private var firstJob = 0

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

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  /// Runs `operation`, and what else is due on this thread, until it has a result.
  func run<Value: Sendable>(_ operation: @escaping @Sendable () async -> Value) -> Value {
    let result = Slot<Value>()
    Task(executorPreference: self) {
      let value = await operation()
      self.finish(result, with: value)
    }
    while true {
      pthread_mutex_lock(mutex)
      while result.value == nil, firstJob == jobs.count { pthread_cond_wait(changed, mutex) }
      if let value = result.value {
        pthread_mutex_unlock(mutex)
        return value
      }
      let job = jobs[firstJob]
      firstJob += 1
      if firstJob == jobs.count {
        jobs.removeAll(keepingCapacity: true)
        firstJob = 0
      }
      pthread_mutex_unlock(mutex)
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }

  private func finish<Value>(_ result: Slot<Value>, with value: Value) {
    pthread_mutex_lock(mutex)
    result.value = value
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  private final class Slot<Value>: @unchecked Sendable {  // Sendable because the executor's mutex guards it.
    var value: Value?
  }
}
