import Glibc
import Synchronization

/// Runs many worlds, one seed after the other, on several threads.
public struct SimulationRun: Sendable {
  public var seeds: ClosedRange<UInt64>
  public var options: World.Options
  public var threads: Int
  /// True to run each world twice, and to report those that go another way the second time.
  public var checksReplay = false

  private let runWorld: @Sendable (UInt64, World.Options) throws -> World.Result

  /// - Parameter run: runs a world; tests give a quicker one.
  public init(
    seeds: ClosedRange<UInt64>, options: World.Options = World.Options(), threads: Int = 1,
    run: @escaping @Sendable (UInt64, World.Options) throws -> World.Result = { try World(seed: $0, options: $1).run() }
  ) {
    self.seeds = seeds
    self.options = options
    self.threads = threads
    runWorld = run
  }

  /// A world that broke a promise.
  public struct Finding: Sendable, Equatable {
    public let seed: UInt64
    public let violation: Violation
  }

  /// What came of the worlds so far.
  public struct Summary: Sendable {
    public fileprivate(set) var worlds = 0
    public fileprivate(set) var orchestrations = 0
    public fileprivate(set) var faults: [Fault: Int] = [:]
    public fileprivate(set) var modelCalls = 0
    /// Things that happened.
    public fileprivate(set) var facts = 0
    /// How long the worlds took by their own clocks, together.
    public fileprivate(set) var virtualMilliseconds: Int64 = 0
    public fileprivate(set) var elapsedMilliseconds: Int64 = 0
    /// In the order of the seeds.
    public fileprivate(set) var findings: [Finding] = []
    /// Seeds that went another way the second time.
    public fileprivate(set) var notReplayed: [UInt64] = []
    /// True when somebody stopped the run before its last seed.
    public fileprivate(set) var isInterrupted = false

    public init() {}

    public var faultCount: Int { faults.values.reduce(0, +) }
    public var worldsPerSecond: Double { elapsedMilliseconds > 0 ? Double(worlds) * 1000 / Double(elapsedMilliseconds) : 0 }
    public var isClean: Bool { findings.isEmpty && notReplayed.isEmpty }
  }

  /// Runs all worlds.
  /// - Parameters:
  ///   - isInterrupted: asked about twenty times a second; true ends the run after the worlds that are under way.
  ///   - progress: hears as often how far the run is.
  /// - Throws: what keeps a world from beginning.
  public func run(isInterrupted: () -> Bool = { false }, progress: (Summary) -> Void = { _ in }) throws -> Summary {
    let shared = Shared(first: seeds.lowerBound)
    let began = Self.now()
    let seedsAfterFirst = Int(clamping: seeds.upperBound - seeds.lowerBound)
    let count = seedsAfterFirst < threads ? seedsAfterFirst + 1 : max(1, threads)
    WorkerThreads.run(
      count, { work(shared) },
      whileRunning: {
        if isInterrupted() { shared.state.withLock { $0.isStopped = true } }
        progress(shared.summary(elapsedMilliseconds: Self.now() - began))
      })
    if let error = shared.state.withLock({ $0.error }) { throw error }
    return shared.summary(elapsedMilliseconds: Self.now() - began)
  }

  private func work(_ shared: Shared) {
    while let seed = shared.next(last: seeds.upperBound) {
      do {
        let result = try runWorld(seed, options)
        let isReplayed = try !checksReplay || runWorld(seed, options).fingerprint == result.fingerprint
        shared.add(result, isReplayed: isReplayed)
      } catch {
        shared.state.withLock { state in
          state.isStopped = true
          state.error = state.error ?? error
        }
      }
    }
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// What the threads have in common.
  private final class Shared: Sendable {
    struct State {
      /// nil when all seeds have been taken.
      var next: UInt64?
      var isStopped = false
      /// Why a world could not begin.
      var error: (any Error)?
      var summary = Summary()
    }

    let state: Mutex<State>

    init(first: UInt64) { state = Mutex(State(next: first)) }

    func next(last: UInt64) -> UInt64? {
      state.withLock { state in
        guard let seed = state.next else { return nil }
        guard !state.isStopped else {
          state.summary.isInterrupted = true
          return nil
        }
        state.next = seed < last ? seed + 1 : nil
        return seed
      }
    }

    func add(_ result: World.Result, isReplayed: Bool) {
      state.withLock { state in
        state.summary.worlds += 1
        state.summary.orchestrations += result.scenario.runs.count
        state.summary.faults.merge(result.faults, uniquingKeysWith: +)
        state.summary.modelCalls += result.modelCalls
        state.summary.facts += result.factCount
        state.summary.virtualMilliseconds += result.elapsedMilliseconds
        if let violation = result.violation { state.summary.findings.append(Finding(seed: result.seed, violation: violation)) }
        if !isReplayed { state.summary.notReplayed.append(result.seed) }
      }
    }

    func summary(elapsedMilliseconds: Int64) -> Summary {
      state.withLock { state in
        var summary = state.summary
        summary.elapsedMilliseconds = elapsedMilliseconds
        summary.findings.sort { $0.seed < $1.seed }
        summary.notReplayed.sort()
        return summary
      }
    }
  }
}
