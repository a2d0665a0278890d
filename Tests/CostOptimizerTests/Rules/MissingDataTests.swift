import AgentKit
import Testing

@testable import CostOptimizer

/// A figure that is missing gives no advice, and a gap.
@Suite struct MissingDataTests {
  private static let arn = Subject.arn
  private static func number(_ value: Int) -> ExactDecimal { Subject.number(value) }

  private static func function(_ change: (inout LambdaFunction, inout LambdaUsage) -> Void) -> Subject { Subject.function(change) }
  private static let roomy = function { $1.memory?.p95MaximumUsed = Subject.megabytes(300) }
  private static let throttled = function {
    $0.reservedConcurrency = 10
    ($1.throttles, $1.p95Concurrency) = (number(1), number(10))
  }
  private static let reserved = function {
    $0.reservedConcurrency = 100
    ($1.p95Concurrency, $1.maximumConcurrency) = (number(1), number(2))
  }
  private static let unmatched = Subject.rule { ($1.matchedEvents, $1.invocations) = (.zero, .zero) }
  private static let unusedTable = Subject.table(.provisioned) { ($1.consumedReadUnits, $1.consumedWriteUnits) = (.zero, .zero) }
  private static let cached = Subject.api(.rest) { api, _ in api.stages?[0].cacheGigabytes = "0.5" }
  private static let lowTable = Subject.table(.provisioned) { ($1.averageReadUnits, $1.p95ReadUnits) = (number(1), number(2)) }
  private static let busyTable = Subject.table(.onDemand) { ($1.averageReadUnits, $1.p95ReadUnits) = (number(50), number(60)) }
  private static let coldBucket = Subject.bucket { $1.getRequests = .zero }

  static let cases: [MissingCase] = [
    MissingCase(.lambdaIdle, "invocations", function { $1.invocations = .zero }) { $0.usage.functions[arn]?.invocations = nil },
    MissingCase(.lambdaIdle, "the time of the last change", function { $1.invocations = .zero }) {
      $0.inventory.functions[0].lastModifiedMilliseconds = nil
    },
    MissingCase(.lambdaMemoryReduce, "the memory used", roomy) { $0.usage.functions[arn]?.memory = nil },
    MissingCase(.lambdaMemoryReduce, "throttles", roomy) { $0.usage.functions[arn]?.throttles = nil },
    MissingCase(.lambdaMemoryReduce, "p95 of the duration", roomy) { $0.usage.functions[arn]?.p95Duration = nil },
    MissingCase(.lambdaMemoryReduce, "usage", roomy) { $0.usage.functions = [:] },
    MissingCase(.lambdaMemoryIncrease, "the memory used", function { $1.memory?.p95MaximumUsed = Subject.megabytes(1_000) }) {
      $0.usage.functions[arn]?.memory = nil
    },
    MissingCase(.lambdaThrottled, "throttles", throttled) { $0.usage.functions[arn]?.throttles = nil },
    MissingCase(.lambdaThrottled, "concurrency", throttled) { $0.usage.functions[arn]?.p95Concurrency = nil },
    MissingCase(.lambdaThrottled, "a limit", throttled) { $0.inventory.functions[0].reservedConcurrency = nil },
    MissingCase(.lambdaReservedReduce, "concurrency", reserved) { $0.usage.functions[arn]?.p95Concurrency = nil },
    MissingCase(.lambdaReservedReduce, "the highest concurrency", reserved) { $0.usage.functions[arn]?.maximumConcurrency = nil },
    MissingCase(
      .lambdaProvisionedReduce, "utilization",
      function {
        $0.provisioned = [.init(qualifier: "live", requested: 10)]
        $1.provisionedUtilization["live"] = .zero
      }
    ) { $0.usage.functions[arn]?.provisionedUtilization = [:] },
    MissingCase(.lambdaTimeout, "p99 of the duration", function { ($1.p99Duration, $1.maximumDuration) = (number(1_000), number(1_000)) }) {
      $0.usage.functions[arn]?.p99Duration = nil
    },
    MissingCase(.lambdaErrors, "errors", function { $1.errors = number(50_000) }) { $0.usage.functions[arn]?.errors = nil },
    MissingCase(.lambdaVersions, "versions", function { function, _ in function.publishedVersionCount = 50 }) {
      $0.inventory.functions[0].publishedVersionCount = nil
    },
    MissingCase(.apiCacheUnused, "hits", cached) { $0.usage.apis[arn]?.cacheHits = nil },
    MissingCase(.apiCacheUnused, "stages", cached) { $0.inventory.apis[0].stages = nil },
    MissingCase(
      .apiCacheMisses, "misses",
      Subject.api(.rest) {
        $0.stages?[0].cacheGigabytes = "0.5"
        $1.cacheMisses = number(100)
      }
    ) { $0.usage.apis[arn]?.cacheMisses = nil },
    MissingCase(.apiErrors, "requests", Subject.api(.rest) { $1.clientErrors = number(900) }) { $0.usage.apis[arn]?.requests = nil },
    MissingCase(.apiErrors, "errors", Subject.api(.rest) { $1.clientErrors = number(900) }) { $0.usage.apis[arn]?.clientErrors = nil },
    MissingCase(.apiLargeData, "data", Subject.api(.http) { $1.dataProcessed = number(9_000_000_000) }) {
      $0.usage.apis[arn]?.dataProcessed = nil
    },
    MissingCase(
      .tableIdle, "consumed capacity", Subject.table(.provisioned) { ($1.consumedReadUnits, $1.consumedWriteUnits) = (.zero, .zero) }
    ) {
      $0.usage.tables[arn]?.consumedReadUnits = nil
    },
    MissingCase(.tableCapacity, "throttles", lowTable) { $0.usage.tables[arn]?.writeThrottles = nil },
    MissingCase(.tableCapacity, "the average", lowTable) { $0.usage.tables[arn]?.averageReadUnits = nil },
    MissingCase(.tableCapacity, "p95", lowTable) { $0.usage.tables[arn]?.p95WriteUnits = nil },
    MissingCase(.tableSteady, "the average", busyTable) { $0.usage.tables[arn]?.averageReadUnits = nil },
    MissingCase(.bucketRarelyRead, "request metrics", coldBucket) { $0.usage.buckets[arn]?.getRequests = nil },
    MissingCase(.bucketRarelyRead, "the number of objects", coldBucket) { $0.usage.buckets[arn]?.objectCount = nil },
    MissingCase(.bucketRarelyRead, "bytes", coldBucket) { $0.usage.buckets[arn]?.bytesByClass = [:] },
    MissingCase(.bucketRarelyRead, "the tiering", coldBucket) { $0.inventory.buckets[0].hasIntelligentTiering = nil },
    MissingCase(.bucketStaleUploads, "uploads", Subject.bucket { bucket, _ in bucket.staleUploadCount = 3 }) {
      $0.inventory.buckets[0].staleUploadCount = nil
    },
    MissingCase(.bucketStaleUploads, "lifecycle rules", Subject.bucket { bucket, _ in bucket.staleUploadCount = 3 }) {
      $0.inventory.buckets[0].abortsIncompleteUploads = nil
    },
    MissingCase(.bucketVersions, "versioning", Subject.bucket { bucket, _ in bucket.versioning = "Enabled" }) {
      $0.inventory.buckets[0].versioning = nil
    },
    MissingCase(.bucketVersions, "lifecycle rules", Subject.bucket { bucket, _ in bucket.versioning = "Enabled" }) {
      $0.inventory.buckets[0].expiresNoncurrentVersions = nil
    },
    MissingCase(.stateMachineExpress, "executions", Subject.machine { $1.started = number(20_000) }) {
      $0.usage.stateMachines[arn]?.started = nil
    },
    MissingCase(.stateMachineExpress, "the time", Subject.machine { $1.started = number(20_000) }) {
      $0.usage.stateMachines[arn]?.averageTime = nil
    },
    MissingCase(.stateMachineFailures, "failures", Subject.machine { $1.failed = number(900) }) {
      $0.usage.stateMachines[arn]?.failed = nil
    },
    MissingCase(.ruleUnused, "matched events", unmatched) { $0.usage.rules[arn]?.matchedEvents = nil },
    MissingCase(.ruleUnused, "invocations", unmatched) { $0.usage.rules[arn]?.invocations = nil },
    MissingCase(.tableIdle, "its age", unusedTable) { $0.inventory.tables[0].createdMilliseconds = nil },
    MissingCase(.apiCacheUnused, "the age of the stage", cached) { $0.inventory.apis[0].stages?[0].createdMilliseconds = nil },
    MissingCase(.ruleWithoutTargets, "targets", Subject.rule { rule, _ in rule.targets = [] }) { $0.inventory.rules[0].targets = nil },
    MissingCase(.ruleFailures, "failures", Subject.rule { $1.failedInvocations = number(900) }) {
      $0.usage.rules[arn]?.failedInvocations = nil
    },
  ]

  @Test(arguments: cases) func aMissingFigureGivesNoAdviceAndAGap(_ missing: MissingCase) {
    #expect(missing.whole.findings(missing.rule).count == 1, "the case has to speak while the figure is there")
    let decisions = missing.withoutFigure.decisions
    #expect(decisions.findings.filter { $0.rule == missing.rule.rawValue }.isEmpty)
    #expect(!decisions.gaps.isEmpty)
    #expect(decisions.gaps.allSatisfy { $0.kind == .missingData && $0.message.contains("subject") && $0.consequence != nil })
  }

  @Test func theSameGapOfManyResourcesIsOneThatNamesThem() {
    var subject = Subject()
    for number in 1...25 {
      let one = Self.function { function, usage in
        function.reference = ResourceReference(.lambda, name: "f\(number)", arn: "arn:f\(number)")
        usage.memory = nil
      }
      subject.inventory.functions += one.inventory.functions
      subject.usage.functions["arn:f\(number)"] = one.usage.functions[Self.arn]
    }
    let gaps = subject.decisions.gaps
    #expect(gaps.count == 1)
    #expect(gaps.first?.count == 25)
    #expect(
      gaps.first?.message.hasSuffix("f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20 and 5 more.")
        == true)
  }
}
