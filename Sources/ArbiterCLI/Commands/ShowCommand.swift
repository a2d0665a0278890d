import AgentKit
import JSON
import Orchestration

/// `arbiter show`: one orchestration in full.
enum ShowCommand {
  static let specification = CommandSpecification(
    name: "show", summary: "Shows an orchestration: rounds, tasks, states, tokens, cost, and what it waits for.",
    positionals: [.init(name: "ID", help: "the orchestration's id, as 'arbiter list' shows it")],
    options: [.flag("full", "inputs and results in full"), .json] + Deployment.options, action: run)

  private static func run(_ arguments: ParsedArguments) async throws -> ExitCode {
    let id = arguments.required("ID")
    let deployment = try Deployment(arguments)
    guard let snapshot = try await OrchestrationSnapshot.load(id, from: try deployment.store) else {
      throw CommandError(
        "no orchestration '\(id)' in '\(deployment.environment)': 'arbiter list' shows those that are there", exitCode: .notFound)
    }
    let now = AgentKit.SystemClock().nowMilliseconds
    let tasks = snapshot.rounds.flatMap { round in round.tasks.map { snapshot.key(of: $0, round) } }
    let steps = (try? await deployment.progress.steps(of: tasks)) ?? [:]
    if arguments.has("json") {
      Terminal.standard.print(try await deployment.json(snapshot, nowMilliseconds: now, steps: steps).text)
      return .success
    }
    head(snapshot, now)
    let width = arguments.has("full") ? Int.max : max(40, Terminal.standard.width - 16)
    for round in snapshot.rounds {
      show(round, now: now, width: width) { steps[snapshot.key(of: $0, round)] ?? [] }
    }
    if let outcome = snapshot.record.outcome {
      Terminal.standard.print("")
      Terminal.standard.print(
        Terminal.standard.styled(outcome.state == .completed ? "Answer" : "Reason", .bold) + (outcome.code.map { " (\($0))" } ?? ""))
      Terminal.standard.print(try await deployment.message(of: outcome))
    }
    return .success
  }

  private static func head(_ snapshot: OrchestrationSnapshot, _ now: Int64) {
    let terminal = Terminal.standard
    let record = snapshot.record
    func line(_ name: String, _ text: String) {
      terminal.print(terminal.styled(name, .dim) + String(repeating: " ", count: max(1, 10 - name.count)) + text)
    }
    terminal.print("\(terminal.styled(record.id, .bold))  \(terminal.styled(record.state.words, record.state.style, .bold))")
    line("Task", Phrases.line(record.task, 400))
    if let outcome = record.outcome {
      line(
        "Ran",
        "\(Phrases.time(record.createdAtMilliseconds)), for \(Phrases.duration(outcome.decidedAtMilliseconds - record.createdAtMilliseconds))"
      )
    } else {
      line("Started", Phrases.time(record.createdAtMilliseconds, nowMilliseconds: now))
      line("Deadline", Phrases.time(record.deadlineMilliseconds, nowMilliseconds: now))
    }
    let spending = record.spending
    line("Rounds", "\(record.rounds); \(Phrases.count(spending.modelCalls, "call")) of the Supervisor's model")
    line("Tokens", "\(Phrases.count(spending.inputTokens)) in, \(Phrases.count(spending.outputTokens)) out (with the agents')")
    var cost = Phrases.cost(spending.costMicroUSD)
    if spending.reservedMicroUSD > 0 {
      let reserved = Phrases.cost(spending.reservedMicroUSD)
      cost += record.state.isTerminal ? ", and at most \(reserved) more by work under way at the end" : ", \(reserved) set aside"
    }
    line("Cost", "\(cost), of \(Phrases.cost(record.budgetMicroUSD))")
    if let error = record.troubles.lastError {
      line("Trouble", terminal.styled("the last model call failed: \(Phrases.line(error, 400))", .yellow))
    }
    if let callback = record.callback { line("Callback", callback.words) }
    for waiting in snapshot.waitingFor(nowMilliseconds: now) {
      let until = waiting.untilMilliseconds.map { "\($0 < now ? ", due since" : " until") \(Phrases.time($0, nowMilliseconds: now))" } ?? ""
      line("Waits for", terminal.styled(waiting.what, .cyan) + until)
    }
  }

  private static func show(_ round: RoundRecord, now: Int64, width: Int, steps: (TaskEntry) -> [TaskProgress]) {
    let terminal = Terminal.standard
    terminal.print("")
    let pending = round.pendingCount > 0 ? ", \(round.pendingCount) of \(round.tasks.count) pending" : ""
    terminal.print(terminal.styled("Round \(round.number)", .bold) + "  \(Phrases.time(round.createdAtMilliseconds))\(pending)")
    for task in round.tasks {
      var details = task.state.rawValue
      if let result = task.result {
        details += " in \(Phrases.duration(result.closedAtMilliseconds - (task.sentAtMilliseconds ?? round.createdAtMilliseconds)))"
        if let usage = result.usage {
          details +=
            ", \(Phrases.count(usage.inputTokens + usage.outputTokens)) tokens, \(usage.costMicroUSD.map(Phrases.cost) ?? "cost not reported")"
        }
      } else if task.isPending {
        details +=
          task.sentAtMilliseconds == nil ? ", not sent yet" : ", sent \(Phrases.duration(now - (task.sentAtMilliseconds ?? now))) ago"
        details += ", due \(Phrases.time(task.dueAtMilliseconds, nowMilliseconds: now))"
      }
      let (mark, style): (String, Terminal.Style) =
        switch task.state {
        case .pending: ("…", .cyan)
        case .succeeded: ("✓", .green)
        case .failed, .timedOut, .refused: ("✗", .red)
        }
      terminal.print("  \(terminal.styled(mark, style)) \(terminal.styled(task.agentID ?? task.toolName, .bold))  \(details)")
      terminal.print(
        "      input   " + (task.inputReference.map { "\($0.byteCount) bytes at \($0.key)" } ?? Phrases.line(task.input, width)))
      for step in steps(task) {
        let time = Phrases.time(step.atMilliseconds).dropFirst(11).prefix(8)
        let room = width == Int.max ? width : max(20, width - 12 - step.step.count)
        terminal.print("      step    \(time)  \(step.step)  \(Phrases.line(step.text, room))")
      }
      guard let result = task.result else { continue }
      if result.isError {
        terminal.print("      error   " + Phrases.line("\(result.code.map { "\($0): " } ?? "")\(result.message ?? "")", width))
      } else {
        terminal.print(
          "      result  " + (result.reference.map { "\($0.byteCount) bytes at \($0.key)" } ?? Phrases.line(result.data, width)))
      }
    }
  }
}
