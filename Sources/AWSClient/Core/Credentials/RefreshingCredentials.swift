internal import Synchronization

/// Keeps fetched credentials, and fetches new ones before the old ones end; callers that wait share one fetch.
final class RefreshingCredentials: Sendable {
  /// From here on before the end, one caller fetches and the old credentials still serve the others, in milliseconds (botocore's).
  static let advisoryWindowMilliseconds: Int64 = 900_000
  /// From here on before the end, every caller waits for the new ones, in milliseconds (botocore's).
  static let mandatoryWindowMilliseconds: Int64 = 600_000
  /// How long to leave a source alone that did not answer, while the old credentials still serve, in milliseconds.
  static let pauseAfterFailureMilliseconds: Int64 = 30_000
  /// How long to leave a source alone that has just answered: some give credentials that end within the windows from the start.
  static let pauseAfterSuccessMilliseconds: Int64 = 60_000

  private struct State {
    var credentials: Credentials?
    var fetch: Task<Credentials, any Error>?
    var noFetchBeforeMilliseconds = Int64.min
  }
  private let state = Mutex(State())

  /// What a caller is told.
  private enum Answer {
    case credentials(Credentials)
    /// To wait; with the credentials that serve should nothing come of it.
    case fetch(Task<Credentials, any Error>, kept: Credentials?)
  }

  /// The kept credentials, or those that `fetch` brings.
  ///
  /// A caller waits until its own deadline at most, and no longer when its task is cancelled; the fetch goes on for the others.
  func credentials(clock: any AWSClock, fetch: @escaping @Sendable () async throws -> Credentials) async throws -> Credentials {
    let now = clock.nowMilliseconds
    let answer = state.withLock { state -> Answer in
      if let credentials = state.credentials {
        guard let end = credentials.expirationMilliseconds else { return .credentials(credentials) }
        let left = end - now
        if left >= RefreshingCredentials.advisoryWindowMilliseconds { return .credentials(credentials) }
        if left > 0, now < state.noFetchBeforeMilliseconds { return .credentials(credentials) }
        if left >= RefreshingCredentials.mandatoryWindowMilliseconds, state.fetch != nil { return .credentials(credentials) }
      }
      if let running = state.fetch { return .fetch(running, kept: state.credentials) }
      let running = start(fetch, clock)
      state.fetch = running
      return .fetch(running, kept: state.credentials)
    }
    switch answer {
    case .credentials(let credentials): return credentials
    case .fetch(let running, let kept):
      do {
        return try await value(of: running, clock: clock)
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        if let kept, let end = kept.expirationMilliseconds, clock.nowMilliseconds < end { return kept }
        throw error
      }
    }
  }

  /// A task of its own: the fetch belongs to all who wait. It goes on when the first of them is cancelled, and knows no deadline of theirs.
  private func start(_ fetch: @escaping @Sendable () async throws -> Credentials, _ clock: any AWSClock) -> Task<Credentials, any Error> {
    Task { [self] in
      do {
        let fetched = try await RequestContext.$deadlineMilliseconds.withValue(nil) { try await fetch() }
        ended {
          $0.credentials = fetched
          let left = (fetched.expirationMilliseconds ?? .max) - clock.nowMilliseconds
          let pause = min(RefreshingCredentials.pauseAfterSuccessMilliseconds, max(0, left / 2))
          $0.noFetchBeforeMilliseconds = clock.nowMilliseconds + pause
        }
        return fetched
      } catch {
        ended { $0.noFetchBeforeMilliseconds = clock.nowMilliseconds + RefreshingCredentials.pauseAfterFailureMilliseconds }
        throw error
      }
    }
  }

  private func ended(_ note: (inout State) -> Void) {
    state.withLock { state in
      state.fetch = nil
      note(&state)
    }
  }

  /// What a fetch brings, unless the deadline or a cancellation comes before it.
  private func value(of fetch: Task<Credentials, any Error>, clock: any AWSClock) async throws -> Credentials {
    // Not a task group: it would wait for the fetch all the same.
    let (results, continuation) = AsyncStream<Result<Credentials, any Error>>.makeStream()
    Task { continuation.yield(await fetch.result) }
    var alarm: Task<Void, Never>?
    if let deadline = RequestContext.deadlineMilliseconds {
      let left = deadline - AWSClient.deadlineMarginMilliseconds - clock.nowMilliseconds
      alarm = Task {
        do { try await clock.sleep(milliseconds: max(0, left)) } catch { return }
        continuation.yield(
          .failure(AWSError(code: AWSError.deadlineCode, message: "the deadline leaves no time to wait for credentials any longer")))
      }
    }
    defer { alarm?.cancel() }
    for await result in results { return try result.get() }
    throw CancellationError()
  }
}
