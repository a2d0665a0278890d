/// The stable ids of the rules; docs/cost-rules.md has a line for each.
public enum RuleID: String, Sendable, Hashable, CaseIterable {
  case lambdaIdle = "lambda-idle"
  case lambdaHardlyUsed = "lambda-hardly-used"
  case lambdaMemoryReduce = "lambda-memory-reduce"
  case lambdaMemoryIncrease = "lambda-memory-increase"
  case lambdaArchitecture = "lambda-arm64"
  case lambdaEphemeralStorage = "lambda-ephemeral-storage"
  case lambdaThrottled = "lambda-throttled"
  case lambdaReservedReduce = "lambda-reserved-reduce"
  case lambdaProvisionedReduce = "lambda-provisioned-reduce"
  case lambdaTimeout = "lambda-timeout"
  case lambdaRuntime = "lambda-runtime-deprecated"
  case lambdaVersions = "lambda-old-versions"
  case lambdaErrors = "lambda-errors"
  case apiCacheUnused = "apigateway-cache-unused"
  case apiCacheMisses = "apigateway-cache-misses"
  case apiErrors = "apigateway-errors"
  case apiLargeData = "apigateway-large-data"
  case tableIdle = "dynamodb-provisioned-idle"
  case tableCapacity = "dynamodb-capacity-reduce"
  case tableSteady = "dynamodb-on-demand-steady"
  case tableThrottled = "dynamodb-throttled"
  case bucketRarelyRead = "s3-rarely-read"
  case bucketStaleUploads = "s3-stale-uploads"
  case bucketVersions = "s3-noncurrent-versions"
  case stateMachineExpress = "stepfunctions-express"
  case stateMachineFailures = "stepfunctions-failures"
  case ruleDisabled = "eventbridge-rule-disabled"
  case ruleWithoutTargets = "eventbridge-rule-without-targets"
  case ruleUnused = "eventbridge-rule-unused"
  case ruleFailures = "eventbridge-rule-failures"
  case schedulesMerge = "eventbridge-schedules-merge"

  /// Whether the bill is the only reason for the rule's advice, so that advice which saves nothing is none.
  var isForSavingsOnly: Bool {
    switch self {
    case .lambdaMemoryReduce, .lambdaArchitecture, .lambdaEphemeralStorage, .lambdaProvisionedReduce, .apiCacheUnused, .tableIdle,
      .tableCapacity, .tableSteady, .bucketRarelyRead:
      true
    default: false
    }
  }
}
