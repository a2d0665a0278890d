import AgentKit
import JSON

/// The session's journal as a tool of the agent.
///
/// The code journals what happens; the tool joins with its records: it announces the phase that comes next, and confirms what has happened. It
/// writes no phase twice, and neither ends a phase whose work has not been done nor the session. What cannot be done is an error reply
/// (`success` false, `error`, `error_type`), never a thrown error.
struct JournalTool: Tool {
  let name = "journal"
  let description = """
    The journal of this session. Actions: check_table; start_session or update_session with status BUSY, first of all; start_task before a phase \
    with its phase_name; complete_task after it with its phase_name and status; complete_session at the end. The program records what really \
    happens: a phase that has not been done cannot be completed, and the session ends as COMPLETED when the report is stored. An error reply \
    never means that the work must stop.
    """
  let inputSchema: JSONValue = [
    "type": "object", "required": ["action"], "additionalProperties": false,
    "properties": [
      "action": [
        "type": "string", "description": "check_table, start_session, update_session, start_task, complete_task or complete_session.",
      ],
      "phase_name": ["type": "string", "description": "One of the eight phases."],
      "status": [
        "type": "string", "description": "Of a session: BUSY, COMPLETED, FAILED. Of a task: COMPLETED, FAILED, CANCELLED, SKIPPED.",
      ],
      "error_message": ["type": "string", "maxLength": 2_000, "description": "What went wrong, with a status of failure."],
    ],
  ]
  let journal: Journal
  let analysis: CostAnalysis
  let clock: any Clock

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    do throws(JournalProblem) {
      switch input["action"]?.stringValue ?? "" {
      case "check_table": return try await checkTable()
      case "start_session": return try await session(input, standard: SessionStatus.busy.rawValue)
      case "update_session": return try await session(input, standard: nil)
      case "start_task": return try await startTask(try phase(input))
      case "complete_task": return try await completeTask(try phase(input), input)
      case "complete_session": return try await completeSession(input)
      case let other:
        throw JournalProblem(
          .validationError,
          "there is no action '\(other.prefix(80))'; expected check_table, start_session, update_session, start_task, complete_task or complete_session"
        )
      }
    } catch {
      return failure(error, input)
    }
  }

  // MARK: Actions

  private func checkTable() async throws(JournalProblem) -> JSONValue {
    do { try await journal.checkTable() } catch { throw JournalProblem(error) }
    return success(status: "ACTIVE", timestamp: now)
  }

  private func session(_ input: JSONValue, standard: String?) async throws(JournalProblem) -> JSONValue {
    let status = try status(input, standard: standard, SessionStatus.allCases.map(\.rawValue), SessionStatus.init)
    guard !status.isFinal else { return try await completeSession(input) }
    guard status == .busy else {
      throw JournalProblem(.validationError, "the status \(status.rawValue) is not the agent's to set; expected BUSY")
    }
    let row = try await row()
    var reply = object(success(status: row.status.rawValue, timestamp: row.timestamp ?? now))
    if let start = row.startTime { reply["start_time"] = .string(start) }
    if let start = row.agentStartTime { reply["agent_start_time"] = .string(start) }
    return .object(reply)
  }

  private func startTask(_ phase: Phase) async throws(JournalProblem) -> JSONValue {
    if await journal.task(phase) == nil {
      if let next = await analysis.nextPhase, next != phase {
        throw JournalProblem(.validationError, "the next phase is '\(next.rawValue)'; '\(phase.rawValue)' comes later")
      }
      // A phase begins when it is announced; whoever does its work joins with this record.
      await journal.start(phase)
    }
    guard let task = await journal.task(phase) else { throw JournalProblem(.taskNotFound, "'\(phase.rawValue)' has no record") }
    return taskReply(task)
  }

  private func completeTask(_ phase: Phase, _ input: JSONValue) async throws(JournalProblem) -> JSONValue {
    let status = try status(
      input, standard: TaskStatus.completed.rawValue, TaskStatus.allCases.filter(\.isFinal).map(\.rawValue), TaskStatus.init)
    guard status.isFinal else {
      throw JournalProblem(.validationError, "a task cannot end as IN_PROGRESS; expected COMPLETED, FAILED, CANCELLED or SKIPPED")
    }
    guard let task = try await task(phase) else {
      throw JournalProblem(.taskNotFound, "'\(phase.rawValue)' has not begun; the phase's tool begins it")
    }
    guard task.status.isFinal else {
      throw JournalProblem(
        .conditionFailed,
        "'\(phase.rawValue)' is IN_PROGRESS: its work has not been done. Call the phase's tool; it ends the record by itself")
    }
    guard task.status == status else {
      throw JournalProblem(
        .conditionFailed, "'\(phase.rawValue)' ended as \(task.status.rawValue), and stays so\(task.errorMessage.map { ": \($0)" } ?? "")")
    }
    return taskReply(task)
  }

  private func completeSession(_ input: JSONValue) async throws(JournalProblem) -> JSONValue {
    let status = try status(
      input, standard: SessionStatus.completed.rawValue, SessionStatus.allCases.filter(\.isFinal).map(\.rawValue), SessionStatus.init)
    guard status.isFinal else {
      throw JournalProblem(.validationError, "a session cannot end as \(status.rawValue); expected COMPLETED or FAILED")
    }
    guard status == .completed else {
      throw JournalProblem(
        .conditionFailed,
        "the program decides whether a session failed; say in the executive summary what is wrong, and go on with the next phase")
    }
    var open: [String] = []
    for phase in Phase.allCases where await analysis.summary(of: phase) == nil { open.append("'\(phase.rawValue)'") }
    guard open.isEmpty else {
      throw JournalProblem(
        .conditionFailed, "the session is completed by the program when all phases have ended; open: \(open.joined(separator: ", "))")
    }
    let row = try await row()
    var reply = object(success(status: row.status.rawValue, timestamp: row.timestamp ?? now))
    reply["message"] = "All phases have ended; the program completes the session."
    if let milliseconds = JournalTime.milliseconds(from: row.startTime, to: now) {
      reply["duration_seconds"] = FactsJSON.seconds(JournalTime.seconds(milliseconds: milliseconds))
    }
    return .object(reply)
  }

  // MARK: Input

  private func phase(_ input: JSONValue) throws(JournalProblem) -> Phase {
    let name = input["phase_name"]?.stringValue ?? ""
    guard let phase = Phase(rawValue: name) else {
      throw JournalProblem(
        .validationError,
        "phase_name is '\(name.prefix(80))'; expected one of \(Phase.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))")
    }
    return phase
  }

  private func status<Status>(
    _ input: JSONValue, standard: String?, _ expected: [String], _ read: (String) -> Status?
  ) throws(JournalProblem) -> Status {
    let text = input["status"]?.stringValue ?? standard ?? ""
    guard let status = read(text) else {
      throw JournalProblem(.validationError, "status is '\(text.prefix(80))'; expected one of \(expected.joined(separator: ", "))")
    }
    return status
  }

  // MARK: Records

  /// The session's row as this run has it.
  private func row() async throws(JournalProblem) -> SessionRecord {
    if let row = await journal.record { return row }
    throw await journal.problem ?? JournalProblem(.noSession, "the session has no record yet")
  }

  /// The record in memory, or else the one in the table.
  private func task(_ phase: Phase) async throws(JournalProblem) -> TaskRecord? {
    if let task = await journal.task(phase) { return task }
    do { return try await journal.storedTask(phase) } catch { throw JournalProblem(error) }
  }

  // MARK: Replies

  private var now: String { ISO8601.text(milliseconds: clock.nowMilliseconds) }

  private func object(_ value: JSONValue) -> JSONObject { value.objectValue ?? JSONObject() }

  private func success(status: String, timestamp: String) -> JSONValue {
    ["success": true, "session_id": .string(journal.sessionID), "status": .string(status), "timestamp": .string(timestamp)]
  }

  private func taskReply(_ task: TaskRecord) -> JSONValue {
    var reply = object(success(status: task.status.rawValue, timestamp: task.timestamp))
    reply["phase_name"] = .string(task.phaseName)
    reply["start_time"] = .string(task.startTime)
    if let seconds = task.durationSeconds { reply["duration_seconds"] = FactsJSON.seconds(seconds) }
    if let count = task.resourceCount { reply["resource_count"] = .number(count) }
    if let count = task.recommendationCount { reply["recommendation_count"] = .number(count) }
    if let error = task.errorMessage { reply["error_message"] = .string(error) }
    return .object(reply)
  }

  private func failure(_ problem: JournalProblem, _ input: JSONValue) -> JSONValue {
    var reply: JSONObject = [
      "success": false, "error": .string(problem.message), "error_type": .string(problem.code.rawValue),
      "session_id": .string(journal.sessionID), "timestamp": .string(now),
    ]
    for field in ["action", "phase_name", "status"] {
      if let text = input[field]?.stringValue { reply[field] = .string(String(text.unicodeScalars.prefix(80))) }
    }
    return .object(reply)
  }
}
