import AgentKit
import Orchestration

/// Watches an orchestration until it ends: a line for each thing that happens, and on a terminal a live block below.
struct OrchestrationFollower {
  /// How long the first row may take to appear, in milliseconds.
  private static let patienceMilliseconds: Int64 = 60_000

  private let id: String
  private let store: any OrchestrationStore
  private let pauseMilliseconds: Int64
  private let terminal = Terminal.error
  private let startedAtMilliseconds: Int64
  private var seen: Set<String> = []
  private var frame = 0

  /// - Parameter pauseMilliseconds: time between two looks.
  init(_ id: String, store: any OrchestrationStore, pauseMilliseconds: Int64) {
    self.id = id
    self.store = store
    self.pauseMilliseconds = pauseMilliseconds
    startedAtMilliseconds = Self.now
  }

  private static var now: Int64 { AgentKit.SystemClock().nowMilliseconds }

  /// Returns the last state, which is a terminal one.
  /// - Throws: `CommandError` when nothing takes the task.
  mutating func follow() async throws -> OrchestrationSnapshot {
    var known: [RoundRecord] = []
    while true {
      if let snapshot = try await OrchestrationSnapshot.load(id, from: store, known: known) {
        known = snapshot.rounds
        report(snapshot)
        if snapshot.record.state.isTerminal {
          terminal.live([])
          return snapshot
        }
        terminal.live(liveLines(snapshot))
      } else {
        guard Self.now - startedAtMilliseconds < Self.patienceMilliseconds else {
          throw CommandError(
            "no orchestration '\(id)' after \(Self.patienceMilliseconds / 1000) s: is the Supervisor deployed, and its rule enabled? "
              + "Its log tells more.", exitCode: .notFound)
        }
        terminal.live([spinner() + " waiting for the Supervisor to take the task"])
      }
      try await Task.sleep(for: .milliseconds(pauseMilliseconds))
    }
  }

  // MARK: Lines

  private mutating func report(_ snapshot: OrchestrationSnapshot) {
    let record = snapshot.record
    if seen.insert("accepted").inserted { line("accepted", "", at: record.createdAtMilliseconds, record) }
    for round in snapshot.rounds {
      if seen.insert("round \(round.number)").inserted {
        let agents = Phrases.count(round.tasks.count, "task") + (round.tasks.count == 1 ? "" : " in parallel")
        line("round \(round.number)", agents, at: round.createdAtMilliseconds, record)
      }
      for task in round.tasks { reportStart(task, round, record) }
      for task in round.tasks.sorted(by: { ($0.result?.closedAtMilliseconds ?? .max) < ($1.result?.closedAtMilliseconds ?? .max) }) {
        reportEnd(task, round, record)
      }
    }
    if let outcome = record.outcome, seen.insert("outcome").inserted {
      let state = terminal.styled(record.state.words, record.state.style, .bold)
      line(
        state,
        "\(Phrases.count(record.spending.modelCalls, "Supervisor call")), \(Phrases.count(record.spending.inputTokens + record.spending.outputTokens)) tokens, "
          + Phrases.cost(record.spending.costMicroUSD), at: outcome.decidedAtMilliseconds, record)
    }
  }

  private mutating func reportStart(_ task: TaskEntry, _ round: RoundRecord, _ record: OrchestrationRecord) {
    guard seen.insert("\(round.number) \(task.toolUseID)").inserted else { return }
    let name = task.agentID ?? task.toolName
    line(
      "  → \(terminal.styled(name, .bold))", Phrases.line(task.input, room(beside: name)), at: round.createdAtMilliseconds, record)
  }

  private mutating func reportEnd(_ task: TaskEntry, _ round: RoundRecord, _ record: OrchestrationRecord) {
    guard let result = task.result, seen.insert("\(round.number) \(task.toolUseID) closed").inserted else { return }
    let name = task.agentID ?? task.toolName
    let took = Phrases.duration(result.closedAtMilliseconds - (task.sentAtMilliseconds ?? round.createdAtMilliseconds))
    if result.isError {
      let mark = terminal.styled("✗", .red)
      line(
        "  \(mark) \(terminal.styled(name, .bold))", "\(result.code ?? task.state.rawValue): \(Phrases.line(result.message ?? "", 200))",
        at: result.closedAtMilliseconds, record)
    } else {
      line(
        "  \(terminal.styled("✓", .green)) \(terminal.styled(name, .bold))",
        "\(took)  \(Phrases.line(result.data, room(beside: name + took) - 2))",
        at: result.closedAtMilliseconds, record)
    }
  }

  /// Columns for an input or a result on the line of a task, so that it does not wrap.
  private func room(beside words: String) -> Int { min(70, max(20, terminal.width - 17 - words.count)) }

  private func line(_ what: String, _ details: String, at milliseconds: Int64, _ record: OrchestrationRecord) {
    let offset = max(0, milliseconds - record.createdAtMilliseconds)
    let tenths = String(offset / 100 % 10)
    let seconds = String(offset / 1000)
    let time = String(repeating: " ", count: max(0, 4 - seconds.count)) + seconds + "." + tenths + " s"
    terminal.print("\(terminal.styled(time, .dim))  \(what)" + (details.isEmpty ? "" : "  \(details)"))
  }

  // MARK: Live block

  private mutating func spinner() -> String {
    frame += 1
    return terminal.styled(["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"][frame % 10], .cyan)
  }

  private mutating func liveLines(_ snapshot: OrchestrationSnapshot) -> [String] {
    let now = Self.now
    let record = snapshot.record
    var lines = snapshot.pendingTasks.prefix(8).map { task in
      "    \(task.agentID ?? task.toolName)  \(Phrases.duration(now - (task.sentAtMilliseconds ?? now)))"
        + ", due in \(Phrases.duration(task.dueAtMilliseconds - now))"
    }
    let waiting = snapshot.pendingTasks.isEmpty ? "the model" : "\(snapshot.pendingTasks.count) of round \(record.rounds)"
    lines.append(
      "\(spinner()) waiting for \(waiting), \(Phrases.duration(now - record.createdAtMilliseconds)), "
        + "\(Phrases.cost(record.spending.costMicroUSD)) of \(Phrases.cost(record.budgetMicroUSD))")
    return lines
  }
}
