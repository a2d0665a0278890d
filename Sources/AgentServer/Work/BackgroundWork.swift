/// The work of an agent that outlives the answer to its invocation. As long as there is any, /ping answers HealthyBusy, and AgentCore keeps the
/// session's environment.
///
/// When the process has to end, each piece of work is cancelled and waited for, up to `AgentServerSettings.drainMilliseconds`.
public final class BackgroundWork: Sendable {
  let registry: TaskRegistry

  /// - Parameters:
  ///   - limit: pieces of work at a time.
  ///   - nowSeconds: seconds since the Unix epoch.
  init(limit: Int, nowSeconds: @escaping @Sendable () -> Int64) { registry = TaskRegistry(limit: limit, nowSeconds: nowSeconds) }

  public var health: AgentHealth { registry.health }

  /// Runs an operation in a task of its own.
  /// - Throws: an `AgentRequestError` with status 503 when there is no room for more, or the process ends; the operation does not run then.
  public func start(_ operation: @escaping @Sendable () async -> Void) throws(AgentRequestError) {
    if let refusal = registry.start(operation) { throw Self.error(refusal) }
  }

  /// Registers work that the caller runs in its own way, until `end` of what is returned.
  /// - Throws: an `AgentRequestError` with status 503 when there is no room for more, or the process ends.
  public func begin() throws(AgentRequestError) -> Registration {
    switch registry.enter() {
    case .success(let number): return Registration(registry, number)
    case .failure(let refused): throw Self.error(refused.reason)
    }
  }

  /// A piece of work that is under way.
  public final class Registration: Sendable {
    private let registry: TaskRegistry
    private let number: Int

    init(_ registry: TaskRegistry, _ number: Int) {
      self.registry = registry
      self.number = number
    }

    /// Says that the work is done; a second time does nothing.
    public func end() { registry.leave(number) }

    deinit { registry.leave(number) }
  }

  private static func error(_ refusal: TaskRegistry.Refusal) -> AgentRequestError {
    switch refusal {
    case .closed: AgentRequestError("The agent is shutting down", details: "start the session again, in another environment", status: 503)
    case .full(let limit):
      AgentRequestError("The agent is busy", details: "\(limit) pieces of work run already; try again later", status: 503)
    }
  }
}
