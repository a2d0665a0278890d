import Synchronization

/// Ends work that takes too long.
public enum TimeLimit {
  public struct Exceeded: Error, Sendable {
    public init() {}
  }

  /// The result of the operation, or `Exceeded` as soon as the time is over.
  ///
  /// The operation is cancelled then, but not waited for: a tool that does not listen must not hold the agent past its deadline.
  /// Cancellation of the caller reaches the operation, and both run where the caller's task does.
  /// - Parameter pause: waits so many milliseconds, or throws when the task is cancelled.
  public static func run<Value: Sendable>(
    milliseconds: Int64, pause: @escaping @Sendable (Int64) async throws -> Void, _ operation: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    guard milliseconds > 0 else { throw Exceeded() }
    let race = Race<Value>()
    let executor = callersExecutor()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        race.begin(
          continuation,
          work: Task(executorPreference: executor) {
            do { race.finish(.success(try await operation())) } catch { race.finish(.failure(error)) }
          },
          timer: Task(executorPreference: executor) {
            // An interrupted pause means that the race is over.
            guard (try? await pause(milliseconds)) != nil else { return }
            race.finish(.failure(Exceeded()))
          })
      }
    } onCancel: {
      race.finish(.failure(CancellationError()))
    }
  }

  /// The executor that the caller's task prefers, which a task of its own would not inherit; nil for the global one.
  private static func callersExecutor() -> (any TaskExecutor)? {
    #if compiler(>=6.3)
      withUnsafeCurrentTask { $0?.unownedTaskExecutor?.asTaskExecutor() }
    #else
      // Before Swift 6.3 there is no way from the reference to the executor. Functions run on the global one.
      nil
    #endif
  }
}

/// Takes the first result that arrives and stops the others.
private final class Race<Value: Sendable>: Sendable {
  private struct State {
    var continuation: CheckedContinuation<Value, any Error>?
    var result: Result<Value, any Error>?
    var tasks: [Task<Void, Never>] = []
  }

  private let state = Mutex(State())

  func begin(_ continuation: CheckedContinuation<Value, any Error>, work: Task<Void, Never>, timer: Task<Void, Never>) {
    let early: Result<Value, any Error>? = state.withLock { state in
      if let result = state.result { return result }
      state.continuation = continuation
      state.tasks = [work, timer]
      return nil
    }
    guard let early else { return }
    work.cancel()
    timer.cancel()
    continuation.resume(with: early)
  }

  func finish(_ result: Result<Value, any Error>) {
    let (continuation, tasks): (CheckedContinuation<Value, any Error>?, [Task<Void, Never>]) = state.withLock { state in
      guard state.result == nil else { return (nil, []) }
      state.result = result
      defer { (state.continuation, state.tasks) = (nil, []) }
      return (state.continuation, state.tasks)
    }
    for task in tasks { task.cancel() }
    continuation?.resume(with: result)
  }
}
