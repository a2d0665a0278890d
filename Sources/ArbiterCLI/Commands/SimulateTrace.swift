import JSON
import Simulation

/// Tells one world.
enum SimulateTrace {
  static func run(_ request: SimulateCommand.Request) throws -> ExitCode {
    var options = request.options
    options.keepsFacts = true
    let result = try World(seed: request.seeds.lowerBound, options: options).run()
    let runs = result.scenario.runs.map(\.id)
    if let run = request.onlyRun, !runs.contains(run) {
      throw CommandError.usage("--only '\(run)': the world has no such run; it has \(runs.joined(separator: ", "))")
    }
    let story = Storyteller(isVerbose: request.isVerbose, orchestrationID: request.onlyRun).story(of: result)
    if request.json {
      Terminal.standard.print(json(result, story).text)
    } else {
      show(story)
      Terminal.error.print(
        "seed \(result.seed): \(Phrases.count(result.scenario.runs.count, "run")), \(Phrases.count(result.faultCount, "fault")), "
          + "\(Phrases.count(result.modelCalls, "model call")), \(Phrases.duration(result.elapsedMilliseconds)) of its own time; "
          + (result.violation.map { "broken: \($0.invariant)" } ?? "every promise was kept"))
    }
    return result.violation == nil ? .success : .promiseBroken
  }

  static func show(_ story: Story, indent: String = "") {
    let terminal = Terminal.standard
    for (text, tone) in story.rows {
      switch tone {
      case .plain: terminal.print(indent + text)
      case .detail: terminal.print(indent + terminal.styled(text, .dim))
      case .fault: terminal.print(indent + terminal.styled(text, .yellow))
      case .trouble: terminal.print(indent + terminal.styled(text, .cyan))
      case .success: terminal.print(indent + terminal.styled(text, .green))
      case .violation: terminal.print(indent + terminal.styled(text, .red, .bold))
      }
    }
  }

  static func json(_ story: Story) -> JSONValue {
    .array(
      story.lines.map { line in
        [
          "atMilliseconds": .number(line.atMilliseconds), "actor": .string(line.actor), "text": .string(line.text),
          "tone": .string(line.tone.rawValue),
        ]
      })
  }

  private static func json(_ result: World.Result, _ story: Story) -> JSONValue {
    [
      "seed": .string(String(result.seed)), "fingerprint": .string(String(result.fingerprint, radix: 16)),
      "runs": .number(result.scenario.runs.count),
      "faults": .number(result.faultCount), "modelCalls": .number(result.modelCalls), "facts": .number(result.factCount),
      "virtualMilliseconds": .number(result.elapsedMilliseconds),
      "violation": result.violation.map { SimulateWorlds.json($0) } ?? .null, "story": json(story),
    ]
  }
}
