internal import AWSClient
internal import Synchronization

/// Values by key, fetched once for all who ask at the same time.
///
/// Whoever asks first fetches, as a part of its own task: with its deadline, and with its cancellation. When it is cancelled, the next of
/// those who wait fetches instead.
final class ValueCache: Sendable {
  typealias Values = [String: ParameterValue]

  private struct Entry {
    var values: Values
    var fetchedMilliseconds: Int64
    var fetch: UInt64
  }

  private enum Ending: Sendable {
    case values(Values)
    /// The service, or the way to it, failed: that holds for all.
    case failed(any Error)
    /// The one who fetched was cancelled, or had no time left.
    case givenUp
  }

  private struct State {
    static let leastSweepCount = 256
    /// With how many entries those are looked for that are too old.
    var sweepCount = leastSweepCount
    var entries: [String: Entry] = [:]
    /// Who waits for the fetch of a key that is under way.
    var waiting: [String: [AsyncStream<Ending>.Continuation]] = [:]
    var fetches: UInt64 = 0
    /// The number of the fetch of a key that is under way.
    var underWay: [String: UInt64] = [:]
  }

  private enum Turn {
    case take(Values)
    case fetch
    case wait(AsyncStream<Ending>, isRecentEnough: Bool)
  }

  private let policy: CachePolicy
  private let clock: any AWSClock
  private let state = Mutex(State())

  init(policy: CachePolicy, clock: any AWSClock) {
    self.policy = policy
    self.clock = clock
  }

  /// The values of a key.
  /// - Parameters:
  ///   - isForced: takes no value that was asked for before this call.
  ///   - keeps: whether the values stay for those who ask later.
  func values(
    _ key: String, isForced: Bool = false, keeps: Bool = true, fetch: () async throws -> Values
  ) async throws -> Values {
    let first = nextFetch
    while true {
      switch turn(key, isForced ? first : 0) {
      case .take(let values): return values
      case .fetch: return try await lead(key, keeps, fetch)
      case .wait(let endings, let isRecentEnough):
        var ending: Ending?
        for await found in endings {
          ending = found
          break
        }
        try Task.checkCancellation()
        guard isRecentEnough, let ending else { continue }
        switch ending {
        case .values(let values): return values
        case .failed(let error):
          if let stale = stale(key, after: error) { return stale }
          throw error
        case .givenUp: continue
        }
      }
    }
  }

  /// Values that are there and young enough.
  func fresh(_ key: String) -> Values? { state.withLock { fresh(key, $0) } }

  /// The number of a fetch that would begin now.
  var nextFetch: UInt64 { state.withLock { $0.fetches } + 1 }

  /// Keeps values that came by another key's fetch, unless there are younger ones.
  /// - Parameter asked: no later than the number of the fetch; 0 when that is not known, so that no forced call takes the values.
  func keep(_ values: Values, as key: String, asked: UInt64) {
    let now = clock.nowMilliseconds
    state.withLock { state in
      if let entry = state.entries[key], entry.fetch > asked, fresh(key, state) != nil { return }
      insert(Entry(values: values, fetchedMilliseconds: now, fetch: asked), key, &state)
    }
  }

  private func insert(_ entry: Entry, _ key: String, _ state: inout State) {
    state.entries[key] = entry
    guard state.entries.count > state.sweepCount else { return }
    // What is too old for any use goes, so that a process which asks for ever new names does not grow without end.
    let longest = policy.timeToLiveMilliseconds.addingReportingOverflow(policy.staleMilliseconds)
    if !longest.overflow {
      state.entries = state.entries.filter { entry.fetchedMilliseconds - $0.value.fetchedMilliseconds < max(1, longest.partialValue) }
    }
    state.sweepCount = max(State.leastSweepCount, 2 * state.entries.count)
  }

  /// How many keys have values that are kept.
  var count: Int { state.withLock { $0.entries.count } }

  /// How many wait for the fetch of a key that is under way.
  func waiterCount(_ key: String) -> Int { state.withLock { $0.waiting[key]?.count ?? 0 } }

  func removeAll() { state.withLock { $0.entries = [:] } }

  private func fresh(_ key: String, _ state: State) -> Values? {
    guard let entry = state.entries[key], clock.nowMilliseconds - entry.fetchedMilliseconds < policy.timeToLiveMilliseconds else {
      return nil
    }
    return entry.values
  }

  private func turn(_ key: String, _ firstFetch: UInt64) -> Turn {
    state.withLock { state in
      if state.entries[key]?.fetch ?? 0 >= firstFetch, let values = fresh(key, state) { return .take(values) }
      if let underWay = state.underWay[key] {
        let (endings, continuation) = AsyncStream<Ending>.makeStream(bufferingPolicy: .bufferingOldest(1))
        state.waiting[key, default: []].append(continuation)
        return .wait(endings, isRecentEnough: underWay >= firstFetch)
      }
      state.fetches += 1
      state.underWay[key] = state.fetches
      return .fetch
    }
  }

  private func lead(_ key: String, _ keeps: Bool, _ fetch: () async throws -> Values) async throws -> Values {
    do {
      let values = try await fetch()
      end(key, .values(values), keeps ? values : nil)
      return values
    } catch {
      let isOwn = error is CancellationError || (error as? AWSError)?.code == AWSError.deadlineCode
      end(key, isOwn ? .givenUp : .failed(error), nil)
      if !(error is CancellationError), let stale = stale(key, after: error) { return stale }
      throw error
    }
  }

  private func end(_ key: String, _ ending: Ending, _ values: Values?) {
    let now = clock.nowMilliseconds
    let waiting = state.withLock { state in
      let fetch = state.underWay.removeValue(forKey: key) ?? 0
      if let values { insert(Entry(values: values, fetchedMilliseconds: now, fetch: fetch), key, &state) }
      return state.waiting.removeValue(forKey: key) ?? []
    }
    for continuation in waiting {
      continuation.yield(ending)
      continuation.finish()
    }
  }

  /// The last values, when what went wrong may be over soon and they are not too old.
  private func stale(_ key: String, after error: any Error) -> Values? {
    guard policy.staleMilliseconds > 0, (error as? AWSError)?.isTemporary ?? false else { return nil }
    let now = clock.nowMilliseconds
    return state.withLock { state in
      state.entries[key].flatMap { entry in
        now - entry.fetchedMilliseconds - policy.timeToLiveMilliseconds < policy.staleMilliseconds ? entry.values : nil
      }
    }
  }
}

extension AWSError {
  /// Whether the service could not be asked, or could not answer, rather than refused.
  fileprivate var isTemporary: Bool {
    isRetryable || isThrottling || httpStatus ?? 0 >= 500
      || [AWSError.connectionCode, AWSError.lostCode, AWSError.timeoutCode, AWSError.deadlineCode].contains(code)
  }
}
