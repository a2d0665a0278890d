import JSON
import Telemetry
import Testing

@Suite struct MetricsTests {
  let lines = Lines()

  func metrics(_ dimensions: KeyValuePairs<String, String> = ["function": "supervisor"]) -> Metrics {
    Metrics(namespace: "Arbiter", dimensions: dimensions, nowMilliseconds: { 1_795_159_140_123 }, output: lines.take)
  }

  @Test func aLineIsTheEmbeddedMetricFormat() throws {
    metrics().emit([.count("TasksSent", 3), Metric("Round", 12.5, .milliseconds, isHighResolution: true)], properties: ["run": "o-1"])
    let expected: JSONValue = [
      "_aws": [
        "Timestamp": 1_795_159_140_123,
        "CloudWatchMetrics": [
          [
            "Namespace": "Arbiter", "Dimensions": [["function"]],
            "Metrics": [["Name": "TasksSent", "Unit": "Count"], ["Name": "Round", "Unit": "Milliseconds", "StorageResolution": 1]],
          ]
        ],
      ], "function": "supervisor", "TasksSent": 3, "Round": 12.5, "run": "o-1",
    ]
    #expect(try lines.objects() == [expected])
  }

  @Test func moreThanAHundredMetricsBecomeSeveralLines() throws {
    metrics().emit((0..<250).map { .count("M\($0)") })
    let objects = try lines.objects()
    #expect(objects.map { $0["_aws"]?["CloudWatchMetrics"]?[0]?["Metrics"]?.arrayValue?.count } == [100, 100, 50])
    #expect(objects[2]["M249"] == 1)
  }

  @Test func moreThanAHundredValuesBecomeSeveralLines() throws {
    metrics().emit(Metric("Latency", (0..<201).map(Double.init), .milliseconds))
    #expect(try lines.objects().map { $0["Latency"]?.arrayValue?.count ?? 1 } == [100, 100, 1])
  }

  @Test func aNameTwiceDoesNotHideAValue() throws {
    metrics().emit([.count("Errors", 1), .count("Errors", 2)])
    #expect(try lines.objects().map { $0["Errors"] } == [1, 2])
  }

  @Test func valuesThatCloudWatchRefusesAreLeftOutAndWarnedOf() throws {
    metrics(["function": "", "stage": "dev"]).emit([Metric("Bad", .nan, .none), Metric("Worse", [1, .infinity], .none), .count("Good")])
    let objects = try lines.objects()
    #expect(objects.map { $0["level"] } == ["WARN", "WARN", nil])
    #expect(objects[0]["metric"] == "Bad")
    #expect(objects[0]["values"] == ["nan"])
    #expect(objects[1]["values"] == ["inf"])
    #expect(objects[2]["_aws"]?["CloudWatchMetrics"]?[0]?["Dimensions"] == [["stage"]])
    #expect(objects[2]["_aws"]?["CloudWatchMetrics"]?[0]?["Metrics"]?.arrayValue?.count == 2)
    #expect(objects[2]["Worse"] == 1)
  }

  @Test func aBufferForgetsNoValueThatWasRefused() throws {
    let buffer = MetricsBuffer(metrics())
    buffer.add(Metric("Ratio", .nan, .none))
    buffer.add(Metric("Ratio", 1, .none))
    buffer.flush()
    #expect(try lines.objects().map { $0["level"] } == ["WARN", nil])
  }

  @Test func aBufferOfRefusedValuesDoesNotGrowWithoutEnd() throws {
    let buffer = MetricsBuffer(metrics())
    for _ in 0..<250 { buffer.add(Metric("Ratio", .nan, .none)) }
    #expect(lines.all.count == 2)
  }

  @Test func namesOfQuotesCountAsTheyAreWritten() throws {
    metrics().emit((0..<100).map { Metric(String(repeating: "\"", count: 253) + "\($0)", 1, .none) })
    for line in lines.all { #expect(line.utf8.count < 100 << 10) }
    #expect(lines.all.count == 2)
  }

  @Test func ofADimensionGivenTwiceTheLaterValueCounts() throws {
    metrics(["function": "a", "stage": "dev", "function": "b"]).with(["function": "c", "agent": "x", "stage": ""]).emit(.count("Calls"))
    let text = try #require(lines.all.first)
    #expect(text.contains(#""Dimensions":[["function","stage","agent"]]"#))
    #expect(text.contains(#""function":"c","stage":"dev","agent":"x""#))
    #expect(!text.contains(#""function":"a""#))
  }

  @Test func nothingToEmitIsNoLine() {
    metrics().emit([])
    #expect(lines.all.isEmpty)
  }

  @Test func propertiesNeitherReplaceMetricsNorTellSecrets() async throws {
    await Correlation.with(["orchestration_id": "o-1"]) {
      metrics().with(["agent": "writer"]).emit(.count("Calls", 2), properties: ["Calls": "x", "agent": "y", "_aws": "z", "apiKey": "k"])
    }
    let line = try #require(try lines.objects().first)
    #expect(line["Calls"] == 2)
    #expect(line["agent"] == "writer")
    #expect(line["_aws"]?["CloudWatchMetrics"]?[0]?["Dimensions"] == [["function", "agent"]])
    #expect(line["apiKey"] == "(redacted)")
    #expect(line["orchestration_id"] == "o-1")
  }
}
