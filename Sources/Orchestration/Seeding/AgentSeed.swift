public import AWSClient
public import JSON

/// A registry row that a deployment brings along.
public struct AgentSeed: Sendable, Equatable {
  public let agentID: String
  /// Every attribute of the row but the key.
  public let attributes: [String: AttributeValue]

  /// - Parameter row: `{agentId, config, state, categories}`, as `AgentConfiguration` reads it.
  /// - Throws: `WireError` that names the field below `field` and its value.
  public init(row: JSONValue, field: String) throws(WireError) {
    do throws(AgentConfigurationError) { agentID = try AgentConfiguration(row: row).agentID } catch {
      throw WireError(field: "\(field).\(error.problem.field)", value: error.problem.value, expected: error.problem.expected)
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
          Creates a new agent for a capability that none of the other tools has. Describe in detail what the new agent must do, what it is \
          given and what it must answer; when this tool has answered, the new agent can be called by its name.
          """,
          "schema": [
            "type": "object",
            "properties": [
              "taskDetails": ["type": "string", "description": "What the new agent must be able to do, with its inputs and its result."]
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

/// What a custom resource asks the seeder for.
public struct SeedRequest: Sendable, Equatable {
  public let seeds: [AgentSeed]
  /// Agents that an earlier deployment brought along; one of them that is gone was removed on purpose.
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
