import Glibc
import JSON
import Simulation

/// `arbiter simulate`: the whole product in worlds that go wrong in every way, seed by seed.
enum SimulateCommand {
  static let specification = CommandSpecification(
    name: "simulate", summary: "Runs the product in simulated worlds that go wrong, and checks that it keeps its promises.",
    discussion: """
      A seed stands for a world: its requests, its agents, and what goes wrong with messages, machines, clocks, services, models and
      people. The same seed goes the same way every time, on any machine. What is checked, and how to read a story: docs/simulation.md.
      Of the first worlds that break a promise the smallest version that still does is looked for, written to .arbiter/simulate, and told
      as a story. With --trace, one world is told from its begin to its end.
      Faults: \(faultNames).
      Ends with 11 when a promise was broken. Ctrl-C stops after the worlds that are under way, with what came of the others.
      """,
    options: [
      .value("seeds", "A..B", "the seeds to run (default 1..1000)"),
      .value("seed", "N", "one seed"),
      .value("world", "FILE", "the world that an earlier run wrote to a file, in place of seeds"),
      .flag("trace", "tell the whole story of the world"),
      .value("only", "RUN", "with --trace: only what concerns this run"),
      .value("faults", "LIST", "none, standard, or names: crash,poison=0.5 for only these, -crash for all others (default standard)"),
      .value("suppress", "NUMBERS", "faults of the one world that do not happen, by their numbers: 3,17"),
      .value("jobs", "N", "worlds at a time (default: as many as there are processors)"),
      .flag("check-replay", "run each world twice, and compare the two"),
      .flag("no-shrink", "do not look for smaller versions of worlds that break a promise"),
      .flag("verbose", "tell also what went as it should"),
      .json,
    ], action: run)

  private static var faultNames: String {
    var lines: [String] = []
    for name in Fault.allCases.map(\.rawValue) {
      if let last = lines.last, last.count + name.count < 110 { lines[lines.count - 1] = last + ", " + name } else { lines.append(name) }
    }
    return lines.joined(separator: ",\n")
  }

  // MARK: What is asked for

  /// What to run, and how to show it.
  struct Request {
    var seeds: ClosedRange<UInt64>
    var options = World.Options()
    /// The file that the world was read from.
    var worldPath: String?
    var jobs: Int
    var traces = false
    var onlyRun: String?
    var checksReplay = false
    var shrinks = true
    var isVerbose = false
    var json = false
    /// What an invocation of the command needs besides the seed, to run such a world again.
    var repeating: [String] = []
  }

  static func request(_ arguments: ParsedArguments) throws(CommandError) -> Request {
    let sources = ["seeds", "seed", "world"].filter { arguments.value($0) != nil }
    guard sources.count < 2 else { throw .usage("give --\(sources[0]) or --\(sources[1]), not both") }
    var request = Request(
      seeds: try seeds(arguments), jobs: try arguments.integer("jobs", in: 1...1024) ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    if let text = arguments.value("faults") {
      guard arguments.value("world") == nil else { throw .usage("a world of a file has its faults there: --faults cannot be given too") }
      switch FaultSettings.parsed(text) {
      case .success(let faults): request.options.faults = faults
      case .failure(let problem): throw .usage("--faults: \(problem)")
      }
      request.repeating += ["--faults", text]
    }
    if let path = arguments.value("world") {
      let file = try worldFile(path)
      request.seeds = file.seed...file.seed
      request.options = file.options
      request.worldPath = path
      request.repeating = ["--world", path]
    }
    request.traces = arguments.has("trace")
    request.onlyRun = arguments.value("only")
    let isOne = request.seeds.lowerBound == request.seeds.upperBound
    if request.traces, !isOne { throw .usage("--trace tells one world: give it with --seed N or --world FILE") }
    if let text = arguments.value("suppress") {
      guard isOne else { throw .usage("--suppress is about the faults of one world: give it with --seed N or --world FILE") }
      for word in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let number = Int(word), number > 0 else { throw .usage("--suppress '\(text)' is no list of numbers such as 3,17") }
        request.options.suppressedFaults.insert(number)
      }
      request.repeating += ["--suppress", text]
    }
    if request.onlyRun != nil, !request.traces { throw .usage("--only is a part of a story: give it with --trace") }
    request.checksReplay = arguments.has("check-replay")
    if request.traces, request.checksReplay { throw .usage("give --trace or --check-replay, not both") }
    request.shrinks = !arguments.has("no-shrink")
    request.isVerbose = arguments.has("verbose")
    request.json = arguments.has("json")
    return request
  }

  private static func seeds(_ arguments: ParsedArguments) throws(CommandError) -> ClosedRange<UInt64> {
    if let text = arguments.value("seed") {
      guard let seed = UInt64(text) else { throw .usage("--seed '\(text)' is not a whole number from 0 to \(UInt64.max)") }
      return seed...seed
    }
    guard let text = arguments.value("seeds") else { return 1...1000 }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1].isEmpty, let first = UInt64(parts[0]), let last = UInt64(parts[2]), first <= last else {
      throw .usage("--seeds '\(text)' is no range such as 1..1000")
    }
    return first...last
  }

  private static func worldFile(_ path: String) throws(CommandError) -> WorldFile {
    let json = try Files.parseJSON(try Files.read(path), of: path)
    do throws(JSONError) { return try WorldFile(json) } catch { throw CommandError("\(path) is no world: \(error)") }
  }

  // MARK: Running

  private static func run(_ arguments: ParsedArguments) async throws -> ExitCode {
    let request = try request(arguments)
    return request.traces ? try SimulateTrace.run(request) : try SimulateWorlds.run(request)
  }
}
