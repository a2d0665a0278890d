/// Knows the agents.
public protocol AgentRegistry: Sendable {
  /// The agents that may be called now.
  func directory() async throws -> AgentDirectory
}
