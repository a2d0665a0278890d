import AWSClient
import AgentKit
import JSON
import Orchestration

/// `arbiter list`: the orchestrations, newest first.
enum ListCommand {
  static let specification = CommandSpecification(
    name: "list", summary: "Lists orchestrations, newest first.",
    options: [
      .value("state", "STATE", "only those in this state: " + OrchestrationState.allCases.map(\.rawValue).joined(separator: ", ")),
      .value("limit", "N", "at most so many (default 20)"),
      .json,
    ] + Deployment.options, action: run)

  private static func run(_ arguments: ParsedArguments) async throws -> ExitCode {
    let limit = try arguments.integer("limit", in: 1...100_000) ?? 20
    if let state = arguments.value("state"), OrchestrationState(rawValue: state) == nil {
      throw CommandError.usage(
        "--state '\(state)' is unknown: use one of \(OrchestrationState.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let deployment = try Deployment(arguments)
    var rows: [[String: AttributeValue]] = []
    let input = ScanInput(
      tableName: try deployment.orchestrationTable,
      projectionExpression: "orchestrationId, #state, created_at, #instance, #task, rounds, spent, input_tokens, output_tokens",
      expressionAttributeNames: ["#state": "state", "#task": "task", "#instance": "instance"])
    for try await page in DynamoDBClient(deployment.client).scanPages(input) { rows += page.items }
    let wanted = arguments.value("state")
    let all = rows.map(Row.init).filter { wanted == nil || $0.state == wanted }.sorted {
      $0.createdAtMilliseconds > $1.createdAtMilliseconds
    }
    let shown = all.prefix(limit)
    if arguments.has("json") {
      Terminal.standard.print(JSONValue.array(shown.map(\.json)).text)
    } else {
      show(Array(shown))
    }
    if all.count > shown.count {
      Terminal.error.print("the newest \(Phrases.count(shown.count)) of \(Phrases.count(all.count)); --limit \(all.count) shows all")
    }
    return .success
  }

  private struct Row {
    let id: String
    let state: String
    let createdAtMilliseconds: Int64
    let task: String
    let rounds: Int
    let costMicroUSD: Int64

    /// Rows of the original have neither a state nor a time in milliseconds.
    init(_ item: [String: AttributeValue]) {
      id = item["orchestrationId"]?.stringValue ?? ""
      state = item["state"]?.stringValue ?? OrchestrationState.running.rawValue
      createdAtMilliseconds = item["created_at"]?.int64Value ?? (item["instance"]?.int64Value ?? 0) * 1000
      task = item["task"]?.stringValue ?? ""
      rounds = item["rounds"]?.intValue ?? 0
      costMicroUSD = item["spent"]?.int64Value ?? 0
    }

    var json: JSONValue {
      [
        "orchestrationId": .string(id), "state": .string(state), "createdAt": .string(ISO8601.text(milliseconds: createdAtMilliseconds)),
        "task": .string(task), "rounds": .number(rounds), "costMicroUSD": .number(costMicroUSD),
      ]
    }
  }

  private static func show(_ rows: [Row]) {
    let terminal = Terminal.standard
    guard !rows.isEmpty else {
      Terminal.error.print("no orchestrations; start one with: arbiter submit \"TASK\"")
      return
    }
    var table = TextTable(["ID", "STATE", "STARTED", "ROUNDS", "COST", "TASK"], rightAligned: [3, 4])
    let idWidth = rows.map(\.id.count).max() ?? 0
    for row in rows {
      table.add(
        row.id, row.state, Phrases.time(row.createdAtMilliseconds), String(row.rounds), Phrases.cost(row.costMicroUSD),
        Phrases.line(row.task, max(20, terminal.width - idWidth - 64)))
    }
    for line in table.lines(terminal) { terminal.print(line) }
  }
}
