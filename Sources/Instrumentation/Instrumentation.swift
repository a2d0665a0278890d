public import Telemetry

/// What an `InstrumentedHandler` adds to a handler.
public struct Instrumentation: Sendable {
  /// Fields that each line of an invocation carries.
  public struct Fields: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// `requestId`
    public static let requestID = Fields(rawValue: 1)
    /// `cold_start`: whether the process serves its first event.
    public static let coldStart = Fields(rawValue: 2)
    /// `correlation_id`, where a path is given and the event has one.
    public static let correlationID = Fields(rawValue: 4)
    /// `xray_trace_id`: the trace's root.
    public static let traceID = Fields(rawValue: 8)
    /// `tenant_id`, of functions in tenant isolation mode.
    public static let tenantID = Fields(rawValue: 16)
    /// `function_name`, `function_version`, `function_memory_size` in MB, `function_arn`
    public static let function = Fields(rawValue: 32)

    public static let standard: Fields = [.requestID, .coldStart, .correlationID, .traceID, .tenantID]
    public static let all: Fields = [.standard, .function]
  }

  public var logger: Logger
  /// Where metrics of `MetricsBuffer.current` go, at the end of each invocation or shortly before its deadline; nil for no buffer.
  public var metrics: Metrics?
  public var fields = Fields.standard
  public var correlation: CorrelationPath?
  /// Whether the first event of a process counts a metric `ColdStart`, with the dimension `function_name`.
  public var countsColdStarts = false
  /// Whether each event is logged as it came, at INFO, redacted and cut like every value. Events hold people's data: leave it off in production.
  public var logsEvents = false
  /// How long before the deadline an invocation that is not done is warned of, and its metrics and lines are written; a tenth of its time if
  /// that is shorter, 0 for never. Lambda ends the process at the deadline, and what it holds is lost then.
  public var warningMilliseconds: Int64 = 500

  public init(logger: Logger, metrics: Metrics? = nil, correlation: CorrelationPath? = nil) {
    self.logger = logger
    self.metrics = metrics
    self.correlation = correlation
  }
}
