public import JSON
internal import Synchronization

/// Collects metrics, and emits them together: one line where each would have been one.
///
/// Values of a metric are kept one by one, so that CloudWatch has their number, sum, extremes and percentiles. What is full is emitted at once;
/// the rest when somebody calls `flush`, or at the end of `collecting`, also when the operation throws.
public final class MetricsBuffer: Sendable {
  /// The buffer of the task's current `collecting`; nil outside of one.
  @TaskLocal public static var current: MetricsBuffer?

  private struct State {
    var metrics: [Metric] = []
    var properties: JSONObject = [:]

    /// Hands the metrics out; the properties stay for those to come.
    mutating func takeMetrics() -> State {
      defer { metrics = [] }
      return self
    }
  }

  private let metrics: Metrics
  private let state = Mutex(State())

  public init(_ metrics: Metrics) { self.metrics = metrics }

  /// Runs an operation with a buffer of its own, and emits what was collected however the operation ends.
  public static func collecting<Result>(
    into metrics: Metrics, _ operation: (MetricsBuffer) async throws -> Result
  ) async rethrows -> Result {
    let buffer = MetricsBuffer(metrics)
    defer { buffer.flush() }
    return try await $current.withValue(buffer) { try await operation(buffer) }
  }

  /// Adds the values of a metric. Another unit or resolution than before makes another metric of it.
  public func add(_ metric: Metric) {
    let full = state.withLock { state -> State? in
      let known = state.metrics.firstIndex {
        $0.name == metric.name && $0.unit == metric.unit && $0.isHighResolution == metric.isHighResolution
      }
      if let known {
        state.metrics[known] = state.metrics[known].adding(metric)
      } else {
        state.metrics.append(metric)
      }
      let isFull =
        state.metrics.count >= Metrics.mostMetricsInALine
        || known.map { state.metrics[$0].values.count + state.metrics[$0].refusedValues.count >= Metrics.mostMetricsInALine } ?? false
      guard isFull else { return nil }
      return state.takeMetrics()
    }
    if let full { metrics.emit(full.metrics, properties: full.properties) }
  }

  /// Adds members to the lines that are emitted from now on; they make no metric.
  public func addProperties(_ properties: JSONObject) { state.withLock { $0.properties = $0.properties.merging(properties) } }

  /// Emits what there is; nothing when there is nothing.
  public func flush() {
    let taken = state.withLock { $0.takeMetrics() }
    if !taken.metrics.isEmpty { metrics.emit(taken.metrics, properties: taken.properties) }
  }
}

extension Metric {
  fileprivate func adding(_ more: Metric) -> Metric {
    Metric(name, values + refusedValues + more.values + more.refusedValues, unit, isHighResolution: isHighResolution)
  }
}
