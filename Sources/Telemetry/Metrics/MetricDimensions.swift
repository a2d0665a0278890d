/// The dimensions of metrics, in the order in which they are shown.
///
/// Two arrays of strings, and not one of pairs: the runtime has the metadata of the former, and would make that of the latter at each start.
struct MetricDimensions: Sendable {
  private(set) var names: [String] = []
  private(set) var values: [String] = []

  /// Adds a dimension; of a name that is there already, the value given here counts, since CloudWatch drops a line that has a dimension twice.
  /// - Returns: why it cannot be added; nil when it was.
  mutating func set(_ name: String, _ value: String) -> String? {
    if let known = names.firstIndex(of: name) {
      values[known] = value
      return nil
    }
    guard names.count < MetricNames.mostDimensions else { return "a metric has at most \(MetricNames.mostDimensions)" }
    names.append(name)
    values.append(value)
    return nil
  }
}
