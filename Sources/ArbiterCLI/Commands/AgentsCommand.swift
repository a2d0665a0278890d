import AWSClient
import CodeAgents
import JSON
import Orchestration
import Sandbox

/// `arbiter agents`: the registry.
enum AgentsCommand {
  static let specification = CommandSpecification(
    name: "agents", summary: "Shows and changes the agent registry.",
    discussion: "How agents that are code come into use, go out of it, and go back a version: docs/agent-lifecycle.md.",
    subcommands: [RegistryList.specification(.agent), RegistryShow.specification(.agent), RegistryHistory.specification(.agent)]
      + [RegistryTest.specification(.agent)] + RegistryChanges.specifications(.agent) + [put, delete])

  // MARK: put

  private static let put = CommandSpecification(
    name: "put", summary: "Writes agents from a JSON file: one row {agentId, config, state, categories}, or an array of them.",
    discussion: """
      A row replaces the one of the same agentId. Every row is checked as the functions check it, together with those that are there, before the first is \
      written. With --module, FILE has one row of kind code: the module is uploaded under its hash, and the row gets its filename and sha256. \
      Docs: docs/agents.md.
      """,
    positionals: [.init(name: "FILE", help: "the JSON file")],
    options: [.value("module", "MODULE.js", "a module written by hand: export default async function handler(input, host)")]
      + Deployment.options
  ) { arguments in
    let path = arguments.required("FILE")
    let value = try Files.parseJSON(try Files.read(path), of: path)
    var rows = value.arrayValue ?? [value]
    var module: HandWrittenModule?
    if let file = arguments.value("module") {
      guard rows.count == 1 else { throw CommandError("\(path): --module is for one row, and there are \(rows.count)") }
      let found = try HandWrittenModule(row: rows[0], path: path, source: try Files.read(file), file: file)
      rows = [found.row]
      module = found
    }
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
      do throws(AgentConfigurationError) { try RegistryCheck.check(rows, into: present) } catch {
        // Whoever has just written a module need not know what its file is called in the bucket.
        let isModuleMissing = module == nil && error.problem.field == "config.filename"
        throw CommandError("\(path): \(error)" + (isModuleMissing ? ": give the module with --module MODULE.js, which names it" : ""))
      }
    }
    // A mistake in the file is told also where nothing is deployed.
    try check(rows, into: [])
    for warning in rows.flatMap(RegistryCheck.unknownMembers) { Terminal.error.print("warning: \(path): \(warning)") }
    let deployment = try Deployment(arguments)
    let table = try deployment.agentTable
    try check(rows, into: try await DynamoDBAgentRows(client: DynamoDBClient(deployment.client), table: table).rows())
    for warning in try await missingTools(of: rows, in: deployment) { Terminal.error.print("warning: \(path): \(warning)") }
    if let module {
      if let failure = await module.check(in: try Sandbox.local()) {
        // That this machine cannot lock a process says nothing of the module.
        guard failure.code != .compileError else { throw CommandError(HandWrittenModule.refusal(failure, file: module.file)) }
        Terminal.error.print("warning: \(module.file) was not compiled here: \(failure.message)")
      }
      let key = try await module.publish(RegistryAccess(.agent, deployment).versions)
      Terminal.error.print("\(module.file) -> s3://\(try deployment.bucket)/\(key)")
    }
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

  /// A sentence for each row that names tools which are neither built in nor in the registry of tools: calls of them are refused.
  private static func missingTools(of rows: [JSONValue], in deployment: Deployment) async throws -> [String] {
    let named = rows.map { row in (row["agentId"]?.stringValue ?? "", HandWrittenModule.registryTools(of: row)) }
    guard named.contains(where: { !$0.1.isEmpty }) else { return [] }
    let present = Set(try await RegistryAccess(.tool, deployment).all().map(\.id))
    return named.flatMap { id, tools in
      tools.filter { !present.contains($0) }.map { "agent '\(id)': there is no tool '\($0)': calls of it are refused until there is one" }
    }
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
