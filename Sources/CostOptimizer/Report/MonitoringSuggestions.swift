internal import AgentKit

/// What to watch after the changes, and when to look again: from the kinds of change that a report recommends.
enum MonitoringSuggestions {
  /// Milliseconds from a report to the next review: the metrics' window, so that the next report sees only what comes after this one.
  private static let reviewInterval: Int64 = 30 * 86_400_000

  static func nextReview(_ report: CostReport) -> String {
    "Next review: \(ReportPhrases.date(report.createdAtMilliseconds.saturatingAdd(reviewInterval))), when a whole window of "
      + "\(ReportPhrases.count(report.window.days, "day")) has passed. After a change, compare \(ReportPhrases.count(report.recentWindow.days, "day")) "
      + "before it with as many after it."
  }

  static func lines(_ report: CostReport) -> [String] {
    var lines: [String] = []
    for recommendation in report.recommendations {
      let line = suggestion(recommendation.finding.change)
      if let line, !lines.contains(line) { lines.append(line) }
    }
    if report.gaps.contains(where: { $0.kind == .missingData || $0.kind == .permission }) {
      lines.append("Close the gaps above first (permissions, log retention, metrics): rules without data give no advice.")
    }
    lines.append(
      "AWS Budgets or Cost Anomaly Detection on the services of this report, so that a cost that comes back is seen before the next review."
    )
    return lines
  }

  private static func suggestion(_ change: Finding.Change) -> String? {
    switch change {
    case .removeFunction:
      "Lambda, before removing a function: an alarm on Invocations > 0 for a week, and its code and configuration kept."
    case .memory: "Lambda, after a change of memory: p95 of Duration, Errors, and the log's Max Memory Used against the new size."
    case .architecture:
      "Lambda, after a change of architecture: Errors and p95 of Duration on an alias with weighted traffic, before all of it moves."
    case .ephemeralStorage: "Lambda, after less ephemeral storage: Errors, and the log for \"No space left on device\"."
    case .provisionedConcurrency:
      "Lambda, after less provisioned concurrency: ProvisionedConcurrencySpilloverInvocations and p95 of Duration at the busiest hour."
    case .tableCapacity:
      "DynamoDB, after less capacity: ReadThrottleEvents and WriteThrottleEvents, and consumed against provisioned units."
    case .tableBillingMode: "DynamoDB, after another billing mode: consumed units a day, and throttled requests in the first days."
    case .removeCache:
      "API Gateway, after removing a cache: p95 of Latency and of IntegrationLatency, and the load on what stands behind it."
    case .storageClass: "S3, after another storage class: retrieval requests and bytes, since each of them costs in the colder classes."
    case .advice: nil
    }
  }
}
