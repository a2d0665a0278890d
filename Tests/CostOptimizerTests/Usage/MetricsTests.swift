import AWSClient
import AgentKit
import JSON
import Testing

@testable import CostOptimizer

@Suite("Metrics")
struct MetricsTests {
  typealias Metric = RecordedAccount.Metric

  static let orders = DiscoveryTests.functionARN("orders")

  static func collect(_ account: RecordedAccount, _ inventory: Inventory) async -> Usage {
    await UsageCollector(reader: account, clock: FixedClock.morning, pause: { _ in })
      .collect(inventory, window: MetricPlanTests.window(days: 30), recentWindow: MetricPlanTests.window(days: 7))
  }

  static func inventory(_ change: (inout Inventory) -> Void) -> Inventory {
    var inventory = Inventory(accountID: "123456789012", region: "us-east-1")
    change(&inventory)
    return inventory
  }

  static func account(_ metrics: [Metric], metricPage: Int = 500, _ recordings: [String: [RecordedAccount.Recording]] = [:])
    -> RecordedAccount
  {
    RecordedAccount(recordings, metrics: metrics, metricPage: metricPage) { call in
      call.name == "logs.DescribeLogGroups" ? ["logGroups": []] : nil
    }
  }

  private static let function: [String: String] = ["FunctionName": "orders"]

  private static let metrics: [Metric] = [
    Metric("AWS/Lambda", "Invocations", function, "Sum", [100, 200, 50], days: 30),
    Metric("AWS/Lambda", "Invocations", function, "Sum", [30], days: 7),
    Metric("AWS/Lambda", "Errors", function, "Sum", [0, 3, 0]),
    Metric("AWS/Lambda", "Duration", function, "Sum", [1000, 8000, 100.5]),
    Metric("AWS/Lambda", "Duration", function, "SampleCount", [100, 200, 50]),
    Metric("AWS/Lambda", "Duration", function, "p95", [80, 200.25, 120]),
    Metric("AWS/Lambda", "Duration", function, "p99", [90, 240, 130]),
    Metric("AWS/Lambda", "Duration", function, "Maximum", [95, 3000, 140]),
    // A hundred hours: 1, 2, 3 ... 100.
    Metric("AWS/Lambda", "ConcurrentExecutions", function, "Maximum", (1...100).map { .number($0) }, period: 3600),
    Metric(
      "AWS/Lambda", "ProvisionedConcurrencyUtilization", ["FunctionName": "orders", "Resource": "orders:live"], "Maximum",
      [0.1, 0.5, 0.2, 0.3], days: 7),
  ]

  private static let oneFunction = inventory { inventory in
    var function = MetricPlanTests.function("orders")
    function.provisioned = [.init(qualifier: "live", requested: 4)]
    inventory.functions = [function]
  }

  @Test("A function's figures: sums, a weighted average, the highest percentiles of days, and the 95th percentile of hours")
  func figures() async throws {
    let account = Self.account(Self.metrics)
    let usage = await Self.collect(account, Self.oneFunction)
    let function = try #require(usage.functions[Self.orders])
    #expect(function.invocations == 350)
    #expect(function.recentInvocations == 30)
    #expect(function.errors == 3)
    // No throttle is published for a function that was not throttled.
    #expect(function.throttles == 0)
    // 9,100.5 ms in 350 invocations, and not the average of 10, 40 and 2.01.
    #expect(function.averageDuration == ExactDecimal("26.001428571"))
    #expect(function.p95Duration == ExactDecimal("200.25"))
    #expect(function.p99Duration == 240)
    #expect(function.maximumDuration == 3000)
    #expect(function.maximumConcurrency == 100)
    #expect(function.p95Concurrency == 95)
    #expect(function.provisionedUtilization == ["live": ExactDecimal("0.25")!])
    #expect(function.maximumIteratorAge == nil)
    #expect(usage.callCount == account.calls.count)
  }

  @Test("The same figures come out of answers in pages, of whatever size", arguments: [1, 2, 7])
  func pages(size: Int) async {
    let whole = await Self.collect(Self.account(Self.metrics), Self.oneFunction)
    let paged = await Self.collect(Self.account(Self.metrics, metricPage: size), Self.oneFunction)
    #expect(paged.functions == whole.functions)
    #expect(paged.gaps == whole.gaps)
    #expect(paged.callCount > whole.callCount)
  }

  @Test("A function that was not called is idle: a whole answer without a data point is a zero, and no gap")
  func idle() async {
    let usage = await Self.collect(Self.account([]), Self.oneFunction)
    let function = usage.functions[Self.orders]
    #expect(function?.invocations == 0)
    #expect(function?.recentInvocations == 0)
    #expect(function?.averageDuration == nil)
    #expect(function?.p95Duration == nil)
    #expect(function?.maximumConcurrency == nil)
    #expect(function?.provisionedUtilization == [:])
    #expect(usage.gaps == [])
  }

  @Test("A function whose metrics could not be read is not idle: its figures are unknown, and one gap says why")
  func denied() async {
    let usage = await Self.collect(Self.account([], ["cloudwatch.GetMetricData": [.denied()]]), Self.oneFunction)
    #expect(usage.functions[Self.orders] == nil)
    #expect(usage.gaps.map(\.kind) == [.permission])
    #expect(usage.gaps.map(\.count) == [2])
    #expect(usage.gaps.first?.message.hasPrefix("cloudwatch GetMetricData failed with AccessDeniedException") == true)
  }

  @Test("A metric of which the service has a part only is unknown", arguments: ["PartialData", "InternalError", "Forbidden"])
  func incompleteMetric(status: String) async {
    let usage = await Self.collect(
      Self.account([
        Metric("AWS/Lambda", "Invocations", Self.function, "Sum", [], days: 30, status: status),
        Metric("AWS/Lambda", "Errors", Self.function, "Sum", [4], status: status),
      ]), Self.oneFunction)
    #expect(usage.functions[Self.orders]?.invocations == nil)
    #expect(usage.functions[Self.orders]?.recentInvocations == 0)
    #expect(usage.functions[Self.orders]?.errors == nil)
    #expect(usage.gaps.map(\.count) == [2])
    #expect(usage.gaps.map(\.message) == ["AWS/Lambda Errors of orders could not be read: \(status)"])
    #expect(usage.gaps.map(\.kind) == [status == "Forbidden" ? .permission : .serviceFailure])
  }

  @Test("A page that fails after others leaves its call's metrics unknown, whatever came before")
  func failingPage() async {
    let account = RecordedAccount(metrics: Self.metrics, metricPage: 3) { call in
      guard call.parameters["NextToken"]?.stringValue == "6" else { return nil }
      throw AWSError(code: "InternalServiceFault", message: "again", httpStatus: 500)
    }
    let usage = await Self.collect(account, Self.oneFunction)
    #expect(usage.functions[Self.orders]?.invocations == nil)
    #expect(usage.functions[Self.orders]?.recentInvocations == 30)
    #expect(usage.gaps.contains { $0.message == "cloudwatch GetMetricData failed with InternalServiceFault: again" })
  }

  @Test("Metrics that come in another order than asked for, or not at all, are told by their ids and times")
  func disorder() async {
    let account = RecordedAccount { call in
      guard call.name == "cloudwatch.GetMetricData" else { return ["logGroups": []] }
      let results = (call.parameters["MetricDataQueries"]?.arrayValue ?? []).reversed().compactMap { query -> JSONValue? in
        guard query["MetricStat"]?["Metric"]?["MetricName"] != "Errors", let id = query["Id"] else { return nil }
        return ["Id": id, "StatusCode": "Complete", "Timestamps": ["2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z"], "Values": ["7", 1]]
      }
      return ["MetricDataResults": .array(results)]
    }
    let inventory = Self.inventory {
      $0.functions = [MetricPlanTests.function("orders")]
      $0.buckets = [BucketFacts(reference: ResourceReference(.s3, name: "data", arn: "arn:aws:s3:::data"))]
    }
    let usage = await Self.collect(account, inventory)
    #expect(usage.functions[Self.orders]?.invocations == 8)
    #expect(usage.functions[Self.orders]?.errors == nil)
    #expect(usage.buckets["arn:aws:s3:::data"]?.objectCount == 7)
    #expect(usage.gaps.contains { $0.message == "AWS/Lambda Errors of orders could not be read: missing in the answer" })
  }

  @Test("A namespace in which nothing speaks is unknown, one in which something does has zeros")
  func silentNamespace() async {
    let inventory = Self.inventory {
      $0.rules = ["used", "unused"].map {
        EventRule(
          reference: ResourceReference(.eventBridge, name: $0, arn: $0), busName: "default", isEnabled: true, scheduleExpression: nil,
          hasPattern: true)
      }
      $0.tables = [TableFacts(reference: ResourceReference(.dynamoDB, name: "t", arn: "t"), billingMode: .provisioned)]
    }
    let usage = await Self.collect(
      Self.account([Metric("AWS/Events", "MatchedEvents", ["RuleName": "used"], "Sum", [5])]), inventory)
    #expect(usage.rules["used"]?.matchedEvents == 5)
    #expect(usage.rules["unused"]?.matchedEvents == 0)
    #expect(usage.tables["t"] == nil)
    #expect(
      usage.gaps.map(\.message) == ["No resource has a data point in AWS/DynamoDB: they were not used, or nothing is published."])
  }

  @Test("A table's units are a second's: over the window on average, and the 95th percentile of the hours in which it was used")
  func tables() async throws {
    let inventory = Self.inventory {
      $0.tables = [TableFacts(reference: ResourceReference(.dynamoDB, name: "t", arn: "t"), billingMode: .provisioned)]
    }
    let usage = await Self.collect(
      Self.account([
        Metric("AWS/DynamoDB", "ConsumedReadCapacityUnits", ["TableName": "t"], "Sum", [3600, 36_000, 2_556_000], period: 3600)
      ]), inventory)
    let table = try #require(usage.tables["t"])
    #expect(table.consumedReadUnits == 2_595_600)
    // 2,595,600 units in 2,592,000 seconds.
    #expect(table.averageReadUnits == ExactDecimal("1.001388889"))
    #expect(table.p95ReadUnits == 710)
    #expect(table.readHours == 3 && table.writeHours == 0)
    #expect(table.consumedWriteUnits == 0)
    #expect(table.averageWriteUnits == 0)
    #expect(table.readThrottles == 0)
  }

  @Test("APIs are counted by what each kind publishes; REST APIs of one name cannot be told apart")
  func apis() async {
    let inventory = Self.inventory {
      $0.apis = [
        GatewayAPI(reference: ResourceReference(.apiGateway, name: "shop", arn: "r1"), kind: .rest, id: "r1"),
        GatewayAPI(reference: ResourceReference(.apiGateway, name: "same", arn: "r2"), kind: .rest, id: "r2"),
        GatewayAPI(reference: ResourceReference(.apiGateway, name: "same", arn: "r3"), kind: .rest, id: "r3"),
        GatewayAPI(reference: ResourceReference(.apiGateway, name: "same", arn: "h1"), kind: .http, id: "h1"),
        GatewayAPI(reference: ResourceReference(.apiGateway, name: "chat", arn: "w1"), kind: .webSocket, id: "w1"),
      ]
    }
    let usage = await Self.collect(
      Self.account([
        Metric("AWS/ApiGateway", "Count", ["ApiName": "shop"], "SampleCount", [10, 5]),
        Metric("AWS/ApiGateway", "4XXError", ["ApiName": "shop"], "Sum", [2]),
        Metric("AWS/ApiGateway", "Count", ["ApiName": "same"], "SampleCount", [99]),
        Metric("AWS/ApiGateway", "Count", ["ApiId": "h1"], "Sum", [7]),
        Metric("AWS/ApiGateway", "DataProcessed", ["ApiId": "h1"], "Sum", [1024]),
        Metric("AWS/ApiGateway", "MessageCount", ["ApiId": "w1"], "Sum", [3]),
      ]), inventory)
    #expect(usage.apis["r1"]?.requests == 15)
    #expect(usage.apis["r1"]?.clientErrors == 2)
    #expect(usage.apis["r1"]?.serverErrors == 0)
    #expect(usage.apis["r2"] == nil && usage.apis["r3"] == nil)
    #expect(usage.apis["h1"]?.requests == 7)
    #expect(usage.apis["h1"]?.dataProcessed == 1024)
    #expect(usage.apis["w1"]?.requests == 3)
    #expect(usage.gaps.map(\.message) == ["Several REST APIs are named same, and their metrics go by the name alone."])
  }

  @Test("Buckets have the latest size of each storage type; requests only where they are measured")
  func buckets() async {
    let arn = "arn:aws:s3:::data"
    let inventory = Self.inventory { $0.buckets = [BucketFacts(reference: ResourceReference(.s3, name: "data", arn: arn))] }
    let usage = await Self.collect(
      Self.account([
        Metric("AWS/S3", "BucketSizeBytes", ["BucketName": "data", "StorageType": "StandardStorage"], "Average", [1, 2, 5_000_000_000.0]),
        Metric("AWS/S3", "BucketSizeBytes", ["BucketName": "data", "StorageType": "GlacierStorage"], "Average", [7]),
        Metric("AWS/S3", "NumberOfObjects", ["BucketName": "data", "StorageType": "AllStorageTypes"], "Average", [10, 12]),
      ]), inventory)
    #expect(usage.buckets[arn]?.bytesByClass == ["StandardStorage": 5_000_000_000, "GlacierStorage": 7])
    #expect(usage.buckets[arn]?.objectCount == 12)
    #expect(usage.buckets[arn]?.allRequests == nil)
    #expect(usage.gaps == [])
  }

  @Test("Express workflows have billed time and memory, in megabytes whichever unit the service uses", arguments: [64, 67_108_864])
  func stateMachines(memory: Int) async {
    let inventory = Self.inventory {
      $0.stateMachines = [StateMachineFacts(reference: ResourceReference(.stepFunctions, name: "m", arn: "m"), type: "EXPRESS")]
    }
    let machine = ["StateMachineArn": "m"]
    let usage = await Self.collect(
      Self.account([
        Metric("AWS/States", "ExecutionsStarted", machine, "Sum", [2, 2]),
        Metric("AWS/States", "ExecutionTime", machine, "Sum", [1000]), Metric("AWS/States", "ExecutionTime", machine, "SampleCount", [4]),
        Metric("AWS/States", "ExpressExecutionBilledDuration", machine, "Sum", [400]),
        Metric("AWS/States", "ExpressExecutionBilledMemory", machine, "Sum", [.number(4 * memory)]),
        Metric("AWS/States", "ExpressExecutionBilledMemory", machine, "SampleCount", [4]),
      ]), inventory)
    #expect(usage.stateMachines["m"]?.started == 4)
    #expect(usage.stateMachines["m"]?.failed == 0)
    #expect(usage.stateMachines["m"]?.averageTime == 250)
    #expect(usage.stateMachines["m"]?.billedMilliseconds == 400)
    #expect(usage.stateMachines["m"]?.billedMegabytes == 64)
  }

  @Test("Medians and percentiles by nearest rank")
  func ranks() {
    func sorted(_ values: Int...) -> [ExactDecimal] { values.map { ExactDecimal(Int64($0)) } }
    #expect(MetricQuery.Reading.median(sorted(1, 2, 9)) == 2)
    #expect(MetricQuery.Reading.median(sorted(1, 2, 3, 9)) == ExactDecimal("2.5"))
    #expect(MetricQuery.Reading.nearestRank(sorted(5), percent: 95) == 5)
    #expect(MetricQuery.Reading.nearestRank((1...20).map { ExactDecimal($0) }, percent: 95) == 19)
    #expect(MetricQuery.Reading.nearestRank((1...21).map { ExactDecimal($0) }, percent: 95) == 20)
    #expect(MetricQuery.Reading.sum.figure([], windowSeconds: 1, period: 1) == nil)
  }

  @Test("A cancelled collection makes no further call, keeps what it has and says so")
  func cancelled() async {
    let account = RecordedAccount(metrics: Self.metrics) { call in
      if call.name == "cloudwatch.GetMetricData" { withUnsafeCurrentTask { $0?.cancel() } }
      return nil
    }
    let usage = await Task { await Self.collect(account, Self.oneFunction) }.value
    #expect(account.calls.count == 1)
    #expect(usage.gaps.contains { $0.message == "The analysis was cancelled before all metrics were read." })
  }

  @Test("Calls for metrics grow with the number of functions, by far fewer than one each", arguments: [(10, 2), (100, 3), (1000, 22)])
  func callsGrowLinearly(count: Int, calls: Int) async {
    let inventory = Self.inventory { $0.functions = (0..<count).map { MetricPlanTests.function("f\($0)") } }
    let account = Self.account([])
    let usage = await Self.collect(account, inventory)
    #expect(usage.functions.count == count)
    #expect(account.counts["cloudwatch.GetMetricData"] == calls)
    #expect(usage.gaps == [])
  }

  @Test("A name that CloudWatch does not take costs its own metrics, not those of its call")
  func unnamable() async {
    let inventory = Self.inventory {
      $0.apis = [
        GatewayAPI(reference: ResourceReference(.apiGateway, name: "Bücher", arn: "r1"), kind: .rest, id: "r1"),
        GatewayAPI(reference: ResourceReference(.apiGateway, name: "books", arn: "r2"), kind: .rest, id: "r2"),
      ]
    }
    let usage = await Self.collect(
      Self.account([Metric("AWS/ApiGateway", "Count", ["ApiName": "books"], "SampleCount", [3])]), inventory)
    #expect(usage.apis["r1"] == nil)
    #expect(usage.apis["r2"]?.requests == 3)
    #expect(
      usage.gaps.map(\.message) == ["The metrics of Bücher cannot be asked for: CloudWatch takes names in ASCII only."])
  }

  @Test("Each collection counts its own calls and has its own gaps")
  func twice() async {
    let account = Self.account([], ["cloudwatch.GetMetricData": [.denied()]])
    let collector = UsageCollector(reader: account, clock: FixedClock.morning, pause: { _ in })
    let windows = (MetricPlanTests.window(days: 30), MetricPlanTests.window(days: 7))
    let first = await collector.collect(Self.oneFunction, window: windows.0, recentWindow: windows.1)
    let second = await collector.collect(Self.oneFunction, window: windows.0, recentWindow: windows.1)
    #expect(first == second)
  }
}
