public import AgentKit
public import JSON
import Synchronization

/// Reads the rows of the registry: all pages of the table.
public protocol AgentRowSource: Sendable {
  /// All rows, as JSON objects `{agentId, config, state, categories}`.
  /// - Parameter consistently: with everything that was written before; otherwise the last moments may be missing.
  func rows(consistently: Bool) async throws -> [JSONValue]
}

/// The registry, read at most once in a while, so that its cost does not grow with rounds.
///
/// A caller that knows of a change gets a directory that was read after it: for as long as clocks may differ from when it happened, each
/// call reads anew (docs/decisions/0033). When reading fails, the last directory serves on, but not where it may be older than the change;
/// only without one that serves is the failure the caller's. A row that cannot be used is reported once, not with every reading.
public final class CachedAgentRegistry: AgentRegistry {
  /// What the clocks of two processes differ at most, in milliseconds.
  static let clockDifferenceMilliseconds: Int64 = 60_000

  private struct Cached {
    var directory: AgentDirectory
    /// When the reading began, by the clock of this process.
    var readAtMilliseconds: Int64
  }

  private let source: any AgentRowSource
  private let clock: any Clock
  private let observer: any OrchestrationObserver
  private let timeToLiveMilliseconds: Int64
  private let report: @Sendable (AgentConfigurationError) async -> Void
  private let cached = Mutex<Cached?>(nil)

  /// - Parameter report: told of each row that cannot be used, when it is first seen so.
  public init(
    source: any AgentRowSource, clock: any Clock, observer: any OrchestrationObserver, timeToLiveMilliseconds: Int64 = 30_000,
    report: @escaping @Sendable (AgentConfigurationError) async -> Void = { _ in }
  ) {
    self.report = report
    self.source = source
    self.clock = clock
    self.observer = observer
    self.timeToLiveMilliseconds = timeToLiveMilliseconds
  }

  public func directory(changedAtMilliseconds changedAt: Int64?) async throws -> AgentDirectory {
    let now = clock.nowMilliseconds
    let last = cached.withLock { $0 }
    let isOutdated =
      changedAt.map { changedAt in
        last.map { $0.readAtMilliseconds - Self.clockDifferenceMilliseconds < changedAt } ?? true
      } ?? false
    if let last, !isOutdated, now - last.readAtMilliseconds < timeToLiveMilliseconds { return last.directory }
    do {
      let directory = AgentDirectory(rows: try await source.rows(consistently: isOutdated))
      // Of two readings at a time the one that began later stays.
      cached.withLock { cached in
        if cached.map({ $0.readAtMilliseconds <= now }) ?? true { cached = Cached(directory: directory, readAtMilliseconds: now) }
      }
      for problem in directory.rejected where last?.directory.rejected.contains(problem) != true {
        observer.note(.error, "an agent cannot be used: \(problem)", ["agent": .string(problem.agentID), "code": "agent_unreadable"])
        observer.count("AgentUnreadable")
        await report(problem)
      }
      return directory
    } catch {
      guard let last, !isOutdated else { throw error }
      observer.note(.warning, "the registry could not be read, the last reading serves: \(error)", [:])
      return last.directory
    }
  }
}
