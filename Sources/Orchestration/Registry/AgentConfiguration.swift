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
    /// Kind code: processor time in milliseconds; waiting for the host does not count.
    public var cpuMilliseconds: Int?
    /// Kind code: what the module's values may take, in bytes.
    public var memoryBytes: Int?
    /// Kind code: the largest result, in bytes of JSON.
    public var outputBytes: Int?
    /// Kind code: how often the host may be called.
    public var hostCalls: Int?
    /// Kind code: the largest request of one host call, and the largest answer, in bytes of JSON.
    public var hostCallBytes: Int?
    /// Kind code: the engine's stack in bytes, which bounds recursion.
    public var stackBytes: Int?

    public init(timeoutSeconds: Int? = nil, turns: Int? = nil, budgetMicroUSD: Int64? = nil, maxTokens: Int? = nil) {
      self.timeoutSeconds = timeoutSeconds
      self.turns = turns
      self.budgetMicroUSD = budgetMicroUSD
      self.maxTokens = maxTokens
    }
  }

  public enum State: String, Sendable, CaseIterable {
    /// On offer.
    case active
    case inactive, maintenance
    /// Awaits approval by a person.
    case pending
    /// Failed too often in a row.
    case quarantined
  }

  /// What a module may be granted beside tools: the functions of its `host`.
  public enum Capability: String, Sendable, CaseIterable { case converse, log, now, random }

  /// What stands in a row beside its configuration: where it comes from, and how it does.
  public struct Provenance: Sendable, Equatable {
    /// The task that made the agent.
    public struct Origin: Sendable, Equatable {
      public var orchestrationID: String
      public var toolUseID: String

      public init(orchestrationID: String, toolUseID: String) {
        self.orchestrationID = orchestrationID
        self.toolUseID = toolUseID
      }
    }

    /// nil for agents that no model made.
    public var origin: Origin?
    /// Tasks in a row that failed by the agent's own fault.
    public var failures: Int
    /// The version to go back to.
    public var previousVersion: String?
    /// SHA-256 of the version's manifest, in hexadecimal digits.
    public var versionSHA256: String?
    /// Why the state is what it is, for people.
    public var note: String?

    public init(
      origin: Origin? = nil, failures: Int = 0, previousVersion: String? = nil, versionSHA256: String? = nil, note: String? = nil
    ) {
      self.origin = origin
      self.failures = failures
      self.previousVersion = previousVersion
      self.versionSHA256 = versionSHA256
      self.note = note
    }
  }

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
  /// Kind code: name of the module's object below `agents/`.
  public var filename: String?
  /// Kind code: SHA-256 of the module, in hexadecimal digits.
  public var sha256: String?
  /// Kind prompt: the system prompt.
  public var prompt: String?
  /// Kinds prompt and code: model id; nil for the deployment's default.
  public var model: String?
  /// Kinds prompt and code: names of the tools that the agent may use.
  public var tools: [String]
  /// Kind code: what its `host` has beside tools.
  public var capabilities: [Capability]
  public var limits: Limits
  public var state: State
  public var categories: [String]
  public var provenance: Provenance

  public init(
    agentID: String, name: String, description: String, schema: JSONValue, version: String = "1", kind: Kind, queueURL: String? = nil,
    filename: String? = nil, sha256: String? = nil, prompt: String? = nil, model: String? = nil, tools: [String] = [],
    capabilities: [Capability] = [], limits: Limits = Limits(), state: State = .active, categories: [String] = [],
    provenance: Provenance = Provenance()
  ) {
    self.agentID = agentID
    self.name = name
    self.description = description
    self.schema = schema
    self.version = version
    self.kind = kind
    self.queueURL = queueURL
    self.filename = filename
    self.sha256 = sha256
    self.prompt = prompt
    self.model = model
    self.tools = tools
    self.capabilities = capabilities
    self.limits = limits
    self.state = state
    self.categories = categories
    self.provenance = provenance
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
