import CostOptimizer
import JSON

/// A session of the journal as text and as JSON.
struct CostSessionView {
  let session: String
  let journal: SessionJournal

  static func style(_ status: SessionStatus) -> Terminal.Style {
    switch status {
    case .completed: .green
    case .failed: .red
    case .busy: .cyan
    case .initiated, .started: .yellow
    }
  }

  static func style(_ status: TaskStatus) -> Terminal.Style {
    switch status {
    case .completed: .green
    case .failed: .red
    case .inProgress: .cyan
    case .cancelled, .skipped: .yellow
    }
  }

  /// ISO 8601 text as people read it; as it is, when it is no time.
  static func time(_ text: String) -> String { ISO8601.milliseconds(text).map { Phrases.time($0) } ?? Phrases.line(text, 40) }

  /// Seconds of the journal as people read them; empty for none.
  static func duration(_ seconds: String?) -> String {
    seconds.flatMap(JournalTime.milliseconds(seconds:)).map { Phrases.duration($0) } ?? ""
  }

  /// The same without the date, which stands above: "22:02:12".
  private static func timeOfDay(_ text: String) -> String {
    ISO8601.milliseconds(text).map { String(Phrases.time($0).dropFirst(11).prefix(8)) } ?? Phrases.line(text, 24)
  }

  /// True for phases whose count is that of the report's files.
  static func countsFiles(_ task: TaskRecord) -> Bool { Phase(rawValue: task.phaseName)?.countsFiles == true }

  // MARK: Text

  func lines(_ terminal: Terminal, nowMilliseconds: Int64) -> [String] {
    var lines: [String] = []
    func add(_ label: String, _ text: String?) {
      guard let text, !text.isEmpty else { return }
      lines.append(terminal.styled(label, .dim) + String(repeating: " ", count: max(1, 17 - label.count)) + text)
    }
    add("session", Phrases.line(session, 256))
    if let row = journal.session {
      add("status", terminal.styled(row.status.rawValue, Self.style(row.status), .bold))
      add("created", row.createdAt.map(Self.time))
      add("agent began", row.agentStartTime.map(Self.time))
      add("ended", row.endTime.map(Self.time))
      add("duration", Self.duration(row.durationSeconds))
      if row.status == .busy {
        add("sign of life", row.heartbeat.flatMap(ISO8601.milliseconds).map { Phrases.duration(nowMilliseconds - $0) + " ago" })
      }
      add("resources", row.totals.map { Phrases.count($0.resourceCount) })
      add("recommendations", row.totals.map { Phrases.count($0.recommendationCount) })
      add("error", row.errorMessage.map { Phrases.line($0, 4_000) })
      add("kept until", row.expiresAtSeconds.map { Phrases.time($0 * 1_000) })
    } else {
      add("status", "there are phases, and no row of the session")
    }
    guard !journal.tasks.isEmpty else { return lines }
    lines.append("")
    // Eighty columns hold the table of a session without errors.
    let hasErrors = journal.tasks.contains { $0.errorMessage?.isEmpty == false }
    var table = TextTable(
      ["PHASE", "STATUS", "STARTED", "DURATION", "RESOURCES", "ADVICE"] + (hasErrors ? ["ERROR"] : []), rightAligned: [3, 4, 5],
      cutsLastColumn: hasErrors)
    for task in journal.tasks {
      table.add(
        [
          Phrases.line(task.phaseName, 40), task.status.rawValue, Self.timeOfDay(task.startTime), Self.duration(task.durationSeconds),
          task.resourceCount.map { Self.countsFiles(task) ? Phrases.count($0, "file") : Phrases.count($0) } ?? "",
          task.recommendationCount.map { Phrases.count($0) } ?? "",
        ] + (hasErrors ? [Phrases.line(task.errorMessage ?? "", 300)] : []), styles: [1: Self.style(task.status)])
    }
    return lines + table.lines(terminal)
  }

  // MARK: JSON

  var json: JSONValue {
    var object: JSONObject = ["sessionId": .string(session)]
    if let row = journal.session {
      object["status"] = .string(row.status.rawValue)
      object["createdAt"] = row.createdAt.map(JSONValue.string)
      object["startTime"] = row.startTime.map(JSONValue.string)
      object["agentStartTime"] = row.agentStartTime.map(JSONValue.string)
      object["endTime"] = row.endTime.map(JSONValue.string)
      object["heartbeat"] = row.heartbeat.map(JSONValue.string)
      object["durationSeconds"] = Self.number(row.durationSeconds)
      object["errorMessage"] = row.errorMessage.map(JSONValue.string)
      object["expiresAtSeconds"] = row.expiresAtSeconds.map { .number($0) }
      if let totals = row.totals {
        object["resourceCount"] = .number(totals.resourceCount)
        object["recommendationCount"] = .number(totals.recommendationCount)
        object["phaseSeconds"] = .object(
          JSONObject(
            totals.phaseMilliseconds.sorted { $0.key < $1.key }.compactMap { name, milliseconds in
              Self.number(JournalTime.seconds(milliseconds: milliseconds)).map { (name, $0) }
            }))
      }
    }
    object["phases"] = .array(journal.tasks.map(Self.json))
    return .object(object)
  }

  private static func json(_ task: TaskRecord) -> JSONValue {
    var object: JSONObject = [
      "phase": .string(task.phaseName), "status": .string(task.status.rawValue), "startTime": .string(task.startTime),
    ]
    object["endTime"] = task.endTime.map(JSONValue.string)
    object["durationSeconds"] = number(task.durationSeconds)
    object["resourceCount"] = task.resourceCount.map { .number($0) }
    object["recommendationCount"] = task.recommendationCount.map { .number($0) }
    object["errorMessage"] = task.errorMessage.map(JSONValue.string)
    return .object(object)
  }

  private static func number(_ text: String?) -> JSONValue? { text.flatMap { JSONNumber(text: $0) }.map(JSONValue.number) }
}
