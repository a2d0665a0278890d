import AgentKit

extension RuleContext {
  /// API Gateway: caches that nobody reads, failing requests, large answers.
  func judge(_ api: GatewayAPI, _ usage: APIUsage, _ judgement: inout Judgement) {
    judgement.begin(api.reference)
    do {
      try judgeCaches(api, usage, &judgement)
      if let requests = usage.requests {
        if requests.isZero {
          judgement.remark("It had no requests for \(days) days, and an API without a cache costs nothing.")
        } else {
          try judgeErrors(api, requests, usage, &judgement)
          try judgeData(api, requests, usage, &judgement)
        }
      } else {
        judgement.cannotJudge("requests", because: "Count could not be read")
      }
    } catch {
      judgement.cannotJudge("the API", because: Self.outOfRange)
    }
    judgement.end(otherwise: "Its errors are few, and it has no cache that is not used.")
  }

  private func judgeCaches(_ api: GatewayAPI, _ usage: APIUsage, _ judgement: inout Judgement) throws(DecimalError) {
    guard api.kind == .rest else { return }
    guard let stages = api.stages else {
      judgement.cannotJudge("caches", because: "Stages could not be read")
      return
    }
    let cached = stages.filter { $0.cacheGigabytes != nil }
    guard !cached.isEmpty else { return }
    guard let hits = usage.cacheHits, let misses = usage.cacheMisses else {
      judgement.cannotJudge("caches", because: "CacheHitCount and CacheMissCount could not be read")
      return
    }
    let lookups = try Amount.sum(hits, misses)
    if lookups.isZero {
      for stage in cached {
        if isOlderThanWindow(stage.createdMilliseconds) {
          judgement.add(unusedCache(of: stage, api))
        } else {
          judgement.cannotJudge("the cache of \(stage.name)", because: tooYoung)
        }
      }
    } else if try Amount.isBelow(hits, percent: settings.cacheHitPercent, of: lookups) {
      judgement.add(try missedCache(of: cached, api, hits: hits, misses: misses, lookups: lookups, latency: usage.averageLatency))
    }
  }

  private func unusedCache(of stage: GatewayAPI.Stage, _ api: GatewayAPI) -> Finding {
    let size = stage.cacheGigabytes ?? ""
    let name = "\(api.reference.name)/\(stage.name)"
    return Finding(
      .apiCacheUnused, [ResourceReference(.apiGateway, name: name, arn: "\(api.reference.arn)/stages/\(stage.name)"), api.reference],
      title: "The cache of \(name) is not used",
      evidence: [
        configuration("Cache", "\(size) GB"), metric("Cache hits", "0", "AWS/ApiGateway CacheHitCount, sum"),
        metric("Cache misses", "0", "AWS/ApiGateway CacheMissCount, sum"),
      ],
      action: "Remove the cache of \(size) GB from the stage \(stage.name).", change: .removeCache(stage: stage.name, gigabytes: size),
      risk: .low,
      "No request looked into the cache for \(days) days. It is charged by the hour whether it is used or not.",
      steps: [
        "Look: aws apigateway get-stage --rest-api-id \(api.id) --stage-name \(stage.name).",
        "To change: aws apigateway update-stage --rest-api-id \(api.id) --stage-name \(stage.name) --patch-operations op=replace,path=/cacheClusterEnabled,value=false.",
      ],
      validation: "Latency of the stage stays as it was for \(recentDays) days.")
  }

  private func missedCache(
    of stages: [GatewayAPI.Stage], _ api: GatewayAPI, hits: ExactDecimal, misses: ExactDecimal, lookups: ExactDecimal,
    latency: ExactDecimal?
  ) throws(DecimalError) -> Finding {
    let sizes = stages.map { "\($0.name): \($0.cacheGigabytes ?? "") GB" }.joined(separator: ", ")
    var evidence = [
      configuration("Caches", sizes), metric("Cache hits", FigureText.number(hits), "AWS/ApiGateway CacheHitCount, sum"),
      metric("Cache misses", FigureText.number(misses), "AWS/ApiGateway CacheMissCount, sum"),
      metric("Share of hits", "\(try Amount.percentage(hits, of: lookups).text) %", "CacheHitCount / (CacheHitCount + CacheMissCount)"),
    ]
    if let latency { evidence.append(metric("Average latency", FigureText.milliseconds(latency), "AWS/ApiGateway Latency")) }
    return Finding(
      .apiCacheMisses, [api.reference], title: "The cache of \(api.reference.name) seldom has what is asked for", evidence: evidence,
      action: "Evaluate the cache: longer time to live, fewer parameters in its keys, or no cache (\(sizes)).", risk: .medium,
      "A longer time to live serves older answers; without a cache all requests reach the integration.",
      steps: [
        "Look at the time to live and the keys: aws apigateway get-stages --rest-api-id \(api.id).",
        "Change one stage, and compare a week before with a week after.",
      ],
      validation:
        "Hits above \(settings.cacheHitPercent) % of look-ups for \(recentDays) days, or the cache is removed and latency is borne.")
  }

  private func judgeErrors(_ api: GatewayAPI, _ requests: ExactDecimal, _ usage: APIUsage, _ judgement: inout Judgement)
    throws(DecimalError)
  {
    guard let client = usage.clientErrors, let server = usage.serverErrors else {
      judgement.cannotJudge("errors", because: "4XXError and 5XXError could not be read")
      return
    }
    guard requests >= ExactDecimal(Int64(settings.minimumForErrors)) else { return }
    let isClient = try Amount.isAbove(client, percent: settings.errorPercent, of: requests)
    let isServer = try Amount.isAbove(server, percent: settings.errorPercent, of: requests)
    guard isClient || isServer else { return }
    judgement.add(
      Finding(
        .apiErrors, [api.reference], title: "Many requests of \(api.reference.name) fail, and every one is billed",
        evidence: [
          metric("Requests", FigureText.number(requests), "AWS/ApiGateway Count, sum"),
          metric(
            "4xx answers", "\(FigureText.number(client)) (\(try Amount.percentage(client, of: requests).text) %)",
            "AWS/ApiGateway 4XXError, sum"),
          metric(
            "5xx answers", "\(FigureText.number(server)) (\(try Amount.percentage(server, of: requests).text) %)",
            "AWS/ApiGateway 5XXError, sum"),
        ],
        action: "Find who repeats failing requests, and end the repetition: back off in clients, mend the integration.", risk: .low,
        "None from looking. What it saves depends on how many of the failures are repetitions, which metrics do not tell.",
        steps: [
          "Look at callers and paths in the access log, in aggregate.",
          "Look at the integration's errors: \(isServer ? "5xx answers come from it" : "4xx answers come from callers, authorizers or throttling").",
        ],
        validation: "4xx and 5xx answers below \(settings.errorPercent) % of requests for \(recentDays) days."))
  }

  private func judgeData(_ api: GatewayAPI, _ requests: ExactDecimal, _ usage: APIUsage, _ judgement: inout Judgement) throws(DecimalError)
  {
    guard api.kind == .http else { return }
    guard let data = usage.dataProcessed else {
      judgement.cannotJudge("data", because: "DataProcessed could not be read")
      return
    }
    let limit = try requests.multiplied(by: ExactDecimal(Int64(settings.largeRequestBytes)))
    guard data > limit else { return }
    let average = try data.divided(by: requests).value
    judgement.add(
      Finding(
        .apiLargeData, [api.reference], title: "Requests of \(api.reference.name) are large",
        evidence: [
          metric("Data processed", FigureText.gigabytes(data), "AWS/ApiGateway DataProcessed, sum"),
          metric("Requests", FigureText.number(requests), "AWS/ApiGateway Count, sum"),
          metric("Data of a request", FigureText.megabytes(average), "DataProcessed / Count"),
        ],
        action: "Compress answers, serve them through CloudFront, or give callers presigned addresses of S3 for large ones.", risk: .medium,
        "Callers have to accept compression, or follow to another address. An HTTP API counts every 512 KB of a request as one more.",
        steps: ["Look at which routes answer most: the access log's responseLength, in aggregate.", "Change the largest route first."],
        validation: "DataProcessed / Count below 512 KB for \(recentDays) days."))
  }
}
