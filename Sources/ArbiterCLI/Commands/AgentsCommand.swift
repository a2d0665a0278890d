import AWSClient
import JSON
import Orchestration

/// `arbiter agents`: the registry.
enum AgentsCommand {
  static let specification = CommandSpecification(
    name: "agents", summary: "Shows and changes the agent registry.", subcommands: [list, put])

  // MARK: list

  private static let list = CommandSpecification(
    name: "list", summary: "Lists the agents, with what is wrong with a row that cannot be used.", options: [.json] + Deployment.options
  ) { arguments in
    let deployment = try Deployment(arguments)
    let rows = try await DynamoDBAgentRows(client: DynamoDBClient(deployment.client), table: try deployment.agentTable).rows()
    let sorted = rows.sorted { ($0["agentId"]?.stringValue ?? "") < ($1["agentId"]?.stringValue ?? "") }
    if arguments.has("json") {
      Terminal.standard.print(JSONValue.array(sorted).text)
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
    discussion: "A row replaces the one of the same agentId. Every row is checked before the first is written. Docs: docs/agents.md.",
    positionals: [.init(name: "FILE", help: "the JSON file")], options: Deployment.options
  ) { arguments in
    let path = arguments.required("FILE")
    let value = try Files.parseJSON(try Files.read(path), of: path)
    let rows = value.arrayValue ?? [value]
    guard !rows.isEmpty else { throw CommandError("\(path): the array is empty, expected rows {agentId, config, state, categories}") }
    var items: [(id: String, item: [String: AttributeValue])] = []
    for row in rows {
      guard row.objectValue != nil else {
        throw CommandError("\(path): \(Phrases.line(row.text, 40)) is not a row, expected {agentId, config, state, categories}")
      }
      do {
        let agent = try AgentConfiguration(row: row)
        guard let item = try AttributeValue(row).mapValue else { throw CommandError("\(path): a row must be an object") }
        items.append((agent.agentID, item))
      } catch let error as AgentConfigurationError {
        throw CommandError("\(path): \(error)")
      }
    }
    let deployment = try Deployment(arguments)
    let table = try deployment.agentTable
    for (id, item) in items {
      _ = try await DynamoDBClient(deployment.client).putItem(PutItemInput(tableName: table, item: item))
      Terminal.error.print("agent \(id): written")
    }
    return .success
  }
}
