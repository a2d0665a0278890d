/// The thresholds of the decision rules; docs/cost-rules.md names the source of each default.
///
/// Percentages are whole numbers, so that every comparison is exact.
public struct RuleSettings: Sendable, Hashable {
  // Lambda: whether a function is needed.

  /// Invocations in the window below which a function that is used counts as hardly used.
  public var lowInvocations = 100

  // Lambda: memory.

  /// A headroom above this allows less memory.
  public var memoryReduceHeadroomPercent = 40
  /// A headroom below this asks for more memory.
  public var memoryIncreaseHeadroomPercent = 10
  /// What a new size keeps above the 95th percentile of the memory used.
  public var memoryMarginPercent = 25
  /// New sizes are multiples of this many megabytes.
  public var memoryStepMegabytes = 64
  public var minimumMemoryMegabytes = 128
  public var maximumMemoryMegabytes = 10_240
  /// The 95th percentile of the duration may be at most this share of the timeout before memory is taken away. Less memory is less CPU, and one
  /// step halves it at most, so a duration that doubles still ends in time.
  public var durationObjectivePercent = 50
  /// Fewer REPORT lines than this have no 95th percentile besides their maximum.
  public var minimumReports = 20
  /// Days of logs below which memory is not judged: a shorter window misses what happens once a week.
  public var minimumMemoryDays = 7

  // Lambda: concurrency.

  /// What a target keeps above the 95th percentile of the concurrency.
  public var concurrencyMarginPercent = 20
  /// A 95th percentile below this share of the reserved concurrency allows less of it.
  public var reservedUtilizationPercent = 50
  /// A median utilization below this allows less provisioned concurrency.
  public var provisionedUtilizationPercent = 30

  // Lambda: the rest of the configuration.

  /// A 99th percentile of the duration below this share of the timeout allows a shorter one.
  public var timeoutUtilizationPercent = 50
  /// The new timeout, as a percentage of the 99th percentile of the duration.
  public var timeoutTargetPercent = 150
  /// No timeout is set below this: it is what Lambda sets without being told.
  public var minimumTimeoutSeconds = 3
  /// Ephemeral storage up to this is not charged.
  public var freeEphemeralStorageMegabytes = 512
  /// Published versions above which old ones are named.
  public var maximumVersions = 10
  /// A share of failed invocations above this is named; the same of requests and of executions.
  public var errorPercent = 5
  /// Fewer invocations, requests or executions than this have no share of errors worth naming.
  public var minimumForErrors = 100

  // API Gateway.

  /// A share of cache hits below this asks whether the cache is worth it.
  public var cacheHitPercent = 20
  /// Bytes a request on average above which responses count as large: an HTTP API is metered by 512 KiB.
  public var largeRequestBytes = 524_288

  // DynamoDB.

  /// The average and the 95th percentile of the consumed capacity below which provisioned capacity is reduced.
  public var tableAveragePercent = 20
  public var tablePeakPercent = 50
  /// Hours with consumed capacity that a table must have had which is younger than the window: a week of them.
  public var minimumTableHours = 168
  /// The share of new capacity that the 95th percentile takes: the default target of auto scaling.
  public var tableTargetPercent = 70
  /// Units a second on average from which an on-demand table counts as busy.
  public var steadyUnits = 10
  /// A busy table is steady when its 95th percentile is at most this percentage of its average.
  public var steadyPeakPercent = 150

  // S3.

  /// Reads of an object in the window, as a percentage of the number of objects, below which a bucket is rarely read.
  public var rareReadPercent = 10
  /// Objects below this size on average stay: their monitoring would take more than the colder tier saves (at list prices below some 290 KB).
  public var minimumObjectBytes = 524_288
  /// Days after which an unfinished upload is stale.
  public var staleUploadDays = 7

  // Step Functions.

  /// Standard executions in the window from which, and the average time below which, Express workflows are worth a look.
  public var expressExecutions = 10_000
  public var expressMilliseconds = 60_000

  // EventBridge.

  /// Runs of a schedule in the window below which it counts as having little traffic.
  public var lowScheduleRuns = 100

  public init() {}
}
