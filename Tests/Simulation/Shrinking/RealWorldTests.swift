import JSON
import Orchestration
import Testing

@testable import Simulation

/// What a checker of a test takes for a broken promise, so that real worlds have one to find.
private final class NoWorkerDies: Invariant {
  let name = "no worker dies"

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    guard case .ended(let invocation, .crashed) = fact, invocation.function == FunctionNames.worker else { return nil }
    return Breach("invocation \(invocation.number) dies")
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }
}

@Suite struct RealWorldTests {
  private static let options: World.Options = {
    var options = World.Options()
    options.invariants = { [NoWorkerDies()] }
    return options
  }()

  private func failingSeed() throws -> UInt64 {
    let found = try (1...200 as ClosedRange<UInt64>).first { try World(seed: $0, options: Self.options).run().violation != nil }
    return try #require(found)
  }

  @Test func aWorldIsShrunkToTheFaultsThatItNeeds() throws {
    let seed = try failingSeed()
    let shrunk = try #require(try Shrinker(seed: seed, maximumTries: 150).shrink(Self.options))
    #expect(shrunk.result.violation?.invariant == "no worker dies")
    #expect(shrunk.result.faults[.crash] == 1 && shrunk.result.faultCount <= 2, "\(shrunk.result.faults)")
    #expect(shrunk.options.scenario?.runs.count == 1)
    // Written out and read again it is the same world.
    var again = try WorldFile(WorldFile(of: shrunk.result, options: shrunk.options).json).options
    again.invariants = Self.options.invariants
    let repeated = try World(seed: seed, options: again).run()
    #expect(repeated.fingerprint == shrunk.result.fingerprint && repeated.violation == shrunk.result.violation)
    let story = Storyteller().story(of: shrunk.result)
    #expect(story.lines.last?.text.hasPrefix("BROKEN: no worker dies: invocation") == true)
    #expect(story.lines.dropLast().last?.text == "its process dies")
  }

  @Test func worldsAreRunSideBySideAndGoTheSameWayTwice() throws {
    var run = SimulationRun(seeds: 1...12, threads: 2)
    run.checksReplay = true
    let summary = try run.run()
    #expect(summary.worlds == 12 && summary.isClean, "\(summary.findings) \(summary.notReplayed)")
    #expect(summary.orchestrations >= 12 && summary.modelCalls > 12 && summary.virtualMilliseconds > 3_600_000)
  }
}
