public import JSON
public import Telemetry

/// Writes what the domain does as log lines and metrics.
public struct TelemetryObserver: OrchestrationObserver {
  private let logger: Logger
  private let metrics: Metrics

  public init(logger: Logger, metrics: Metrics) {
    self.logger = logger
    self.metrics = metrics
  }

  public func note(_ level: ObservationLevel, _ message: String, _ fields: JSONObject) {
    logger.log(level.logLevel, message, fields)
  }

  public func count(_ metric: String) { metrics.emit(.count(metric)) }
}

extension ObservationLevel {
  fileprivate var logLevel: LogLevel {
    switch self {
    case .debug: .debug
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }
}
