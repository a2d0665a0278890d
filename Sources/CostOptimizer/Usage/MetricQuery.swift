internal import AgentKit
internal import JSON

/// One metric with one statistic over one window, and where its figures go.
struct MetricQuery: Sendable {
  enum Span: Sendable, Hashable {
    case whole
    case recent
  }

  /// The figure that is made of a query's data points.
  enum Reading: Sendable {
    /// All points together.
    case sum
    case highest
    /// The point with the latest time.
    case latest
    case median
    /// By nearest rank, over the points that there are: hours without one are hours without use, and would hide a peak.
    case percentile95
    /// `sum`, over the seconds of the window.
    case sumASecond
    /// `percentile95`, over the seconds of a period.
    case percentile95ASecond
    /// The hours that the points stand for.
    case hours
    /// Total and number of values: the average that is weighted by how many values there were.
    case totalOfAverage
    case countOfAverage
  }

  typealias Path<Root> = any (WritableKeyPath<Root, ExactDecimal?> & Sendable)

  /// A member of `Usage`, of the resource of the query.
  enum Member: Sendable {
    case function(Path<LambdaUsage>)
    case provisionedUtilization(qualifier: String)
    case api(Path<APIUsage>)
    case table(Path<TableUsage>)
    case bucket(Path<BucketUsage>)
    case bucketBytes(storageType: String)
    case stateMachine(Path<StateMachineUsage>)
    case rule(Path<RuleUsage>)
    /// Bytes that a log group took in; the ARN of the query is the group's name.
    case logGroupBytes
  }

  struct Use: Sendable {
    var reading: Reading
    var member: Member
  }

  /// The resource that the figures are of.
  var arn: String
  var resourceName: String
  var namespace: String
  var metric: String
  var dimensions: [(name: String, value: String)]
  /// As GetMetricData takes it: "Sum", "Average", "Maximum", "SampleCount", "p95".
  var statistic: String
  /// Seconds of a data point.
  var period: Int64
  var span: Span
  var uses: [Use]
  /// True when the service publishes the metric only when something happened, so that a whole answer without a data point says that nothing did.
  var isZeroWhenSilent: Bool

  /// The query as a member of `MetricDataQueries`.
  func json(id: String) -> JSONValue {
    [
      "Id": .string(id),
      "MetricStat": [
        "Metric": [
          "Namespace": .string(namespace), "MetricName": .string(metric),
          "Dimensions": .array(dimensions.map { ["Name": .string($0.name), "Value": .string($0.value)] }),
        ],
        "Period": .number(period), "Stat": .string(statistic),
      ],
      "ReturnData": true,
    ]
  }
}
