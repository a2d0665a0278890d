internal import JSON

extension Discovery {
  /// REST APIs, then HTTP and WebSocket APIs; one call each for the stages.
  func apis() async -> [GatewayAPI] {
    let rest = await restAPIs()
    return rest + (await httpAPIs())
  }

  private func restAPIs() async -> [GatewayAPI] {
    let list = AccountCall(
      "apigateway", "GetRestApis", ["limit": 500], subject: "API Gateway", consequence: "REST APIs are missing from this report.")
    var found: [GatewayAPI] = []
    await calls.resources(.apiGateway, list, PageToken("position", "position")) { page in
      for item in page["items"]?.arrayValue ?? [] {
        guard let id = item["id"]?.stringValue, let name = item["name"]?.stringValue else {
          calls.note(Self.unreadable("API Gateway", "GetRestApis", "an API without an id or a name"))
          continue
        }
        let arn = "arn:\(partition):apigateway:\(region)::/restapis/\(id)"
        found.append(GatewayAPI(reference: ResourceReference(.apiGateway, name: name, arn: arn), kind: .rest, id: id))
      }
    }
    guard !found.isEmpty else { return [] }
    let plans = await usagePlans()
    return await found.sortedByARN(\.reference).mapBounded(limit: parallelism) { api in
      var api = api
      api.usagePlanCount = plans[api.id] ?? 0
      let call = AccountCall(
        "apigateway", "GetStages", ["restApiId": .string(api.id)], of: api.reference.name, subject: "API Gateway",
        consequence: "No advice on the caches of these APIs.")
      if let answer = await calls.value(call) { api.stages = (answer["item"]?.arrayValue ?? []).compactMap(Self.restStage) }
      return api
    }
  }

  /// Usage plans by id of the API that they have a stage of.
  private func usagePlans() async -> [String: Int] {
    let list = AccountCall(
      "apigateway", "GetUsagePlans", ["limit": 500], subject: "API Gateway", consequence: "How many usage plans the APIs have is not known."
    )
    var counts: [String: Int] = [:]
    await calls.pages(list, PageToken("position", "position")) { page in
      for plan in page["items"]?.arrayValue ?? [] {
        let apis = Set((plan["apiStages"]?.arrayValue ?? []).compactMap { $0["apiId"]?.stringValue })
        for api in apis { counts[api, default: 0] += 1 }
      }
    }
    return counts
  }

  static func restStage(_ item: JSONValue) -> GatewayAPI.Stage? {
    guard let name = item["stageName"]?.stringValue else { return nil }
    var stage = GatewayAPI.Stage(name: name)
    if item["cacheClusterEnabled"]?.boolValue == true, item["cacheClusterStatus"]?.stringValue != "NOT_AVAILABLE" {
      stage.cacheGigabytes = item["cacheClusterSize"]?.stringValue
    }
    stage.createdMilliseconds = item["createdDate"].flatMap(AccountTime.milliseconds)
    // The settings of every method; those of single methods say nothing about the whole stage.
    let settings = item["methodSettings"]?["*/*"]
    stage.loggingLevel = settings?["loggingLevel"]?.stringValue
    stage.hasDetailedMetrics = settings?["metricsEnabled"]?.boolValue == true
    stage.hasAccessLog = item["accessLogSettings"]?["destinationArn"]?.stringValue != nil
    return stage
  }

  private func httpAPIs() async -> [GatewayAPI] {
    let list = AccountCall(
      "apigatewayv2", "GetApis", ["MaxResults": "100"], subject: "API Gateway",
      consequence: "HTTP and WebSocket APIs are missing from this report.")
    var found: [GatewayAPI] = []
    await calls.resources(.apiGateway, list, PageToken("NextToken", "NextToken")) { page in
      for item in page["Items"]?.arrayValue ?? [] {
        guard let id = item["ApiId"]?.stringValue, let name = item["Name"]?.stringValue else {
          calls.note(Self.unreadable("API Gateway", "GetApis", "an API without an id or a name"))
          continue
        }
        let arn = "arn:\(partition):apigateway:\(region)::/apis/\(id)"
        let kind = item["ProtocolType"]?.stringValue.flatMap(GatewayAPI.Kind.init) ?? .http
        found.append(GatewayAPI(reference: ResourceReference(.apiGateway, name: name, arn: arn), kind: kind, id: id))
      }
    }
    return await found.sortedByARN(\.reference).mapBounded(limit: parallelism) { api in
      var api = api
      let call = AccountCall(
        "apigatewayv2", "GetStages", ["ApiId": .string(api.id), "MaxResults": "100"], of: api.reference.name, subject: "API Gateway",
        consequence: "The stages of these APIs are not known.")
      var stages: [GatewayAPI.Stage] = []
      let isWhole = await calls.pages(call, PageToken("NextToken", "NextToken"), limit: 10) { page in
        stages += (page["Items"]?.arrayValue ?? []).compactMap(Self.httpStage)
      }
      if isWhole { api.stages = stages }
      return api
    }
  }

  static func httpStage(_ item: JSONValue) -> GatewayAPI.Stage? {
    guard let name = item["StageName"]?.stringValue else { return nil }
    var stage = GatewayAPI.Stage(name: name)
    stage.loggingLevel = item["DefaultRouteSettings"]?["LoggingLevel"]?.stringValue
    stage.hasDetailedMetrics = item["DefaultRouteSettings"]?["DetailedMetricsEnabled"]?.boolValue == true
    stage.hasAccessLog = item["AccessLogSettings"]?["DestinationArn"]?.stringValue != nil
    return stage
  }
}
