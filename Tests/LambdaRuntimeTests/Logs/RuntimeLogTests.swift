import JSON
import Testing

@testable import LambdaRuntime

@Suite struct RuntimeLogTests {
  let lines = LogLines()

  func log(_ environment: [String: String]) -> RuntimeLog { RuntimeLog(LambdaEnvironment(environment)) { [lines] in lines.append($0) } }

  @Test func textIsOneReadableLine() {
    let line = RuntimeLog(isJSON: false, threshold: .info).line(
      .warn, "two\nlines\r", requestID: "r-1", [("errorType", "Function.X"), ("a", "b\nc")], milliseconds: 1_795_159_140_123)
    #expect(String(decoding: line, as: UTF8.self) == "2026-11-20T07:19:00.123Z WARN r-1 two lines  errorType=Function.X a=b c\n")
  }

  @Test func textWithoutARequestHasADashInItsPlace() {
    let line = RuntimeLog(isJSON: false, threshold: .info).line(.fatal, "m", requestID: nil, [], milliseconds: 0)
    #expect(String(decoding: line, as: UTF8.self) == "1970-01-01T00:00:00.000Z FATAL - m\n")
  }

  @Test func jsonIsOneObject() throws {
    let line = RuntimeLog(isJSON: true, threshold: .info).line(
      .error, "two\nlines", requestID: "r-1", [("errorType", "Function.X")], milliseconds: 1_795_159_140_123)
    #expect(
      String(decoding: line, as: UTF8.self)
        == #"{"timestamp":"2026-11-20T07:19:00.123Z","level":"ERROR","message":"two\nlines","requestId":"r-1","errorType":"Function.X"}"#
        + "\n")
  }

  @Test(
    arguments: [
      ("JSON", true), ("json", true), ("Text", false), ("nonsense", false), (nil, false),
    ] as [(String?, Bool)])
  func theFormatIsTheEnvironments(format: String?, isJSON: Bool) {
    var environment: [String: String] = [:]
    environment["AWS_LAMBDA_LOG_FORMAT"] = format
    log(environment).log(.info, "m")
    #expect(lines.all.first?.hasPrefix("{") == isJSON)
  }

  @Test(
    arguments: [
      ("TRACE", 5), ("DEBUG", 5), ("debug", 5), ("INFO", 4), ("WARN", 3), ("ERROR", 2), ("FATAL", 1), (nil, 4), ("nonsense", 4),
    ] as [(String?, Int)])
  func theThresholdIsTheEnvironments(level: String?, count: Int) {
    var environment: [String: String] = [:]
    environment["AWS_LAMBDA_LOG_LEVEL"] = level
    let log = log(environment)
    for level in [RuntimeLog.Level.debug, .info, .warn, .error, .fatal] { log.log(level, "m") }
    #expect(lines.all.count == count)
  }

  @Test(arguments: [true, false]) func textsOfErrorsAreCutAndLoseSignatures(isJSON: Bool) {
    let log = RuntimeLog(isJSON: isJSON, threshold: .info) { [lines] in lines.append($0) }
    log.log(.error, "PUT https://b/k?X-Amz-Signature=abc failed, why?", [("url", "https://b/k?x=1&X-Amz-Security-Token=abc")])
    log.log(.error, String(repeating: "m", count: 20_000))
    #expect(lines.all[0].contains("PUT https://b/k?(redacted) failed, why?"))
    #expect(lines.all[0].contains("https://b/k?(redacted)"))
    #expect(!lines.all[0].contains("abc"))
    #expect(lines.all[1].contains("mmm... (3616 bytes more)"))
  }
}
