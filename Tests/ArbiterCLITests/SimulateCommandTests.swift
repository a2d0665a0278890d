import Glibc
import JSON
import Testing

@testable import ArbiterCLI
@testable import Simulation

struct SimulateCommandTests {
  private func request(_ arguments: String...) throws -> SimulateCommand.Request {
    try SimulateCommand.request(try ParsedArguments(arguments, for: SimulateCommand.specification, path: "simulate"))
  }

  @Test func seedsAreARangeOrOne() throws {
    #expect(try request().seeds == 1...1000)
    #expect(try request("--seeds", "7..12").seeds == 7...12)
    #expect(try request("--seed", "18446744073709551615").seeds == UInt64.max...UInt64.max)
    #expect(try request("--jobs", "3").jobs == 3)
    #expect(try request().jobs >= 1)
  }

  @Test func faultsAreSwitchedByName() throws {
    #expect(try request().options.faults == .standard)
    #expect(try request("--faults", "none").options.faults == .none)
    #expect(try request("--faults", "crash=0.5").options.faults.rates == [.crash: 0.5])
    #expect(try request("--faults=-crash").options.faults.rates[.crash] == nil)
    #expect(try request("--seed", "4", "--suppress", "3,17").options.suppressedFaults == [3, 17])
  }

  @Test(arguments: [
    (["--seeds", "12..7"], "--seeds '12..7' is no range such as 1..1000"),
    (["--seeds", "12"], "--seeds '12' is no range"),
    (["--seed", "-1"], "--seed '-1' is not a whole number"),
    (["--seed", "1", "--seeds", "1..2"], "give --seeds or --seed, not both"),
    (["--trace"], "--trace tells one world"),
    (["--suppress", "3"], "--suppress is about the faults of one world"),
    (["--seed", "1", "--suppress", "3,x"], "--suppress '3,x' is no list of numbers"),
    (["--seed", "1", "--only", "run-1"], "give it with --trace"),
    (["--faults", "earthquake"], "--faults: 'earthquake' is no fault; there are cancellation, clockSkew"),
    (["--faults", "crash=7"], "'crash=7' has no rate from 0 to 1"),
    (["--jobs", "0"], "--jobs '0' is not a whole number from 1 to 1024"),
    (["--world", "a.json", "--faults", "none"], "--faults cannot be given too"),
    (["--seed", "1", "--trace", "--check-replay"], "give --trace or --check-replay"),
  ])
  func wrongUsageNamesTheArgument(_ arguments: [String], _ expected: String) {
    let error = #expect(throws: CommandError.self) {
      try SimulateCommand.request(try ParsedArguments(arguments, for: SimulateCommand.specification, path: "simulate"))
    }
    #expect(error?.exitCode == .usage)
    #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
  }

  @Test func aWorldComesFromAFile() throws {
    let path = "/tmp/arbiter-world-\(UInt64.random(in: 0...UInt64.max)).json"
    defer { unlink(path) }
    let scenario = Scenario(agents: [], runs: [PlannedRun(id: "run-1", atMilliseconds: 0, rounds: [])], actions: [])
    let world = WorldFile(seed: 17, rates: [.crash: 0.25], suppressedFaults: [3], scenario: scenario)
    try Files.write(Array(world.json.text.utf8), to: path)
    let request = try request("--world", path, "--trace", "--suppress", "5")
    #expect(request.seeds == 17...17 && request.traces)
    #expect(request.options.scenario == scenario)
    #expect(request.options.suppressedFaults == [3, 5])
    #expect(request.options.faults.rates == [.crash: 0.25])
    try Files.write(Array("{\"seed\": 17}".utf8), to: path)
    let error = #expect(throws: CommandError.self) { try self.request("--world", path) }
    #expect(error?.message.contains("\(path) is no world") == true && error?.message.contains("seed") == true, "\(error?.message ?? "")")
  }
  @Test func aRunThatTheWorldDoesNotHaveIsNamed() throws {
    let request = try request("--seed", "12", "--faults", "none", "--trace", "--only", "run-9")
    let error = #expect(throws: CommandError.self) { _ = try SimulateTrace.run(request) }
    #expect(error?.message == "--only 'run-9': the world has no such run; it has run-1, run-2")
  }

  @Test func aBrokenPromiseIsToldByTheWorldsOwnTime() {
    let violation = Violation(invariant: "x", breach: Breach("y"), atMilliseconds: World.begin + 1_500, fact: 3)
    #expect(SimulateWorlds.json(violation)["virtualMilliseconds"] == 1_500)
  }
}
