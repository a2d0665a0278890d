import AgentKit
import CodeAgents
import JSON
import Orchestration

/// `arbiter agents list` and `arbiter tools list`.
enum RegistryList {
  static func specification(_ kind: RegistryKind) -> CommandSpecification {
    CommandSpecification(
      name: "list", summary: "Lists the \(kind)s, with what is wrong with a row that cannot be used.",
      discussion: """
        FAILED counts failures in a row. A star at the version says that a later one awaits approval. Docs: docs/agent-lifecycle.md.
        """, options: [.json] + Deployment.options
    ) { arguments in
      let access = try RegistryAccess(kind, arguments)
      let rows = try await access.all()
      let problems = problems(rows, kind)
      if arguments.has("json") {
        let told = rows.map { row in
          guard let problem = problems[row.id], var object = row.json.objectValue else { return row.json }
          object["problem"] = .string(problem)
          return .object(object)
        }
        Terminal.standard.print(JSONValue.array(told).text)
        return .success
      }
      guard !rows.isEmpty else {
        Terminal.error.print(
          kind == .agent
            ? "the registry is empty; add an agent with: arbiter agents put FILE"
            : "there are no tools but the built-in ones (\(BuiltInTools.names.joined(separator: ", "))): the Fabricator makes others as it needs them"
        )
        return .success
      }
      for line in table(rows, problems, kind, isWide: Terminal.standard.width >= 100).lines(Terminal.standard) {
        Terminal.standard.print(line)
      }
      return .success
    }
  }

  /// What is wrong with each row that cannot be used, by id.
  static func problems(_ rows: [RegistryRow], _ kind: RegistryKind) -> [String: String] {
    if kind == .agent { return RegistryCheck.problems(rows.map(\.json)).mapValues { "\($0)" } }
    var problems: [String: String] = [:]
    for row in rows where row.state == nil || row.config.isEmpty {
      problems[row.id] = row.state == nil ? "its state is none that there is" : "its configuration is no object"
    }
    return problems
  }

  /// - Parameter isWide: true where a column for the tools has room.
  static func table(_ rows: [RegistryRow], _ problems: [String: String], _ kind: RegistryKind, isWide: Bool) -> TextTable {
    let columns =
      [kind.rawValue.uppercased()] + (kind == .agent ? ["KIND"] : []) + ["STATE", "VERSION", "FAILED"] + (isWide ? ["TOOLS"] : [])
    let state = columns.count - (isWide ? 4 : 3)
    var table = TextTable(columns + ["DESCRIPTION"], rightAligned: [state + 2], cutsLastColumn: true)
    for row in rows {
      let config = row.config
      let problem = problems[row.id]
      var cells = [row.id]
      if kind == .agent { cells.append(problem == nil ? (try? AgentConfiguration(row: row.json))?.kind.rawValue ?? "?" : "?") }
      let version = row.versionText + (row.candidate == nil ? "" : "*")
      cells += [problem == nil ? row.state?.rawValue ?? "?" : "unusable", version, row.failures == 0 ? "-" : String(row.failures)]
      if isWide { cells.append(tools(config)) }
      cells.append(problem ?? Phrases.line(config["description"]?.stringValue ?? "", 70))
      table.add(
        cells,
        styles: problem == nil
          ? [state: row.state?.style ?? .red, state + 2: row.failures > 0 ? .yellow : .dim] : [state: .red, columns.count: .red])
    }
    return table
  }

  private static func tools(_ config: JSONObject) -> String {
    let names = config["tools"]?.arrayValue?.compactMap(\.stringValue) ?? []
    return names.isEmpty ? "-" : names.joined(separator: ",")
  }
}
