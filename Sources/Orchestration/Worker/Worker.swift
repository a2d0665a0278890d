public import AgentKit
public import JSON

/// Reads single rows of the registry.
public protocol AgentRowReader: Sendable {
  /// The row `{agentId, config, state, categories}`; nil when there is none of that id.
  func row(_ agentID: String) async throws -> JSONValue?
}

/// Runs one agent on one task, by the rules of `TaskHandler`.
public struct Worker: Sendable {
  public struct Effects: Sendable {
    public var claims: any ClaimStore
    public var registry: any AgentRowReader
    public var blobs: any BlobStore
    public var bus: any EventBus
    public var model: any Model
    public var clock: any Clock
    public var ids: any IDSource
    public var prices: ModelPrices
    public var observer: any OrchestrationObserver
    public var code: any CodeAgentRunner
    /// Whom the tool `http_get` reads through.
    public var web: WebReader
    /// Waits for so many milliseconds.
    public var pause: @Sendable (Int64) async throws -> Void

    public init(
      claims: any ClaimStore, registry: any AgentRowReader, blobs: any BlobStore, bus: any EventBus, model: any Model, clock: any Clock,
      ids: any IDSource, prices: ModelPrices, observer: any OrchestrationObserver, code: any CodeAgentRunner = NoCodeAgents(),
      web: WebReader = WebReader(allowList: .empty),
      pause: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }
    ) {
      self.claims = claims
      self.registry = registry
      self.blobs = blobs
      self.bus = bus
      self.model = model
      self.clock = clock
      self.ids = ids
      self.prices = prices
      self.observer = observer
      self.code = code
      self.web = web
      self.pause = pause
    }
  }

  let configuration: WorkerConfiguration
  let effects: Effects

  public init(configuration: WorkerConfiguration, effects: Effects) {
    self.configuration = configuration
    self.effects = effects
  }

  /// Does the task of one message.
  /// - Parameters:
  ///   - body: the body of the SQS message.
  ///   - traceHeader: travels on with the completion.
  ///   - deadlineMilliseconds: when the invocation ends, in milliseconds since the Unix epoch.
  /// - Throws: when the message must come again.
  public func handle(_ body: [UInt8], traceHeader: String?, deadlineMilliseconds: Int64) async throws {
    let tasks = tasks
    try await tasks.handle(
      body, traceHeader: traceHeader, deadlineMilliseconds: deadlineMilliseconds,
      perform: { message, claim throws(TaskFailure) in try await run(message, claim, tasks) },
      settle: { answer, key in try await effects.code.settle(answer, key) })
  }

  /// Made for each message: it is nothing but references.
  private var tasks: TaskHandler {
    TaskHandler(
      function: "worker-wrapper", inlineBytes: configuration.inlineBytes,
      criticalCodes: ["agent_unreadable", "code_hash_mismatch", "not_locked"],
      effects: TaskHandler.Effects(
        claims: effects.claims, blobs: effects.blobs, bus: effects.bus, clock: effects.clock, ids: effects.ids, observer: effects.observer))
  }
}
