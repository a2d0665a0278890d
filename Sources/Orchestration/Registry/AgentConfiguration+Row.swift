public import JSON

extension AgentConfiguration {
  /// Reads a row as JSON: `{agentId, config, state, categories}`, where `config` is an object or the JSON text of one.
  ///
  /// A member of another type than its own is refused rather than left out: what its author wanted would silently not happen.
  /// - Throws: `AgentConfigurationError` that names the field and the value.
  public init(row: JSONValue) throws(AgentConfigurationError) {
    let fields = AgentFields(agentID: row["agentId"]?.stringValue ?? "", path: "", object: row.objectValue ?? [:])
    guard let agentID = try fields.text("agentId"), !agentID.isEmpty else { throw fields.error("agentId", "a non-empty string") }
    guard let state = State(rawValue: try fields.text("state") ?? "") else {
      throw fields.error("state", "active, inactive or maintenance")
    }
    let config = try fields.members("config")
    let schema = try config.members("schema")
    let name = try config.text("name") ?? agentID
    guard !name.isEmpty else { throw config.error("name", "a non-empty string") }
    let filename = try config.text("filename")
    let prompt = try config.text("prompt")
    let kind: Kind
    if let text = try config.text("kind", expected: "code, prompt or queue") {
      guard let known = Kind(rawValue: text) else { throw config.error("kind", "code, prompt or queue") }
      kind = known
    } else {
      // Rows of the original have no kind: code has a file, everything else is reached through its queue.
      kind = prompt != nil ? .prompt : filename?.isEmpty == false ? .code : .queue
    }
    let queueURL = try Self.queueURL(config)
    if kind == .queue, queueURL == nil { throw config.error("action", "an action of type sqs, which kind queue needs") }
    if kind == .prompt, prompt?.isEmpty != false { throw config.error("prompt", "a system prompt, which kind prompt needs") }
    if kind == .code, filename?.isEmpty != false { throw config.error("filename", "a file name, which kind code needs") }
    let model = try config.text("model")
    guard model != "" else { throw config.error("model", "a model id, or nothing for the deployment's model") }
    self.init(
      agentID: agentID, name: name, description: try config.text("description") ?? "", schema: .object(schema.object),
      version: try config.textOrNumber("version") ?? "1", kind: kind, queueURL: queueURL, filename: filename, prompt: prompt, model: model,
      tools: try config.texts("tools"), limits: try Limits(config), state: state, categories: try fields.texts("categories"))
  }

  private static func queueURL(_ config: AgentFields) throws(AgentConfigurationError) -> String? {
    guard let value = config.value("action") else { return nil }
    guard let object = value.objectValue else { throw config.error("action", "an object {type, target}") }
    let action = config.below("action", object)
    guard object["type"]?.stringValue == "sqs" else { throw action.error("type", "\"sqs\"") }
    guard let target = try action.text("target", expected: "the URL of a queue"), !target.isEmpty else {
      throw action.error("target", "the URL of a queue")
    }
    return target
  }
}

extension AgentConfiguration.Limits {
  private static let names = ["timeoutSeconds", "turns", "budgetMicroUSD", "maxTokens"]

  fileprivate init(_ config: AgentFields) throws(AgentConfigurationError) {
    self.init()
    guard let value = config.value("limits") else { return }
    guard let object = value.objectValue else { throw config.error("limits", "an object with \(Self.names.joined(separator: ", "))") }
    let limits = config.below("limits", object)
    for name in object.keys where !Self.names.contains(name) {
      throw limits.error(name, "no such limit; there are \(Self.names.joined(separator: ", "))")
    }
    timeoutSeconds = try limits.number("timeoutSeconds", atMost: Int64(TaskRequest.maximumDeadlineSeconds)).map(Int.init)
    turns = try limits.number("turns").map(Int.init)
    budgetMicroUSD = try limits.number("budgetMicroUSD")
    maxTokens = try limits.number("maxTokens").map(Int.init)
  }
}

/// The members of a row, or of an object in it, as they are read.
private struct AgentFields {
  let agentID: String
  /// Dotted path of the object, with a trailing dot; empty for the row itself.
  let path: String
  let object: JSONObject

  func below(_ name: String, _ object: JSONObject) -> AgentFields {
    AgentFields(agentID: agentID, path: "\(path)\(name).", object: object)
  }

  func error(_ name: String, _ expected: String) -> AgentConfigurationError {
    AgentConfigurationError(
      agentID: agentID, problem: WireError(field: path + name, value: object[name]?.text ?? "absent", expected: expected))
  }

  /// The member; nil when it is absent or null.
  func value(_ name: String) -> JSONValue? {
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  func text(_ name: String, expected: String = "a string") throws(AgentConfigurationError) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.stringValue else { throw error(name, expected) }
    return text
  }

  func textOrNumber(_ name: String) throws(AgentConfigurationError) -> String? {
    if let number = value(name)?.numberValue { return number.text }
    return try text(name, expected: "a string or a number")
  }

  func number(_ name: String, atMost maximum: Int64 = .max) throws(AgentConfigurationError) -> Int64? {
    guard let value = value(name) else { return nil }
    guard let number = value.int64Value, (1...maximum).contains(number) else {
      throw error(name, maximum == .max ? "a positive integer" : "a whole number from 1 to \(maximum)")
    }
    return number
  }

  func texts(_ name: String) throws(AgentConfigurationError) -> [String] {
    guard let value = value(name) else { return [] }
    guard let elements = value.arrayValue else { throw error(name, "a list of strings") }
    var texts: [String] = []
    for element in elements {
      guard let text = element.stringValue else {
        throw AgentConfigurationError(
          agentID: agentID, problem: WireError(field: path + name, value: element.text, expected: "a list of strings"))
      }
      texts.append(text)
    }
    return texts
  }

  /// An object, or the JSON text of one: the original stores both.
  func members(_ name: String) throws(AgentConfigurationError) -> AgentFields {
    if let object = object[name]?.objectValue { return below(name, object) }
    if let text = object[name]?.stringValue {
      do throws(JSONError) {
        if let object = try JSONValue(parsing: text).objectValue { return below(name, object) }
      } catch {
        throw AgentConfigurationError(
          agentID: agentID,
          problem: WireError(field: path + name, value: text, expected: "the JSON text of an object (\(error))"))
      }
    }
    throw error(name, "an object or the JSON text of one")
  }
}
