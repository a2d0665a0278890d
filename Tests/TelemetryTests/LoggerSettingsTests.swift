import JSON
import Telemetry
import Testing

@Suite struct LoggerSettingsTests {
  func settings(_ environment: [String: String]) -> LoggerSettings { LoggerSettings(environment: { environment[$0] }) }

  @Test(
    arguments: [
      (nil, nil, .info), ("DEBUG", nil, .debug), (nil, "DEBUG", .debug), ("INFO", "ERROR", .error), ("ERROR", "DEBUG", .error),
      ("warn", "WARNING", .warning), ("", "", .info),
    ] as [(String?, String?, LogLevel)])
  func theStricterLevelHolds(platform: String?, own: String?, expected: LogLevel) {
    var environment: [String: String] = [:]
    environment["AWS_LAMBDA_LOG_LEVEL"] = platform
    environment["LOG_LEVEL"] = own
    #expect(settings(environment).threshold == expected)
  }

  @Test func linesThatLambdaWouldDropAreToldOf() {
    #expect(
      settings(["AWS_LAMBDA_LOG_LEVEL": "WARN", "LOG_LEVEL": "DEBUG"]).problems == [
        "LOG_LEVEL is DEBUG, but Lambda drops lines below AWS_LAMBDA_LOG_LEVEL, which is WARN"
      ])
  }

  @Test func neitherSamplingNorTheBufferGoesBelowWhatLambdaTakes() {
    #expect(settings(["AWS_LAMBDA_LOG_LEVEL": "INFO", "LOG_LEVEL": "WARN"]).floor == .info)
    #expect(settings(["LOG_LEVEL": "WARN"]).floor == .debug)
  }

  @Test(
    arguments: [
      ("LOG_SAMPLE_RATE", "2"), ("LOG_SAMPLE_RATE", "often"), ("LOG_SAMPLE_RATE", "-0.1"), ("LOG_BUFFER_BYTES", "1048577"),
      ("LOG_BUFFER_BYTES", "1 KB"), ("LOG_LEVEL", "LOUD"), ("AWS_LAMBDA_LOG_LEVEL", "LOUD"),
    ])
  func aValueThatCannotBeUsedIsWarnedOfInTheFirstLine(name: String, value: String) throws {
    let settings = settings([name: value])
    #expect(settings.sampleRate == 0)
    #expect(settings.bufferBytes == 0)
    #expect(settings.threshold == .info)
    let lines = Lines()
    _ = Logger(settings, output: lines.take)
    let line = try #require(lines.all.first)
    #expect(line.contains("\(name) is '\(value)'"))
    #expect(line.contains("expected"))
  }

  @Test func theRestIsRead() {
    let settings = settings([
      "LOG_SAMPLE_RATE": "0.25", "LOG_BUFFER_BYTES": "4096", "SERVICE_NAME": "checkout", "AWS_LAMBDA_LOG_FORMAT": "JSON",
    ])
    #expect(settings.sampleRate == 0.25)
    #expect(settings.bufferBytes == 4096)
    #expect(settings.service == "checkout")
    #expect(settings.format == .json)
    #expect(settings.problems.isEmpty)
  }
}
