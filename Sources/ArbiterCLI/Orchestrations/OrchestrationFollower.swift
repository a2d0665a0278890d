import AgentKit
import Orchestration

/// Watches an orchestration until it ends: a line for each thing that happens, and on a terminal a live block below.
struct OrchestrationFollower {
  /// How long the run may take to appear, in milliseconds.
  enum Patience: Int64, Sendable {
    /// It was submitted by this command: the event is on its way, and a function may have to start.
    case submitted = 60_000
    /// Somebody named it, perhaps with a slip; it may also have been submitted by the command before.
    case namedByCaller = 2_000
  }

  /// Called once the run is known to be there.
  var whenSeen: () -> Void = {}

  private let id: String
  private let patience: Patience
  private let environment: String
  private let store: any OrchestrationStore
  private let progress: (any TaskProgressSource)?
  private let pauseMilliseconds: Int64
  private let terminal = Terminal.error
  private let startedAtMilliseconds: Int64
  private var seen: Set<String> = []
  /// Steps of each task that have been told.
  private var stepsTold: [TaskKey: Int] = [:]
  private var frame = 0

  /// - Parameters:
  ///   - progress: what tasks under way tell of themselves; nil where nobody can read it.
  ///   - pauseMilliseconds: time between two looks.
  init(
    _ id: String, store: any OrchestrationStore, progress: (any TaskProgressSource)? = nil, pauseMilliseconds: Int64, patience: Patience,
    environment: String
  ) {
    self.id = id
    self.progress = progress
    self.patience = patience
    self.environment = environment
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
        if seen.insert("row").inserted { whenSeen() }
        report(snapshot, await steps(of: snapshot))
        if snapshot.record.state.isTerminal {
          terminal.live([])
          return snapshot
        }
        terminal.live(liveLines(snapshot))
      } else {
        guard Self.now - startedAtMilliseconds < patience.rawValue else {
          terminal.live([])
          throw CommandError(Self.missing(id, patience, environment: environment), exitCode: .notFound)
        }
        terminal.live([spinner() + " waiting for the Supervisor to take the task"])
      }
      try await Task.sleep(for: .milliseconds(pauseMilliseconds))
    }
  }

  /// What to say of a run that does not appear.
  static func missing(_ id: String, _ patience: Patience, environment: String) -> String {
    switch patience {
    case .namedByCaller: return "no orchestration '\(id)' in '\(environment)': 'arbiter list' shows those that are there"
    case .submitted:
      let log =
        environment == "local"
        ? ".venv/bin/python Scripts/local_cloud.py --logs supervisor" : "the log group /aws/lambda/arbiter-supervisor-\(environment)"
      return "the task was published, but the Supervisor has not taken it after \(patience.rawValue / 1000) s. It may not be deployed, its "
        + "rule may be disabled, or it fails; its log tells: \(log)"
    }
  }

  // MARK: Lines

  /// What tasks have told that are sent and whose end has not been told; nothing is read for any other, or where there is none.
  private func steps(of snapshot: OrchestrationSnapshot) async -> [TaskKey: [TaskProgress]] {
    guard let progress else { return [:] }
    let tasks = snapshot.rounds.flatMap { round in
      round.tasks.filter { $0.sentAtMilliseconds != nil && !seen.contains("\(round.number) \($0.toolUseID) closed") }
        .map { snapshot.key(of: $0, round) }
    }
    guard !tasks.isEmpty else { return [:] }
    // What is lost of it at one look comes with the next; that the run goes on is worth more.
    return (try? await progress.steps(of: tasks)) ?? [:]
  }

  private mutating func report(_ snapshot: OrchestrationSnapshot, _ steps: [TaskKey: [TaskProgress]]) {
    let record = snapshot.record
    if seen.insert("accepted").inserted { line("accepted", "", at: record.createdAtMilliseconds, record) }
    for round in snapshot.rounds {
      if seen.insert("round \(round.number)").inserted {
        let agents = Phrases.count(round.tasks.count, "task") + (round.tasks.count == 1 ? "" : " in parallel")
        line("round \(round.number)", agents, at: round.createdAtMilliseconds, record)
      }
      for task in round.tasks { reportStart(task, round, record) }
      for task in round.tasks {
        let key = snapshot.key(of: task, round)
        let told = stepsTold[key] ?? 0
        for step in (steps[key] ?? []).dropFirst(told) {
          report(step, of: round.tasks.count > 1 ? task.agentID ?? task.toolName : "", record)
        }
        if let count = steps[key]?.count, count > told { stepsTold[key] = count }
      }
      for task in round.tasks.sorted(by: { ($0.result?.closedAtMilliseconds ?? .max) < ($1.result?.closedAtMilliseconds ?? .max) }) {
        reportEnd(task, round, record)
      }
    }
    // Each failure once: the same one comes back until the model answers.
    if record.state == .running, let error = record.troubles.lastError, seen.insert("model failed: \(error)").inserted {
      let mark = terminal.styled("✗", .red)
      line("\(mark) a model call failed", Phrases.line(error, 200), at: Self.now, record)
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

  /// - Parameter name: whose step it is; empty where that is plain.
  private func report(_ step: TaskProgress, of name: String, _ record: OrchestrationRecord) {
    let what = (name.isEmpty ? "" : "\(name)  ") + terminal.styled(step.step, .cyan)
    let used = 18 + (name.isEmpty ? 0 : name.count + 2) + step.step.count
    let lines = Self.lines(of: step.text, after: used, width: terminal.isTerminal ? terminal.width : nil)
    line("      \(what)", lines[0], at: step.atMilliseconds, record)
    for rest in lines.dropFirst() { terminal.print(String(repeating: " ", count: Self.stepIndent) + rest) }
  }

  /// Where the further lines of a step's text begin: below its name, and two columns on.
  static let stepIndent = 18

  /// A step's text as it stands beside its name, and on lines below where a terminal has no room for it: it says what went wrong and is being
  /// mended, so that its end matters as much as its beginning.
  /// - Parameters:
  ///   - used: columns in front of it.
  ///   - width: columns of the terminal; nil where there is none, and everything is one line.
  static func lines(of text: String, after used: Int, width: Int?) -> [String] {
    let whole = Phrases.line(text, 400)
    guard let width, whole.count > width - used else { return [whole] }
    let below = max(20, width - stepIndent)
    // What fits behind the name stays there; the rest is wrapped to the room that there is below.
    let first = width - used < 20 ? "" : Phrases.wrapped(whole, width - used)[0]
    return [first] + Phrases.wrapped(String(whole.dropFirst(first.count)), below)
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
