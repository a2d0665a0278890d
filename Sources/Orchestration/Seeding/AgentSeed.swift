public import AWSClient
public import JSON

/// A registry row that a deployment brings along.
public struct AgentSeed: Sendable, Equatable {
  public let agentID: String
  /// The agent that the row describes.
  let agent: AgentConfiguration
  /// Every attribute of the row but the key.
  public let attributes: [String: AttributeValue]

  /// - Parameter row: `{agentId, config, state, categories}`, as `AgentConfiguration` reads it.
  /// - Throws: `WireError` that names the field below `field` and its value, for a row that could not be offered to a model, or whose
  ///   tasks would all fail.
  public init(row: JSONValue, field: String) throws(WireError) {
    do throws(AgentConfigurationError) {
      agent = try AgentConfiguration(row: row)
      _ = try agent.inputSchema()
      try agent.checkForWorker()
    } catch {
      throw error.below(field)
    }
    agentID = agent.agentID
    guard agentID != SeedMemory.rowID else {
      throw WireError(field: "\(field).agentId", value: agentID, expected: "another id; this one is the deployment's own")
    }
    let value: AttributeValue
    do throws(AttributeValueError) { value = try AttributeValue(row) } catch {
      throw WireError(field: field, value: row.text, expected: "values that DynamoDB can hold (\(error))")
    }
    attributes = (value.mapValue ?? [:]).filter { $0.key != "agentId" && $0.key != SeedMerge.copyAttribute }
  }

  /// The one agent that every deployment has: it makes the capability that is missing.
  public static func fabricator(queueURL: String) throws(WireError) -> AgentSeed {
    try AgentSeed(
      row: [
        "agentId": "fabricator",
        "config": [
          "name": "fabricator",
          "description": """
          Makes a new agent: it is written as code, tested, and put on offer. Call this when the task needs a capability that no other tool \
          has, such as an exact computation over files that none of them does; never for what another tool or you yourself can do. It takes \
          minutes. When it has answered, the new agent is one of your tools, under the name that the answer gives: call it in your next reply, \
          with input that fits its schema. The answer may name an agent that was there already, or say that a person has to approve the new \
          one first, or that none can be made; then do the task another way, or say what it waits for.
          """,
          "schema": [
            "type": "object",
            "properties": [
              "taskDetails": [
                "type": "string",
                "description": """
                What the new agent must do, in general and not for this task's values alone: what it is given (such as paths and names of \
                columns), the exact rules it follows, what it answers, and how it must treat wrong input. It knows nothing else of the task.
                """,
              ]
            ],
            "required": ["taskDetails"],
          ],
          "version": "1",
          "action": ["type": "sqs", "target": .string(queueURL)],
        ],
        "state": "active",
        "categories": ["built-in", "developer"],
      ], field: "fabricator")
  }
}

extension AgentConfigurationError {
  /// The problem of a row that stands in a larger value.
  fileprivate func below(_ field: String) -> WireError {
    WireError(field: "\(field).\(problem.field)", value: problem.value, expected: problem.expected)
  }
}

/// What a custom resource asks the seeder for.
public struct SeedRequest: Sendable, Equatable {
  public let seeds: [AgentSeed]
  /// Agents that the deployment before brought along; one of them that is gone was removed on purpose. The registry itself remembers the
  /// agents of all deployments; this is for those before it did.
  public let formerAgentIDs: Set<String>

  /// - Parameters:
  ///   - properties: `Agents`, the text of a JSON array of rows; `DemoAgents` "false" leaves them out.
  ///   - oldProperties: those of the deployment before; nil when there was none.
  /// - Throws: `WireError` that names the field and its value; nothing has been written then.
  public init(properties: JSONObject, oldProperties: JSONObject?, fabricatorQueueURL: String) throws(WireError) {
    let fabricator = try AgentSeed.fabricator(queueURL: fabricatorQueueURL)
    var seeds = [fabricator]
    for (index, row) in try Self.rows(properties).enumerated() {
      let seed = try AgentSeed(row: row, field: "Agents[\(index)]")
      guard !seeds.contains(where: { $0.agentID == seed.agentID }) else {
        throw WireError(
          field: "Agents[\(index)].agentId", value: seed.agentID, expected: "an id that no other row has; \"fabricator\" is always there")
      }
      if seed.agent.state == .active, seeds.contains(where: { $0.agent.state == .active && $0.agent.name == seed.agent.name }) {
        throw seed.agent.nameIsTaken.below("Agents[\(index)]")
      }
      seeds.append(seed)
    }
    self.seeds = seeds
    if let oldProperties {
      // What the deployment before asked for may have been refused as malformed; then it brought nothing.
      let rows = (try? Self.rows(oldProperties)) ?? []
      formerAgentIDs = Set(rows.compactMap { $0["agentId"]?.stringValue }).union([fabricator.agentID])
    } else {
      formerAgentIDs = []
    }
  }

  private static func rows(_ properties: JSONObject) throws(WireError) -> [JSONValue] {
    switch properties["DemoAgents"]?.stringValue ?? "true" {
    case "true": break
    case "false": return []
    case let other: throw WireError(field: "DemoAgents", value: other, expected: "\"true\" or \"false\"")
    }
    guard let value = properties["Agents"], value != "" else { return [] }
    guard let text = value.stringValue else {
      throw WireError(field: "Agents", value: value.text, expected: "the text of a JSON array of rows")
    }
    do throws(JSONError) {
      if let rows = try JSONValue(parsing: text).arrayValue { return rows }
    } catch {
      throw WireError(field: "Agents", value: text, expected: "the text of a JSON array of rows (\(error))")
    }
    throw WireError(field: "Agents", value: text, expected: "the text of a JSON array of rows")
  }
}
