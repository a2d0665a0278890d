import JSON
import Simulation
import Synchronization

/// Runs many worlds, and tells of those that broke a promise.
enum SimulateWorlds {
  /// Where worlds are written that broke a promise, below the folder of the checkout.
  private static let folder = ".arbiter/simulate"
  /// Of so many worlds a smaller version is looked for.
  private static let shrunkWorlds = 3
  /// Of so many more at least the promise is named.
  private static let listedWorlds = 20
  /// Between two lines of progress where there is no terminal.
  private static let quietMilliseconds: Int64 = 30_000

  static func run(_ request: SimulateCommand.Request) throws -> ExitCode {
    var run = SimulationRun(seeds: request.seeds, options: request.options, threads: request.jobs)
    run.checksReplay = request.checksReplay
    let distance = request.seeds.upperBound - request.seeds.lowerBound
    let total = distance == .max ? distance : distance + 1
    var lastLine: Int64 = 0
    let summary = try run.run(
      isInterrupted: { TerminationSignals.isPending },
      progress: { summary in
        let line = progress(summary, of: total)
        if Terminal.error.isTerminal {
          Terminal.error.live([line])
        } else if summary.elapsedMilliseconds - lastLine >= quietMilliseconds {
          lastLine = summary.elapsedMilliseconds
          Terminal.error.print(line)
        }
      })
    Terminal.error.live([])
    let reports = try summary.findings.prefix(shrunkWorlds).map { try report($0, request) }
    if request.json {
      Terminal.standard.print(json(summary, reports).text)
    } else {
      for report in reports { show(report) }
      showOthers(summary)
      show(summary)
    }
    if !summary.isClean { return .promiseBroken }
    return summary.isInterrupted ? .interrupted : .success
  }

  private static func progress(_ summary: SimulationRun.Summary, of total: UInt64) -> String {
    let broken = summary.findings.count
    return "\(Phrases.count(summary.worlds)) of \(Phrases.count(total, "world")), \(rate(summary)), "
      + (broken == 0 ? "no promise broken" : "\(Phrases.count(broken)) broke a promise")
  }

  private static func rate(_ summary: SimulationRun.Summary) -> String {
    "\(Phrases.count(Int(summary.worldsPerSecond.rounded()))) a second"
  }

  // MARK: Worlds that broke a promise

  private struct Report {
    let finding: SimulationRun.Finding
    /// The smallest world that breaks the same promise, or the whole one.
    let result: World.Result
    let story: Story
    let world: WorldFile
    /// nil when it could not be written.
    let path: String?
    /// The command that tells the whole world again.
    let command: String
    let shrunkCommand: String?
    let tries: Int
  }

  private static func report(_ finding: SimulationRun.Finding, _ request: SimulateCommand.Request) throws -> Report {
    var options = request.options
    options.keepsFacts = true
    var result: World.Result?
    var tries = 0
    if request.shrinks {
      Terminal.error.live(["seed \(finding.seed): looking for a smaller world that breaks the promise"])
      let shrunk = try Shrinker(seed: finding.seed).shrink(options, isInterrupted: { TerminationSignals.isPending })
      Terminal.error.live([])
      if let shrunk { (options, result, tries) = (shrunk.options, shrunk.result, shrunk.tries) }
    }
    let final = try result ?? World(seed: finding.seed, options: options).run()
    let id = final.violation?.breach.orchestrationID
    let story = Storyteller(isVerbose: request.isVerbose, orchestrationID: id).story(of: final)
    let world = WorldFile(of: final, options: options)
    let path = write(world, besides: request.worldPath)
    let only = id.map { " --only \($0)" } ?? ""
    let repeating = request.repeating.contains("--world") ? request.repeating : ["--seed", String(finding.seed)] + request.repeating
    return Report(
      finding: finding, result: final, story: story, world: world, path: path,
      command: "arbiter simulate \(repeating.joined(separator: " ")) --trace",
      shrunkCommand: path.map { "arbiter simulate --world \($0) --trace\(only)" }, tries: tries)
  }

  /// - Parameter source: the file that the world was read from, which stays as it is.
  private static func write(_ world: WorldFile, besides source: String?) -> String? {
    let path = "\(folder)/seed-\(world.seed)\(source == nil ? "" : "-from-file").json"
    do throws(CommandError) {
      try Files.makeDirectory(folder)
      try Files.write(Array((world.json.text + "\n").utf8), to: path)
      return path
    } catch {
      Terminal.error.print("arbiter: \(error.message)")
      return nil
    }
  }

  private static func show(_ report: Report) {
    let terminal = Terminal.standard
    let violation = report.result.violation ?? report.finding.violation
    terminal.print(terminal.styled("seed \(report.finding.seed): \(violation.invariant)", .red, .bold))
    terminal.print("  \(violation.breach.message)")
    if report.tries > 0 {
      let scenario = report.world.scenario
      terminal.print(
        "  the smallest of \(Phrases.count(report.tries, "world")): \(Phrases.count(scenario.runs.count, "run")), "
          + "\(Phrases.count(report.result.faultCount, "fault"))")
    }
    SimulateTrace.show(report.story, indent: "  ")
    if let command = report.shrunkCommand { terminal.print("  again:         \(command)") }
    terminal.print("  whole world:   \(report.command)")
    terminal.print("")
  }

  private static func showOthers(_ summary: SimulationRun.Summary) {
    let others = summary.findings.dropFirst(shrunkWorlds)
    for finding in others.prefix(listedWorlds) {
      Terminal.standard.print("seed \(finding.seed): \(finding.violation.invariant): \(finding.violation.breach.message)")
    }
    if others.count > listedWorlds { Terminal.standard.print("and \(Phrases.count(others.count - listedWorlds)) more") }
    for seed in summary.notReplayed.prefix(listedWorlds) {
      Terminal.standard.print("seed \(seed) went another way the second time: something in it does not follow from the seed")
    }
  }

  // MARK: The summary

  private static func show(_ summary: SimulationRun.Summary) {
    let terminal = Terminal.standard
    var table = TextTable(["FAULT", "HAPPENED"], rightAligned: [1])
    for fault in Fault.allCases { if let count = summary.faults[fault] { table.add(fault.rawValue, Phrases.count(count)) } }
    if !summary.faults.isEmpty {
      for line in table.lines(terminal) { terminal.print(line) }
      terminal.print("")
    }
    terminal.print(
      "\(Phrases.count(summary.worlds, "world")), \(Phrases.duration(summary.virtualMilliseconds)) of \(summary.worlds == 1 ? "its" : "their") own time, in "
        + "\(Phrases.duration(summary.elapsedMilliseconds)), \(rate(summary))\(summary.isInterrupted ? "; stopped before the last" : "")")
    terminal.print(
      "\(Phrases.count(summary.orchestrations, "run")), \(Phrases.count(summary.modelCalls, "model call")), "
        + "\(Phrases.count(summary.faultCount, "fault"))")
    terminal.print(
      summary.isClean
        ? terminal.styled("every promise was kept", .green)
        : terminal.styled(
          "\(Phrases.count(summary.findings.count, "world")) broke a promise"
            + (summary.notReplayed.isEmpty ? "" : ", \(Phrases.count(summary.notReplayed.count)) did not replay"), .red))
  }

  static func json(_ violation: Violation) -> JSONValue {
    [
      "promise": .string(violation.invariant), "breach": .string(violation.breach.message),
      "orchestrationId": violation.breach.orchestrationID.map(JSONValue.string) ?? .null,
      "virtualMilliseconds": .number(violation.atMilliseconds - World.begin), "fact": .number(violation.fact),
    ]
  }

  private static func json(_ summary: SimulationRun.Summary, _ reports: [Report]) -> JSONValue {
    var faults = JSONObject()
    for fault in Fault.allCases { if let count = summary.faults[fault] { faults[fault.rawValue] = .number(count) } }
    let violations = summary.findings.map { finding -> JSONValue in
      var object: JSONObject = ["seed": .string(String(finding.seed))]
      for member in json(finding.violation).objectValue ?? [:] { object[member.key] = member.value }
      guard let report = reports.first(where: { $0.finding.seed == finding.seed }) else { return .object(object) }
      object["world"] = report.world.json
      object["worldFile"] = report.path.map(JSONValue.string) ?? .null
      object["command"] = .string(report.command)
      object["story"] = SimulateTrace.json(report.story)
      return .object(object)
    }
    return [
      "worlds": .number(summary.worlds), "orchestrations": .number(summary.orchestrations), "modelCalls": .number(summary.modelCalls),
      "facts": .number(summary.facts), "faults": .object(faults), "virtualMilliseconds": .number(summary.virtualMilliseconds),
      "elapsedMilliseconds": .number(summary.elapsedMilliseconds),
      "worldsPerSecond": .number(Int(summary.worldsPerSecond.rounded())), "interrupted": .bool(summary.isInterrupted),
      "violations": .array(violations), "notReplayed": .array(summary.notReplayed.map { .string(String($0)) }),
    ]
  }
}
