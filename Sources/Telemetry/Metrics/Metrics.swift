public import JSON

/// Emits metrics as log lines in CloudWatch's embedded metric format: no API call, no permission, no delay.
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
/// ```swift
/// let metrics = Metrics(namespace: "Shop", dimensions: ["service": "checkout"])
/// metrics.emit([.count("OrdersPlaced"), .milliseconds("Payment", 412)], properties: ["orderId": "o-1"])
/// ```
///
/// Delivery is at least once. Identifiers of runs and requests belong into properties: as dimensions each would be a metric of its own, and cost
/// accordingly.
///
/// CloudWatch drops a line with a name, a value or a number of things that it does not take, and says nothing. So lines are split where there
/// is too much for one, and what cannot be emitted at all is left out and warned of in a log line that has its name and values.
public struct Metrics: Sendable {
  /// Metrics that one line may declare, and values that one metric may have.
  public static let mostMetricsInALine = EmbeddedMetricLine.mostMetrics

  private let namespace: String
  private let namespaceProblem: String?
  private let dimensions: [(name: String, value: String)]
  private let dimensionSets: [[String]]?
  private let redaction: Redaction
  private let nowMilliseconds: @Sendable () -> Int64
  private let output: @Sendable ([UInt8]) -> Void

  /// - Parameters:
  ///   - namespace: 1 to 255 letters, digits, spaces and `.-_/#:`, such as "Arbiter"; nothing that begins with "AWS/".
  ///   - dimensions: at most 30, in the order in which they shall be shown; empty values are left out.
  ///   - output: takes a whole line, with its line feed.
  public init(
    namespace: String, dimensions: KeyValuePairs<String, String> = [:], redaction: Redaction = .standard,
    nowMilliseconds: @escaping @Sendable () -> Int64 = Logger.systemTime,
    output: @escaping @Sendable ([UInt8]) -> Void = Logger.standardOutput
  ) {
    self.init(
      namespace: namespace, problem: MetricNames.problem(ofNamespace: namespace), dimensions: [], dimensionSets: nil, redaction: redaction,
      nowMilliseconds: nowMilliseconds, output: output)
    self = with(dimensions)
  }

  /// Metrics in the namespace METRICS_NAMESPACE, with the dimension `service` where SERVICE_NAME is set. Without a namespace nothing can be
  /// emitted, and each metric is warned of.
  /// - Parameter environment: the value of a variable; nil when it is not set.
  public init(
    environment: (String) -> String?, redaction: Redaction = .standard,
    nowMilliseconds: @escaping @Sendable () -> Int64 = Logger.systemTime,
    output: @escaping @Sendable ([UInt8]) -> Void = Logger.standardOutput
  ) {
    self.init(
      namespace: environment("METRICS_NAMESPACE") ?? "", dimensions: ["service": environment("SERVICE_NAME") ?? ""], redaction: redaction,
      nowMilliseconds: nowMilliseconds, output: output)
  }

  private init(
    namespace: String, problem: String?, dimensions: [(name: String, value: String)], dimensionSets: [[String]]?, redaction: Redaction,
    nowMilliseconds: @escaping @Sendable () -> Int64, output: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.namespace = namespace
    namespaceProblem = problem
    self.dimensions = dimensions
    self.dimensionSets = dimensionSets
    self.redaction = redaction
    self.nowMilliseconds = nowMilliseconds
    self.output = output
  }

  /// Emits nothing, for tests.
  public static let silent = Metrics(namespace: "silent", output: { _ in })

  /// The same metrics with more dimensions; of a name that is there already, the value given here counts. One that CloudWatch would not take
  /// is left out and warned of.
  public func with(_ more: KeyValuePairs<String, String>) -> Metrics {
    var dimensions = self.dimensions
    for (name, value) in more where !value.isEmpty {
      if let problem = MetricNames.problem(ofDimension: name, value: value) {
        warn("a dimension was left out: \(problem)", ["dimension": .string(name), "value": .string(value)])
      } else if let known = dimensions.firstIndex(where: { $0.name == name }) {
        // CloudWatch drops a line that has a dimension twice.
        dimensions[known].value = value
      } else if dimensions.count == MetricNames.mostDimensions {
        warn("a dimension was left out: a metric has at most 30", ["dimension": .string(name), "value": .string(value)])
      } else {
        dimensions.append((name, value))
      }
    }
    return copy(dimensions, dimensionSets)
  }

  /// The same metrics, found under several combinations of their dimensions, each of which CloudWatch counts as a metric of its own:
  /// `metrics.grouped(by: [["service"], ["service", "region"]])`. Names that are no dimensions are left out.
  public func grouped(by sets: [[String]]) -> Metrics { copy(dimensions, sets) }

  private func copy(_ dimensions: [(name: String, value: String)], _ sets: [[String]]?) -> Metrics {
    Metrics(
      namespace: namespace, problem: namespaceProblem, dimensions: dimensions, dimensionSets: sets, redaction: redaction,
      nowMilliseconds: nowMilliseconds, output: output)
  }

  /// Writes the metrics, in as few lines as the format allows.
  /// - Parameter properties: further members of the line, for queries over the log; they make no metric.
  public func emit(_ metrics: [Metric], properties: JSONObject = [:]) {
    for line in lines(of: metrics) {
      output(
        line.bytes(
          timestampMilliseconds: nowMilliseconds(), properties: Correlation.fields.merging(properties), redaction: redaction))
    }
  }

  public func emit(_ metric: Metric, properties: JSONObject = [:]) { emit([metric], properties: properties) }

  /// Splits metrics so that no line has a name twice, more than 100 names, more than 100 values of one, or too many bytes.
  private func lines(of metrics: [Metric]) -> [EmbeddedMetricLine] {
    var lines: [EmbeddedMetricLine] = []
    for metric in metrics {
      if let problem = problem(of: metric) {
        warn(
          "a metric was left out: \(problem)",
          ["metric": .string(metric.name), "values": .array(metric.values.map { JSONNumber($0).map(JSONValue.number) ?? .null })])
        continue
      }
      for start in stride(from: 0, to: metric.values.count, by: Self.mostMetricsInALine) {
        let values = Array(metric.values[start...].prefix(Self.mostMetricsInALine))
        let part = Metric(metric.name, values, metric.unit, isHighResolution: metric.isHighResolution)
        if lines.indices.contains(where: { lines[$0].append(part) }) { continue }
        var line = EmbeddedMetricLine(namespace: namespace, dimensions: dimensions, dimensionSets: sets)
        _ = line.append(part)
        lines.append(line)
      }
    }
    return lines
  }

  private var sets: [[String]] {
    guard let dimensionSets else { return [dimensions.map(\.name)] }
    return dimensionSets.prefix(30).map { set in set.filter { name in dimensions.contains { $0.name == name } } }
  }

  private func problem(of metric: Metric) -> String? {
    if let namespaceProblem { return "\(namespaceProblem), and not '\(namespace)'" }
    if let problem = MetricNames.problem(ofMetric: metric.name) { return problem }
    return dimensions.contains { $0.name == metric.name } ? "there is a dimension of its name" : nil
  }

  private func warn(_ message: String, _ fields: JSONObject) {
    let line = LogLine(
      timestampMilliseconds: nowMilliseconds(), level: .warning, message: message, fields: fields, redaction: redaction)
    output(line.bytes(format: .json))
  }
}
