internal import AgentKit

/// Writes what was read into a `Usage`. Pure.
struct MetricFold {
  private struct AverageKey: Hashable {
    var arn: String
    var metric: String
  }

  private struct Average {
    var total: ExactDecimal?
    var count: ExactDecimal?
    var member: MetricQuery.Member
  }

  private(set) var usage: Usage
  /// Bytes that log groups took in, by name.
  private(set) var logGroupBytes: [String: ExactDecimal] = [:]
  private var averages: [AverageKey: Average] = [:]
  /// Namespaces in which any resource had a data point.
  private var speaking: Set<String> = []
  /// Queries of silent counters, until it is known whether their namespace speaks at all.
  private var silent: [MetricQuery] = []

  init(_ usage: Usage) { self.usage = usage }

  mutating func add(_ query: MetricQuery, _ values: [ExactDecimal]) {
    guard !values.isEmpty else {
      if query.isZeroWhenSilent { silent.append(query) }
      return
    }
    speaking.insert(query.namespace)
    let window = query.span == .whole ? usage.window : usage.recentWindow
    for use in query.uses {
      let figure = use.reading.figure(values, windowSeconds: MetricPlan.seconds(window), period: query.period)
      switch use.reading {
      case .totalOfAverage: note(query, use.member) { $0.total = figure }
      case .countOfAverage: note(query, use.member) { $0.count = figure }
      default: set(use.member, of: query.arn, figure)
      }
    }
  }

  /// Sets what is known only at the end: averages, and the zeros of counters that were silent.
  ///
  /// A service that published nothing of any resource may publish nothing here at all, as local clouds do for all but Lambda: its counters stay unknown.
  /// Lambda's count: a function that nobody called is what the analysis looks for.
  /// - Returns: the namespaces whose silence was not taken for zeros.
  mutating func finish() -> [String] {
    for (key, average) in averages {
      guard let total = average.total, let count = average.count, !count.isZero else { continue }
      let quotient = MetricQuery.Reading.quotient(total, count)
      set(average.member, of: key.arn, key.metric == "ExpressExecutionBilledMemory" ? quotient.flatMap(Self.megabytes) : quotient)
    }
    averages = [:]
    var unsure: Set<String> = []
    for query in silent {
      guard query.namespace == "AWS/Lambda" || speaking.contains(query.namespace) else {
        unsure.insert(query.namespace)
        continue
      }
      for use in query.uses { set(use.member, of: query.arn, .zero) }
    }
    silent = []
    return unsure.sorted()
  }

  mutating func set(_ memory: LambdaUsage.MemoryUse, of arn: String) { usage.functions[arn, default: LambdaUsage()].memory = memory }

  /// The unit of an Express workflow's billed memory is not documented. It is billed in steps of 64 MB, so a million or more are bytes.
  private static func megabytes(_ figure: ExactDecimal) -> ExactDecimal? {
    figure < ExactDecimal(1_000_000) ? figure : MetricQuery.Reading.quotient(figure, ExactDecimal(1_048_576))
  }

  private mutating func note(_ query: MetricQuery, _ member: MetricQuery.Member, _ change: (inout Average) -> Void) {
    change(&averages[AverageKey(arn: query.arn, metric: query.metric), default: Average(member: member)])
  }

  private mutating func set(_ member: MetricQuery.Member, of arn: String, _ figure: ExactDecimal?) {
    guard let figure else { return }
    switch member {
    case .function(let path): usage.functions[arn, default: LambdaUsage()][keyPath: path] = figure
    case .provisionedUtilization(let qualifier):
      usage.functions[arn, default: LambdaUsage()].provisionedUtilization[qualifier] = figure
    case .api(let path): usage.apis[arn, default: APIUsage()][keyPath: path] = figure
    case .table(let path): usage.tables[arn, default: TableUsage()][keyPath: path] = figure
    case .bucket(let path): usage.buckets[arn, default: BucketUsage()][keyPath: path] = figure
    case .bucketBytes(let type): usage.buckets[arn, default: BucketUsage()].bytesByClass[type] = figure
    case .stateMachine(let path): usage.stateMachines[arn, default: StateMachineUsage()][keyPath: path] = figure
    case .rule(let path): usage.rules[arn, default: RuleUsage()][keyPath: path] = figure
    case .logGroupBytes: logGroupBytes[arn] = figure
    }
  }
}
