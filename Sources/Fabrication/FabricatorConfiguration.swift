public import AWSClient
public import AgentKit
public import Orchestration

/// What the Fabricator does when a task does not say otherwise.
public struct FabricatorConfiguration: Sendable, Equatable {
  /// Who lets a tested draft into the registry.
  public enum Approval: String, Sendable, CaseIterable {
    /// The evidence alone.
    case automatic
    /// A person: drafts wait as `pending`.
    case manual
  }

  /// What the rows of new agents name as their queue.
  public var workerQueueURL: String
  /// The seed's default; its provider has retired it, so a deployment sets its own.
  public var modelID = SupervisorConfiguration.seedModelID
  /// The longest reply of one model call, in tokens; never more than the model is known to write.
  public var maxTokens = 40_000
  /// nil for models that refuse the parameter.
  public var temperature: Double? = 0
  /// Model calls of one fabrication.
  public var turns = 40
  /// What one fabrication may spend on models, in millionths of a US dollar.
  public var budgetMicroUSD: Int64 = 2_000_000
  public var approval = Approval.automatic
  /// Hosts that agents of this deployment may read from, which drafts may read from as well; what they read then is in their cases.
  public var webHosts = HTTPAllowList.empty
  /// The same, for the model.
  public var webHostNames = ""
  /// Results over this many bytes go to the blob store and travel as references.
  public var inlineBytes = 200_000
  /// Time that is kept to tell what happened before Lambda ends the invocation.
  public var marginMilliseconds: Int64 = 5_000
  /// How long the model may send nothing at all.
  ///
  /// The seed's read time-out is 3600 seconds, more than a function lives: the deadline ends a call in any case (docs/decisions/0031).
  public var idleTimeoutMilliseconds: Int64 = 3_600_000

  public init(workerQueueURL: String) { self.workerQueueURL = workerQueueURL }

  /// What the model may be asked for: what it is known to write, at most.
  public var cappedMaxTokens: Int { ModelOutputLimits.lowered(maxTokens, modelID: modelID) }

  /// - Parameter environment: WORKER_QUEUE_URL; optionally MODEL_ID, MODEL_TEMPERATURE ("none" for models that refuse it),
  ///   FABRICATOR_MAX_TOKENS, FABRICATION_TURNS, FABRICATION_BUDGET_USD, FABRICATION_APPROVAL, HTTP_ALLOW_LIST,
  ///   INLINE_PAYLOAD_BYTES.
  /// - Throws: `EnvironmentError` that names the variable and the value.
  public init(environment: Environment) throws(EnvironmentError) {
    let reader = EnvironmentReader(variables: environment)
    self.init(workerQueueURL: try reader.required("WORKER_QUEUE_URL", "the URL of the workers' queue"))
    if let modelID = reader.text("MODEL_ID") { self.modelID = modelID }
    temperature = try reader.temperature("MODEL_TEMPERATURE", temperature)
    maxTokens = try reader.integer("FABRICATOR_MAX_TOKENS", maxTokens, in: 256...128_000)
    turns = try reader.integer("FABRICATION_TURNS", turns, in: 1...200)
    budgetMicroUSD = try reader.microUSD("FABRICATION_BUDGET_USD", budgetMicroUSD)
    if let text = reader.text("FABRICATION_APPROVAL") {
      guard let approval = Approval(rawValue: text) else {
        throw EnvironmentError(WireError(field: "FABRICATION_APPROVAL", value: text, expected: "'automatic' or 'manual'"))
      }
      self.approval = approval
    }
    webHosts = try reader.webHosts()
    webHostNames = reader.text("HTTP_ALLOW_LIST") ?? ""
    inlineBytes = try reader.integer("INLINE_PAYLOAD_BYTES", inlineBytes, in: 1_000...240_000)
  }
}
