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

  /// One reference, so that a copy costs nothing: metrics are made at the start of the process, and used much later, if at all.
  private final class Storage: Sendable {
    let namespace: String
    let namespaceProblem: String?
    let dimensions: MetricDimensions
    let dimensionSets: [[String]]?
    let redaction: Redaction
    let nowMilliseconds: @Sendable () -> Int64
    let output: @Sendable ([UInt8]) -> Void

    init(
      namespace: String, redaction: Redaction, nowMilliseconds: @escaping @Sendable () -> Int64,
      output: @escaping @Sendable ([UInt8]) -> Void
    ) {
      self.namespace = namespace
      namespaceProblem = MetricNames.problem(ofNamespace: namespace)
      dimensions = MetricDimensions()
      dimensionSets = nil
      self.redaction = redaction
      self.nowMilliseconds = nowMilliseconds
      self.output = output
    }

    init(_ other: Storage, dimensions: MetricDimensions, dimensionSets: [[String]]?) {
      namespace = other.namespace
      namespaceProblem = other.namespaceProblem
      self.dimensions = dimensions
      self.dimensionSets = dimensionSets
      redaction = other.redaction
      nowMilliseconds = other.nowMilliseconds
      output = other.output
    }
  }

  private var storage: Storage

  /// - Parameters:
  ///   - namespace: 1 to 255 letters, digits, spaces and `.-_/#:`, such as "Arbiter"; nothing that begins with "AWS/".
  ///   - dimensions: at most 30, in the order in which they shall be shown; empty values are left out.
  ///   - output: takes a whole line, with its line feed.
  public init(
    namespace: String, dimensions: KeyValuePairs<String, String> = [:], redaction: Redaction = .standard,
    nowMilliseconds: @escaping @Sendable () -> Int64 = Logger.systemTime,
    output: @escaping @Sendable ([UInt8]) -> Void = Logger.standardOutput
  ) {
    storage = Storage(namespace: namespace, redaction: redaction, nowMilliseconds: nowMilliseconds, output: output)
    if !dimensions.isEmpty { self = with(dimensions) }
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
      namespace: environment("METRICS_NAMESPACE") ?? "", redaction: redaction, nowMilliseconds: nowMilliseconds, output: output)
    if let service = environment("SERVICE_NAME") { self = with("service", service) }
  }

  private init(_ storage: Storage) { self.storage = storage }

  /// Emits nothing, for tests.
  public static let silent = Metrics(namespace: "silent", output: { _ in })

  /// The same metrics with more dimensions; of a name that is there already, the value given here counts. One that CloudWatch would not take
  /// is left out and warned of.
  public func with(_ more: KeyValuePairs<String, String>) -> Metrics {
    var dimensions = storage.dimensions
    for (name, value) in more { add(name, value, to: &dimensions) }
    return Metrics(Storage(storage, dimensions: dimensions, dimensionSets: storage.dimensionSets))
  }

  /// As above, for one more.
  public func with(_ name: String, _ value: String) -> Metrics {
    var dimensions = storage.dimensions
    add(name, value, to: &dimensions)
    return Metrics(Storage(storage, dimensions: dimensions, dimensionSets: storage.dimensionSets))
  }

  private func add(_ name: String, _ value: String, to dimensions: inout MetricDimensions) {
    guard !value.isEmpty else { return }
    let problem = MetricNames.problem(ofDimension: name, value: value) ?? dimensions.set(name, value)
    if let problem { warn("a dimension was left out: \(problem)", ["dimension": .string(name), "value": .string(value)]) }
  }

  /// The same metrics, found under several combinations of their dimensions, each of which CloudWatch counts as a metric of its own:
  /// `metrics.grouped(by: [["service"], ["service", "region"]])`. Names that are no dimensions are left out; of no combination at all, all
  /// dimensions are one.
  public func grouped(by sets: [[String]]) -> Metrics {
    Metrics(Storage(storage, dimensions: storage.dimensions, dimensionSets: sets.isEmpty ? nil : sets))
  }

  /// Writes the metrics, in as few lines as the format allows.
  /// - Parameter properties: further members of the line, for queries over the log; they make no metric.
  public func emit(_ metrics: [Metric], properties: JSONObject = [:]) {
    for line in lines(of: metrics) {
      storage.output(
        line.bytes(
          timestampMilliseconds: storage.nowMilliseconds(), properties: Correlation.fields.merging(properties),
          redaction: storage.redaction))
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
      if !metric.refusedValues.isEmpty {
        warn(
          "values of a metric were left out: CloudWatch takes numbers from -2^360 to 2^360",
          ["metric": .string(metric.name), "values": .array(metric.refusedValues.map { .string("\($0)") })])
      }
      for start in stride(from: 0, to: metric.values.count, by: Self.mostMetricsInALine) {
        let values = Array(metric.values[start...].prefix(Self.mostMetricsInALine))
        let part = Metric(metric.name, values, metric.unit, isHighResolution: metric.isHighResolution)
        if lines.indices.contains(where: { lines[$0].append(part) }) { continue }
        var line = EmbeddedMetricLine(namespace: storage.namespace, dimensions: storage.dimensions, dimensionSets: sets)
        _ = line.append(part)
        lines.append(line)
      }
    }
    return lines
  }

  private var sets: [[String]] {
    let names = storage.dimensions.names
    guard let sets = storage.dimensionSets else { return [names] }
    return sets.prefix(30).map { set in set.filter(names.contains) }
  }

  private func problem(of metric: Metric) -> String? {
    if let problem = storage.namespaceProblem { return "\(problem), and not '\(storage.namespace)'" }
    if let problem = MetricNames.problem(ofMetric: metric.name) { return problem }
    return storage.dimensions.names.contains(metric.name) ? "there is a dimension of its name" : nil
  }

  private func warn(_ message: String, _ fields: JSONObject) {
    let line = LogLine(
      timestampMilliseconds: storage.nowMilliseconds(), level: .warning, message: message, fields: fields, redaction: storage.redaction)
    storage.output(line.bytes(format: .json))
  }
}
