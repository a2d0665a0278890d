import Synchronization
import Testing

@testable import Simulation

@Suite struct SimulationRunTests {
  private static func world(_ seed: UInt64, violation: Bool = false, fingerprint: UInt64 = 7, faults: [Fault: Int] = [:]) -> World.Result {
    let broken = Violation(invariant: "nothing is lost", breach: Breach("lost"), atMilliseconds: 0, fact: 0)
    return World.Result(
      seed: seed, violation: violation ? broken : nil, facts: [], fingerprint: fingerprint,
      faults: faults, factCount: 10, crashPoints: 0, modelCalls: 4,
      elapsedMilliseconds: 60_000,
      scenario: Scenario(agents: [], runs: [1, 2].map { PlannedRun(id: "run-\($0)", atMilliseconds: 0, rounds: []) }))
  }

  @Test(arguments: [1, 3]) func eachSeedIsRunOnce(threads: Int) throws {
    let seen = Mutex<[UInt64]>([])
    let run = SimulationRun(seeds: 5...40, threads: threads) { seed, _ in
      seen.withLock { $0.append(seed) }
      return Self.world(seed, violation: seed % 10 == 0)
    }
    let summary = try run.run()
    #expect(seen.withLock { $0.sorted() } == Array(5...40))
    #expect(summary.worlds == 36 && summary.orchestrations == 72 && summary.modelCalls == 144 && summary.facts == 360)
    #expect(summary.virtualMilliseconds == 36 * 60_000)
    #expect(summary.findings.map(\.seed) == [10, 20, 30, 40])
    #expect(!summary.isInterrupted && !summary.isClean)
  }

  @Test func faultsAreCountedByKind() throws {
    let run = SimulationRun(seeds: 1...4) { seed, _ in Self.world(seed, faults: seed == 4 ? [.crash: 1, .poison: 1] : [.crash: 1]) }
    let summary = try run.run()
    #expect(summary.faults == [.crash: 4, .poison: 1])
    #expect(summary.faultCount == 5 && summary.isClean)
  }

  @Test func aSeedThatGoesAnotherWayTheSecondTimeIsFound() throws {
    let times = Mutex<[UInt64: Int]>([:])
    var run = SimulationRun(seeds: 1...5) { seed, _ in
      let time = times.withLock { times in
        times[seed, default: 0] += 1
        return times[seed] ?? 0
      }
      return Self.world(seed, fingerprint: seed == 3 ? UInt64(time) : 7)
    }
    run.checksReplay = true
    let summary = try run.run()
    #expect(summary.notReplayed == [3])
    #expect(!summary.isClean)
  }

  @Test func aRunThatIsStoppedTellsWhatItHas() throws {
    let begun = Mutex(0)
    let run = SimulationRun(seeds: 1...UInt64.max, threads: 2) { seed, _ in
      begun.withLock { $0 += 1 }
      return Self.world(seed)
    }
    let summary = try run.run(isInterrupted: { true })
    #expect(summary.isInterrupted)
    #expect(summary.worlds == begun.withLock { $0 })
  }

  @Test func aWorldThatCannotBeginIsAnError() {
    struct NoWorld: Error {}
    #expect(throws: NoWorld.self) { try SimulationRun(seeds: 1...9) { _, _ in throw NoWorld() }.run() }
  }

  @Test func theLastSeedOfAllIsRun() throws {
    #expect(try SimulationRun(seeds: UInt64.max - 1...UInt64.max) { seed, _ in Self.world(seed) }.run().worlds == 2)
  }

  // MARK: Lists of faults

  @Test func faultsAreNamedOnACommandLine() throws {
    let standard = FaultSettings.standard
    #expect(try FaultSettings.parsed("none").get() == .none)
    #expect(try FaultSettings.parsed("standard").get() == standard)
    let only = try FaultSettings.parsed("crash, poison=0.5").get()
    #expect(only.rates == [.crash: standard.rates[.crash] ?? 0, .poison: 0.5] && !only.variesByWorld)
    let less = try FaultSettings.parsed("-crash,-poison").get()
    #expect(less.rates.count == standard.rates.count - 2 && less.rates[.crash] == nil && less.variesByWorld)
    #expect(try FaultSettings.parsed("standard,crash=1").get().rates[.crash] == 1)
  }

  @Test(arguments: ["earthquake", "crash=2", "crash=", "-crash=0.1", "", "none,standard"])
  func aListThatCannotBeReadNamesTheWord(_ text: String) {
    guard case .failure(let problem) = FaultSettings.parsed(text) else { return #expect(Bool(false), "'\(text)' was read") }
    #expect(text.hasSuffix(problem.word))
  }
}
