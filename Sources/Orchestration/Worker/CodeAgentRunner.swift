public import AgentKit
public import JSON

/// Runs agents of kind code. A worker that runs none links nothing of what it takes.
public protocol CodeAgentRunner: Sendable {
  /// Runs the agent's module on a task.
  /// - Throws: why nothing was run.
  func run(_ task: CodeAgentTask) async throws(TaskFailure) -> TaskRun

  /// Counts what an answer says of the agent's code: failures in a row, and the end of such a row. The answer has been kept and published;
  /// called again with the same answer it counts nothing twice.
  /// - Throws: when it could not be counted and must be tried again.
  func settle(_ answer: TaskCompletion, _ task: TaskKey) async throws
}

/// A task for an agent of kind code.
public struct CodeAgentTask: Sendable {
  public let agent: AgentConfiguration
  /// Fits the agent's schema.
  public let input: JSONValue
  public let message: TaskMessage
  public let claim: TaskClaim
  /// The bounds of what the agent may spend on models, and its deadline.
  public let limits: AgentLimits
  /// The model that answers the agent.
  public let modelID: String
  /// Of the model's answers unless the agent says otherwise; nil for models that refuse the parameter.
  public let temperature: Double?
  /// Asked before each model call, as for agents of kind prompt.
  public let permit: @Sendable (AgentLoop.ModelCallPlan) async throws(AgentFailure) -> Int64

  public init(
    agent: AgentConfiguration, input: JSONValue, message: TaskMessage, claim: TaskClaim, limits: AgentLimits, modelID: String,
    temperature: Double?, permit: @escaping @Sendable (AgentLoop.ModelCallPlan) async throws(AgentFailure) -> Int64
  ) {
    self.agent = agent
    self.input = input
    self.message = message
    self.claim = claim
    self.limits = limits
    self.modelID = modelID
    self.temperature = temperature
    self.permit = permit
  }
}

/// For a worker without a sandbox: it says that it has none.
public struct NoCodeAgents: CodeAgentRunner {
  public init() {}

  public func run(_ task: CodeAgentTask) async throws(TaskFailure) -> TaskRun {
    throw TaskFailure(
      "code_not_available",
      "Agent '\(task.agent.agentID)' is of kind code, which this worker cannot run: the sandbox is no part of it. Use another agent.")
  }

  public func settle(_ answer: TaskCompletion, _ task: TaskKey) async throws {}
}
