import JSON
import Testing

@testable import RuntimeAPI

@Suite struct PlatformLogTests {
  private func log(_ format: FunctionConfiguration.LogFormat) -> PlatformLog {
    var configuration = FunctionConfiguration(name: "f")
    configuration.logFormat = format
    configuration.memoryMegabytes = 512
    return PlatformLog(configuration: configuration)
  }

  private func report(
    _ status: InvocationReport.Status = .success, initialization: Int64? = nil, errorType: String? = nil, trace: String? = nil
  ) -> InvocationReport {
    InvocationReport(
      requestID: "r-1", durationNanoseconds: 12_345_678, initializationNanoseconds: initialization, status: status, errorType: errorType,
      traceHeader: trace)
  }

  @Test func textIsLambdas() {
    let log = log(.text)
    #expect(log.lines(.start(requestID: "r-1", version: "$LATEST"), epochMilliseconds: 0) == ["START RequestId: r-1 Version: $LATEST"])
    #expect(
      log.lines(report(initialization: 101_234_567), maximumMemoryMegabytes: 33, epochMilliseconds: 0) == [
        "END RequestId: r-1",
        "REPORT RequestId: r-1\tDuration: 12.35 ms\tBilled Duration: 114 ms\tMemory Size: 512 MB\tMax Memory Used: 33 MB\tInit Duration: 101.23 ms",
      ])
    #expect(
      log.lines(.timedOut(requestID: "r-1", seconds: "3.00"), epochMilliseconds: 0)
        == ["1970-01-01T00:00:00.000Z r-1 Task timed out after 3.00 seconds"])
    #expect(
      log.lines(.initializationReport(nanoseconds: 9_999_790_000, phase: "init", status: "timeout", errorType: nil), epochMilliseconds: 0)
        == ["INIT_REPORT Init Duration: 9999.79 ms\tPhase: init\tStatus: timeout"])
  }

  @Test func theStatusIsToldWhereThePlatformHadAHandInIt() throws {
    let log = log(.text)
    func last(_ report: InvocationReport) throws -> String {
      try #require(log.lines(report, maximumMemoryMegabytes: 1, epochMilliseconds: 0).dropFirst().first)
    }
    #expect(try last(report(.timeout)).hasSuffix("\tStatus: timeout"))
    #expect(try last(report(.error, errorType: "Runtime.ExitError")).hasSuffix("\tStatus: error\tError Type: Runtime.ExitError"))
    #expect(try last(report(.error)).hasSuffix("Max Memory Used: 1 MB"))
  }

  @Test func aTraceIsNamedWhenItIsSampled() {
    let log = log(.text)
    let sampled = report(trace: "Root=1-a;Parent=b;Sampled=1")
    #expect(log.lines(sampled, maximumMemoryMegabytes: 1, epochMilliseconds: 0).last == "XRAY TraceId: 1-a\tSegmentId: b\tSampled: true")
    #expect(log.lines(report(trace: "Root=1-a;Parent=b;Sampled=0"), maximumMemoryMegabytes: 1, epochMilliseconds: 0).count == 2)
  }

  @Test func jsonIsLambdas() throws {
    let log = log(.json)
    let start = try #require(log.lines(.start(requestID: "r-1", version: "7"), epochMilliseconds: 1_000).first)
    #expect(
      try JSONValue(parsing: start) == [
        "time": "1970-01-01T00:00:01.000Z", "type": "platform.start", "record": ["requestId": "r-1", "version": "7"],
      ])
    let lines = log.lines(
      report(.error, initialization: 5_000_000, errorType: "Runtime.ExitError", trace: "Root=1-a"), maximumMemoryMegabytes: 33,
      epochMilliseconds: 0)
    #expect(lines.count == 1)
    #expect(
      try JSONValue(parsing: lines[0])["record"] == [
        "requestId": "r-1",
        "metrics": ["durationMs": 12.35, "billedDurationMs": 18, "memorySizeMB": 512, "maxMemoryUsedMB": 33, "initDurationMs": 5],
        "status": "error", "errorType": "Runtime.ExitError", "tracing": ["type": "X-Amzn-Trace-Id", "value": "Root=1-a"],
      ])
    #expect(log.lines(.timedOut(requestID: "r-1", seconds: "3.00"), epochMilliseconds: 0).isEmpty)
  }
}
