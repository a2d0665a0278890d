import Testing

@testable import Simulation

/// Worlds in which a promise was broken once, and what it was. A change to what happens in worlds makes other worlds of these seeds, so the bug has a
/// unit test as well; a seed that still finds it may be had by undoing the fix.
struct PinnedSeed: Sendable, CustomTestStringConvertible {
  let seed: UInt64
  /// As `arbiter simulate --faults` reads them.
  var faults = "standard"
  /// Faults have the given rates in every world; otherwise each world takes some of them, at rates of its own.
  var hasFixedRates = false
  let what: String
  /// The title of the commit since which the world keeps its promises.
  let since: String

  var testDescription: String { "\(seed): \(what)" }

  static let all: [PinnedSeed] = [
    PinnedSeed(
      seed: 1826,
      what:
        "The callback of a run went to a queue that does not exist, and was given up although the arbiter.error could not be published: nobody was told.",
      since: "Look again for a tracking record, and give up a callback only when somebody was told"),
    PinnedSeed(
      seed: 10_127, faults: "throttling=0.1,internalError=0.1,crash=0.02,lateDelivery=0.2,lateRequest=0.05", hasFixedRates: true,
      what: "The same, in an outage of the bus.",
      since: "Look again for a tracking record, and give up a callback only when somebody was told"),
    PinnedSeed(
      seed: 1111,
      what: """
        The row of a run was read after the transaction that begins a round, and its tracking record before it: the run failed as \
        ledger_inconsistent, and its task stayed pending for ever.
        """, since: "Look again for a tracking record, and give up a callback only when somebody was told"),
    PinnedSeed(
      seed: 10_024, faults: "failingAgent=0.3,silentAgent=0.3,slowAgent=0.4,repeatingAgent=0.5,oversizedResult=0.3", hasFixedRates: true,
      what:
        "An agent of kind queue put its result more than an hour after its run's end: the checker took it for an orphan, and it may stay.",
      since: "Run the whole product in worlds that a seed decides, and hold it to its promises"),
    PinnedSeed(
      seed: 10_053, faults: "failingAgent=0.2,slowAgent=0.4,repeatingAgent=0.5,oversizedResult=0.3,lostDelivery=0.5,lateDelivery=0.3",
      hasFixedRates: true, what: "The same, where answers come late as well.",
      since: "Run the whole product in worlds that a seed decides, and hold it to its promises"),
  ]
}

@Suite struct PinnedSeedTests {
  @Test(arguments: PinnedSeed.all) func `a world that broke a promise once keeps all of them`(pinned: PinnedSeed) throws {
    var options = World.Options()
    options.faults = try FaultSettings.parsed(pinned.faults).get()
    options.faults.variesByWorld = !pinned.hasFixedRates
    let result = try World(seed: pinned.seed, options: options).run()
    #expect(result.violation == nil)
  }
}
