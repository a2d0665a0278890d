import AgentKit
import CostOptimizer

extension SampleReport {
  /// The largest savings first.
  static let recommendations: [Recommendation] = capacity + functions + small

  private static let capacity: [Recommendation] = [
    Recommendation(
      finding: Finding(
        rule: "dynamodb-capacity-reduce", resources: [table("sessions")], title: "Reduce the provisioned capacity of table sessions",
        evidence: [
          .init(
            label: "Consumed read units, average", value: "41.2 of 500", source: "CloudWatch ConsumedReadCapacityUnits", windowDays: 30),
          .init(label: "Consumed read units, p95", value: "78.0 of 500", source: "CloudWatch ConsumedReadCapacityUnits", windowDays: 30),
          .init(
            label: "Consumed write units, average", value: "17.9 of 200", source: "CloudWatch ConsumedWriteCapacityUnits", windowDays: 30),
          .init(label: "Throttled requests", value: "0", source: "CloudWatch ReadThrottleEvents, WriteThrottleEvents", windowDays: 30),
        ], action: "Set the provisioned capacity of table sessions from 500 to 100 read units and from 200 to 50 write units.",
        change: .tableCapacity(readFrom: 500, readTo: 100, writeFrom: 200, writeTo: 50), risk: .medium,
        riskNote: "Requests are throttled when the load grows past the new capacity; auto scaling reacts within minutes only.",
        steps: [
          "Switch on auto scaling for the table: minimum 100 and 50 units, maximum as now, target 70%.",
          "Lower the provisioned capacity at a quiet hour.", "Watch throttled requests for an hour.",
        ], validation: "ReadThrottleEvents and WriteThrottleEvents stay at 0 for 7 days, consumed units below 80% of the new capacity."),
      impact: impact(
        "140.4", "32.76",
        "720 h x (500 RCU x 0.00013 USD + 200 WCU x 0.00065 USD) = 140.40 USD; 720 h x (100 x 0.00013 + 50 x 0.00065) = 32.76 USD"),
      remark: "Sessions expire by a time to live, so the table does not grow; its load follows the visitors of the shop."),
    Recommendation(
      finding: Finding(
        rule: "lambda-provisioned-reduce", resources: [function("checkout")], title: "Reduce the provisioned concurrency of checkout:live",
        evidence: [
          .init(
            label: "Provisioned concurrency utilization, median", value: "11.3%", source: "CloudWatch ProvisionedConcurrencyUtilization",
            windowDays: 7),
          .init(label: "Concurrent executions, maximum", value: "2", source: "CloudWatch ConcurrentExecutions", windowDays: 30),
          .init(label: "Provisioned concurrency", value: "10", source: "lambda:ListProvisionedConcurrencyConfigs"),
        ], action: "Set the provisioned concurrency of alias live of function checkout from 10 to 2.",
        change: .provisionedConcurrency(qualifier: "live", from: 10, to: 2), risk: .low,
        riskNote: "Requests beyond 2 at once meet a cold start, which takes 410 ms here.",
        steps: ["Set the provisioned concurrency of checkout:live to 2.", "Watch the spill-over at the busiest hour."],
        validation: "ProvisionedConcurrencySpilloverInvocations below 1% of the invocations over 7 days."),
      impact: impact(
        "108.000864", "21.6001728",
        "10 x 1 GB x 2,592,000 s x 0.0000041667 USD = 108.00 USD; 2 x 1 GB x 2,592,000 s x 0.0000041667 USD = 21.60 USD")),
    Recommendation(
      finding: Finding(
        rule: "dynamodb-evaluate-provisioned", resources: [table("audit-log")], title: "Evaluate provisioned capacity for table audit-log",
        evidence: [
          .init(label: "Consumed write units", value: "50,000,000", source: "CloudWatch ConsumedWriteCapacityUnits, Sum", windowDays: 30),
          .init(label: "Write units a second, p95", value: "24.1", source: "CloudWatch ConsumedWriteCapacityUnits", windowDays: 30),
        ], action: "Change table audit-log from on demand to provisioned: 5 read units, 44 write units.",
        change: .tableBillingMode(to: .provisioned, readUnits: 5, writeUnits: 44), risk: .high,
        riskNote: "A burst beyond the provisioned units is throttled, and audit records must not be lost.",
        steps: [
          "See that writers retry throttled writes.", "Change the billing mode with auto scaling from 44 to 200 write units.",
          "Keep the date in mind: the mode can be changed back once in 24 hours.",
        ], validation: "WriteThrottleEvents stay at 0 for 14 days."),
      impact: impact(
        "62.5", "21.06", "50,000,000 WRU x 1.25 USD a million = 62.50 USD; 720 h x (44 x 0.00065 + 5 x 0.00013) USD = 21.06 USD")),
  ]

  private static let functions: [Recommendation] = [
    Recommendation(
      finding: Finding(
        rule: "lambda-memory-reduce", resources: [function("orders-api")], title: "Reduce the memory of orders-api from 1024 MB to 512 MB",
        evidence: [
          .init(label: "p95 of the memory used", value: "211 MB", source: "Logs Insights, 12,500,000 REPORT lines", windowDays: 30),
          .init(label: "Memory", value: "1,024 MB", source: "lambda:ListFunctions"),
          .init(label: "Headroom", value: "79.4%", source: "1 - 211 / 1,024"),
          .init(label: "p95 of the duration", value: "318 ms", source: "CloudWatch Duration, p95", windowDays: 30),
          .init(label: "Throttles", value: "0", source: "CloudWatch Throttles, Sum", windowDays: 30),
        ], action: "Set the memory of function orders-api from 1,024 MB to 512 MB.", change: .memory(fromMegabytes: 1024, toMegabytes: 512),
        risk: .medium, riskNote: "Half the memory is half the processor: work that computes takes longer.",
        steps: [
          "Publish a version, and shift 10% of alias live to it with 512 MB.", "Compare p95 of Duration for a day.", "Shift all of it.",
        ],
        validation: "p95 of Duration stays below 500 ms and Max Memory Used below 400 MB over 7 days."),
      impact: impact(
        "50.4167675", "25.20838375",
        "12,500,000 x 0.242 s x 1 GB x 0.0000166667 USD = 50.42 USD; with 0.5 GB = 25.21 USD; requests cost the same")),
    Recommendation(
      finding: Finding(
        rule: "s3-colder-class", resources: [bucket("media-archive")], title: "Move objects of media-archive to S3 Standard-IA",
        evidence: [
          .init(label: "StandardStorage", value: "2,400 GB", source: "CloudWatch BucketSizeBytes"),
          .init(label: "GET requests", value: "312", source: "CloudWatch GetRequests, Sum", windowDays: 30),
        ], action: "Add a lifecycle rule to bucket media-archive: to STANDARD_IA after 30 days.",
        change: .storageClass(bytes: ExactDecimal(2_400_000_000_000), from: "STANDARD", to: "STANDARD_IA"), risk: .low,
        riskNote: "Reading costs 0.01 USD a GB, and objects are billed for at least 30 days and 128 KB.",
        steps: ["Add the lifecycle rule for the prefix originals/.", "After two days, look at the bytes by storage class."],
        validation: "BucketSizeBytes of StandardIAStorage grows while StandardStorage falls; the bill shows retrievals below 1 USD."),
      impact: impact("55.2", "30", "2,400 GB x 0.023 USD = 55.20 USD; 2,400 GB x 0.0125 USD = 30.00 USD, without retrievals")),
    Recommendation(
      finding: Finding(
        rule: "apigateway-cache-remove",
        resources: [ResourceReference(.apiGateway, name: "shop-api", arn: arn("apigateway", "/restapis/a1b2c3d4e5", account: ""))],
        title: "Remove the cache of stage prod of shop-api",
        evidence: [
          .init(label: "Cache hits", value: "1,204", source: "CloudWatch CacheHitCount, Sum", windowDays: 30),
          .init(label: "Cache misses", value: "3,310,442", source: "CloudWatch CacheMissCount, Sum", windowDays: 30),
        ], action: "Remove the 0.5 GB cache cluster of stage prod of REST API shop-api.",
        change: .removeCache(stage: "prod", gigabytes: "0.5"),
        risk: .low, riskNote: "0.04% of the requests go to the functions behind it that the cache answered.",
        steps: ["Set cacheClusterEnabled of stage prod to false."], validation: "p95 of Latency changes by less than 5% over 7 days."),
      impact: impact("14.4", "0", "720 h x 0.020 USD = 14.40 USD")),
    Recommendation(
      finding: Finding(
        rule: "lambda-arm64", resources: [function("orders-api")], title: "Move orders-api to arm64",
        evidence: [
          .init(label: "Architecture", value: "x86_64", source: "lambda:ListFunctions"),
          .init(label: "Runtime", value: "python3.12", source: "lambda:ListFunctions"),
        ], action: "Change the architecture of function orders-api from x86_64 to arm64.", change: .architecture(from: .x86, to: .arm),
        risk: .medium,
        riskNote: "Packages with compiled parts need their arm64 build.",
        steps: ["Build the package for arm64 and run its tests.", "Shift 10% of alias live, then all of it."],
        validation: "Errors do not rise, and p95 of Duration stays within 10%."),
      impact: impact(
        "25.20838375", "20.1667675",
        "1,512,500 GB-s x 0.0000166667 USD = 25.21 USD; x 0.0000133334 USD = 20.17 USD, after the change of memory")),
  ]

  private static let small: [Recommendation] = [
    Recommendation(
      finding: Finding(
        rule: "lambda-ephemeral-reduce", resources: [function("pdf-render")],
        title: "Reduce the ephemeral storage of pdf-render from 10,240 MB to 512 MB",
        evidence: [.init(label: "Ephemeral storage", value: "10,240 MB", source: "lambda:ListFunctions")],
        action: "Set the ephemeral storage of function pdf-render from 10,240 MB to 512 MB.",
        change: .ephemeralStorage(fromMegabytes: 10240, toMegabytes: 512), risk: .medium,
        riskNote: "How much of /tmp is used is in no metric: see that the function writes less than 512 MB.",
        steps: ["Log the size of /tmp for a day.", "Set the ephemeral storage to 512 MB."],
        validation: "No error \"No space left on device\" in 7 days."),
      impact: impact("1.08", "0", "3,678,000 s x 9.5 GB x 0.0000000309 USD = 1.08 USD; 512 MB are free")),
    Recommendation(
      finding: Finding(
        rule: "lambda-idle", resources: [function("legacy-import"), function("legacy-export")],
        title: "Remove two functions that are not used",
        evidence: [
          .init(label: "Invocations", value: "0", source: "CloudWatch Invocations, Sum", windowDays: 30),
          .init(label: "Last modified", value: "2023-02-11", source: "lambda:ListFunctions"),
        ], action: "Remove the functions legacy-import and legacy-export after their code has been kept.", change: .removeFunction,
        risk: .low,
        riskNote: "A yearly job may need them: ask who owns them.",
        steps: ["Keep the code and the configuration.", "Remove both functions."],
        validation: "No caller reports ResourceNotFoundException in 30 days."),
      impact: impact("0", "0", "0 invocations cost 0.00 USD; what is gained is less to look after")),
    Recommendation(
      finding: Finding(
        rule: "lambda-memory-increase", resources: [function("image-resize")],
        title: "Increase the memory of image-resize from 512 MB to 1,024 MB",
        evidence: [
          .init(label: "p95 of the memory used", value: "489 MB", source: "Logs Insights, 640,200 REPORT lines", windowDays: 30),
          .init(label: "Headroom", value: "4.5%", source: "1 - 489 / 512"),
        ], action: "Set the memory of function image-resize from 512 MB to 1,024 MB.",
        change: .memory(fromMegabytes: 512, toMegabytes: 1024), risk: .low,
        riskNote: "It costs more unless the function gets faster in proportion.", steps: ["Set the memory to 1,024 MB."],
        validation: "Max Memory Used below 80% of the memory, no \"Runtime exited\" in 7 days."),
      impact: impact(
        "10.1", "11.6", "606,000 GB-s x 0.0000166667 USD = 10.10 USD; 696,000 GB-s with the duration of a twin of this size = 11.60 USD")),
    Recommendation(
      finding: Finding(
        rule: "lambda-timeout", resources: [function("payment-webhook")], title: "Lower the timeout of payment-webhook from 900 s to 3 s",
        evidence: [
          .init(label: "p99 of the duration", value: "1,870 ms", source: "CloudWatch Duration, p99", windowDays: 30),
          .init(label: "Timeout", value: "900 s", source: "lambda:ListFunctions"),
        ], action: "Set the timeout of function payment-webhook from 900 s to 3 s.", change: .advice, risk: .low,
        riskNote: "A slow answer of the bank ends as an error sooner, and is retried.", steps: ["Set the timeout to 3 s."],
        validation: "No \"Task timed out\" in 7 days."),
      impact: impact(nil, nil, "what a call that hangs would cost is not in the data")),
    Recommendation(
      finding: Finding(
        rule: "eventbridge-unused-rule",
        resources: [ResourceReference(.eventBridge, name: "old-audit-trail", arn: arn("events", "rule/old-audit-trail"))],
        title: "Remove the rule old-audit-trail, which has no target",
        evidence: [.init(label: "Targets", value: "0", source: "events:ListTargetsByRule")], action: "Remove the rule old-audit-trail.",
        change: .advice,
        risk: .low, riskNote: "None that the configuration shows.", steps: ["Remove the rule."], validation: "The rule is gone."),
      impact: impact(nil, nil, "rules cost nothing by themselves")),
  ]
}
