import JSON
import Telemetry
import Testing

@Suite struct MetricsBufferTests {
  struct Failed: Error {}

  let lines = Lines()
  var metrics: Metrics { Metrics(namespace: "Shop", dimensions: ["service": "checkout"], nowMilliseconds: { 0 }, output: lines.take) }

  @Test func whatIsCollectedIsOneLine() async throws {
    try await MetricsBuffer.collecting(into: metrics) { buffer in
      buffer.add(.count("Orders"))
      buffer.add(.milliseconds("Payment", 12))
      try #require(MetricsBuffer.current).add(.count("Orders", 2))
      buffer.addProperties(["orderId": "o-1"])
      #expect(lines.all.isEmpty)
    }
    let objects = try lines.objects()
    #expect(objects.count == 1)
    #expect(objects[0]["Orders"] == [1, 2])
    #expect(objects[0]["Payment"] == 12)
    #expect(objects[0]["orderId"] == "o-1")
    #expect(MetricsBuffer.current == nil)
  }

  @Test func aFailureEmitsWhatThereIs() async throws {
    await #expect(throws: Failed.self) {
      try await MetricsBuffer.collecting(into: metrics) { buffer in
        buffer.add(.count("Orders"))
        throw Failed()
      }
    }
    #expect(try lines.objects().map { $0["Orders"] } == [1])
  }

  @Test func aCancellationEmitsWhatThereIs() async throws {
    let task = Task {
      try await MetricsBuffer.collecting(into: metrics) { buffer in
        buffer.add(.count("Orders"))
        while true {
          try Task.checkCancellation()
          await Task.yield()
        }
      }
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try lines.objects().map { $0["Orders"] } == [1])
  }

  @Test func whatIsFullIsEmittedAtOnceAndNothingIsLost() throws {
    let buffer = MetricsBuffer(metrics)
    for number in 0..<250 { buffer.add(.count("M\(number)")) }
    for number in 0..<250 { buffer.add(.milliseconds("Latency", Int64(number))) }
    #expect(lines.all.count == 4)
    buffer.flush()
    buffer.flush()
    let objects = try lines.objects()
    #expect(objects.count == 5)
    let values = objects.flatMap { line -> [Int] in
      line["Latency"]?.arrayValue?.compactMap(\.intValue) ?? line["Latency"]?.intValue.map { [$0] } ?? []
    }
    #expect(values == Array(0..<250))
    for number in 0..<250 { #expect(objects.count { $0["M\(number)"] == 1 } == 1) }
  }

  @Test func valuesOfDifferentUnitsAreNotMixed() throws {
    let buffer = MetricsBuffer(metrics)
    buffer.add(Metric("Wait", 1, .seconds))
    buffer.add(Metric("Wait", 2, .milliseconds))
    buffer.add(Metric("Wait", 3, .seconds, isHighResolution: true))
    buffer.flush()
    #expect(try lines.objects().map { $0["Wait"] } == [1, 2, 3])
  }

  @Test func tasksMayAddAtTheSameTime() async throws {
    let buffer = MetricsBuffer(metrics)
    await withTaskGroup { group in
      for _ in 0..<50 { group.addTask { for _ in 0..<20 { buffer.add(.count("Orders")) } } }
    }
    buffer.flush()
    let total = try lines.objects().reduce(0) { $0 + ($1["Orders"]?.arrayValue?.count ?? 1) }
    #expect(total == 1_000)
  }
}
