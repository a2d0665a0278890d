import AWSClient
import AgentKit
import CostOptimizer
import Synchronization

/// An account of two functions, one of which is too large, and what an analysis finds in it.
enum SmallAccount {
  static let idle = ResourceReference(.lambda, name: "idle-fn", arn: "arn:aws:lambda:us-east-1:111122223333:function:idle-fn")
  static let large = ResourceReference(.lambda, name: "large-fn", arn: "arn:aws:lambda:us-east-1:111122223333:function:large-fn")

  static var inventory: Inventory {
    var inventory = Inventory(accountID: "111122223333", region: "us-east-1")
    inventory.functions = [
      LambdaFunction(reference: idle, runtime: "python3.12", memoryMegabytes: 128, timeoutSeconds: 3, architecture: .arm),
      LambdaFunction(reference: large, runtime: "nodejs22.x", memoryMegabytes: 1024, timeoutSeconds: 30, architecture: .x86),
    ]
    return inventory
  }

  static func usage(_ window: Usage.Window, _ recent: Usage.Window) -> Usage {
    var usage = Usage(window: window, recentWindow: recent)
    var use = LambdaUsage()
    use.invocations = ExactDecimal(1_500_000)
    usage.functions[large.arn] = use
    return usage
  }

  static var finding: Finding {
    Finding(
      rule: "lambda-memory-reduce", resources: [large], title: "Reduce the memory of large-fn",
      evidence: [Finding.Evidence(label: "p95 of the memory used", value: "212 MB", source: "Logs Insights", windowDays: 30)],
      action: "Set the memory from 1024 MB to 512 MB.", change: .memory(fromMegabytes: 1024, toMegabytes: 512), risk: .low,
      riskNote: "A peak may need more.", steps: ["Change the memory."], validation: "Watch the duration for 7 days.")
  }

  static var recommendation: Recommendation {
    Recommendation(
      finding: finding,
      impact: Recommendation.Impact(
        monthlyBefore: ExactDecimal("6.05"), monthlyAfter: ExactDecimal("3.63"), method: "1024 MB to 512 MB",
        priceSource: "table of the test"))
  }
}

/// The parts of an analysis, of which each may fail.
final class AnalysisDouble: Sendable {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let blobs: FaultyBlobs
  private let fault: @Sendable (_ part: String) async throws -> Void
  private let calls = Mutex<[String]>([])

  /// - Parameter fault: called before each part works; what it throws, the part throws.
  init(blobs: FaultyBlobs = FaultyBlobs(), fault: @escaping @Sendable (_ part: String) async throws -> Void = { _ in }) {
    self.blobs = blobs
    self.fault = fault
  }

  var called: [String] { calls.withLock { $0 } }

  private func enter(_ part: String) async throws {
    calls.withLock { $0.append(part) }
    try await fault(part)
  }

  var parts: AnalysisParts {
    AnalysisParts(
      discover: { [self] in
        try await enter("discover")
        return SmallAccount.inventory
      },
      collectUsage: { [self] _, window, recent in
        try await enter("collectUsage")
        return SmallAccount.usage(window, recent)
      },
      decide: { [self] inventory, usage in
        calls.withLock { $0.append("decide") }
        return (
          usage.functions.isEmpty ? [] : [SmallAccount.finding],
          [CostReport.Unchanged(resource: SmallAccount.idle, reason: "No metric is there.")], []
        )
      },
      estimate: { [self] findings, _, _ in
        try await enter("estimate")
        return (findings.isEmpty ? [] : [SmallAccount.recommendation], [], [], "table of the test")
      },
      render: { [self] report in
        calls.withLock { $0.append("render") }
        let gaps = report.gaps.map { "- \($0.subject): \($0.message) (\($0.count))\n" }.joined()
        let text = """
          Cost Optimization Report

          1. Executive Summary
          \(report.words?.executiveSummary ?? "Written from the facts.")
          Saved: \(report.savedCents) cents, 2.42 USD

          2. Findings & Recommendations by Service
          \(report.recommendations.map { $0.finding.title + " " + ($0.remark ?? "") }.joined(separator: "\n"))

          3. Gaps & Limitations
          \(gaps)
          4. Evidence Appendix

          5. Next Review Window and Monitoring Suggestions
          \(report.words?.nextReview ?? "")
          """
        return [
          ReportDocument(name: ReportDocument.reportName, contentType: "text/plain; charset=utf-8", text: text),
          ReportDocument(name: ReportDocument.evidenceName, contentType: "text/plain; charset=utf-8", text: "evidence"),
          ReportDocument(name: ReportDocument.jsonName, contentType: "application/json", text: "{}"),
          ReportDocument(name: ReportDocument.htmlName, contentType: "text/html; charset=utf-8", text: "<!doctype html>"),
        ]
      }, blobs: blobs)
  }
}

/// A bucket whose writes fail as a test orders.
final class FaultyBlobs: BlobStore {
  static let gone = AWSError(code: "NoSuchBucket", message: "The specified bucket does not exist", service: "S3", httpStatus: 404)
  static let slow = AWSError(code: "SlowDown", message: "less often", service: "S3", httpStatus: 503, isRetryable: true, isThrottling: true)

  let kept = InMemoryBlobStore()
  private let puts = Mutex<[String]>([])
  private let deadlines = Mutex<[Int64?]>([])
  private let fault: @Sendable (_ key: String, _ number: Int) -> AWSError?
  private let maySee: Bool
  private let gate: Gate?

  /// - Parameter gate: each write waits there first.
  init(maySee: Bool = true, gate: Gate? = nil, fault: @escaping @Sendable (_ key: String, _ number: Int) -> AWSError? = { _, _ in nil }) {
    self.maySee = maySee
    self.gate = gate
    self.fault = fault
  }

  /// Until when each write may last; nil for as long as the client likes.
  var limits: [Int64?] { deadlines.withLock { $0 } }

  /// The keys of all writes that were tried.
  var tried: [String] { puts.withLock { $0 } }

  func text(_ key: String) async throws -> String? { try await kept.get(key: key).map { String(decoding: $0, as: UTF8.self) } }

  func put(key: String, bytes: [UInt8], contentType: String) async throws {
    deadlines.withLock { $0.append(RequestContext.deadlineMilliseconds) }
    let number = puts.withLock { puts in
      puts.append(key)
      return puts.count
    }
    await gate?.pass()
    if let error = fault(key, number) { throw error }
    try await kept.put(key: key, bytes: bytes, contentType: contentType)
  }

  func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool {
    try await kept.putIfAbsent(key: key, bytes: bytes, contentType: contentType)
  }
  func get(key: String) async throws -> [UInt8]? { try await kept.get(key: key) }
  func list(prefix: String, limit: Int) async throws -> [BlobSummary] {
    guard maySee else { throw AWSError(code: "AccessDenied", message: "no s3:ListBucket", service: "S3", httpStatus: 403) }
    return try await kept.list(prefix: prefix, limit: limit)
  }
  func delete(key: String) async throws { try await kept.delete(key: key) }
}
