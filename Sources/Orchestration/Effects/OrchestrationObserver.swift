public import JSON

/// Hears what the domain does: log lines and counts.
public protocol OrchestrationObserver: Sendable {
  /// Something happened. Fields never hold prompts, answers or secrets unless the deployment asks for content.
  func note(_ level: ObservationLevel, _ message: String, _ fields: JSONObject)
  /// Counts one occurrence of a metric.
  func count(_ metric: String)
}

public enum ObservationLevel: Sendable { case debug, info, warning, error }

/// Hears nothing.
public struct SilentObserver: OrchestrationObserver {
  public init() {}
  public func note(_ level: ObservationLevel, _ message: String, _ fields: JSONObject) {}
  public func count(_ metric: String) {}
}
