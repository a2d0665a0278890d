import AgentKit
import JSON
import Testing

@testable import CostOptimizer

@Suite("The plan of metrics")
struct MetricPlanTests {
  static let day: Int64 = 86_400_000

  static func window(days: Int64, end: Int64 = FixedClock.morning.nowMilliseconds) -> Usage.Window {
    Usage.Window(fromMilliseconds: end - days * day, toMilliseconds: end)
  }

  static func function(_ name: String, memory: Int = 1024) -> LambdaFunction {
    LambdaFunction(
      reference: ResourceReference(.lambda, name: name, arn: DiscoveryTests.functionARN(name)), runtime: "python3.12",
      memoryMegabytes: memory, timeoutSeconds: 30, architecture: .x86)
  }

  /// An account of any size, by a generator that is the same in every run.
  static func inventory(_ random: inout SeededGenerator) -> Inventory {
    var inventory = Inventory(accountID: "123456789012", region: "us-east-1")
    func count(_ limit: Int) -> Range<Int> { 0..<Int.random(in: 0...limit, using: &random) }
    for number in count(700) {
      var function = function("f\(number)")
      if number.isMultiple(of: 7) { function.provisioned = [.init(qualifier: "live", requested: 2), .init(qualifier: "3", requested: 1)] }
      inventory.functions.append(function)
    }
    for number in count(50) {
      let kind = [GatewayAPI.Kind.rest, .http, .webSocket][number % 3]
      var api = GatewayAPI(
        reference: ResourceReference(.apiGateway, name: "api\(number / 2)", arn: "arn:api\(number)"), kind: kind, id: "id\(number)")
      var stage = GatewayAPI.Stage(name: "prod")
      stage.cacheGigabytes = "0.5"
      api.stages = [stage]
      inventory.apis.append(api)
    }
    for number in count(200) {
      inventory.tables.append(
        TableFacts(reference: ResourceReference(.dynamoDB, name: "t\(number)", arn: "arn:t\(number)"), billingMode: .provisioned))
    }
    for number in count(100) {
      inventory.buckets.append(BucketFacts(reference: ResourceReference(.s3, name: "b\(number)", arn: "arn:b\(number)")))
    }
    for number in count(30) {
      inventory.stateMachines.append(
        StateMachineFacts(
          reference: ResourceReference(.stepFunctions, name: "m\(number)", arn: "arn:m\(number)"),
          type: number.isMultiple(of: 2) ? "EXPRESS" : "STANDARD"))
    }
    for number in count(60) {
      inventory.rules.append(
        EventRule(
          reference: ResourceReference(.eventBridge, name: "r\(number)", arn: "arn:r\(number)"),
          busName: number.isMultiple(of: 3) ? "orders" : "default", isEnabled: true, scheduleExpression: nil, hasPattern: true))
    }
    return inventory
  }

  @Test("No call has more than 500 queries or 100,800 data points; ids are valid and each once; nothing is lost or asked twice")
  func limits() throws {
    var random = SeededGenerator(seed: 37)
    for _ in 0..<25 {
      let inventory = Self.inventory(&random)
      let days = Int64.random(in: 1...455, using: &random)
      let plan = MetricPlan(inventory, window: Self.window(days: days), recentWindow: Self.window(days: min(days, 7)))
      var planned: [String: Int] = [:]
      for query in plan.queries { planned[Self.identity(query), default: 0] += 1 }
      #expect(planned.values.allSatisfy { $0 == 1 })
      for batch in plan.batches {
        #expect(!batch.queries.isEmpty && batch.queries.count <= 500)
        let seconds = (batch.window.toMilliseconds - batch.window.fromMilliseconds) / 1000
        let points = batch.queries.reduce(0) { $0 + (seconds + $1.period - 1) / $1.period + 1 }
        #expect(points <= 100_800)
        let queries = try #require(batch.parameters["MetricDataQueries"]?.arrayValue)
        let ids = queries.compactMap { $0["Id"]?.stringValue }
        #expect(ids.count == batch.queries.count && Set(ids).count == ids.count)
        #expect(ids.allSatisfy(Self.isValid))
        for query in batch.queries {
          #expect(query.period > 0 && query.period.isMultiple(of: 3600))
          planned[Self.identity(query), default: 0] -= 1
        }
      }
      #expect(planned.values.allSatisfy { $0 == 0 })
    }
  }

  private static func identity(_ query: MetricQuery) -> String {
    "\(query.arn) \(query.namespace) \(query.metric) \(query.statistic) \(query.span) \(query.dimensions.map { "\($0.name)=\($0.value)" })"
  }

  private static func isValid(_ id: String) -> Bool {
    guard let first = id.utf8.first, first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z"), id.utf8.count <= 255 else { return false }
    return id.utf8.allSatisfy { byte in
      (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")) || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
        || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || byte == UInt8(ascii: "_")
    }
  }

  @Test("Calls grow with the number of functions", arguments: [10, 100, 1000])
  func callsGrowLinearly(count: Int) {
    var inventory = Inventory(accountID: "", region: "us-east-1")
    inventory.functions = (0..<count).map { Self.function("f\($0)") }
    let plan = MetricPlan(inventory, window: Self.window(days: 30), recentWindow: Self.window(days: 7))
    #expect(plan.queries.count == 11 * count)
    // A function has some 1,000 data points.
    let points = plan.queries.reduce(0) { $0 + plan.points($1) }
    #expect(plan.batches.count <= 2 + Int(points / (MetricPlan.maximumPoints - 721)) + plan.queries.count / 500)
  }

  @Test("A query is sent as GetMetricData takes it")
  func wireShape() throws {
    var inventory = Inventory(accountID: "", region: "us-east-1")
    inventory.functions = [Self.function("orders")]
    let batches = MetricPlan(inventory, window: Self.window(days: 30), recentWindow: Self.window(days: 7)).batches
    #expect(batches.count == 2)
    let parameters = batches[0].parameters
    #expect(parameters["StartTime"] == .number(1_795_737_600 - 30 * 86_400))
    #expect(parameters["EndTime"] == 1_795_737_600)
    #expect(
      parameters["MetricDataQueries"]?[0] == [
        "Id": "m0",
        "MetricStat": [
          "Metric": [
            "Namespace": "AWS/Lambda", "MetricName": "Invocations", "Dimensions": [["Name": "FunctionName", "Value": "orders"]],
          ], "Period": 86_400, "Stat": "Sum",
        ], "ReturnData": true,
      ])
    #expect(batches[1].parameters["StartTime"] == .number(1_795_737_600 - 7 * 86_400))
  }

  @Test("Rules of other buses and provisioned concurrency are told apart by a second dimension")
  func dimensions() {
    var inventory = Inventory(accountID: "", region: "us-east-1")
    var function = Self.function("orders")
    function.provisioned = [.init(qualifier: "live", requested: 2)]
    inventory.functions = [function]
    inventory.rules = [("a", "default"), ("b", "shop")].map {
      EventRule(
        reference: ResourceReference(.eventBridge, name: $0.0, arn: $0.0), busName: $0.1, isEnabled: true, scheduleExpression: nil,
        hasPattern: true)
    }
    let queries = MetricPlan(inventory, window: Self.window(days: 30), recentWindow: Self.window(days: 7)).queries
    func dimensions(_ metric: String, _ arn: String) -> [String] {
      queries.first { $0.metric == metric && $0.arn == arn }?.dimensions.map { "\($0.name)=\($0.value)" } ?? []
    }
    #expect(dimensions("MatchedEvents", "a") == ["RuleName=a"])
    #expect(dimensions("MatchedEvents", "b") == ["EventBusName=shop", "RuleName=b"])
    #expect(
      dimensions("ProvisionedConcurrencyUtilization", function.reference.arn) == ["FunctionName=orders", "Resource=orders:live"])
  }
}
