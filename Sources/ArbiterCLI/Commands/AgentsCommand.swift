import AWSClient
import JSON
import Orchestration

/// `arbiter agents`: the registry.
enum AgentsCommand {
  static let specification = CommandSpecification(
    name: "agents", summary: "Shows and changes the agent registry.", subcommands: [list, put, delete])

  // MARK: list

  private static let list = CommandSpecification(
    name: "list", summary: "Lists the agents, with what is wrong with a row that cannot be used.", options: [.json] + Deployment.options
  ) { arguments in
    let deployment = try Deployment(arguments)
    let rows = try await DynamoDBAgentRows(client: DynamoDBClient(deployment.client), table: try deployment.agentTable).rows()
    let sorted = rows.sorted { ($0["agentId"]?.stringValue ?? "") < ($1["agentId"]?.stringValue ?? "") }
    let problems = RegistryCheck.problems(rows)
    if arguments.has("json") {
      let told = sorted.map { row in
        guard let problem = problems[row["agentId"]?.stringValue ?? ""], var object = row.objectValue else { return row }
        object["problem"] = .string("\(problem)")
        return .object(object)
      }
      Terminal.standard.print(JSONValue.array(told).text)
      return .success
    }
    guard !sorted.isEmpty else {
      Terminal.error.print("the registry is empty; add an agent with: arbiter agents put FILE")
      return .success
    }
    var table = TextTable(["AGENT", "KIND", "STATE", "VERSION", "TOOLS", "DESCRIPTION"], cutsLastColumn: true)
    for row in sorted {
      do throws(AgentConfigurationError) {
        let agent = try AgentConfiguration(row: row)
        if let problem = problems[agent.agentID] { throw AgentConfigurationError(agentID: agent.agentID, problem: problem) }
        table.add(
          agent.agentID, agent.kind.rawValue, agent.state.rawValue, agent.version,
          agent.tools.isEmpty ? "-" : agent.tools.joined(separator: ","),
          Phrases.line(agent.description, 70))
      } catch {
        table.add(error.agentID, "?", "unusable", "", "-", "\(error.problem)")
      }
    }
    for line in table.lines(Terminal.standard) { Terminal.standard.print(line) }
    return .success
  }

  // MARK: put

  private static let put = CommandSpecification(
    name: "put", summary: "Writes agents from a JSON file: one row {agentId, config, state, categories}, or an array of them.",
    discussion: """
      A row replaces the one of the same agentId. Every row is checked as the functions check it, together with those that are there, before the first is \
      written. Docs: docs/agents.md.
      """,
    positionals: [.init(name: "FILE", help: "the JSON file")], options: Deployment.options
  ) { arguments in
    let path = arguments.required("FILE")
    let value = try Files.parseJSON(try Files.read(path), of: path)
    let rows = value.arrayValue ?? [value]
    guard !rows.isEmpty else { throw CommandError("\(path): the array is empty, expected rows {agentId, config, state, categories}") }
    for (index, row) in rows.enumerated() {
      guard row.objectValue != nil else {
        throw CommandError("\(path): \(Phrases.line(row.text, 40)) is not a row, expected {agentId, config, state, categories}")
      }
      guard row["agentId"]?.stringValue?.isEmpty == false else {
        let place = value.arrayValue == nil ? "the row" : "row \(index + 1) of \(rows.count)"
        throw CommandError(
          "\(path): \(place) has the agentId \(row["agentId"]?.text ?? "absent"), expected a non-empty string beside 'config' and 'state'")
      }
    }
    func check(_ rows: [JSONValue], into present: [JSONValue]) throws(CommandError) {
      do throws(AgentConfigurationError) { try RegistryCheck.check(rows, into: present) } catch { throw CommandError("\(path): \(error)") }
    }
    // A mistake in the file is told also where nothing is deployed.
    try check(rows, into: [])
    for warning in rows.flatMap(RegistryCheck.unknownMembers) { Terminal.error.print("warning: \(path): \(warning)") }
    let deployment = try Deployment(arguments)
    let table = try deployment.agentTable
    try check(rows, into: try await DynamoDBAgentRows(client: DynamoDBClient(deployment.client), table: table).rows())
    var items: [(id: String, item: [String: AttributeValue])] = []
    for row in rows {
      guard let id = row["agentId"]?.stringValue, let item = try AttributeValue(row).mapValue else { continue }
      items.append((id, item))
    }
    for (id, item) in items {
      _ = try await DynamoDBClient(deployment.client).putItem(PutItemInput(tableName: table, item: item))
      Terminal.error.print("agent \(id): written")
    }
    Terminal.error.print("functions that run already see it after 30 seconds")
    return .success
  }

  // MARK: delete

  private static let delete = CommandSpecification(
    name: "delete", summary: "Removes an agent's row; the state 'inactive' only switches it off.",
    discussion: "A task that the agent is at work on goes on. Functions that run already offer the agent for another 30 seconds.",
    positionals: [.init(name: "ID", help: "the agentId, as 'arbiter agents list' shows it")], options: Deployment.options
  ) { arguments in
    let id = arguments.required("ID")
    let deployment = try Deployment(arguments)
    let input = DeleteItemInput(tableName: try deployment.agentTable, key: ["agentId": .string(id)], returnValues: .allOld)
    guard try await DynamoDBClient(deployment.client).deleteItem(input).attributes?.isEmpty == false else {
      throw CommandError(
        "no agent '\(id)' in '\(deployment.environment)': 'arbiter agents list' shows those that are there", exitCode: .notFound)
    }
    Terminal.error.print("agent \(id): deleted")
    return .success
  }
}
