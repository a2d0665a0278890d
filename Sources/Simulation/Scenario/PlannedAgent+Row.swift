public import AWSClient
import JSON

extension PlannedAgent {
  /// Tools of every prompt agent.
  static let tools = ["calculate", "current_time", "read_object", "write_object"]

  /// The queue that takes the tasks of a queue agent.
  public var queueURL: String { DeploymentNames.queueURL("agent-\(id)") }

  /// What an edit does to a row; versions go through them in this order.
  enum Edit: Int, CaseIterable {
    case prompt, requiredField, timeout, smallBudget, fewTurns, unreadable, unknownTool, model
  }

  /// The row of the registry, as `config/seeds` has them.
  /// - Parameters:
  ///   - version: 1 for the first; each edit makes the next.
  ///   - state: "active", "inactive" or "maintenance".
  public func row(version: Int = 1, state: String = "active") -> [String: AttributeValue] {
    let edit = version > 1 ? Edit(rawValue: (version - 2) % Edit.allCases.count) : nil
    var properties: JSONObject = [
      "round": ["type": "integer"], "run": ["type": "string"], "task": ["type": "string"], "text": ["type": "string"],
    ]
    var required: [JSONValue] = ["run", "task"]
    if edit == .requiredField {
      properties["reason"] = ["type": "string"]
      required.append("reason")
    }
    var config: JSONObject = [
      "name": .string(id), "description": .string("Does what \(id) does."), "version": .string("\(version)"),
      "schema": ["type": "object", "properties": .object(properties), "required": .array(required)],
      "kind": edit == .unreadable ? "daemon" : .string(kind.rawValue),
    ]
    switch kind {
    case .queue: config["action"] = ["type": "sqs", "target": .string(queueURL)]
    case .code:
      config["filename"] = .string("\(id)/module-\(version).js")
      config["sha256"] = .string(String(repeating: "0", count: 64))
    case .prompt:
      config["prompt"] = .string(edit == .prompt ? "You are \(id). Be brief." : "You are \(id).")
      config["tools"] = .array(Self.tools.map(JSONValue.string) + (edit == .unknownTool ? ["telephone"] : []))
      if let model = edit == .model ? "us.amazon.nova-lite-v1:0" : model { config["model"] = .string(model) }
    }
    var limits: JSONObject = [:]
    if let seconds = edit == .timeout ? 5 : timeoutSeconds { limits["timeoutSeconds"] = .number(seconds) }
    if kind == .prompt {
      if let budget = edit == .smallBudget ? 90_000 : budgetMicroUSD { limits["budgetMicroUSD"] = .number(budget) }
      if edit == .fewTurns { limits["turns"] = 1 }
    }
    if !limits.isEmpty { config["limits"] = .object(limits) }
    // The original stores the text of an object as well as an object.
    let isText = version % 2 == 0
    let stored = isText ? AttributeValue.string(JSONValue.object(config).text) : Self.attribute(.object(config))
    return ["agentId": .string(id), "config": stored, "state": .string(state), "categories": .list([.string("worlds")])]
  }

  /// A row has no number that DynamoDB would refuse, and no member twice.
  private static func attribute(_ value: JSONValue) -> AttributeValue { (try? AttributeValue(value)) ?? .null }
}
