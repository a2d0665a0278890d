import AWSClient
import CostOptimizer
import JSON

/// `arbiter cost list`: the sessions, newest first.
enum CostListCommand {
  static let specification = CommandSpecification(
    name: "list", summary: "Lists the cost optimizer's sessions, newest first.",
    options: [
      .value("status", "STATUS", "only those with this status: " + SessionStatus.allCases.map(\.rawValue).joined(separator: ", ")),
      .value("limit", "N", "at most so many (default 20)"),
      .json,
    ] + Deployment.options, action: run)

  private static func run(_ arguments: ParsedArguments) async throws -> ExitCode {
    let limit = try arguments.integer("limit", in: 1...10_000) ?? 20
    let statuses = try arguments.value("status").map { text throws(CommandError) in
      guard let status = SessionStatus(rawValue: text.uppercased()) else {
        throw CommandError.usage(
          "--status '\(text)' is unknown: use one of \(SessionStatus.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return [status]
    }
    let deployment = try Deployment(arguments)
    let sessions = try CostSessions(deployment)
    let (rows, isCut) = try await sessions.newest(statuses ?? SessionStatus.allCases, limit: limit)
    if arguments.has("json") {
      Terminal.standard.print(JSONValue.array(rows.map(json)).text)
    } else if rows.isEmpty {
      Terminal.error.print("no sessions; start one with: arbiter cost start")
    } else {
      for line in table(rows, Terminal.standard).lines(Terminal.standard) { Terminal.standard.print(line) }
    }
    if isCut { Terminal.error.print("the newest \(Phrases.count(rows.count)); --limit shows more") }
    return .success
  }

  static func table(_ rows: [CostSessions.Summary], _ terminal: Terminal) -> TextTable {
    let hasErrors = rows.contains { $0.errorMessage?.isEmpty == false }
    var table = TextTable(
      ["SESSION", "STATUS", "STARTED UTC", "DURATION", "ADVICE"] + (hasErrors ? ["ERROR"] : []), rightAligned: [3, 4],
      cutsLastColumn: hasErrors)
    for row in rows {
      table.add(
        [
          Phrases.line(row.session, 256), Phrases.line(row.status, 20), row.createdAt.map(minute) ?? "",
          CostSessionView.duration(row.durationSeconds), row.recommendationCount.map { Phrases.count($0) } ?? "",
        ] + (hasErrors ? [Phrases.line(row.errorMessage ?? "", 200)] : []),
        styles: SessionStatus(rawValue: row.status).map { [1: CostSessionView.style($0)] } ?? [:])
    }
    return table
  }

  /// "11-20 07:19": the journal keeps sessions for 30 days, so the year goes without saying.
  private static func minute(_ time: String) -> String {
    ISO8601.milliseconds(time).map { String(Phrases.time($0).dropFirst(5).prefix(11)) } ?? Phrases.line(time, 24)
  }

  static func json(_ row: CostSessions.Summary) -> JSONValue {
    var object: JSONObject = ["sessionId": .string(row.session), "status": .string(row.status)]
    object["createdAt"] = row.createdAt.map(JSONValue.string)
    object["timestamp"] = .string(row.timestamp)
    object["durationSeconds"] = row.durationSeconds.flatMap { JSONNumber(text: $0) }.map(JSONValue.number)
    object["resourceCount"] = row.resourceCount.map { .number($0) }
    object["recommendationCount"] = row.recommendationCount.map { .number($0) }
    object["errorMessage"] = row.errorMessage.map(JSONValue.string)
    return .object(object)
  }
}
