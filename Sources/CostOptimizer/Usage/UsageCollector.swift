public import AgentKit
internal import JSON

/// Reads what the resources of an inventory were used for: metrics of CloudWatch, and the memory of functions from their logs.
///
/// It never throws. What could not be read is nil in the result, with a gap that says why.
public struct UsageCollector: Sendable {
  /// Pages of one call's answer that are read; a batch that is planned to fit in one has no reason for more.
  static let pagesOfBatch = 50

  let reader: any AccountReader
  let clock: any Clock
  let memoryLimits: MemoryPlan.Limits
  let pause: @Sendable (Int64) async throws -> Void

  /// - Parameter pause: waits so many milliseconds between looks at a query of the logs; throws when the task is cancelled.
  public init(
    reader: any AccountReader, clock: any Clock,
    pause: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }
  ) {
    self.init(reader: reader, clock: clock, limits: MemoryPlan.Limits(), pause: pause)
  }

  init(
    reader: any AccountReader, clock: any Clock, limits: MemoryPlan.Limits, pause: @escaping @Sendable (Int64) async throws -> Void
  ) {
    self.reader = reader
    self.clock = clock
    memoryLimits = limits
    self.pause = pause
  }

  /// Reads the usage. A cancelled task ends early, stops the queries that it began, and keeps what it has.
  public func collect(_ inventory: Inventory, window: Usage.Window, recentWindow: Usage.Window) async -> Usage {
    let calls = AccountCalls(reader: reader)
    let plan = MetricPlan(inventory, window: window, recentWindow: recentWindow)
    var fold = MetricFold(Usage(window: window, recentWindow: recentWindow))
    await read(plan, calls, into: &fold)
    let silent = fold.finish()
    for gap in plan.gaps(inventory) + silent.map(Self.silence) { calls.note(gap) }

    let memory = MemoryPlan(windowDays: window.days, limits: memoryLimits)
    let (candidates, beyond) = memory.candidates(inventory, fold.usage)
    if beyond > 0 {
      calls.note(
        Gap(
          .scope, subject: "Lambda",
          message: "The logs of \(candidates.count) functions were read, those that use most; there are \(beyond) more.",
          consequence: "No advice on the memory of these functions.", count: beyond))
    }
    // What the groups took in says what a scan would cost.
    var sizes = MetricPlan(window: window, recentWindow: recentWindow)
    for group in Set(candidates.map(\.function.logGroup)).sorted() { sizes.addLogGroup(group) }
    await read(sizes, calls, into: &fold)
    let collector = MemoryCollector(calls: calls, plan: memory, endMilliseconds: window.toMilliseconds, clock: clock, pause: pause)
    for (arn, use) in await collector.collect(candidates, bytes: fold.logGroupBytes) { fold.set(use, of: arn) }

    if Task.isCancelled {
      calls.note(
        Gap(
          .missingData, subject: "Metrics", message: "The analysis was cancelled before all metrics were read.",
          consequence: "No advice that rests on the missing ones."))
    }
    var usage = fold.usage
    usage.gaps = calls.gaps
    usage.callCount = calls.count
    return usage
  }

  /// Makes the calls of a plan one after the other: an answer is folded before the next is asked for.
  private func read(_ plan: MetricPlan, _ calls: AccountCalls, into fold: inout MetricFold) async {
    for batch in plan.batches {
      if Task.isCancelled { return }
      let call = AccountCall(
        "cloudwatch", "GetMetricData", batch.parameters, subject: "CloudWatch",
        consequence: "No advice that rests on the metrics that could not be read.")
      var answers = MetricAnswers()
      let isWhole = await calls.pages(call, PageToken("NextToken", "NextToken"), limit: Self.pagesOfBatch) { answers.add($0) }
      guard !answers.isEmpty else { continue }
      for (index, query) in batch.queries.enumerated() {
        switch answers.outcome(MetricPlan.Batch.id(index), isWhole: isWhole) {
        case .whole(let values): fold.add(query, values)
        case .unreadable(let status): calls.note(Self.unreadable(query, status), foldingBy: "\(query.namespace) \(status)")
        }
      }
    }
  }

  private static func unreadable(_ query: MetricQuery, _ status: String) -> Gap {
    Gap(
      status == "Forbidden" ? .permission : .serviceFailure, subject: "CloudWatch",
      message: "\(query.namespace) \(query.metric) of \(query.resourceName) could not be read: \(status)",
      consequence: "No advice that rests on this metric.")
  }

  private static func silence(of namespace: String) -> Gap {
    Gap(
      .missingData, subject: "CloudWatch",
      message: "No resource has a data point in \(namespace): they were not used, or nothing is published.",
      consequence: "No advice on resources of \(namespace) for being unused.")
  }
}

extension MetricPlan {
  /// What the plan leaves out of an inventory, and why.
  func gaps(_ inventory: Inventory) -> [Gap] {
    let shared = Self.sharedNames(inventory).sorted().map { name in
      Gap(
        .missingData, subject: "API Gateway", message: "Several REST APIs are named \(name), and their metrics go by the name alone.",
        consequence: "No advice that rests on the metrics of these APIs.")
    }
    let unnamable = unnamable.sorted().map { name in
      Gap(
        .missingData, subject: "CloudWatch", message: "The metrics of \(name) cannot be asked for: CloudWatch takes names in ASCII only.",
        consequence: "No advice that rests on these metrics.")
    }
    return shared + unnamable
  }
}
