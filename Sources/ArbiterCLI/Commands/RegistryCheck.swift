import JSON
import Orchestration

/// Finds what the functions would find wrong with rows of the registry.
enum RegistryCheck {
  /// The problem of each row that cannot be used, by agent id, when these are all rows of the registry.
  static func problems(_ rows: [JSONValue]) -> [String: WireError] {
    var found: [String: WireError] = [:]
    func add(_ errors: [AgentConfigurationError]) {
      for error in errors where found[error.agentID] == nil { found[error.agentID] = error.problem }
    }
    add(AgentDirectory(rows: rows).rejected)
    for row in rows {
      do throws(AgentConfigurationError) {
        let agent = try AgentConfiguration(row: row)
        // One that is switched off is checked as if it were not; alone, because nobody minds its name until then.
        if agent.state != .active, var active = row.objectValue {
          active["state"] = .string(AgentConfiguration.State.active.rawValue)
          add(AgentDirectory(rows: [.object(active)]).rejected)
        }
      } catch {
        add([error])
      }
    }
    return found
  }

  private static let rowMembers = [
    "agentId", "config", "state", "categories", "origin", "failures", "previousVersion", "versionSha256", "note",
    "candidate", "history",
  ]
  private static let configMembers = [
    "name", "description", "schema", "version", "kind", "action", "filename", "sha256", "prompt", "model", "tools", "capabilities",
    "limits",
  ]

  /// What to say of members that nothing reads: they are kept, for whoever put them there, but may be slips.
  static func unknownMembers(_ row: JSONValue) -> [String] {
    let id = row["agentId"]?.stringValue ?? ""
    func told(_ object: JSONValue?, _ known: [String], path: String) -> [String] {
      (object?.objectValue?.map(\.key) ?? []).filter { !known.contains($0) }.map { name in
        let nearest = known.map { ($0, distance(name, $0)) }.min { $0.1 < $1.1 }
        let hint = nearest.flatMap { $0.1 <= max(2, name.count / 3) ? "; did you mean '\(path)\($0.0)'?" : nil } ?? ""
        return "agent '\(id)': nothing reads '\(path)\(name)'\(hint)"
      }
    }
    // Rows of the original have the configuration as JSON text.
    let config = row["config"].flatMap { value in value.stringValue.map { try? JSONValue(parsing: Array($0.utf8)) } ?? value }
    return told(row, rowMembers, path: "") + told(config, configMembers, path: "config.")
  }

  /// Letters to insert, remove or replace to make one word of the other.
  private static func distance(_ left: String, _ right: String) -> Int {
    let target = Array(right.lowercased())
    var row = Array(0...target.count)
    for (index, letter) in left.lowercased().enumerated() {
      var next = [index + 1]
      for (column, other) in target.enumerated() {
        next.append(min(row[column + 1] + 1, next[column] + 1, row[column] + (letter == other ? 0 : 1)))
      }
      row = next
    }
    return row[target.count]
  }

  /// Checks rows that are to be written into a registry.
  /// - Returns: the rows that the registry will hold then.
  /// - Throws: `AgentConfigurationError` of the first row that could not be used, or that would keep another from being used.
  @discardableResult
  static func check(_ new: [JSONValue], into present: [JSONValue]) throws(AgentConfigurationError) -> [JSONValue] {
    var ids: Set<String> = []
    for row in new {
      let id = row["agentId"]?.stringValue ?? ""
      guard ids.insert(id).inserted else {
        throw AgentConfigurationError(
          agentID: id, problem: WireError(field: "agentId", value: id, expected: "an id that no other row of the file has"))
      }
    }
    let merged = present.filter { !ids.contains($0["agentId"]?.stringValue ?? "") } + new
    let before = problems(present)
    let after = problems(merged)
    for row in new {
      let id = row["agentId"]?.stringValue ?? ""
      if let problem = after[id] { throw AgentConfigurationError(agentID: id, problem: problem) }
    }
    // Of two agents of one name the Supervisor takes the one whose id comes first, which may be the new one.
    for (id, problem) in after.sorted(by: { $0.key < $1.key }) where before[id] == nil {
      throw AgentConfigurationError(agentID: id, problem: problem)
    }
    return merged
  }
}
