internal import AgentKit

extension MetricPlan {
  /// Everything that is asked for of an account.
  init(_ inventory: Inventory, window: Usage.Window, recentWindow: Usage.Window) {
    self.init(window: window, recentWindow: recentWindow)
    for function in inventory.functions { add(function) }
    let shared = Self.sharedNames(inventory)
    for api in inventory.apis where api.kind != .rest || !shared.contains(api.reference.name) { add(api) }
    for table in inventory.tables { add(table) }
    for bucket in inventory.buckets { add(bucket) }
    for machine in inventory.stateMachines { add(machine) }
    for rule in inventory.rules { add(rule) }
  }

  /// Names that several REST APIs have: their metrics carry the name alone, so nobody can tell whose they are.
  static func sharedNames(_ inventory: Inventory) -> Set<String> {
    var seen: Set<String> = []
    return Set(inventory.apis.filter { $0.kind == .rest }.map(\.reference.name).filter { !seen.insert($0).inserted })
  }

  private typealias Use = MetricQuery.Use

  /// Collects the queries of one resource in one namespace.
  private struct Source {
    var arn: String
    var name: String
    var namespace: String
    var dimensions: [(name: String, value: String)]

    init(_ reference: ResourceReference, _ namespace: String, _ dimensions: [(name: String, value: String)]) {
      arn = reference.arn
      name = reference.name
      self.namespace = namespace
      self.dimensions = dimensions
    }

    func query(
      _ metric: String, _ statistic: String, period: Int64, span: MetricQuery.Span = .whole, isZeroWhenSilent: Bool = false, _ uses: [Use]
    ) -> MetricQuery {
      MetricQuery(
        arn: arn, resourceName: name, namespace: namespace, metric: metric, dimensions: dimensions, statistic: statistic, period: period,
        span: span, uses: uses, isZeroWhenSilent: isZeroWhenSilent)
    }
  }

  private mutating func addCount(
    _ source: Source, _ metric: String, statistic: String = "Sum", span: MetricQuery.Span = .whole, isZeroWhenSilent: Bool = true,
    to member: MetricQuery.Member
  ) {
    add(
      source.query(
        metric, statistic, period: day(span), span: span, isZeroWhenSilent: isZeroWhenSilent, [Use(reading: .sum, member: member)]))
  }

  private mutating func addHighest(_ source: Source, _ metric: String, _ statistic: String, _ member: MetricQuery.Member) {
    add(source.query(metric, statistic, period: day(.whole), [Use(reading: .highest, member: member)]))
  }

  private mutating func addAverage(_ source: Source, _ metric: String, _ member: MetricQuery.Member) {
    add(source.query(metric, "Sum", period: day(.whole), [Use(reading: .totalOfAverage, member: member)]))
    add(source.query(metric, "SampleCount", period: day(.whole), [Use(reading: .countOfAverage, member: member)]))
  }

  private mutating func add(_ function: LambdaFunction) {
    let name = function.reference.name
    let source = Source(function.reference, "AWS/Lambda", [("FunctionName", name)])
    addCount(source, "Invocations", to: .function(\.invocations))
    addCount(source, "Invocations", span: .recent, to: .function(\.recentInvocations))
    addCount(source, "Errors", to: .function(\.errors))
    addCount(source, "Throttles", to: .function(\.throttles))
    addAverage(source, "Duration", .function(\.averageDuration))
    addHighest(source, "Duration", "p95", .function(\.p95Duration))
    addHighest(source, "Duration", "p99", .function(\.p99Duration))
    addHighest(source, "Duration", "Maximum", .function(\.maximumDuration))
    addHighest(source, "IteratorAge", "Maximum", .function(\.maximumIteratorAge))
    add(
      source.query(
        "ConcurrentExecutions", "Maximum", period: hour(.whole),
        [
          Use(reading: .highest, member: .function(\.maximumConcurrency)), Use(reading: .percentile95, member: .function(\.p95Concurrency)),
        ]))
    for provisioned in function.provisioned {
      let source = Source(
        function.reference, "AWS/Lambda", [("FunctionName", name), ("Resource", "\(name):\(provisioned.qualifier)")])
      add(
        source.query(
          "ProvisionedConcurrencyUtilization", "Maximum", period: hour(.recent), span: .recent,
          [Use(reading: .median, member: .provisionedUtilization(qualifier: provisioned.qualifier))]))
    }
  }

  private mutating func add(_ api: GatewayAPI) {
    let dimension = api.kind == .rest ? ("ApiName", api.reference.name) : ("ApiId", api.id)
    let source = Source(api.reference, "AWS/ApiGateway", [dimension])
    // Requests of REST APIs are the number of samples, of WebSocket APIs the messages.
    let requests =
      switch api.kind {
      case .rest: ("Count", "SampleCount")
      case .http: ("Count", "Sum")
      case .webSocket: ("MessageCount", "Sum")
      }
    addCount(source, requests.0, statistic: requests.1, to: .api(\.requests))
    addCount(source, requests.0, statistic: requests.1, span: .recent, to: .api(\.recentRequests))
    let errors =
      switch api.kind {
      case .rest: ("4XXError", "5XXError")
      case .http: ("4xx", "5xx")
      case .webSocket: ("ClientError", "ExecutionError")
      }
    addCount(source, errors.0, to: .api(\.clientErrors))
    addCount(source, errors.1, to: .api(\.serverErrors))
    addAverage(source, "IntegrationLatency", .api(\.averageIntegrationLatency))
    if api.kind != .webSocket {
      addAverage(source, "Latency", .api(\.averageLatency))
      addHighest(source, "Latency", "p95", .api(\.p95Latency))
    }
    if api.kind == .http { addCount(source, "DataProcessed", to: .api(\.dataProcessed)) }
    if api.kind == .rest, (api.stages ?? []).contains(where: { $0.cacheGigabytes != nil }) {
      addCount(source, "CacheHitCount", to: .api(\.cacheHits))
      addCount(source, "CacheMissCount", to: .api(\.cacheMisses))
    }
  }

  private mutating func add(_ table: TableFacts) {
    let source = Source(table.reference, "AWS/DynamoDB", [("TableName", table.reference.name)])
    func uses(
      _ total: MetricQuery.Path<TableUsage>, _ average: MetricQuery.Path<TableUsage>,
      _ p95: MetricQuery.Path<TableUsage>, _ hours: MetricQuery.Path<TableUsage>
    ) -> [Use] {
      [
        Use(reading: .sum, member: .table(total)), Use(reading: .sumASecond, member: .table(average)),
        Use(reading: .percentile95ASecond, member: .table(p95)), Use(reading: .hours, member: .table(hours)),
      ]
    }
    add(
      source.query(
        "ConsumedReadCapacityUnits", "Sum", period: hour(.whole), isZeroWhenSilent: true,
        uses(\.consumedReadUnits, \.averageReadUnits, \.p95ReadUnits, \.readHours)))
    add(
      source.query(
        "ConsumedWriteCapacityUnits", "Sum", period: hour(.whole), isZeroWhenSilent: true,
        uses(\.consumedWriteUnits, \.averageWriteUnits, \.p95WriteUnits, \.writeHours)))
    addCount(source, "ReadThrottleEvents", to: .table(\.readThrottles))
    addCount(source, "WriteThrottleEvents", to: .table(\.writeThrottles))
  }

  /// The storage types with a price of their own; the overheads of some are billed as one of these.
  static let storageTypes = [
    "StandardStorage", "StandardIAStorage", "OneZoneIAStorage", "ReducedRedundancyStorage", "IntelligentTieringFAStorage",
    "IntelligentTieringIAStorage", "IntelligentTieringAIAStorage", "IntelligentTieringAAStorage", "IntelligentTieringDAAStorage",
    "GlacierInstantRetrievalStorage", "GlacierStorage", "DeepArchiveStorage",
  ]

  private mutating func add(_ bucket: BucketFacts) {
    let name = bucket.reference.name
    for type in Self.storageTypes + ["AllStorageTypes"] {
      let source = Source(bucket.reference, "AWS/S3", [("BucketName", name), ("StorageType", type)])
      let isCount = type == "AllStorageTypes"
      add(
        source.query(
          isCount ? "NumberOfObjects" : "BucketSizeBytes", "Average", period: 86_400, span: .recent,
          [Use(reading: .latest, member: isCount ? .bucket(\.objectCount) : .bucketBytes(storageType: type))]))
    }
    // Request metrics are an option of a bucket. The console's name for those of the whole bucket is the only one that is known to leave nothing out;
    // without a data point, nobody can tell whether the option is off or nobody came.
    let requests = Source(bucket.reference, "AWS/S3", [("BucketName", name), ("FilterId", "EntireBucket")])
    addCount(requests, "AllRequests", isZeroWhenSilent: false, to: .bucket(\.allRequests))
    addCount(requests, "GetRequests", isZeroWhenSilent: false, to: .bucket(\.getRequests))
    addCount(requests, "4xxErrors", isZeroWhenSilent: false, to: .bucket(\.clientErrors))
    addCount(requests, "5xxErrors", isZeroWhenSilent: false, to: .bucket(\.serverErrors))
  }

  private mutating func add(_ machine: StateMachineFacts) {
    let source = Source(machine.reference, "AWS/States", [("StateMachineArn", machine.reference.arn)])
    addCount(source, "ExecutionsStarted", to: .stateMachine(\.started))
    addCount(source, "ExecutionsFailed", to: .stateMachine(\.failed))
    addCount(source, "ExecutionsTimedOut", to: .stateMachine(\.timedOut))
    addAverage(source, "ExecutionTime", .stateMachine(\.averageTime))
    guard machine.type == "EXPRESS" else { return }
    addCount(source, "ExpressExecutionBilledDuration", to: .stateMachine(\.billedMilliseconds))
    addAverage(source, "ExpressExecutionBilledMemory", .stateMachine(\.billedMegabytes))
  }

  /// Bytes that a log group took in.
  mutating func addLogGroup(_ name: String) {
    add(
      MetricQuery(
        arn: name, resourceName: name, namespace: "AWS/Logs", metric: "IncomingBytes", dimensions: [("LogGroupName", name)],
        statistic: "Sum", period: day(.whole), span: .whole, uses: [Use(reading: .sum, member: .logGroupBytes)], isZeroWhenSilent: false))
  }

  private mutating func add(_ rule: EventRule) {
    var dimensions = [(name: "RuleName", value: rule.reference.name)]
    // Metrics of rules of the default bus carry no name of a bus.
    if rule.busName != "default" { dimensions.insert((name: "EventBusName", value: rule.busName), at: 0) }
    let source = Source(rule.reference, "AWS/Events", dimensions)
    addCount(source, "MatchedEvents", to: .rule(\.matchedEvents))
    addCount(source, "Invocations", to: .rule(\.invocations))
    addCount(source, "FailedInvocations", to: .rule(\.failedInvocations))
  }
}
