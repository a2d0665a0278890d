public import AWSClient

/// What a worker does when neither the task nor the agent says otherwise.
public struct WorkerConfiguration: Sendable, Hashable {
  /// The seed's default; its provider has retired it, so a deployment sets its own.
  public var modelID = SupervisorConfiguration.seedModelID
  /// The longest reply of one model call, in tokens.
  public var maxTokens = 2_048
  /// nil for models that refuse the parameter.
  public var temperature: Double? = 0
  /// Model calls of one task.
  public var turns = 20
  /// What one task may spend on models, in millionths of a US dollar.
  public var budgetMicroUSD: Int64 = 1_000_000
  /// Results over this many bytes go to the blob store and travel as references.
  public var inlineBytes = 200_000
  /// Time that is kept to tell what happened before Lambda ends the invocation.
  public var marginMilliseconds: Int64 = 5_000

  public init() {}

  /// - Parameter environment: optionally MODEL_ID, MODEL_MAX_TOKENS, MODEL_TEMPERATURE ("none" for models that refuse it), AGENT_TURNS,
  ///   AGENT_BUDGET_USD, INLINE_PAYLOAD_BYTES.
  /// - Throws: `EnvironmentError` that names the variable and the value.
  public init(environment: Environment) throws(EnvironmentError) {
    let reader = EnvironmentReader(variables: environment)
    if let modelID = reader.text("MODEL_ID") { self.modelID = modelID }
    maxTokens = try reader.integer("MODEL_MAX_TOKENS", maxTokens, in: 1...1_000_000)
    temperature = try reader.temperature("MODEL_TEMPERATURE", temperature)
    turns = try reader.integer("AGENT_TURNS", turns, in: 1...1_000)
    budgetMicroUSD = try reader.microUSD("AGENT_BUDGET_USD", budgetMicroUSD)
    inlineBytes = try reader.integer("INLINE_PAYLOAD_BYTES", inlineBytes, in: 1_000...240_000)
  }
}
