import CostOptimizer
import JSON

/// What has happened in a session since the last look, a line each; no clock, no terminal.
struct CostProgress {
  /// Something that happened, at a time of the journal.
  struct Line: Equatable {
    enum Kind: Equatable { case plain, began, completed, failed, left }
    let kind: Kind
    let what: String
    let details: String
    /// Milliseconds since the session began.
    let offsetMilliseconds: Int64
  }

  /// Without a sign of life for so long, a session is told to be silent. The workflow's own limit is shorter than the next one.
  static let quietMilliseconds: Int64 = 60_000
  /// Without one for so long, nobody will end it: it has no workflow, or that has ended without a word.
  static let silentMilliseconds: Int64 = 600_000

  private var seen: Set<String> = []
  private var isQuiet = false

  /// When the session began, in milliseconds since the Unix epoch; nil when its journal does not say.
  static func beginning(of journal: SessionJournal) -> Int64? {
    (journal.session?.createdAt ?? journal.session?.startTime ?? journal.tasks.first?.startTime).flatMap(ISO8601.milliseconds)
  }

  /// The last time at which anything was written.
  static func lastSign(of journal: SessionJournal) -> Int64? {
    var times = [journal.session?.heartbeat, journal.session?.timestamp, journal.session?.createdAt]
    for task in journal.tasks { times += [task.startTime, task.endTime] }
    return times.compactMap { $0.flatMap(ISO8601.milliseconds) }.max()
  }

  mutating func news(in journal: SessionJournal, nowMilliseconds now: Int64) -> [Line] {
    let beginning = Self.beginning(of: journal) ?? now
    var lines: [Line] = []
    func add(_ kind: Line.Kind, _ what: String, _ details: String, at time: String?) {
      let offset = max(0, (time.flatMap(ISO8601.milliseconds) ?? now) - beginning)
      lines.append(Line(kind: kind, what: what, details: details, offsetMilliseconds: offset))
    }
    if let row = journal.session {
      if seen.insert("created").inserted {
        let isWorkflow = row.status == .initiated || (row.agentStartTime != nil && row.createdAt != row.agentStartTime)
        add(.plain, "initiated", isWorkflow ? "by the workflow" : "", at: row.createdAt)
      }
      if row.agentStartTime != nil, seen.insert("busy").inserted { add(.plain, "busy", "the agent has begun", at: row.agentStartTime) }
    }
    for task in journal.tasks {
      let key = task.key.text
      if seen.insert(key).inserted { add(.began, Phrases.line(task.phaseName, 80), "", at: task.startTime) }
      if task.status.isFinal, seen.insert("\(key) ended").inserted {
        add(Self.kind(task.status), Phrases.line(task.phaseName, 80), Self.details(of: task), at: task.endTime ?? task.timestamp)
      }
    }
    if let row = journal.session, row.status.isFinal {
      if seen.insert("ended").inserted {
        add(row.status == .completed ? .completed : .failed, row.status.rawValue, Self.total(of: journal), at: row.endTime ?? row.timestamp)
      }
    } else if let last = Self.lastSign(of: journal) {
      let wasQuiet = isQuiet
      isQuiet = now - last > Self.quietMilliseconds
      if isQuiet, !wasQuiet { add(.left, "no sign of life", "for \(Phrases.duration(now - last))", at: nil) }
    }
    return lines
  }

  private static func kind(_ status: TaskStatus) -> Line.Kind {
    switch status {
    case .inProgress: .began
    case .completed: .completed
    case .failed: .failed
    case .cancelled, .skipped: .left
    }
  }

  private static func details(of task: TaskRecord) -> String {
    var parts: [String] = []
    if task.status == .cancelled || task.status == .skipped { parts.append(task.status.rawValue.lowercased()) }
    let duration = CostSessionView.duration(task.durationSeconds)
    if !duration.isEmpty { parts.append(duration) }
    if let count = task.resourceCount { parts.append(Phrases.count(count, CostSessionView.countsFiles(task) ? "file" : "resource")) }
    if let count = task.recommendationCount { parts.append(Phrases.count(count, "recommendation")) }
    if let error = task.errorMessage, !error.isEmpty { parts.append(Phrases.line(error, 200)) }
    return parts.joined(separator: ", ")
  }

  private static func total(of journal: SessionJournal) -> String {
    guard let row = journal.session else { return "" }
    var parts: [String] = []
    let duration = CostSessionView.duration(row.durationSeconds)
    if !duration.isEmpty { parts.append("\(duration) in all") }
    let completed = journal.tasks.count { $0.status == .completed }
    parts.append("\(completed) of \(Phase.allCases.count) phases completed")
    if let totals = row.totals {
      parts.append(Phrases.count(totals.resourceCount, "resource"))
      parts.append(Phrases.count(totals.recommendationCount, "recommendation"))
    }
    return parts.joined(separator: ", ")
  }

  /// What goes on now, for a line that changes: the phase, its time, the last sign of life, the time in all.
  static func now(_ journal: SessionJournal, nowMilliseconds now: Int64) -> String {
    var parts: [String] = []
    if let task = journal.tasks.last(where: { !$0.status.isFinal }) {
      parts.append(Phrases.line(task.phaseName, 80) + (ISO8601.milliseconds(task.startTime).map { " \(Phrases.duration(now - $0))" } ?? ""))
    } else {
      parts.append(Self.state(journal.session?.status))
    }
    if let heartbeat = journal.session?.heartbeat.flatMap(ISO8601.milliseconds) {
      parts.append("sign of life \(Phrases.duration(now - heartbeat)) ago")
    }
    if let beginning = beginning(of: journal) { parts.append("\(Phrases.duration(now - beginning)) in all") }
    return parts.joined(separator: ", ")
  }

  private static func state(_ status: SessionStatus?) -> String {
    switch status {
    case .initiated, .started, nil: "waiting for the agent"
    case .busy: "the agent is at work"
    case .completed, .failed: "ended"
    }
  }
}
