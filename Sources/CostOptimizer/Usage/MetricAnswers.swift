internal import AgentKit
internal import JSON

/// The data points of one call's queries, gathered from its pages.
struct MetricAnswers: Sendable {
  /// What became of a query.
  enum Outcome: Sendable {
    /// All data points of the window, in the order of their times; none is an answer too.
    case whole([ExactDecimal])
    /// The service said that it could not give them all; nothing can be made of the rest.
    case unreadable(status: String)
  }

  private struct Points: Sendable {
    var values: [ExactDecimal] = []
    var times: [Int64] = []
    var status: String?
  }

  private var points: [String: Points] = [:]

  /// True when no page came: a gap says why of the whole call.
  private(set) var isEmpty = true

  /// Adds a page: one query can be in several.
  mutating func add(_ page: JSONValue) {
    isEmpty = false
    for result in page["MetricDataResults"]?.arrayValue ?? [] {
      guard let id = result["Id"]?.stringValue else { continue }
      let values = result["Values"]?.arrayValue ?? []
      let times = result["Timestamps"]?.arrayValue ?? []
      for (index, value) in values.enumerated() {
        guard let number = Self.number(value) else { continue }
        points[id, default: Points()].values.append(number)
        points[id, default: Points()].times.append(times.indices.contains(index) ? AccountTime.milliseconds(times[index]) ?? 0 : 0)
      }
      points[id, default: Points()].status = result["StatusCode"]?.stringValue ?? "Complete"
    }
  }

  /// What became of a query; `isWhole` is false when a later page could not be read.
  func outcome(_ id: String, isWhole: Bool) -> Outcome {
    guard let points = points[id] else { return .unreadable(status: "missing in the answer") }
    // PartialData asks for the next page; after the last one it says that the rest is lost.
    guard points.status == "Complete" else { return .unreadable(status: points.status ?? "") }
    guard isWhole else { return .unreadable(status: "incomplete") }
    let isSorted = zip(points.times, points.times.dropFirst()).allSatisfy { $0 <= $1 }
    guard !isSorted else { return .whole(points.values) }
    return .whole(points.values.indices.sorted { points.times[$0] < points.times[$1] }.map { points.values[$0] })
  }

  private static func number(_ value: JSONValue) -> ExactDecimal? {
    switch value {
    case .number(let number): ExactDecimal(number)
    case .string(let text): ExactDecimal(text)
    default: nil
    }
  }
}

extension MetricQuery.Reading {
  /// Digits behind the point of what is divided: a thousandth of a unit of millionths.
  private static let fractionDigits = 9

  /// The figure of data points in the order of their times; nil without any.
  func figure(_ values: [ExactDecimal], windowSeconds: Int64, period: Int64) -> ExactDecimal? {
    guard !values.isEmpty else { return nil }
    switch self {
    case .sum, .totalOfAverage, .countOfAverage: return Self.sum(values)
    case .highest: return values.max()
    case .latest: return values.last
    case .median: return Self.median(values.sorted())
    case .percentile95: return Self.nearestRank(values.sorted(), percent: 95)
    case .sumASecond: return Self.sum(values).flatMap { Self.quotient($0, ExactDecimal(windowSeconds)) }
    case .hours: return Self.quotient(ExactDecimal(Int64(values.count) * period), ExactDecimal(3_600))
    case .percentile95ASecond: return Self.quotient(Self.nearestRank(values.sorted(), percent: 95), ExactDecimal(period))
    }
  }

  static func sum(_ values: [ExactDecimal]) -> ExactDecimal? {
    var total = ExactDecimal.zero
    for value in values {
      guard let next = try? total.adding(value) else { return nil }
      total = next
    }
    return total
  }

  static func median(_ sorted: [ExactDecimal]) -> ExactDecimal? {
    let middle = sorted.count / 2
    guard sorted.count.isMultiple(of: 2) else { return sorted[middle] }
    return (try? sorted[middle - 1].adding(sorted[middle])).flatMap { quotient($0, ExactDecimal(2)) }
  }

  /// The smallest value that at least so many percent of the values do not exceed.
  static func nearestRank(_ sorted: [ExactDecimal], percent: Int) -> ExactDecimal {
    sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
  }

  static func quotient(_ value: ExactDecimal, _ divisor: ExactDecimal) -> ExactDecimal? {
    (try? value.divided(by: divisor).value)?.rounded(toFractionDigits: fractionDigits)
  }
}
