import AgentKit
import CostOptimizer

/// Reports that the goldens are made from.
enum SampleReport: String, CaseIterable, Sendable {
  case atTheShop = "shop"
  case ofHostileTexts = "hostile"
  case ofNothing = "nothing"

  var report: CostReport {
    switch self {
    case .atTheShop: Self.shop
    case .ofHostileTexts: Self.hostile
    case .ofNothing: Self.nothing
    }
  }

  static let account = "111122223333"
  static let region = "eu-west-1"
  /// 2026-11-20 07:19:00 UTC.
  static let created: Int64 = 1_795_159_140_000

  static func arn(_ service: String, _ rest: String, region: String = region, account: String = account) -> String {
    "arn:aws:\(service):\(region):\(account):\(rest)"
  }

  static func function(_ name: String) -> ResourceReference {
    ResourceReference(.lambda, name: name, arn: arn("lambda", "function:\(name)"))
  }

  static func table(_ name: String) -> ResourceReference {
    ResourceReference(.dynamoDB, name: name, arn: arn("dynamodb", "table/\(name)"))
  }

  static func bucket(_ name: String) -> ResourceReference {
    ResourceReference(.s3, name: name, arn: arn("s3", name, region: "", account: ""))
  }

  static let priceList = "AWS Price List API, eu-west-1, 2026-11-20"

  static func impact(_ before: String?, _ after: String?, _ method: String) -> Recommendation.Impact {
    Recommendation.Impact(
      monthlyBefore: before.flatMap { ExactDecimal($0) }, monthlyAfter: after.flatMap { ExactDecimal($0) }, method: method,
      priceSource: priceList)
  }

  /// An account of a shop: twelve recommendations on it, of every kind of risk and impact.
  static let shop = CostReport(
    sessionID: "8d1f0c55-3d5e-4b0e-9a55-0f6a2c1b7e42", accountID: account, region: region, createdAtMilliseconds: created,
    window: Usage.Window(fromMilliseconds: created - 30 * 86_400_000, toMilliseconds: created),
    recentWindow: Usage.Window(fromMilliseconds: created - 7 * 86_400_000, toMilliseconds: created),
    resourceCounts: [.lambda: 24, .apiGateway: 3, .dynamoDB: 6, .s3: 9, .stepFunctions: 2, .eventBridge: 7],
    recommendations: recommendations, unchanged: unchanged, gaps: gaps,
    words: CostReport.Words(
      executiveSummary: """
        Most of the saving is capacity that is paid for by the hour and hardly used: the table sessions and the provisioned concurrency of checkout. Both \
        can be undone within minutes, so begin with them.

        The changes to orders-api belong together: reduce its memory first, look at its durations for a week, then move it to arm64.
        """, nextReview: "Look at checkout again after the next sale: its concurrency was measured in a quiet month.",
      modelID: "eu.anthropic.claude-sonnet-4-20250514-v1:0"),
    evidence: evidence, priceSource: priceList, phases: phases)

  private static let phases: [CostReport.PhaseSummary] = [
    .init(phase: .discovery, status: .completed, durationMilliseconds: 6_210, resourceCount: 51),
    .init(phase: .usage, status: .completed, durationMilliseconds: 38_940, resourceCount: 51),
    .init(phase: .analysis, status: .completed, durationMilliseconds: 95, resourceCount: 51, recommendationCount: 12),
    .init(phase: .recommendations, status: .completed, durationMilliseconds: 12, recommendationCount: 12),
    .init(phase: .costEstimation, status: .completed, durationMilliseconds: 1_830, recommendationCount: 12),
    .init(phase: .outputContract, status: .completed, durationMilliseconds: 9_400, recommendationCount: 12),
    .init(phase: .storage, status: .completed, durationMilliseconds: 310),
    .init(phase: .fallbacks, status: .completed, durationMilliseconds: 4),
  ]

  private static let gaps: [Gap] = [
    Gap(
      .permission, subject: "Lambda",
      message: "AccessDeniedException for lambda:ListProvisionedConcurrencyConfigs on function warehouse-sync",
      consequence: "no advice on the provisioned concurrency of this function"),
    Gap(
      .missingData, subject: "Lambda",
      message: "the log group /aws/lambda/nightly-report has no REPORT lines in 30 days, nor in 15, 7, 3 or 1",
      consequence: "no advice on the memory of this function", count: 3),
    Gap(
      .missingData, subject: "S3", message: "the bucket media-thumbnails has no request metrics",
      consequence: "no advice on its storage class: how often its objects are read is not known"),
    Gap(.serviceFailure, subject: "CloudWatch", message: "GetMetricData was throttled in 2 of 34 calls, and answered at the third attempt"),
    Gap(.scope, subject: "S3", message: "objects are not listed one by one: sizes are those of CloudWatch's daily metrics"),
  ]

  private static let unchanged: [CostReport.Unchanged] =
    ["cart-api", "catalog-search", "email-sender", "inventory-api", "login", "payment-webhook", "price-feed", "returns-api", "stock-alert"]
    .map {
      .init(resource: function($0), reason: "memory, concurrency and timeout fit the use that was measured")
    }
    + ["nightly-report", "warehouse-sync", "newsletter"].map {
      .init(resource: function($0), reason: "memory use is not known (see the gaps)")
    }
    + ["carts", "customers", "orders", "products"].map { .init(resource: table($0), reason: "on demand, and used unevenly") }
    + [
      .init(
        resource: ResourceReference(
          .stepFunctions, name: "order-fulfilment", arn: arn("states", "stateMachine:order-fulfilment")),
        reason: "18,400 executions, 0.1% failed: no retries that cost"),
      .init(
        resource: ResourceReference(.stepFunctions, name: "refund", arn: arn("states", "stateMachine:refund")),
        reason: "210 executions in 30 days: its cost is below a cent"),
    ]

  private static let evidence: [CostReport.EvidenceEntry] = [
    .init(
      resource: function("cart-api"),
      figures: [
        .init(label: "Invocations", value: "8,104,220", source: "CloudWatch AWS/Lambda Invocations, Sum", windowDays: 30),
        .init(label: "p95 of the memory used", value: "402 MB", source: "Logs Insights, REPORT lines", windowDays: 30),
        .init(label: "Memory", value: "512 MB", source: "lambda:ListFunctions"),
      ]),
    .init(
      resource: table("orders"),
      figures: [
        .init(
          label: "Consumed read units", value: "41,223,007", source: "CloudWatch AWS/DynamoDB ConsumedReadCapacityUnits, Sum",
          windowDays: 30)
      ]),
    .init(
      resource: ResourceReference(.stepFunctions, name: "order-fulfilment", arn: arn("states", "stateMachine:order-fulfilment")),
      figures: [.init(label: "Executions started", value: "18,400", source: "CloudWatch AWS/States ExecutionsStarted, Sum", windowDays: 30)]
    ),
  ]
}
