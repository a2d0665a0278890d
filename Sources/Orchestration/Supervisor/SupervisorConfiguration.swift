/// What the Supervisor is told by its deployment.
public struct SupervisorConfiguration: Sendable, Equatable {
  /// The seed's model. Its provider retired it in October 2025: it is kept here, in one place, as the documented default.
  public static let seedModelID = "anthropic.claude-3-5-sonnet-20241022-v2:0"

  /// A model id, an inference profile's id, or an ARN.
  public var modelID = seedModelID
  /// Longest reply of one call, in tokens.
  public var maxTokens = 2048
  /// 0 to 1; nil for models that refuse the parameter.
  public var temperature: Double? = 0
  public var systemPrompt = SupervisorPrompt.text
  /// Queue of agents that name none.
  public var workerQueueURL: String
  /// True to publish an event for each delegated task, as the original does for its user interface.
  public var publishesChatter = true
  public var limits = Limits()
  /// Name that `arbiter.error` events carry.
  public var functionName = "supervisor"

  public init(workerQueueURL: String) {
    self.workerQueueURL = workerQueueURL
  }
}
