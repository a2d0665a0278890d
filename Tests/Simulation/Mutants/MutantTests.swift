import Foundation
import Simulation
import Testing

/// The worlds are as good as the mistakes that they find: implementations with one thing wrong, run by the worlds that the product passes.
@Suite struct MutantTests {
  @Test(arguments: Mutant.all) func `every mutant is caught by the promise that it breaks`(mutant: Mutant) async throws {
    let hunt = try await Hunts.shared.hunt(mutant)
    let violation = try #require(hunt.violation, "no world of \(Hunt.mostSeeds) catches it")
    #expect(
      mutant.invariants.contains(violation.invariant),
      "world \(hunt.seed ?? 0) catches it for another reason: \(violation.invariant): \(violation.breach.message)")
  }

  @Test func `the table in the guide is what the worlds say`() async throws {
    var hunts: [Hunt] = []
    for mutant in Mutant.all { hunts.append(try await Hunts.shared.hunt(mutant)) }
    let table = MutantTable.text(hunts)
    print(table)
    if ProcessInfo.processInfo.environment["ARBITER_KEEP_MUTANTS"] == "1" { try MutantTable.keep(table) }
    #expect(try MutantTable.kept() == table, "`make mutants` writes the table of this run into docs/guarantees.md")
  }

  @Test(arguments: 0..<4) func `the product keeps its promises in the same worlds`(part: UInt64) async throws {
    for seed in part * 50 + 1...part * 50 + 50 {
      let result = try World(seed: seed).run()
      #expect(result.violation == nil, "world \(seed)")
      await Task.yield()
    }
  }

  @Test func `where nothing goes wrong, silence is found as soon as it is too long`() throws {
    var options = World.Options()
    options.faults = .none
    options.implementation = try #require(Mutant.all.first { $0.defect == "B10" }).implementation
    let violation = try #require(try World(seed: 1, options: options).run().violation)
    #expect(violation.invariant == "no orchestration is silent")
    #expect(violation.atMilliseconds < World.begin + 7_200_000, "that is when other worlds become quiet")
  }

  @Test func `the original's ten defects are among the mutants`() {
    #expect(Set(Mutant.all.compactMap(\.defect)) == Set((1...10).map { "B\($0)" }))
    #expect(Set(Mutant.all.map(\.name)).count == Mutant.all.count)
    #expect(Mutant.all.count >= 15)
  }
}
