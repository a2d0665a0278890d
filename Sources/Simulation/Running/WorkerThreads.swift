import Glibc
import Synchronization

/// Runs the same work on several threads of its own: a world takes a thread for itself, and must not keep one of Swift's few waiting.
enum WorkerThreads {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    private let done = Mutex(0)

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    var doneCount: Int { done.withLock { $0 } }

    func run() {
      body()
      done.withLock { $0 += 1 }
    }
  }

  /// Starts the work on so many threads and waits until all have done it.
  /// - Parameter whileRunning: called about every 50 milliseconds on the calling thread until then.
  static func run(_ count: Int, _ body: @escaping @Sendable () -> Void, whileRunning: () -> Void) {
    let work = Work(body)
    var threads: [pthread_t] = []
    for _ in 0..<count {
      var thread = pthread_t()
      let argument = Unmanaged.passRetained(work)
      let status = pthread_create(
        &thread, nil,
        { argument in
          if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
          return nil
        }, argument.toOpaque())
      if status == 0 { threads.append(thread) } else { argument.release() }
    }
    // Where no thread can be had, the work is done all the same.
    if threads.isEmpty { work.run() }
    while work.doneCount < max(1, threads.count) {
      usleep(50_000)
      whileRunning()
    }
    for thread in threads { pthread_join(thread, nil) }
  }
}
