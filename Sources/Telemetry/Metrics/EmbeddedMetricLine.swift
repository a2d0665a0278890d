internal import JSON

/// One log line in CloudWatch's embedded metric format.
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
struct EmbeddedMetricLine {
  /// Metrics that one line may declare, and values that one metric may have.
  static let mostMetrics = 100
  /// Bytes that the metrics of a line take at most, by an estimate that is never too low; properties get the rest of 256 KB.
  static let mostBytes = 96 << 10

  let namespace: String
  let dimensions: MetricDimensions
  /// Names of dimensions, a list for each combination under which the metrics shall be found.
  let dimensionSets: [[String]]
  var metrics: [Metric] = []
  private var estimatedBytes = 0

  init(namespace: String, dimensions: MetricDimensions, dimensionSets: [[String]]) {
    self.namespace = namespace
    self.dimensions = dimensions
    self.dimensionSets = dimensionSets
  }

  /// Adds a metric of at most a hundred values, when the line has room for it and no other of that name.
  /// - Returns: false when it belongs into another line.
  mutating func append(_ metric: Metric) -> Bool {
    // Quotes and backslashes take two bytes.
    let escapes = metric.name.utf8.count { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    let bytes = 2 * (metric.name.utf8.count + escapes) + 80 + 26 * metric.values.count
    guard metrics.count < Self.mostMetrics, estimatedBytes + bytes <= Self.mostBytes, !metrics.contains(where: { $0.name == metric.name })
    else { return false }
    metrics.append(metric)
    estimatedBytes += bytes
    return true
  }

  func bytes(timestampMilliseconds: Int64, properties: JSONObject, redaction: Redaction) -> [UInt8] {
    var line = FieldWriter(redaction: redaction)
    line.writer.beginObject()
    writeDescription(&line.writer, timestampMilliseconds)
    for (name, value) in zip(dimensions.names, dimensions.values) { line.writer.member(name, value) }
    for metric in metrics {
      line.writer.key(metric.name)
      if metric.values.count == 1 {
        line.writer.double(metric.values[0])
      } else {
        line.writer.beginArray()
        for value in metric.values { line.writer.double(value) }
        line.writer.endArray()
      }
    }
    let taken = Set(["_aws"] + dimensions.names + metrics.map(\.name))
    line.members(JSONObject(properties.members.filter { !taken.contains($0.key) }.map { ($0.key, $0.value) }))
    line.writer.endObject()
    return line.writer.bytes + [0x0A]
  }

  private func writeDescription(_ writer: inout JSONWriter, _ timestampMilliseconds: Int64) {
    writer.key("_aws")
    writer.beginObject()
    writer.member("Timestamp", timestampMilliseconds)
    writer.key("CloudWatchMetrics")
    writer.beginArray()
    writer.beginObject()
    writer.member("Namespace", namespace)
    writer.key("Dimensions")
    writer.beginArray()
    for set in dimensionSets {
      writer.beginArray()
      for name in set { writer.string(name) }
      writer.endArray()
    }
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
  }
}
