internal import JSON

/// Which metrics are asked for, and in which calls. Pure: the same inventory and windows give the same plan.
struct MetricPlan: Sendable {
  /// Queries that GetMetricData takes in a call.
  static let maximumQueries = 500
  /// Data points that GetMetricData answers with in a call: 100,800. Half of it, so that an answer takes half the memory, and a point too many at the
  /// edge of a window costs nothing.
  static let maximumPoints: Int64 = 50_400

  /// Queries of one call: they share a window.
  struct Batch: Sendable {
    var window: Usage.Window
    var queries: [MetricQuery]

    static func id(_ index: Int) -> String { "m\(index)" }

    var parameters: JSONObject {
      [
        "MetricDataQueries": .array(queries.indices.map { queries[$0].json(id: Self.id($0)) }),
        "StartTime": .number(window.fromMilliseconds / 1000), "EndTime": .number(window.toMilliseconds / 1000),
        "ScanBy": "TimestampAscending",
      ]
    }
  }

  let window: Usage.Window
  let recentWindow: Usage.Window
  private(set) var queries: [MetricQuery] = []
  /// Resources whose names CloudWatch does not take in a query. One such name would have the call refused, and 499 others with it.
  private(set) var unnamable: Set<String> = []

  init(window: Usage.Window, recentWindow: Usage.Window) {
    self.window = window
    self.recentWindow = recentWindow
  }

  mutating func add(_ query: MetricQuery) {
    if query.dimensions.allSatisfy({ Self.isDimensionValue($0.value) }) {
      queries.append(query)
    } else {
      unnamable.insert(query.resourceName)
    }
  }

  /// The API reference of CloudWatch, type Dimension: 1 to 1,024 printable ASCII characters, not all of them blank.
  private static func isDimensionValue(_ value: String) -> Bool {
    value.utf8.count <= 1024 && value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && value.utf8.contains { $0 != 0x20 }
  }

  func window(_ span: MetricQuery.Span) -> Usage.Window { span == .whole ? window : recentWindow }

  /// Seconds of a day's data points: a day, and more only for windows of more than 455 days, which CloudWatch does not keep.
  func day(_ span: MetricQuery.Span) -> Int64 { 86_400 * Self.stretch(window(span), by: 455) }

  /// Seconds of an hour's data points, stretched so that a window has at most some 1,440 of them.
  func hour(_ span: MetricQuery.Span) -> Int64 { 3600 * Self.stretch(window(span), by: 60) }

  private static func stretch(_ window: Usage.Window, by days: Int64) -> Int64 {
    max(1, (seconds(window) + days * 86_400 - 1) / (days * 86_400))
  }

  static func seconds(_ window: Usage.Window) -> Int64 { max(0, (window.toMilliseconds - window.fromMilliseconds) / 1000) }

  /// Data points that a query can be answered with: one more than fit, since CloudWatch moves the beginning of a window back.
  func points(_ query: MetricQuery) -> Int64 {
    let seconds = Self.seconds(window(query.span))
    return (seconds + query.period - 1) / query.period + 1
  }

  /// The calls: never more queries or data points than one may have, in the order of the queries.
  var batches: [Batch] {
    var batches: [Batch] = []
    for span in [MetricQuery.Span.whole, .recent] {
      var batch = Batch(window: window(span), queries: [])
      var room = Self.maximumPoints
      for query in queries where query.span == span {
        let points = points(query)
        if !batch.queries.isEmpty, points > room || batch.queries.count == Self.maximumQueries {
          batches.append(batch)
          batch.queries = []
          room = Self.maximumPoints
        }
        batch.queries.append(query)
        room -= points
      }
      if !batch.queries.isEmpty { batches.append(batch) }
    }
    return batches
  }
}
