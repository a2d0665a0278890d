import AgentKit

/// The figures of every resource, for the evidence appendix: what was seen, also where nothing follows from it. A figure that was not there is
/// left out, and never a zero.
struct EvidenceEntries {
  static func make(inventory: Inventory?, usage: Usage?) -> [CostReport.EvidenceEntry] {
    guard let inventory else { return [] }
    let entries = EvidenceEntries(usage: usage)
    return inventory.functions.map(entries.entry) + inventory.apis.map(entries.entry) + inventory.tables.map(entries.entry)
      + inventory.buckets.map(entries.entry) + inventory.stateMachines.map(entries.entry) + inventory.rules.map(entries.entry)
      + inventory.schedules.map(entries.entry)
  }

  private let usage: Usage?

  private func metric(_ namespace: String, _ name: String) -> String { "CloudWatch \(namespace) \(name)" }

  /// Figures under construction.
  private struct Figures {
    var list: [Finding.Evidence] = []
    let days: Int
    let recentDays: Int

    init(_ usage: Usage?) {
      days = usage?.window.days ?? 30
      recentDays = usage?.recentWindow.days ?? 7
    }

    mutating func configuration(_ label: String, _ value: String?, _ source: String) {
      if let value { list.append(Finding.Evidence(label: label, value: value, source: source)) }
    }

    mutating func measured(_ label: String, _ value: ExactDecimal?, _ unit: String, _ source: String, days: Int? = nil) {
      guard let value else { return }
      let text = value.rounded(toFractionDigits: 2).text
      list.append(
        Finding.Evidence(label: label, value: unit.isEmpty ? text : "\(text) \(unit)", source: source, windowDays: days ?? self.days))
    }
  }

  private func entry(_ function: LambdaFunction) -> CostReport.EvidenceEntry {
    var figures = Figures(usage)
    let source = "lambda ListFunctions"
    figures.configuration("memory", "\(function.memoryMegabytes) MB", source)
    figures.configuration("timeout", "\(function.timeoutSeconds) s", source)
    figures.configuration("architecture", function.architecture.rawValue, source)
    figures.configuration("runtime", function.runtime ?? (function.isContainerImage ? "container image" : nil), source)
    figures.configuration("ephemeral storage", "\(function.ephemeralStorageMegabytes) MB", source)
    figures.configuration(
      "published versions", function.publishedVersionCount.map { String($0) }, "lambda ListVersionsByFunction")
    figures.configuration("reserved concurrency", function.reservedConcurrency.map { String($0) }, "lambda GetFunctionConcurrency")
    for provisioned in function.provisioned {
      figures.configuration(
        "provisioned concurrency of \(provisioned.qualifier)", String(provisioned.requested), "lambda ListProvisionedConcurrencyConfigs")
    }
    if let use = usage?.functions[function.reference.arn] {
      let name = { metric("AWS/Lambda", $0) }
      figures.measured("invocations", use.invocations, "", name("Invocations"))
      figures.measured("invocations, recent", use.recentInvocations, "", name("Invocations"), days: figures.recentDays)
      figures.measured("errors", use.errors, "", name("Errors"))
      figures.measured("throttles", use.throttles, "", name("Throttles"))
      figures.measured("average duration", use.averageDuration, "ms", name("Duration"))
      figures.measured("p95 of the duration", use.p95Duration, "ms", name("Duration"))
      figures.measured("p99 of the duration", use.p99Duration, "ms", name("Duration"))
      figures.measured("highest concurrency", use.maximumConcurrency, "", name("ConcurrentExecutions"))
      figures.measured("p95 of the concurrency", use.p95Concurrency, "", name("ConcurrentExecutions"))
      figures.measured("oldest record of a stream", use.maximumIteratorAge, "ms", name("IteratorAge"))
      for (qualifier, value) in use.provisionedUtilization.sorted(by: { $0.key < $1.key }) {
        figures.measured(
          "use of the provisioned concurrency of \(qualifier)", try? value.multiplied(by: ExactDecimal(100)), "%",
          name("ProvisionedConcurrencyUtilization"), days: figures.recentDays)
      }
      if let memory = use.memory {
        let source = "Logs Insights, \(memory.reportCount) REPORT lines"
        let megabytes: (ExactDecimal) -> ExactDecimal? = { try? $0.divided(by: FigureText.bytesPerMegabyte).value }
        figures.measured("average of the memory used", megabytes(memory.averageMaximumUsed), "MB", source, days: memory.days)
        figures.measured("p90 of the memory used", megabytes(memory.p90MaximumUsed), "MB", source, days: memory.days)
        figures.measured("p95 of the memory used", megabytes(memory.p95MaximumUsed), "MB", source, days: memory.days)
        figures.measured("most memory used", memory.maximumUsed.flatMap(megabytes), "MB", source, days: memory.days)
      }
    }
    return CostReport.EvidenceEntry(resource: function.reference, figures: figures.list)
  }

  private func entry(_ api: GatewayAPI) -> CostReport.EvidenceEntry {
    var figures = Figures(usage)
    figures.configuration("kind", api.kind.rawValue, "apigateway")
    figures.configuration("stages", api.stages.map { String($0.count) }, "apigateway")
    for stage in api.stages ?? [] {
      figures.configuration("cache of stage \(stage.name)", stage.cacheGigabytes.map { "\($0) GB" }, "apigateway")
    }
    if let use = usage?.apis[api.reference.arn] {
      let name = { metric("AWS/ApiGateway", $0) }
      figures.measured("requests", use.requests, "", name("Count"))
      figures.measured("requests, recent", use.recentRequests, "", name("Count"), days: figures.recentDays)
      figures.measured("client errors", use.clientErrors, "", name("4XXError"))
      figures.measured("server errors", use.serverErrors, "", name("5XXError"))
      figures.measured("average latency", use.averageLatency, "ms", name("Latency"))
      figures.measured("p95 of the latency", use.p95Latency, "ms", name("Latency"))
      figures.measured("cache hits", use.cacheHits, "", name("CacheHitCount"))
      figures.measured("cache misses", use.cacheMisses, "", name("CacheMissCount"))
      figures.measured("data processed", use.dataProcessed, "bytes", name("DataProcessed"))
    }
    return CostReport.EvidenceEntry(resource: api.reference, figures: figures.list)
  }

  private func entry(_ table: TableFacts) -> CostReport.EvidenceEntry {
    var figures = Figures(usage)
    let source = "dynamodb DescribeTable"
    figures.configuration("billing mode", table.billingMode.rawValue, source)
    figures.configuration("table class", table.tableClass, source)
    figures.configuration("items", String(table.itemCount), source)
    figures.configuration("size", "\(table.sizeBytes) bytes", source)
    if table.billingMode == .provisioned {
      figures.configuration("provisioned read units", String(table.readUnits), source)
      figures.configuration("provisioned write units", String(table.writeUnits), source)
    }
    if let use = usage?.tables[table.reference.arn] {
      let name = { metric("AWS/DynamoDB", $0) }
      figures.measured("average read units a second", use.averageReadUnits, "", name("ConsumedReadCapacityUnits"))
      figures.measured("p95 of the read units a second", use.p95ReadUnits, "", name("ConsumedReadCapacityUnits"))
      figures.measured("average write units a second", use.averageWriteUnits, "", name("ConsumedWriteCapacityUnits"))
      figures.measured("p95 of the write units a second", use.p95WriteUnits, "", name("ConsumedWriteCapacityUnits"))
      figures.measured("consumed read units", use.consumedReadUnits, "", name("ConsumedReadCapacityUnits"))
      figures.measured("consumed write units", use.consumedWriteUnits, "", name("ConsumedWriteCapacityUnits"))
      figures.measured("throttled reads", use.readThrottles, "", name("ReadThrottleEvents"))
      figures.measured("throttled writes", use.writeThrottles, "", name("WriteThrottleEvents"))
    }
    return CostReport.EvidenceEntry(resource: table.reference, figures: figures.list)
  }

  private func entry(_ bucket: BucketFacts) -> CostReport.EvidenceEntry {
    var figures = Figures(usage)
    let text: (Bool?) -> String? = { $0.map { $0 ? "yes" : "no" } }
    figures.configuration("versioning", bucket.versioning, "s3 GetBucketVersioning")
    figures.configuration("lifecycle rules", text(bucket.hasLifecycle), "s3 GetBucketLifecycleConfiguration")
    figures.configuration("aborts unfinished uploads", text(bucket.abortsIncompleteUploads), "s3 GetBucketLifecycleConfiguration")
    figures.configuration("replication", text(bucket.hasReplication), "s3 GetBucketReplication")
    figures.configuration("Intelligent-Tiering", text(bucket.hasIntelligentTiering), "s3 ListBucketIntelligentTieringConfigurations")
    figures.configuration("unfinished uploads older than a week", bucket.staleUploadCount.map { String($0) }, "s3 ListMultipartUploads")
    if let use = usage?.buckets[bucket.reference.arn] {
      let name = { metric("AWS/S3", $0) }
      for (storageClass, bytes) in use.bytesByClass.sorted(by: { $0.key < $1.key }) {
        figures.measured("size in \(storageClass)", bytes, "bytes", name("BucketSizeBytes"))
      }
      figures.measured("objects", use.objectCount, "", name("NumberOfObjects"))
      figures.measured("requests", use.allRequests, "", name("AllRequests"))
      figures.measured("GET requests", use.getRequests, "", name("GetRequests"))
      figures.measured("client errors", use.clientErrors, "", name("4xxErrors"))
      figures.measured("server errors", use.serverErrors, "", name("5xxErrors"))
    }
    return CostReport.EvidenceEntry(resource: bucket.reference, figures: figures.list)
  }

  private func entry(_ machine: StateMachineFacts) -> CostReport.EvidenceEntry {
    var figures = Figures(usage)
    figures.configuration("type", machine.type, "stepfunctions ListStateMachines")
    if let use = usage?.stateMachines[machine.reference.arn] {
      let name = { metric("AWS/States", $0) }
      figures.measured("executions started", use.started, "", name("ExecutionsStarted"))
      figures.measured("executions failed", use.failed, "", name("ExecutionsFailed"))
      figures.measured("executions timed out", use.timedOut, "", name("ExecutionsTimedOut"))
      figures.measured("average time", use.averageTime, "ms", name("ExecutionTime"))
      figures.measured("billed duration", use.billedMilliseconds, "ms", name("ExpressExecutionBilledDuration"))
      figures.measured("billed memory", use.billedMegabytes, "MB", name("ExpressExecutionBilledMemory"))
    }
    return CostReport.EvidenceEntry(resource: machine.reference, figures: figures.list)
  }

  private func entry(_ rule: EventRule) -> CostReport.EvidenceEntry {
    var figures = Figures(usage)
    figures.configuration("state", rule.isEnabled ? "enabled" : "disabled", "events ListRules")
    figures.configuration("schedule", rule.scheduleExpression, "events ListRules")
    figures.configuration("targets", rule.targets.map { String($0.count) }, "events ListTargetsByRule")
    if let use = usage?.rules[rule.reference.arn] {
      let name = { metric("AWS/Events", $0) }
      figures.measured("matched events", use.matchedEvents, "", name("MatchedEvents"))
      figures.measured("invocations", use.invocations, "", name("Invocations"))
      figures.measured("failed invocations", use.failedInvocations, "", name("FailedInvocations"))
    }
    return CostReport.EvidenceEntry(resource: rule.reference, figures: figures.list)
  }

  private func entry(_ schedule: ScheduleFacts) -> CostReport.EvidenceEntry {
    var figures = Figures(usage)
    figures.configuration("state", schedule.isEnabled ? "enabled" : "disabled", "scheduler ListSchedules")
    figures.configuration("schedule", schedule.expression, "scheduler GetSchedule")
    return CostReport.EvidenceEntry(resource: schedule.reference, figures: figures.list)
  }
}
