/// Knows the agents.
public protocol AgentRegistry: Sendable {
  /// The agents that may be called now.
  /// - Parameter changedAtMilliseconds: when the registry is known to have changed, in milliseconds since the Unix epoch; what may have been
  ///   read before then does not serve. Nil when nothing is known of a change.
  func directory(changedAtMilliseconds: Int64?) async throws -> AgentDirectory
}
