import AgentKit
import Testing

@testable import CostOptimizer

/// Where each rule begins and ends to speak: every value of a range is tried, so that nothing in between turns it off.
@Suite struct RuleBoundaryTests {
  private static let arn = Subject.arn
  private static func number(_ value: Int) -> ExactDecimal { Subject.number(value) }

  static let lambda: [RuleCase] = [
    RuleCase(.lambdaIdle, "invocations", 0...200, speaks: 0...0) { value in Subject.function { $1.invocations = number(value) } },
    RuleCase(.lambdaHardlyUsed, "invocations", 0...200, speaks: 1...99) { value in Subject.function { $1.invocations = number(value) } },
    RuleCase(.lambdaIdle, "days since it was changed", 0...60, speaks: 31...60) { value in
      Subject.function {
        $0.lastModifiedMilliseconds = Subject.now - Int64(value) * Subject.day
        $1.invocations = .zero
      }
    },
    // 60 % of 1,024 MB are 614.4 MB: a headroom of more than 40 % is below it.
    RuleCase(.lambdaMemoryReduce, "megabytes used", 1...1_024, speaks: 1...614) { value in
      Subject.function { $1.memory?.p95MaximumUsed = Subject.megabytes(value) }
    },
    // 90 % are 921.6 MB.
    RuleCase(.lambdaMemoryIncrease, "megabytes used", 1...1_024, speaks: 922...1_024) { value in
      Subject.function { $1.memory?.p95MaximumUsed = Subject.megabytes(value) }
    },
    RuleCase(.lambdaMemoryReduce, "REPORT lines", 0...40, speaks: 20...40) { value in
      Subject.function {
        $1.memory?.p95MaximumUsed = Subject.megabytes(300)
        $1.memory?.reportCount = Int64(value)
      }
    },
    RuleCase(.lambdaMemoryReduce, "days of logs", 1...30, speaks: 7...30) { value in
      Subject.function {
        $1.memory?.p95MaximumUsed = Subject.megabytes(300)
        $1.memory?.days = value
      }
    },
    RuleCase(.lambdaMemoryReduce, "throttles", 0...3, speaks: 0...0) { value in
      Subject.function {
        $1.memory?.p95MaximumUsed = Subject.megabytes(300)
        $1.throttles = number(value)
      }
    },
    RuleCase(.lambdaMemoryReduce, "milliseconds of 10 s", 4_990...5_010, speaks: 4_990...5_000) { value in
      Subject.function {
        $1.memory?.p95MaximumUsed = Subject.megabytes(300)
        $1.p95Duration = number(value)
      }
    },
    RuleCase(.lambdaThrottled, "concurrency of a limit of 100", 0...100, speaks: 84...100) { value in
      Subject.function {
        $0.reservedConcurrency = 100
        $1.throttles = number(5)
        $1.p95Concurrency = number(value)
      }
    },
    RuleCase(.lambdaThrottled, "throttles", 0...3, speaks: 1...3) { value in
      Subject.function {
        $0.reservedConcurrency = 100
        $1.throttles = number(value)
        $1.p95Concurrency = number(100)
      }
    },
    RuleCase(.lambdaReservedReduce, "concurrency of 100", 0...100, speaks: 0...49) { value in
      Subject.function {
        $0.reservedConcurrency = 100
        $1.p95Concurrency = number(value)
        $1.maximumConcurrency = number(value)
      }
    },
    RuleCase(.lambdaProvisionedReduce, "percent of utilization", 0...100, speaks: 0...29) { value in
      Subject.function {
        $0.provisioned = [.init(qualifier: "live", requested: 10)]
        $1.provisionedUtilization["live"] = ExactDecimal("\(value)e-2")
      }
    },
    RuleCase(.lambdaTimeout, "milliseconds of 10 s", 4_980...5_010, speaks: 4_980...4_999) { value in
      Subject.function {
        $1.p99Duration = number(value)
        $1.maximumDuration = number(value)
      }
    },
    RuleCase(.lambdaErrors, "errors of 1,000", 0...1_000, speaks: 51...1_000) { value in
      Subject.function {
        $1.invocations = number(1_000)
        $1.errors = number(value)
      }
    },
    RuleCase(.lambdaErrors, "invocations that all fail", 1...200, speaks: 100...200) { value in
      Subject.function {
        $1.invocations = number(value)
        $1.errors = number(value)
      }
    },
    RuleCase(.lambdaEphemeralStorage, "megabytes", 500...600, speaks: 513...600) { value in
      Subject.function { function, _ in function.ephemeralStorageMegabytes = value }
    },
    RuleCase(.lambdaVersions, "versions", 0...30, speaks: 11...30) { value in
      Subject.function { function, _ in function.publishedVersionCount = value }
    },
  ]

  static let others: [RuleCase] = [
    RuleCase(.apiCacheUnused, "look-ups", 0...5, speaks: 0...0) { value in
      Subject.api(.rest) {
        $0.stages?[0].cacheGigabytes = "0.5"
        $1.cacheMisses = number(value)
      }
    },
    RuleCase(.apiCacheMisses, "hits of 100", 0...100, speaks: 0...19) { value in
      Subject.api(.rest) {
        $0.stages?[0].cacheGigabytes = "0.5"
        $1.cacheHits = number(value)
        $1.cacheMisses = number(100 - value)
      }
    },
    RuleCase(.apiErrors, "4xx of 1,000", 0...1_000, speaks: 51...1_000) { value in
      Subject.api(.rest) { $1.clientErrors = number(value) }
    },
    RuleCase(.apiErrors, "5xx of 1,000", 0...1_000, speaks: 51...1_000) { value in
      Subject.api(.http) { $1.serverErrors = number(value) }
    },
    RuleCase(.apiErrors, "requests that all fail", 1...200, speaks: 100...200) { value in
      Subject.api(.rest) {
        $1.requests = number(value)
        $1.clientErrors = number(value)
      }
    },
    RuleCase(.apiLargeData, "bytes a request above 512 KB", 0...3, speaks: 1...3) { value in
      Subject.api(.http) { $1.dataProcessed = number((524_288 + value) * 1_000) }
    },
    RuleCase(.tableIdle, "units consumed", 0...5, speaks: 0...0) { value in
      Subject.table(.provisioned) {
        $1.consumedReadUnits = number(value)
        $1.consumedWriteUnits = .zero
      }
    },
    RuleCase(.tableCapacity, "average of 100 units", 0...100, speaks: 0...19) { value in
      Subject.table(.provisioned) {
        $1.averageReadUnits = number(value)
        $1.p95ReadUnits = number(20)
      }
    },
    RuleCase(.tableCapacity, "95th percentile of 100 units", 0...100, speaks: 0...49) { value in
      Subject.table(.provisioned) {
        $1.averageWriteUnits = number(5)
        $1.p95WriteUnits = number(value)
      }
    },
    RuleCase(.tableCapacity, "throttles", 0...3, speaks: 0...0) { value in
      Subject.table(.provisioned) {
        $1.averageReadUnits = number(5)
        $1.p95ReadUnits = number(8)
        $1.readThrottles = number(value)
      }
    },
    RuleCase(.tableCapacity, "minimum of auto scaling at 100 units", 90...110, speaks: 100...110) { value in
      Subject.table(.provisioned) {
        $0.readScaling = .init(minimum: value, maximum: 1_000)
        $1.averageReadUnits = number(5)
        $1.p95ReadUnits = number(8)
      }
    },
    RuleCase(.tableThrottled, "95th percentile of 100 units", 0...100, speaks: 0...49) { value in
      Subject.table(.provisioned) {
        $1.readThrottles = number(1)
        $1.p95ReadUnits = number(value)
      }
    },
    RuleCase(.tableSteady, "average units", 0...30, speaks: 10...30) { value in
      Subject.table(.onDemand) {
        ($1.averageReadUnits, $1.p95ReadUnits) = (.zero, .zero)
        ($1.averageWriteUnits, $1.p95WriteUnits) = (number(value), number(value))
      }
    },
    RuleCase(.tableSteady, "peak over an average of 10", 10...30, speaks: 10...15) { value in
      Subject.table(.onDemand) {
        ($1.averageReadUnits, $1.p95ReadUnits) = (.zero, .zero)
        ($1.averageWriteUnits, $1.p95WriteUnits) = (number(10), number(value))
      }
    },
    RuleCase(.bucketRarelyRead, "reads of 1,000 objects", 0...200, speaks: 0...99) { value in
      Subject.bucket { $1.getRequests = number(value) }
    },
    RuleCase(.bucketRarelyRead, "kilobytes an object", 500...520, speaks: 512...520) { value in
      Subject.bucket {
        $1.getRequests = .zero
        $1.bytesByClass["StandardStorage"] = number(value * 1_024 * 1_000)
      }
    },
    RuleCase(.bucketStaleUploads, "uploads", 0...3, speaks: 1...3) { value in
      Subject.bucket { bucket, _ in bucket.staleUploadCount = value }
    },
    RuleCase(.stateMachineExpress, "executions", 9_990...10_010, speaks: 10_000...10_010) { value in
      Subject.machine { $1.started = number(value) }
    },
    RuleCase(.stateMachineExpress, "milliseconds", 59_990...60_010, speaks: 59_990...59_999) { value in
      Subject.machine {
        $1.started = number(20_000)
        $1.averageTime = number(value)
      }
    },
    RuleCase(.stateMachineFailures, "failures of 1,000", 0...1_000, speaks: 51...1_000) { value in
      Subject.machine {
        $1.failed = number(value / 2)
        $1.timedOut = number(value - value / 2)
      }
    },
    RuleCase(.ruleUnused, "matched events", 0...3, speaks: 0...0) { value in
      Subject.rule { ($1.matchedEvents, $1.invocations) = (number(value), .zero) }
    },
    RuleCase(.ruleUnused, "invocations", 0...3, speaks: 0...0) { value in
      Subject.rule { ($1.matchedEvents, $1.invocations) = (.zero, number(value)) }
    },
    RuleCase(.ruleFailures, "failures of 1,000", 0...1_000, speaks: 51...1_000) { value in
      Subject.rule { $1.failedInvocations = number(value) }
    },
    RuleCase(.ruleWithoutTargets, "targets", 0...3, speaks: 0...0) { value in
      Subject.rule { rule, _ in rule.targets = (0..<value).map { "arn:\($0)" } }
    },
    RuleCase(.schedulesMerge, "runs of both", 1...200, speaks: 1...99) { value in
      var subject = Subject.rule {
        ($0.hasPattern, $0.scheduleExpression) = (false, "cron(0 6 * * ? *)")
        $1.invocations = number(value)
      }
      var other = subject.inventory.rules[0]
      other.reference.arn += "-2"
      subject.usage.rules[other.reference.arn] = subject.usage.rules[arn]
      subject.inventory.rules.append(other)
      return subject
    },
  ]

  @Test(arguments: lambda + others) func aRuleSpeaksExactlyBetweenItsThresholds(_ rule: RuleCase) {
    let spoken = rule.range.filter { !rule.subject($0).findings(rule.rule).isEmpty }
    #expect(spoken == Array(rule.speaks.clamped(to: rule.range)))
  }

  /// A resource either has a finding, or a line that says why it has none.
  @Test(arguments: lambda + others) func aResourceIsNeverBothAndNeverNeither(_ rule: RuleCase) {
    for value in [rule.range.lowerBound, rule.speaks.lowerBound, rule.speaks.upperBound, rule.range.upperBound] {
      let decisions = rule.subject(value).decisions
      #expect(decisions.findings.isEmpty != decisions.unchanged.isEmpty, "\(value)")
    }
  }
}
