public import AWSClient
public import AgentKit
public import JSON
public import Orchestration

/// The functions that a world runs: the product's, or those of a test that wants to see them fail.
public struct Implementation: Sendable {
  /// What a function finds when its process starts.
  public struct Resources: Sendable {
    public let environment: Environment
    public let client: AWSClient
    public let clock: any Clock
    public let ids: any IDSource
    public let observer: any OrchestrationObserver
    /// Runs the world's code agents.
    public let code: any CodeAgentRunner
  }

  /// Handles one event; what it throws makes the service deliver the event again.
  public typealias Handler = @Sendable (_ bytes: [UInt8], _ traceHeader: String?, _ deadlineMilliseconds: Int64) async throws -> JSONValue

  public var name: String
  /// Starts a Supervisor, which handles events of EventBridge.
  public var supervisor: @Sendable (Resources) throws -> Handler
  /// Starts a worker, which handles the bodies of messages.
  public var worker: @Sendable (Resources) throws -> Handler

  public init(
    name: String, supervisor: @escaping @Sendable (Resources) throws -> Handler, worker: @escaping @Sendable (Resources) throws -> Handler
  ) {
    self.name = name
    self.supervisor = supervisor
    self.worker = worker
  }

  /// What is deployed.
  public static let product = Implementation(
    name: "arbiter",
    supervisor: { resources in
      let supervisor = try Supervisor(
        environment: resources.environment, client: resources.client, observer: resources.observer, clock: resources.clock,
        ids: resources.ids)
      return { try await supervisor.handle($0, traceHeader: $1, deadlineMilliseconds: $2) }
    },
    worker: { resources in
      let worker = try Worker(
        environment: resources.environment, client: resources.client, observer: resources.observer, clock: resources.clock,
        ids: resources.ids, code: resources.code)
      return { body, traceHeader, deadline in
        try await worker.handle(body, traceHeader: traceHeader, deadlineMilliseconds: deadline)
        return .null
      }
    })
}
