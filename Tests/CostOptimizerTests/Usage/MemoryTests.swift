import AWSClient
import AgentKit
import JSON
import Synchronization
import Testing

@testable import CostOptimizer

@Suite("Memory from the logs")
struct MemoryTests {
  typealias Metric = RecordedAccount.Metric
  typealias Row = RecordedLogs.Row

  static func invocations(_ name: String, _ count: Int = 1000, duration: Int = 100) -> [Metric] {
    let dimensions = ["FunctionName": name]
    return [
      Metric("AWS/Lambda", "Invocations", dimensions, "Sum", [.number(count)]),
      Metric("AWS/Lambda", "Duration", dimensions, "Sum", [.number(count * duration)]),
      Metric("AWS/Lambda", "Duration", dimensions, "SampleCount", [.number(count)]),
    ]
  }

  static func account(_ logs: RecordedLogs, _ metrics: [Metric]) -> RecordedAccount {
    RecordedAccount(metrics: metrics) { try logs.respond($0) }
  }

  static func collect(
    _ account: RecordedAccount, _ functions: [LambdaFunction], limits: MemoryPlan.Limits = MemoryPlan.Limits(),
    clock: any Clock = FixedClock.morning, pause: @escaping @Sendable (Int64) async throws -> Void = { _ in }
  ) async -> Usage {
    var inventory = Inventory(accountID: "123456789012", region: "us-east-1")
    inventory.functions = functions
    return await UsageCollector(reader: account, clock: clock, limits: limits, pause: pause)
      .collect(inventory, window: MetricPlanTests.window(days: 30), recentWindow: MetricPlanTests.window(days: 7))
  }

  static func memory(_ usage: Usage, _ name: String) -> LambdaUsage.MemoryUse? {
    usage.functions[DiscoveryTests.functionARN(name)]?.memory
  }

  static let group = "/aws/lambda/orders"
  static let orders = MetricPlanTests.function("orders")

  @Test(
    "The figures are bytes of the configuration's megabytes, by whichever thousand Insights multiplies", arguments: [1_000_000, 1_048_576])
  func units(unit: Int) async throws {
    let row = Row(
      group: Self.group, memorySize: "\(1024 * unit)", p90: "\(200 * unit).0000", p95: "\(256 * unit)", average: "\(100 * unit).5",
      most: "\(900 * unit)", reports: "1500")
    let logs = RecordedLogs([Self.group: nil], [row])
    let usage = await Self.collect(Self.account(logs, Self.invocations("orders")), [Self.orders])
    let memory = try #require(Self.memory(usage, "orders"))
    #expect(memory.p95MaximumUsed == ExactDecimal(256 * 1_048_576))
    #expect(memory.p90MaximumUsed == ExactDecimal(200 * 1_048_576))
    #expect(memory.maximumUsed == ExactDecimal(900 * 1_048_576))
    #expect(memory.reportCount == 1500)
    #expect(memory.days == 30)
    #expect(usage.gaps == [])
    #expect(
      logs.started.map(\.text) == [
        "filter @type = \"REPORT\" | stats pct(@maxMemoryUsed, 90) as p90, pct(@maxMemoryUsed, 95) as p95, avg(@maxMemoryUsed) as average, "
          + "max(@maxMemoryUsed) as most, count(*) as reports, max(@memorySize) as memorySize by @log, @memorySize"
      ])
  }

  @Test("Functions whose memory was changed are judged by the lines since; without any, not at all")
  func changedMemory() async {
    let rows = [
      Row(group: Self.group, memorySize: "512000000", p95: "500000000", reports: "9000"),
      Row(group: Self.group, memorySize: "1024000000", p95: "300000000", reports: "20"),
      Row(group: "/aws/lambda/other", memorySize: "128000000", p95: "100000000"),
    ]
    let logs = RecordedLogs([Self.group: nil, "/aws/lambda/other": nil], rows)
    let usage = await Self.collect(
      Self.account(logs, Self.invocations("orders") + Self.invocations("other")), [Self.orders, MetricPlanTests.function("other")])
    #expect(Self.memory(usage, "orders")?.p95MaximumUsed == ExactDecimal(300 * 1_048_576))
    #expect(Self.memory(usage, "orders")?.reportCount == 20)
    #expect(Self.memory(usage, "other") == nil)
    #expect(
      usage.gaps.map(\.message) == ["The function other has REPORT lines of another memory size only, from before it was changed."])
  }

  @Test("JSON logs and groups that functions share are asked in their own way")
  func layouts() async {
    var json = MetricPlanTests.function("json")
    json.logsJSON = true
    var first = MetricPlanTests.function("first")
    var second = MetricPlanTests.function("second")
    first.logGroup = "/shared"
    second.logGroup = "/shared"
    let rows = [
      Row(group: "/aws/lambda/json", memorySize: "1024", p95: "99", most: "640"),
      Row(group: "/shared", memorySize: "1024000000", p95: "50000000", functionName: "first"),
      Row(group: "/shared", memorySize: "1024000000", p95: "70000000", functionName: "second"),
    ]
    let logs = RecordedLogs(["/aws/lambda/json": nil, "/shared": nil], rows)
    let metrics = ["json", "first", "second"].flatMap { Self.invocations($0) }
    let usage = await Self.collect(Self.account(logs, metrics), [json, first, second])
    #expect(Self.memory(usage, "json")?.p95MaximumUsed == ExactDecimal(99 * 1_048_576))
    #expect(Self.memory(usage, "json")?.maximumUsed == ExactDecimal(640 * 1_048_576))
    #expect(Self.memory(usage, "first")?.maximumUsed == nil)
    #expect(Self.memory(usage, "first")?.p95MaximumUsed == ExactDecimal(50 * 1_048_576))
    #expect(Self.memory(usage, "second")?.p95MaximumUsed == ExactDecimal(70 * 1_048_576))
    #expect(usage.gaps == [])
    #expect(logs.started.map(\.groups).sorted { $0[0] < $1[0] } == [["/aws/lambda/json"], ["/shared"]])
    #expect(
      logs.started.contains { $0.text.hasPrefix("filter type = \"platform.report\" | stats pct(record.metrics.maxMemoryUsedMB, 90)") })
    #expect(logs.started.contains { $0.text.contains("by @log, functionName, @memorySize") })
  }

  @Test("Only functions that were invoked are asked about, 50 log groups in a query")
  func batches() async {
    let names = (100..<220).map { "f\($0)" }
    let functions = (names + ["idle"]).map { MetricPlanTests.function($0) }
    let groups = Dictionary(uniqueKeysWithValues: functions.map { ($0.logGroup, Int?.none) })
    let logs = RecordedLogs(groups, names.map { Row(group: "/aws/lambda/\($0)", memorySize: "1024000000", p95: "1000000") })
    let account = Self.account(logs, names.flatMap { Self.invocations($0) })
    let usage = await Self.collect(account, functions)
    #expect(usage.functions.values.filter { $0.memory != nil }.count == 120)
    #expect(logs.started.map(\.groups.count).sorted() == [20, 50, 50])
    #expect(!logs.started.contains { $0.groups.contains("/aws/lambda/idle") })
    #expect(usage.gaps == [])
  }

  @Test(
    "Logs that are kept for less than the window are asked for what there is",
    arguments: [(1, 1), (3, 3), (5, 3), (7, 7), (14, 7), (90, 30)])
  func retention(retention: Int, days: Int) async {
    let row = Row(group: Self.group, memorySize: "1024000000", p95: "1000000")
    for listsGroups in [true, false] {
      let logs = RecordedLogs([Self.group: retention], [row], listsGroups: listsGroups)
      let usage = await Self.collect(Self.account(logs, Self.invocations("orders")), [Self.orders])
      #expect(Self.memory(usage, "orders")?.days == days)
      #expect(logs.started.map(\.days) == [Int64(days)])
      // Where the groups are not listed, that alone is a gap.
      #expect(usage.gaps.map(\.subject) == (listsGroups ? [] : ["CloudWatch Logs"]))
    }
  }

  @Test("In a query of many groups, one that does not exist or is kept for a day costs itself only")
  func splitting() async {
    let names = (10..<30).map { "f\($0)" }
    var groups = Dictionary(uniqueKeysWithValues: names.map { ("/aws/lambda/\($0)", Int?.none) })
    groups["/aws/lambda/f13"] = nil
    groups["/aws/lambda/f20"] = 1
    let logs = RecordedLogs(
      groups, names.map { Row(group: "/aws/lambda/\($0)", memorySize: "1024000000", p95: "1000000") }, listsGroups: false)
    let usage = await Self.collect(
      Self.account(logs, names.flatMap { Self.invocations($0) }), names.map { MetricPlanTests.function($0) })
    #expect(usage.functions.values.filter { $0.memory != nil }.count == 19)
    #expect(Self.memory(usage, "f13") == nil)
    #expect(Self.memory(usage, "f20")?.days == 1)
    #expect(usage.gaps.contains { $0.message == "The query of /aws/lambda/f13 was refused, as it does not exist." })
  }

  @Test("A function without a log group, or without REPORT lines, has a gap and no figure")
  func nothingThere() async {
    let logs = RecordedLogs(["/aws/lambda/quiet": nil], [])
    let usage = await Self.collect(
      Self.account(logs, ["orders", "quiet", "quiet2"].flatMap { Self.invocations($0) }),
      ["orders", "quiet"].map { MetricPlanTests.function($0) })
    #expect(usage.functions.values.allSatisfy { $0.memory == nil })
    #expect(
      usage.gaps.map(\.message) == [
        "The function orders has no log group.", "The function quiet was invoked, but its log has no REPORT line.",
      ])
    #expect(usage.gaps.allSatisfy { $0.consequence == "No advice on the memory of these functions." && $0.kind == .missingData })
  }

  @Test("Waits grow from half a second to five, and a query that does not end is stopped after five minutes")
  func endless() async throws {
    let logs = RecordedLogs([Self.group: nil], [], looks: .max)
    let pauses = Mutex<[Int64]>([])
    let usage = await Self.collect(Self.account(logs, Self.invocations("orders")), [Self.orders]) { wait in
      pauses.withLock { $0.append(wait) }
    }
    let waits = pauses.withLock { $0 }
    #expect(Array(waits.prefix(6)) == [500, 1000, 2000, 4000, 5000, 5000])
    #expect(waits.reduce(0, +) >= 300_000 && waits.reduce(0, +) <= 305_000)
    #expect(logs.started.map(\.isStopped) == [true])
    #expect(usage.gaps.map(\.message) == ["The query of /aws/lambda/orders did not end within 300 seconds."])
  }

  @Test("A query that fails is a gap", arguments: ["Failed", "Timeout", "Cancelled"])
  func failing(status: String) async {
    let logs = RecordedLogs([Self.group: nil], [], endStatus: status)
    let usage = await Self.collect(Self.account(logs, Self.invocations("orders")), [Self.orders])
    #expect(usage.gaps.map(\.message) == ["The query of /aws/lambda/orders ended with the status \(status)."])
    #expect(usage.functions[DiscoveryTests.functionARN("orders")]?.invocations == 1000)
  }

  @Test("Where too many queries run, it waits for one to end")
  func busyService() async {
    let logs = RecordedLogs([Self.group: nil], [Row(group: Self.group, memorySize: "1024000000", p95: "1000000")], refusals: 4)
    let usage = await Self.collect(Self.account(logs, Self.invocations("orders")), [Self.orders])
    #expect(Self.memory(usage, "orders") != nil)
    #expect(usage.gaps == [])
  }

  @Test("No more than three queries run at a time")
  func fewAtATime() async {
    let names = (100..<400).map { "f\($0)" }
    let groups = Dictionary(uniqueKeysWithValues: names.map { ("/aws/lambda/\($0)", Int?.none) })
    let logs = RecordedLogs(groups, [], looks: 3)
    let running = Mutex((now: 0, most: 0))
    let account = RecordedAccount(metrics: names.flatMap { Self.invocations($0) }) { call in
      let answer = try logs.respond(call)
      if call.operation == "StartQuery" { running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
      if call.operation == "GetQueryResults", answer?["status"] == "Complete" { running.withLock { $0.now -= 1 } }
      return answer
    }
    _ = await Self.collect(account, names.map { MetricPlanTests.function($0) }) { _ in await Task.yield() }
    #expect(logs.started.count == 6)
    #expect(running.withLock { $0.most } <= 3)
    #expect(running.withLock { $0.now } == 0)
  }

  @Test("A cancelled collection stops the queries that it began")
  func cancelled() async {
    let logs = RecordedLogs([Self.group: nil], [], looks: .max)
    let account = Self.account(logs, Self.invocations("orders"))
    let usage = await Task {
      await Self.collect(account, [Self.orders]) { _ in
        withUnsafeCurrentTask { $0?.cancel() }
        try Task.checkCancellation()
      }
    }.value
    #expect(logs.started.map(\.isStopped) == [true])
    #expect(account.counts["logs.GetQueryResults"] == nil)
    #expect(usage.functions[DiscoveryTests.functionARN("orders")]?.invocations == 1000)
  }

  @Test("What a scan may cost is bounded: large spenders first, fewer days for large logs, none for the largest")
  func bytes() async throws {
    let names = ["small", "large", "huge", "cheap"]
    // 60 GB in 30 days are 2 GB a day: 7 days are 14 GB, which fits in 20.
    let sizes = ["small": 1_000_000_000, "large": 60_000_000_000, "huge": 900_000_000_000, "cheap": 20_000_000_000]
    let metrics = names.flatMap { name in
      Self.invocations(name, name == "cheap" ? 1 : 100_000)
        + [Metric("AWS/Logs", "IncomingBytes", ["LogGroupName": "/aws/lambda/\(name)"], "Sum", [.number(sizes[name] ?? 0)])]
    }
    let groups = Dictionary(uniqueKeysWithValues: names.map { ("/aws/lambda/\($0)", Int?.none) })
    let logs = RecordedLogs(groups, names.map { Row(group: "/aws/lambda/\($0)", memorySize: "1024000000", p95: "1000000") })
    var limits = MemoryPlan.Limits()
    limits.totalBytes = 16_000_000_000
    let usage = await Self.collect(Self.account(logs, metrics), names.map { MetricPlanTests.function($0) }, limits: limits)
    #expect(Self.memory(usage, "small")?.days == 30)
    #expect(Self.memory(usage, "large")?.days == 7)
    #expect(Self.memory(usage, "huge") == nil)
    // A billion and fourteen are spent: 667 million, a day's worth, are left.
    #expect(Self.memory(usage, "cheap")?.days == 1)
    #expect(usage.gaps.map(\.message) == ["The function huge has logs so large that they were not scanned."])
  }

  @Test("When queries scan more than was reckoned with, the rest are not run")
  func scannedBytes() async {
    let names = (100..<300).map { "f\($0)" }
    let groups = Dictionary(uniqueKeysWithValues: names.map { ("/aws/lambda/\($0)", Int?.none) })
    let logs = RecordedLogs(
      groups, names.map { Row(group: "/aws/lambda/\($0)", memorySize: "1024000000", p95: "1000000") }, bytesScanned: 200_000_000_000)
    let usage = await Self.collect(
      Self.account(logs, names.flatMap { Self.invocations($0) }), names.map { MetricPlanTests.function($0) })
    // Those that had begun by then come to their end.
    #expect((1...3).contains(logs.started.count))
    #expect(usage.gaps.map(\.kind) == [.scope])
    #expect(usage.gaps.map(\.count) == [200 - 50 * logs.started.count])
  }

  @Test("Beyond the limit of functions, the smallest spenders are left out, and a gap says how many")
  func cap() async {
    let names = ["a", "b", "c"]
    let groups = Dictionary(uniqueKeysWithValues: names.map { ("/aws/lambda/\($0)", Int?.none) })
    let logs = RecordedLogs(groups, names.map { Row(group: "/aws/lambda/\($0)", memorySize: "1024000000", p95: "1000000") })
    var limits = MemoryPlan.Limits()
    limits.functions = 2
    let metrics = Self.invocations("a", 10) + Self.invocations("b", 1000) + Self.invocations("c", 500)
    let usage = await Self.collect(Self.account(logs, metrics), names.map { MetricPlanTests.function($0) }, limits: limits)
    #expect(names.map { Self.memory(usage, $0) != nil } == [false, true, true])
    #expect(usage.gaps.map(\.message) == ["The logs of 2 functions were read, those that use most; there are 1 more."])
  }

  @Test("Queries that may not be begun are one gap")
  func denied() async {
    let logs = RecordedLogs([Self.group: nil], [])
    let account = RecordedAccount(metrics: Self.invocations("orders")) { call in
      if call.operation == "StartQuery" { throw AWSError(code: "AccessDeniedException", message: "no", httpStatus: 403) }
      return try logs.respond(call)
    }
    let usage = await Self.collect(account, [Self.orders])
    #expect(usage.gaps.map(\.message) == ["logs StartQuery of /aws/lambda/orders failed with AccessDeniedException: no"])
    #expect(usage.gaps.map(\.kind) == [.permission])
  }

  @Test("Every call of a collection is one that the agent's policy allows")
  func actions() async {
    let logs = RecordedLogs([Self.group: nil], [], looks: .max)
    let account = Self.account(logs, Self.invocations("orders"))
    _ = await Self.collect(account, [Self.orders])
    #expect(account.counts.count == 5)
    #expect(account.calls.allSatisfy { RequiredActions.action($0.service, $0.operation) != nil })
  }

  @Test("Answers without the figures, as of a service that knows no statistics, are a gap of the service")
  func withoutFigures() async {
    let account = RecordedAccount(
      [
        "logs.DescribeLogGroups": [.answer(["logGroups": [["logGroupName": "/aws/lambda/orders"]]])],
        "logs.StartQuery": [.answer(["queryId": "q"])],
        "logs.GetQueryResults": [
          .answer(["status": "Complete", "results": [[["field": "@message", "value": "REPORT RequestId: 1"]]], "statistics": [:]])
        ],
      ], metrics: Self.invocations("orders"))
    let usage = await Self.collect(account, [Self.orders])
    #expect(usage.gaps.map(\.message) == ["The query of /aws/lambda/orders was answered without the figures that it asks for."])
    #expect(usage.gaps.map(\.kind) == [.serviceFailure])
  }

  @Test("After fifteen minutes no further query is begun")
  func longCollection() async {
    let names = (100..<400).map { "f\($0)" }
    let groups = Dictionary(uniqueKeysWithValues: names.map { ("/aws/lambda/\($0)", Int?.none) })
    let logs = RecordedLogs(groups, names.map { Row(group: "/aws/lambda/\($0)", memorySize: "1024000000", p95: "1000000") })
    let clock = MovingClock()
    let usage = await Self.collect(
      Self.account(logs, names.flatMap { Self.invocations($0) }), names.map { MetricPlanTests.function($0) }, clock: clock
    ) { wait in
      clock.advance(wait * 1000)
      await Task.yield()
    }
    #expect((1...3).contains(logs.started.count))
    #expect(usage.gaps.map(\.kind) == [.scope])
    #expect(usage.gaps.map(\.count) == [300 - 50 * logs.started.count])
    #expect(usage.gaps.first?.message.hasSuffix("was not run, since the queries before it had taken 15 minutes.") == true)
  }

  @Test("A service that refuses every query is not asked for every group and window")
  func refusingService() async {
    let names = (100..<400).map { "f\($0)" }
    let groups = Dictionary(uniqueKeysWithValues: names.map { ("/aws/lambda/\($0)", Int?.none) })
    let logs = RecordedLogs(groups, [])
    let account = RecordedAccount(metrics: names.flatMap { Self.invocations($0) }) { call in
      if call.operation == "StartQuery" { throw AWSError(code: "MalformedQueryException", message: "unexpected symbol", httpStatus: 400) }
      return try logs.respond(call)
    }
    let usage = await Self.collect(account, names.map { MetricPlanTests.function($0) })
    #expect(account.counts["logs.StartQuery"].map { $0 < 60 } == true)
    #expect(usage.gaps.count == 2)
    #expect(usage.gaps.reduce(0) { $0 + $1.count } == 300)
  }
}
