public import JSON

extension AgentConfiguration {
  /// Reads a row as JSON: `{agentId, config, state, categories}` and what `Provenance` holds, where `config` is an object or the JSON text of one.
  ///
  /// A member of another type than its own is refused rather than left out: what its author wanted would silently not happen.
  /// - Throws: `AgentConfigurationError` that names the field and the value.
  public init(row: JSONValue) throws(AgentConfigurationError) {
    let fields = AgentFields(agentID: row["agentId"]?.stringValue ?? "", path: "", object: row.objectValue ?? [:])
    guard let agentID = try fields.text("agentId"), !agentID.isEmpty else { throw fields.error("agentId", "a non-empty string") }
    guard let state = State(rawValue: try fields.text("state") ?? "") else {
      throw fields.error("state", "active, inactive, maintenance, pending or quarantined")
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
      version: try config.textOrNumber("version") ?? "1", kind: kind, queueURL: queueURL, filename: filename,
      sha256: try config.text("sha256"), prompt: prompt, model: model, tools: try config.texts("tools"),
      capabilities: try Self.capabilities(config), limits: try Limits(config), state: state, categories: try fields.texts("categories"),
      provenance: try Provenance(fields))
  }

  private static func capabilities(_ config: AgentFields) throws(AgentConfigurationError) -> [Capability] {
    var capabilities: [Capability] = []
    for name in try config.texts("capabilities") {
      guard let capability = Capability(rawValue: name) else {
        throw config.error("capabilities", name, "one of \(Capability.allCases.map(\.rawValue).joined(separator: ", ")), each once")
      }
      guard !capabilities.contains(capability) else { throw config.error("capabilities", name, "each capability once") }
      capabilities.append(capability)
    }
    return capabilities
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
  private static let names = [
    "timeoutSeconds", "turns", "budgetMicroUSD", "maxTokens", "cpuMilliseconds", "memoryBytes", "outputBytes", "hostCalls", "hostCallBytes",
    "stackBytes",
  ]

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
    cpuMilliseconds = try limits.number("cpuMilliseconds", CodeLimits.cpuMilliseconds)
    memoryBytes = try limits.number("memoryBytes", CodeLimits.memoryBytes)
    outputBytes = try limits.number("outputBytes", CodeLimits.outputBytes)
    hostCalls = try limits.number("hostCalls", CodeLimits.hostCalls)
    hostCallBytes = try limits.number("hostCallBytes", CodeLimits.hostCallBytes)
    stackBytes = try limits.number("stackBytes", CodeLimits.stackBytes)
  }
}

/// What the limits of code may be, in rows and in the environment of functions.
public enum CodeLimits {
  /// Ten minutes at most: an invocation has fifteen.
  public static let cpuMilliseconds = 1...600_000
  /// 1 MiB to 1 GiB; less does not start the engine.
  public static let memoryBytes = 1 << 20...1 << 30
  /// The shortest JSON that every module may write is `null`.
  public static let outputBytes = 4...16_000_000
  public static let hostCalls = 0...100_000
  public static let hostCallBytes = 4...16_000_000
  /// 64 KiB to 4 MiB: a process's own stack has 8 MiB.
  public static let stackBytes = 64 << 10...4 << 20
}

extension AgentConfiguration.Provenance {
  fileprivate init(_ row: AgentFields) throws(AgentConfigurationError) {
    self.init(
      failures: try row.number("failures", 0...Int(Int32.max)) ?? 0, previousVersion: try row.textOrNumber("previousVersion"),
      versionSHA256: try row.text("versionSha256"), note: try row.text("note"))
    guard let value = row.value("origin") else { return }
    guard let object = value.objectValue else { throw row.error("origin", "an object {orchestrationId, toolUseId}") }
    let members = row.below("origin", object)
    origin = Origin(
      orchestrationID: try members.text("orchestrationId") ?? "", toolUseID: try members.text("toolUseId") ?? "")
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

  /// The error of one element of a list.
  func error(_ name: String, _ element: String, _ expected: String) -> AgentConfigurationError {
    AgentConfigurationError(agentID: agentID, problem: WireError(field: path + name, value: element, expected: expected))
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

  func number(_ name: String, _ range: ClosedRange<Int>) throws(AgentConfigurationError) -> Int? {
    guard let value = value(name) else { return nil }
    guard let number = value.intValue, range.contains(number) else {
      throw error(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func texts(_ name: String) throws(AgentConfigurationError) -> [String] {
    guard let value = value(name) else { return [] }
    guard let elements = value.arrayValue else { throw error(name, "a list of strings") }
    var texts: [String] = []
    for element in elements {
      guard let text = element.stringValue else {
        throw error(name, element.text, "a list of strings")
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
