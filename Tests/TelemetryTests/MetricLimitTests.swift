import JSON
import Telemetry
import Testing

/// What CloudWatch would drop without a word is warned of, and takes nothing else with it.
@Suite struct MetricLimitTests {
  let lines = Lines()

  func metrics(_ namespace: String = "Shop", _ dimensions: KeyValuePairs<String, String> = ["service": "checkout"]) -> Metrics {
    Metrics(namespace: namespace, dimensions: dimensions, nowMilliseconds: { 0 }, output: lines.take)
  }

  @Test(arguments: ["", " ", "_aws", "service", String(repeating: "n", count: 256), "two\nlines"])
  func aMetricThatCannotBeNamedIsWarnedOf(name: String) throws {
    metrics().emit([.count(name, 7), .count("Good")])
    let objects = try lines.objects()
    #expect(objects.count == 2)
    #expect(objects[0]["level"] == "WARN")
    #expect(objects[0]["values"] == [7])
    #expect(objects[1]["Good"] == 1)
    #expect(objects[1]["_aws"]?["CloudWatchMetrics"]?[0]?["Metrics"]?.arrayValue?.count == 1)
  }

  @Test(arguments: ["", "AWS/Lambda", "Ünicode", String(repeating: "n", count: 256)])
  func aNamespaceThatCannotBeUsedIsWarnedOf(namespace: String) throws {
    metrics(namespace).emit(.count("Orders", 7))
    let line = try #require(try lines.objects().first)
    #expect(line["level"] == "WARN")
    #expect(line["metric"] == "Orders")
    #expect(line["message"]?.stringValue?.contains("namespace") == true)
  }

  @Test func theEnvironmentNamesNamespaceAndService() throws {
    let environment = ["METRICS_NAMESPACE": "Shop", "SERVICE_NAME": "checkout"]
    Metrics(environment: { environment[$0] }, output: lines.take).emit(.count("Orders"))
    Metrics(environment: { _ in nil }, output: lines.take).emit(.count("Orders"))
    let objects = try lines.objects()
    #expect(objects[0]["_aws"]?["CloudWatchMetrics"]?[0]?["Namespace"] == "Shop")
    #expect(objects[0]["service"] == "checkout")
    #expect(objects[1]["level"] == "WARN")
  }

  @Test(
    arguments: [
      (":name", "x"), ("", "x"), (" ", "x"), ("_aws", "x"), ("name", " "), ("name", "語"), (String(repeating: "n", count: 251), "x"),
      ("name", String(repeating: "v", count: 1025)),
    ])
  func aDimensionThatCannotBeUsedIsLeftOut(name: String, value: String) throws {
    metrics().with([name: value]).emit(.count("Orders"))
    let objects = try lines.objects()
    #expect(objects[0]["level"] == "WARN")
    #expect(objects[1]["_aws"]?["CloudWatchMetrics"]?[0]?["Dimensions"] == [["service"]])
  }

  @Test func aMetricHasAtMostThirtyDimensions() throws {
    var metrics = metrics("Shop", [:])
    for number in 0..<32 { metrics = metrics.with(["d\(number)": "x"]) }
    metrics.emit(.count("Orders"))
    let objects = try lines.objects()
    #expect(objects.count == 3)
    #expect(objects[2]["_aws"]?["CloudWatchMetrics"]?[0]?["Dimensions"]?[0]?.arrayValue?.count == 30)
  }

  /// CloudWatch drops a line with an empty list of combinations.
  @Test func ofNoCombinationAllDimensionsAreOne() throws {
    metrics().with("region", "eu").grouped(by: []).emit(.count("Orders"))
    #expect(try lines.objects()[0]["_aws"]?["CloudWatchMetrics"]?[0]?["Dimensions"] == [["service", "region"]])
  }

  @Test func metricsAreFoundUnderSeveralCombinations() throws {
    metrics("Shop", ["service": "checkout", "region": "eu-west-1"]).grouped(by: [["service"], ["service", "region", "unknown"], []])
      .emit(.count("Orders"))
    #expect(try lines.objects()[0]["_aws"]?["CloudWatchMetrics"]?[0]?["Dimensions"] == [["service"], ["service", "region"], []])
  }

  @Test func noLineIsLongerThanCloudWatchTakes() throws {
    let values = (0..<100).map { 1.234567890123456e-300 * Double($0 + 1) }
    metrics().emit(
      (0..<100).map { Metric(String(repeating: "n", count: 250) + "\($0)", values, .milliseconds) },
      properties: ["large": .string(String(repeating: "\u{1}", count: 1_000_000))])
    let objects = try lines.objects()
    for line in lines.all { #expect(line.utf8.count < 256 << 10) }
    let names = objects.flatMap { $0["_aws"]?["CloudWatchMetrics"]?[0]?["Metrics"]?.arrayValue ?? [] }
    #expect(names.count == 100)
  }

  @Test(arguments: [(0x1p360, 1), (0x1p361, 0), (-0x1p360, 1), (-0x1p361, 0)]) func valuesHaveARange(value: Double, count: Int) throws {
    metrics().emit(Metric("Big", value, .none))
    #expect(try lines.objects().count { $0["Big"] != nil } == count)
  }

  @Test func secretsDoNotGetIntoPropertiesAtAnyDepth() throws {
    metrics().emit(.count("Orders"), properties: ["deep": ["password": "x"], "url": "https://b/?X-Amz-Signature=1"])
    #expect(try lines.objects()[0]["deep"] == ["password": "(redacted)"])
    #expect(try lines.objects()[0]["url"] == "https://b/?(redacted)")
  }

  @Test func unitsHaveTheirRates() {
    #expect(Metric.Unit.count.perSecond == .countPerSecond)
    #expect(Metric.Unit.megabytes.perSecond.name == "Megabytes/Second")
    #expect(Metric.Unit.seconds.perSecond == .seconds)
  }
}
