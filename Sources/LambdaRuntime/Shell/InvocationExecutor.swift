internal import Glibc

/// Runs the tasks of an invocation on the thread that waits for it, and hands that thread the pieces of a streamed response.
///
/// Handing work to the concurrency runtime's own threads and back costs two wake-ups an invocation and starts those threads; a Lambda
/// function has one event at a time and, mostly, one processor. Work that must not stand behind a handler runs in a detached task.
final class InvocationExecutor: TaskExecutor, @unchecked Sendable {  // Sendable because `condition` guards every field.
  private let condition = ThreadCondition()
  private var jobs: [UnownedJob] = []
  private var firstJob = 0
  private var pieces: [ResponsePiece] = []

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    condition.lock()
    jobs.append(job)
    condition.signalAndUnlock()
  }

  func enqueue(_ piece: ResponsePiece) {
    condition.lock()
    pieces.append(piece)
    condition.signalAndUnlock()
  }

  /// Runs `operation`, and what else is due on this thread, until it has a result. `send` writes a piece of a streamed response, and returns the
  /// error that kept it from doing so.
  func run<Value: Sendable>(
    send: (ResponsePiece) -> ResponseStreamError? = { _ in ResponseChannel.ended }, _ operation: @escaping @Sendable () async -> Value
  ) -> Value {
    let result = Result<Value>()
    Task(executorPreference: self) {
      let value = await operation()
      self.finish(result, with: value)
    }
    while true {
      condition.lock()
      while result.value == nil, firstJob == jobs.count, pieces.isEmpty { condition.wait() }
      // Before the result: what a task wrote that the handler did not wait for may be the head of the response.
      if !pieces.isEmpty {
        let piece = pieces.removeFirst()
        condition.unlock()
        piece.sent.resume(returning: send(piece))
        continue
      }
      if let value = result.value {
        condition.unlock()
        return value
      }
      let job = jobs[firstJob]
      firstJob += 1
      if firstJob == jobs.count {
        jobs.removeAll(keepingCapacity: true)
        firstJob = 0
      }
      condition.unlock()
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }

  private func finish<Value>(_ result: Result<Value>, with value: Value) {
    condition.lock()
    result.value = value
    condition.signalAndUnlock()
  }

  private final class Result<Value>: @unchecked Sendable {  // Sendable because the executor's condition guards it.
    var value: Value?
  }
}
