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
