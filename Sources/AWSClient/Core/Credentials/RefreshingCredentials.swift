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
      let running = Task { try await fetch() }
      state.fetch = running
      return (state.credentials, running)
    }
    guard let running else {
      if let kept { return kept }
      throw AWSError(code: AWSError.credentialsCode, message: "no credentials")
    }
    do {
      let fetched = try await running.value
      state.withLock { state in
        guard state.fetch == running else { return }
        state.credentials = fetched
        state.fetch = nil
      }
      return fetched
    } catch {
      state.withLock { state in
        guard state.fetch == running else { return }
        state.fetch = nil
        state.noFetchBeforeMilliseconds = clock.nowMilliseconds + RefreshingCredentials.pauseAfterFailureMilliseconds
      }
      if let kept, let end = kept.expirationMilliseconds, clock.nowMilliseconds < end { return kept }
      throw error
    }
  }
}
