internal import Synchronization

/// Keeps fetched credentials, and fetches new ones before the old ones end; callers that wait share one fetch.
final class RefreshingCredentials: Sendable {
  /// From here on before the end, a fetch is tried and the old credentials still serve, in milliseconds.
  static let refreshWindowMilliseconds: Int64 = 900_000
  /// How long to leave a source alone that did not answer, while the old credentials still serve, in milliseconds.
  static let pauseAfterFailureMilliseconds: Int64 = 30_000

  private struct State {
    var credentials: Credentials?
    var fetch: Task<Credentials, any Error>?
    var noFetchBeforeMilliseconds = Int64.min
  }
  private let state = Mutex(State())

  /// The kept credentials, or those that `fetch` brings.
  ///
  /// A caller waits until its own deadline at most, and no longer when its task is cancelled; the fetch goes on for the others.
  func credentials(clock: any AWSClock, fetch: @escaping @Sendable () async throws -> Credentials) async throws -> Credentials {
    let now = clock.nowMilliseconds
    let (kept, running): (Credentials?, Task<Credentials, any Error>?) = state.withLock { state in
      if let credentials = state.credentials {
        guard let end = credentials.expirationMilliseconds else { return (credentials, nil) }
        if now < end - RefreshingCredentials.refreshWindowMilliseconds { return (credentials, nil) }
        if now < end, now < state.noFetchBeforeMilliseconds { return (credentials, nil) }
      }
      if let running = state.fetch { return (state.credentials, running) }
      // A task of its own: the fetch belongs to all who wait, and goes on when the first of them is cancelled.
      let running = Task { [self] in
        do {
          let fetched = try await fetch()
          ended { $0.credentials = fetched }
          return fetched
        } catch {
          ended { $0.noFetchBeforeMilliseconds = clock.nowMilliseconds + RefreshingCredentials.pauseAfterFailureMilliseconds }
          throw error
        }
      }
      state.fetch = running
      return (state.credentials, running)
    }
    guard let running else {
      if let kept { return kept }
      throw AWSError(code: AWSError.credentialsCode, message: "no credentials")
    }
    do {
      return try await value(of: running, clock: clock)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      if let kept, let end = kept.expirationMilliseconds, clock.nowMilliseconds < end { return kept }
      throw error
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
