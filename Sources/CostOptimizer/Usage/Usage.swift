public import AgentKit

/// What resources were used for, from CloudWatch and the logs. A figure that is nil was not there: no rule may guess it.
public struct Usage: Sendable, Hashable {
  /// The long window, 30 days, and the recent one, 7 days, both ending when the session began.
  public var window: Window
  public var recentWindow: Window
  /// By ARN.
  public var functions: [String: LambdaUsage] = [:]
  public var apis: [String: APIUsage] = [:]
  public var tables: [String: TableUsage] = [:]
  public var buckets: [String: BucketUsage] = [:]
  public var stateMachines: [String: StateMachineUsage] = [:]
  public var rules: [String: RuleUsage] = [:]
  public var gaps: [Gap] = []
  /// Calls that it took.
  public var callCount = 0

  public init(window: Window, recentWindow: Window) {
    self.window = window
    self.recentWindow = recentWindow
  }

  public struct Window: Sendable, Hashable {
    /// Milliseconds since the Unix epoch.
    public var fromMilliseconds: Int64
    public var toMilliseconds: Int64
    public var days: Int { Int((toMilliseconds - fromMilliseconds) / 86_400_000) }

    public init(fromMilliseconds: Int64, toMilliseconds: Int64) {
      self.fromMilliseconds = fromMilliseconds
      self.toMilliseconds = toMilliseconds
    }
  }
}

/// Of one function; metrics without another remark are of the 30 days, "recent" ones of the 7.
public struct LambdaUsage: Sendable, Hashable {
  public var invocations: ExactDecimal?
  public var recentInvocations: ExactDecimal?
  public var errors: ExactDecimal?
  public var throttles: ExactDecimal?
  /// Milliseconds. The average is weighted by invocations; percentiles are the highest of the days'.
  public var averageDuration: ExactDecimal?
  public var p95Duration: ExactDecimal?
  public var p99Duration: ExactDecimal?
  public var maximumDuration: ExactDecimal?
  public var maximumConcurrency: ExactDecimal?
  /// 95th percentile of the hourly maxima of ConcurrentExecutions.
  public var p95Concurrency: ExactDecimal?
  /// Median over the recent window of ProvisionedConcurrencyUtilization, 0 to 1, by qualifier.
  public var provisionedUtilization: [String: ExactDecimal] = [:]
  /// Longest age of a stream's records, in milliseconds.
  public var maximumIteratorAge: ExactDecimal?
  public var memory: MemoryUse?

  public init() {}

  /// From the REPORT lines of the log, by Logs Insights.
  public struct MemoryUse: Sendable, Hashable {
    /// Bytes.
    public var p90MaximumUsed: ExactDecimal
    public var p95MaximumUsed: ExactDecimal
    public var averageMaximumUsed: ExactDecimal
    /// The most that one invocation used, where the query tells it.
    public var maximumUsed: ExactDecimal?
    /// REPORT lines that were read.
    public var reportCount: Int64
    /// Days of the window that the query could reach: 30, 15, 7, 3 or 1.
    public var days: Int

    public init(
      p90MaximumUsed: ExactDecimal, p95MaximumUsed: ExactDecimal, averageMaximumUsed: ExactDecimal,
      maximumUsed: ExactDecimal? = nil, reportCount: Int64, days: Int
    ) {
      self.p90MaximumUsed = p90MaximumUsed
      self.p95MaximumUsed = p95MaximumUsed
      self.averageMaximumUsed = averageMaximumUsed
      self.maximumUsed = maximumUsed
      self.reportCount = reportCount
      self.days = days
    }
  }
}

public struct APIUsage: Sendable, Hashable {
  public var requests: ExactDecimal?
  public var recentRequests: ExactDecimal?
  public var clientErrors: ExactDecimal?
  public var serverErrors: ExactDecimal?
  /// Milliseconds.
  public var averageLatency: ExactDecimal?
  public var p95Latency: ExactDecimal?
  public var averageIntegrationLatency: ExactDecimal?
  public var cacheHits: ExactDecimal?
  public var cacheMisses: ExactDecimal?
  /// Bytes; HTTP APIs only.
  public var dataProcessed: ExactDecimal?

  public init() {}
}

public struct TableUsage: Sendable, Hashable {
  /// Capacity units a second: the average over the window, and the 95th percentile of the hourly averages.
  public var averageReadUnits: ExactDecimal?
  public var p95ReadUnits: ExactDecimal?
  public var averageWriteUnits: ExactDecimal?
  public var p95WriteUnits: ExactDecimal?
  /// Units consumed in the whole window.
  public var consumedReadUnits: ExactDecimal?
  public var consumedWriteUnits: ExactDecimal?
  /// Hours of the window that have a data point.
  public var readHours: ExactDecimal?
  public var writeHours: ExactDecimal?
  public var readThrottles: ExactDecimal?
  public var writeThrottles: ExactDecimal?

  public init() {}
}

public struct BucketUsage: Sendable, Hashable {
  /// Bytes by storage type, such as "StandardStorage"; the latest daily value.
  public var bytesByClass: [String: ExactDecimal] = [:]
  public var objectCount: ExactDecimal?
  /// GET and all requests; only where the bucket has request metrics.
  public var getRequests: ExactDecimal?
  public var allRequests: ExactDecimal?
  public var clientErrors: ExactDecimal?
  public var serverErrors: ExactDecimal?

  public init() {}
}

public struct StateMachineUsage: Sendable, Hashable {
  public var started: ExactDecimal?
  public var failed: ExactDecimal?
  public var timedOut: ExactDecimal?
  /// Milliseconds.
  public var averageTime: ExactDecimal?
  /// Express workflows: billed milliseconds and megabytes.
  public var billedMilliseconds: ExactDecimal?
  public var billedMegabytes: ExactDecimal?

  public init() {}
}

public struct RuleUsage: Sendable, Hashable {
  public var matchedEvents: ExactDecimal?
  public var invocations: ExactDecimal?
  public var failedInvocations: ExactDecimal?

  public init() {}
}
