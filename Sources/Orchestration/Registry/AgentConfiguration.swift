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
