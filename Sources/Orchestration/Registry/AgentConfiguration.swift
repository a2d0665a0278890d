public import JSON

/// One row of the agent registry.
public struct AgentConfiguration: Sendable, Equatable {
  /// How an agent is run; open to additions.
  public enum Kind: String, Sendable {
    /// A module from the code bucket, run in the sandbox.
    case code
    /// A system prompt, a model and tools, run by the agent loop.
    case prompt
    /// Any consumer of a queue that answers with `task.completion`.
    case queue
  }

  /// Bounds on one task of the agent; nil means the deployment's default.
  public struct Limits: Sendable, Equatable {
    public var timeoutSeconds: Int?
    /// Model calls that one task may make.
    public var turns: Int?
    /// Millionths of a US dollar.
    public var budgetMicroUSD: Int64?
    /// Longest reply of one model call, in tokens.
    public var maxTokens: Int?

    public init(timeoutSeconds: Int? = nil, turns: Int? = nil, budgetMicroUSD: Int64? = nil, maxTokens: Int? = nil) {
      self.timeoutSeconds = timeoutSeconds
      self.turns = turns
      self.budgetMicroUSD = budgetMicroUSD
      self.maxTokens = maxTokens
    }
  }

  public enum State: String, Sendable { case active, inactive, maintenance }

  public var agentID: String
  /// The name that the model sees, before it is made fit for Bedrock's rule of tool names.
  public var name: String
  public var description: String
  /// JSON Schema of the input, an object.
  public var schema: JSONValue
  public var version: String
  public var kind: Kind
  /// URL of the queue that takes the agent's tasks; nil for the deployment's worker queue.
  public var queueURL: String?
  /// Kind code: name of the object below `agents/`.
  public var filename: String?
  /// Kind prompt: the system prompt.
  public var prompt: String?
  /// Kind prompt: model id; nil for the deployment's default.
  public var model: String?
  /// Kind prompt: names of the tools that the agent may use.
  public var tools: [String]
  public var limits: Limits
  public var state: State
  public var categories: [String]

  public init(
    agentID: String, name: String, description: String, schema: JSONValue, version: String = "1", kind: Kind, queueURL: String? = nil,
    filename: String? = nil, prompt: String? = nil, model: String? = nil, tools: [String] = [], limits: Limits = Limits(),
    state: State = .active, categories: [String] = []
  ) {
    self.agentID = agentID
    self.name = name
    self.description = description
    self.schema = schema
    self.version = version
    self.kind = kind
    self.queueURL = queueURL
    self.filename = filename
    self.prompt = prompt
    self.model = model
    self.tools = tools
    self.limits = limits
    self.state = state
    self.categories = categories
  }
}

/// A registry row that cannot be used, and why.
public struct AgentConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  public let agentID: String
  public let problem: WireError

  public init(agentID: String, problem: WireError) {
    self.agentID = agentID
    self.problem = problem
  }

  public var description: String { "agent '\(agentID)': \(problem)" }
}

extension AgentConfiguration {
  /// Reads a row as JSON: `{agentId, config, state, categories}`, where `config` is an object or the JSON text of one.
  /// - Throws: `AgentConfigurationError` that names the field and the value.
  public init(row: JSONValue) throws(AgentConfigurationError) {
    let agentID = row["agentId"]?.stringValue ?? ""
    func fail(_ field: String, _ value: JSONValue?, _ expected: String) -> AgentConfigurationError {
      AgentConfigurationError(
        agentID: agentID, problem: WireError(field: field, value: value?.text ?? "absent", expected: expected))
    }
    guard !agentID.isEmpty else { throw fail("agentId", row["agentId"], "a non-empty string") }
    let state: State
    switch row["state"]?.stringValue {
    case let text?:
      guard let known = State(rawValue: text) else { throw fail("state", row["state"], "active, inactive or maintenance") }
      state = known
    case nil: throw fail("state", row["state"], "active, inactive or maintenance")
    }
    let config = try Self.object(row["config"], field: "config", agentID: agentID)
    let schema = try Self.object(config["schema"], field: "config.schema", agentID: agentID)
    let name = config["name"]?.stringValue ?? agentID
    guard !name.isEmpty else { throw fail("config.name", config["name"], "a non-empty string") }
    let filename = config["filename"]?.stringValue
    let prompt = config["prompt"]?.stringValue
    let kind: Kind
    if let value = config["kind"], !value.isNull {
      guard let known = value.stringValue.flatMap(Kind.init(rawValue:)) else {
        throw fail("config.kind", value, "code, prompt or queue")
      }
      kind = known
    } else {
      // Rows of the original have no kind: code has a file, everything else is reached through its queue.
      kind = prompt != nil ? .prompt : filename?.isEmpty == false ? .code : .queue
    }
    var queueURL: String?
    if let action = config["action"], !action.isNull {
      guard action["type"]?.stringValue == "sqs" else { throw fail("config.action.type", action["type"], "\"sqs\"") }
      guard let target = action["target"]?.stringValue, !target.isEmpty else {
        throw fail("config.action.target", action["target"], "the URL of a queue")
      }
      queueURL = target
    }
    if kind == .queue, queueURL == nil { throw fail("config.action", config["action"], "an action of type sqs, which kind queue needs") }
    if kind == .prompt, prompt?.isEmpty != false { throw fail("config.prompt", config["prompt"], "a system prompt, which kind prompt needs") }
    if kind == .code, filename?.isEmpty != false { throw fail("config.filename", config["filename"], "a file name, which kind code needs") }
    let tools = try Self.strings(config["tools"], field: "config.tools", agentID: agentID)
    let limits = config["limits"]
    func limit(_ name: String, atMost maximum: Int64 = .max) throws(AgentConfigurationError) -> Int64? {
      guard let value = limits?[name], !value.isNull else { return nil }
      guard let number = value.int64Value, (1...maximum).contains(number) else {
        throw fail("config.limits.\(name)", value, maximum == .max ? "a positive integer" : "a whole number from 1 to \(maximum)")
      }
      return number
    }
    self.init(
      agentID: agentID, name: name, description: config["description"]?.stringValue ?? "", schema: .object(schema),
      version: config["version"]?.stringValue ?? config["version"]?.numberValue?.text ?? "1", kind: kind, queueURL: queueURL,
      filename: filename, prompt: prompt, model: config["model"]?.stringValue, tools: tools,
      limits: Limits(
        timeoutSeconds: try limit("timeoutSeconds", atMost: Int64(TaskRequest.maximumDeadlineSeconds)).map(Int.init), turns: try limit("turns").map(Int.init),
        budgetMicroUSD: try limit("budgetMicroUSD"), maxTokens: try limit("maxTokens").map(Int.init)),
      state: state, categories: try Self.strings(row["categories"], field: "categories", agentID: agentID))
  }

  /// An object, or the JSON text of one: the original stores both.
  private static func object(_ value: JSONValue?, field: String, agentID: String) throws(AgentConfigurationError) -> JSONObject {
    if let object = value?.objectValue { return object }
    if let text = value?.stringValue {
      do throws(JSONError) {
        if let object = try JSONValue(parsing: text).objectValue { return object }
      } catch {
        throw AgentConfigurationError(
          agentID: agentID, problem: WireError(field: field, value: text, expected: "the JSON text of an object (\(error))"))
      }
    }
    throw AgentConfigurationError(
      agentID: agentID, problem: WireError(field: field, value: value?.text ?? "absent", expected: "an object or the JSON text of one"))
  }

  private static func strings(_ value: JSONValue?, field: String, agentID: String) throws(AgentConfigurationError) -> [String] {
    guard let value, !value.isNull else { return [] }
    guard let elements = value.arrayValue else {
      throw AgentConfigurationError(agentID: agentID, problem: WireError(field: field, value: value.text, expected: "a list of strings"))
    }
    var texts: [String] = []
    for element in elements {
      guard let text = element.stringValue else {
        throw AgentConfigurationError(
          agentID: agentID, problem: WireError(field: field, value: element.text, expected: "a list of strings"))
      }
      texts.append(text)
    }
    return texts
  }
}
