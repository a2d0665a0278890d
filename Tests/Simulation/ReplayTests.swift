import AWSClient
import Testing

@testable import Simulation

@Suite struct ReplayTests {
  @Test(arguments: [1, 2, 3, 23, 77] as [UInt64]) func `a seed gives the same world again`(seed: UInt64) throws {
    let first = try World(seed: seed).run()
    let second = try World(seed: seed).run()
    #expect(first.fingerprint == second.fingerprint)
    #expect(first.factCount == second.factCount)
  }

  /// Swift's hashing differs from process to process; what is written here was seen in another one.
  @Test func `a seed gives the same world in another process`() throws {
    let fingerprint = try World(seed: 23).run().fingerprint
    #expect(fingerprint == Self.fingerprint, "it has 0x\(String(fingerprint, radix: 16))")
  }

  /// Changes with everything that changes what happens in a world.
  private static let fingerprint: UInt64 = 0xE2E0_17BC_91A8_8B3E

  @Test func `keeping facts changes nothing`() throws {
    var options = World.Options()
    options.keepsFacts = true
    let told = try World(seed: 5, options: options).run()
    #expect(try World(seed: 5).run().fingerprint == told.fingerprint)
    #expect(told.facts.count == told.factCount)
  }

  @Test func `a world whose registry refuses an agent does not begin`() {
    var options = World.Options()
    options.scenario = Scenario(agents: [PlannedAgent(id: "", kind: .prompt)], runs: [])
    #expect(throws: AWSError.self) { try World(seed: 1, options: options) }
  }

  @Test func `another seed gives another world`() throws {
    #expect(try World(seed: 1).run().fingerprint != World(seed: 2).run().fingerprint)
  }
}
