import AgentKit
import Testing

@testable import CostOptimizer

/// One resource with its figures, for one rule: everything else about it is healthy.
struct Subject {
  static let now: Int64 = 1_795_737_600_000
  static let day: Int64 = 86_400_000
  static let arn = "arn:aws:lambda:us-east-1:123456789012:function:subject"

  var inventory = Inventory(accountID: "123456789012", region: "us-east-1")
  var usage = Usage(
    window: Usage.Window(fromMilliseconds: now - 30 * day, toMilliseconds: now),
    recentWindow: Usage.Window(fromMilliseconds: now - 7 * day, toMilliseconds: now))

  static func number(_ value: Int) -> ExactDecimal { ExactDecimal(Int64(value)) }

  /// A function of 1,024 MB and 10 s that is used well, on arm64.
  static func function(_ change: (inout LambdaFunction, inout LambdaUsage) -> Void) -> Subject {
    var function = LambdaFunction(
      reference: ResourceReference(.lambda, name: "subject", arn: arn), runtime: "python3.13", memoryMegabytes: 1_024, timeoutSeconds: 10,
      architecture: .arm)
    function.lastModifiedMilliseconds = now - 60 * day
    function.publishedVersionCount = 0
    function.aliases = []
    var usage = LambdaUsage()
    usage.invocations = number(100_000)
    usage.errors = .zero
    usage.throttles = .zero
    usage.averageDuration = number(200)
    usage.p95Duration = number(4_000)
    usage.p99Duration = number(6_000)
    usage.maximumDuration = number(7_000)
    usage.maximumConcurrency = number(10)
    usage.p95Concurrency = number(8)
    usage.memory = LambdaUsage.MemoryUse(
      p90MaximumUsed: megabytes(700), p95MaximumUsed: megabytes(800), averageMaximumUsed: megabytes(600), reportCount: 1_000, days: 30)
    change(&function, &usage)
    var subject = Subject()
    subject.inventory.functions = [function]
    subject.usage.functions[arn] = usage
    return subject
  }

  static func megabytes(_ count: Int) -> ExactDecimal { number(count * 1_048_576) }

  static func table(_ mode: TableFacts.BillingMode, _ change: (inout TableFacts, inout TableUsage) -> Void) -> Subject {
    var table = TableFacts(reference: ResourceReference(.dynamoDB, name: "subject", arn: arn), billingMode: mode)
    table.createdMilliseconds = now - 60 * day
    if mode == .provisioned { (table.readUnits, table.writeUnits) = (100, 100) }
    var usage = TableUsage()
    (usage.averageReadUnits, usage.p95ReadUnits, usage.averageWriteUnits, usage.p95WriteUnits) = (
      number(50), number(60), number(50), number(60)
    )
    (usage.consumedReadUnits, usage.consumedWriteUnits) = (number(129_600_000), number(129_600_000))
    (usage.readThrottles, usage.writeThrottles) = (.zero, .zero)
    change(&table, &usage)
    var subject = Subject()
    subject.inventory.tables = [table]
    subject.usage.tables[arn] = usage
    return subject
  }

  static func stage(_ name: String, cache: String? = nil) -> GatewayAPI.Stage {
    var stage = GatewayAPI.Stage(name: name)
    (stage.cacheGigabytes, stage.createdMilliseconds) = (cache, now - 60 * day)
    return stage
  }

  static func api(_ kind: GatewayAPI.Kind, _ change: (inout GatewayAPI, inout APIUsage) -> Void) -> Subject {
    var api = GatewayAPI(reference: ResourceReference(.apiGateway, name: "subject", arn: arn), kind: kind, id: "a1")
    api.stages = [stage("prod")]
    var usage = APIUsage()
    (usage.requests, usage.clientErrors, usage.serverErrors) = (number(1_000), .zero, .zero)
    (usage.cacheHits, usage.cacheMisses, usage.dataProcessed) = (.zero, .zero, .zero)
    change(&api, &usage)
    var subject = Subject()
    subject.inventory.apis = [api]
    subject.usage.apis[arn] = usage
    return subject
  }

  static func bucket(_ change: (inout BucketFacts, inout BucketUsage) -> Void) -> Subject {
    var bucket = BucketFacts(reference: ResourceReference(.s3, name: "subject", arn: arn))
    bucket.versioning = "Off"
    bucket.createdMilliseconds = now - 60 * day
    (bucket.hasLifecycle, bucket.abortsIncompleteUploads, bucket.expiresNoncurrentVersions) = (false, false, false)
    (bucket.hasIntelligentTiering, bucket.staleUploadCount) = (false, 0)
    var usage = BucketUsage()
    usage.bytesByClass["StandardStorage"] = megabytes(1_000)
    (usage.objectCount, usage.getRequests) = (number(1_000), number(5_000))
    change(&bucket, &usage)
    var subject = Subject()
    subject.inventory.buckets = [bucket]
    subject.usage.buckets[arn] = usage
    return subject
  }

  static func machine(_ change: (inout StateMachineFacts, inout StateMachineUsage) -> Void) -> Subject {
    var machine = StateMachineFacts(reference: ResourceReference(.stepFunctions, name: "subject", arn: arn), type: "STANDARD")
    var usage = StateMachineUsage()
    (usage.started, usage.failed, usage.timedOut, usage.averageTime) = (number(1_000), .zero, .zero, number(1_000))
    change(&machine, &usage)
    var subject = Subject()
    subject.inventory.stateMachines = [machine]
    subject.usage.stateMachines[arn] = usage
    return subject
  }

  static func rule(_ change: (inout EventRule, inout RuleUsage) -> Void) -> Subject {
    var rule = EventRule(
      reference: ResourceReference(.eventBridge, name: "subject", arn: arn), busName: "default", isEnabled: true, scheduleExpression: nil,
      hasPattern: true)
    rule.targets = ["arn:aws:sqs:us-east-1:123456789012:queue"]
    var usage = RuleUsage()
    (usage.matchedEvents, usage.invocations, usage.failedInvocations) = (number(1_000), number(1_000), .zero)
    change(&rule, &usage)
    var subject = Subject()
    subject.inventory.rules = [rule]
    subject.usage.rules[arn] = usage
    return subject
  }

  var decisions: Decisions { DecisionRules().decide(inventory, usage) }
  func findings(_ rule: RuleID) -> [Finding] { decisions.findings.filter { $0.rule == rule.rawValue } }
}

/// A rule along one figure: from which value it speaks, and to which.
struct RuleCase: CustomTestStringConvertible, Sendable {
  var rule: RuleID
  var label: String
  /// Values that are tried, every one of them.
  var range: ClosedRange<Int>
  /// Exactly where the rule speaks.
  var speaks: ClosedRange<Int>
  var subject: @Sendable (Int) -> Subject

  var testDescription: String { "\(rule.rawValue) by \(label)" }

  init(
    _ rule: RuleID, _ label: String, _ range: ClosedRange<Int>, speaks: ClosedRange<Int>, _ subject: @escaping @Sendable (Int) -> Subject
  ) {
    self.rule = rule
    self.label = label
    self.range = range
    self.speaks = speaks
    self.subject = subject
  }
}

/// A rule that would speak, if only a figure were there.
struct MissingCase: CustomTestStringConvertible, Sendable {
  var rule: RuleID
  var label: String
  var whole: Subject
  var withoutFigure: Subject

  var testDescription: String { "\(rule.rawValue) without \(label)" }

  init(_ rule: RuleID, _ label: String, _ whole: Subject, _ remove: (inout Subject) -> Void) {
    self.rule = rule
    self.label = label
    self.whole = whole
    var subject = whole
    remove(&subject)
    withoutFigure = subject
  }
}
