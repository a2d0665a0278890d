/// Runs all tasks of a world on the thread that drives it, in the order in which they became ready.
// Unchecked: a world has one thread, which makes every job ready and runs every job.
final class WorldExecutor: TaskExecutor, @unchecked Sendable {
  private var ready: [UnownedJob] = []
  private var position = 0

  func enqueue(_ job: consuming ExecutorJob) { ready.append(UnownedJob(job)) }

  /// Runs until no task can go on.
  func drain() {
    while position < ready.count {
      let job = ready[position]
      position += 1
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
    ready.removeAll(keepingCapacity: true)
    position = 0
  }
}
