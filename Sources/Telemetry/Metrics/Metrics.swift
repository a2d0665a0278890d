public import JSON

/// Emits metrics as log lines in CloudWatch's embedded metric format: no API call, no permission, no delay.
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
///
/// Delivery is at least once. Identifiers of runs and requests belong into properties: as dimensions each would be a metric of its own, and cost
/// accordingly.
public struct Metrics: Sendable {
  /// Metrics that one line may declare, and values that one metric may have.
  public static let mostMetricsInALine = 100

  private let namespace: String
  private let dimensions: [(name: String, value: String)]
  private let nowMilliseconds: @Sendable () -> Int64
  private let output: @Sendable ([UInt8]) -> Void

  /// - Parameters:
  ///   - namespace: 1 to 255 characters, such as "Arbiter".
  ///   - dimensions: at most 30, in the order in which they shall be shown; empty values are left out.
  public init(
    namespace: String, dimensions: KeyValuePairs<String, String> = [:],
    nowMilliseconds: @escaping @Sendable () -> Int64 = Logger.systemTime,
    output: @escaping @Sendable ([UInt8]) -> Void = Logger.standardOutput
  ) {
    self.init(
      namespace: namespace, pairs: dimensions.map { ($0.key, $0.value) }, nowMilliseconds: nowMilliseconds, output: output)
  }

  private init(
    namespace: String, pairs: [(String, String)], nowMilliseconds: @escaping @Sendable () -> Int64,
    output: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.namespace = namespace
    var dimensions: [(name: String, value: String)] = []
    for (name, value) in pairs where !value.isEmpty {
      // CloudWatch drops a line that has a dimension twice.
      if let known = dimensions.firstIndex(where: { $0.name == name }) {
        dimensions[known].value = value
      } else {
        dimensions.append((name, value))
      }
    }
    self.dimensions = Array(dimensions.prefix(30))
    self.nowMilliseconds = nowMilliseconds
    self.output = output
  }

  /// Emits nothing, for tests.
  public static let silent = Metrics(namespace: "", output: { _ in })

  /// The same metrics with more dimensions; of a name that is there already, the value given here counts.
  public func with(_ more: KeyValuePairs<String, String>) -> Metrics {
    Metrics(
      namespace: namespace, pairs: dimensions.map { ($0.name, $0.value) } + more.map { ($0.key, $0.value) },
      nowMilliseconds: nowMilliseconds,
      output: output)
  }

  /// Writes the metrics, in as few lines as the format allows.
  /// - Parameter properties: further members of the line, for queries over the log; they make no metric.
  public func emit(_ metrics: [Metric], properties: JSONObject = [:]) {
    for line in lines(of: metrics) { output(bytes(of: line, properties: properties)) }
  }

  public func emit(_ metric: Metric, properties: JSONObject = [:]) { emit([metric], properties: properties) }

  /// Splits metrics so that no line has a name twice, more than 100 names, or more than 100 values of one.
  private func lines(of metrics: [Metric]) -> [[Metric]] {
    var lines: [[Metric]] = []
    for metric in metrics {
      for start in stride(from: 0, to: metric.values.count, by: Self.mostMetricsInALine) {
        let values = Array(metric.values[start...].prefix(Self.mostMetricsInALine))
        let part = Metric(metric.name, values, metric.unit, isHighResolution: metric.isHighResolution)
        let fitting = lines.firstIndex { line in line.count < Self.mostMetricsInALine && !line.contains { $0.name == metric.name } }
        if let fitting { lines[fitting].append(part) } else { lines.append([part]) }
      }
    }
    return lines
  }

  private func bytes(of metrics: [Metric], properties: JSONObject) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("_aws")
    writer.beginObject()
    writer.member("Timestamp", nowMilliseconds())
    writer.key("CloudWatchMetrics")
    writer.beginArray()
    writer.beginObject()
    writer.member("Namespace", namespace)
    writer.key("Dimensions")
    writer.beginArray()
    writer.beginArray()
    for dimension in dimensions { writer.string(dimension.name) }
    writer.endArray()
    writer.endArray()
    writer.key("Metrics")
    writer.beginArray()
    for metric in metrics {
      writer.beginObject()
      writer.member("Name", metric.name)
      writer.member("Unit", metric.unit.name)
      if metric.isHighResolution { writer.member("StorageResolution", 1) }
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    writer.endArray()
    writer.endObject()
    for dimension in dimensions { writer.member(dimension.name, dimension.value) }
    for metric in metrics {
      writer.key(metric.name)
      if metric.values.count == 1 {
        writer.double(metric.values[0])
      } else {
        writer.beginArray()
        for value in metric.values { writer.double(value) }
        writer.endArray()
      }
    }
    let taken = Set(["_aws"] + dimensions.map(\.name) + metrics.map(\.name))
    for (name, value) in Correlation.fields.merging(properties) where !taken.contains(name) {
      writer.member(name, Redaction.hides(name, value) ? .string(Redaction.replacement) : value)
    }
    writer.endObject()
    return writer.bytes + [0x0A]
  }
}
