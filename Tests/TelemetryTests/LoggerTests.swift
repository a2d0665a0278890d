import Glibc
import JSON
import Testing

@testable import Telemetry

@Suite struct LoggerTests {
  let lines = Lines()

  func logger(
    threshold: LogLevel = .info, format: Logger.Format = .json, ambient: @escaping @Sendable () -> JSONObject = { [:] }
  ) -> Logger {
    Logger(threshold: threshold, format: format, ambient: ambient, nowMilliseconds: { 1_795_159_140_123 }, output: lines.take)
  }

  @Test func aLineIsOneObjectWithTimeLevelMessageAndFields() throws {
    logger(ambient: { ["requestId": "r-1"] }).info("round started", ["round": 3, "agents": ["a", "b"]])
    #expect(
      lines.all == [
        #"{"timestamp":"2026-11-20T07:19:00.123Z","level":"INFO","message":"round started","requestId":"r-1","round":3,"agents":["a","b"]}"#
          + "\n"
      ])
  }

  @Test func everyLevelHasLambdasName() throws {
    let logger = logger(threshold: .trace)
    logger.trace("")
    logger.debug("")
    logger.info("")
    logger.warning("")
    logger.error("")
    logger.log(.fatal, "")
    #expect(try lines.objects().map { $0["level"] } == ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
  }

  @Test func belowTheThresholdNothingIsMade() {
    func expensive() -> String {
      Issue.record("made a message that nobody reads")
      return ""
    }
    logger(threshold: .warning).info(expensive(), ["field": .string(expensive())])
    #expect(lines.all.isEmpty)
  }

  @Test(
    arguments: [
      ("JSON", "DEBUG", true, true), ("json", "debug", true, true), ("Text", "INFO", false, false), (nil, nil, false, false),
      ("JSON", "nonsense", true, false),
    ] as [(String?, String?, Bool, Bool)])
  func theEnvironmentDecides(format: String?, level: String?, isJSON: Bool, debug: Bool) {
    var environment: [String: String] = [:]
    environment["AWS_LAMBDA_LOG_FORMAT"] = format
    environment["AWS_LAMBDA_LOG_LEVEL"] = level
    let logger = Logger(environment: { environment[$0] })
    #expect(logger.isEnabled(.debug) == debug)
    #expect(logger.isEnabled(.info))
  }

  @Test func textIsOneLineWithTheFieldsBehind() {
    logger(format: .text).warning("two\nlines", ["name": "Ada", "count": 2, "password": "x"])
    #expect(lines.all == ["2026-11-20T07:19:00.123Z WARN two lines name=Ada count=2 password=\"(redacted)\"\n"])
  }

  @Test func laterFieldsReplaceEarlierOnes() async throws {
    let logger = logger(ambient: { ["a": 1, "b": 1, "c": 1, "d": 1] }).with(["c": 3, "d": 3])
    await Correlation.with(["b": 2, "c": 2, "d": 2]) { logger.info("", ["d": 4]) }
    let line = try #require(try lines.objects().first)
    #expect(["a", "b", "c", "d"].map { line[$0]?.intValue } == [1, 2, 3, 4])
    #expect(line.objectValue?.keys.count == 7)
  }

  @Test func correlationFollowsTheTaskAndItsChildren() async throws {
    let logger = logger()
    await Correlation.with(["orchestration_id": "o-1"]) {
      await Correlation.with(["task": "t-1"]) {
        await withTaskGroup { group in
          group.addTask { logger.info("inside") }
        }
      }
    }
    logger.info("outside")
    let objects = try lines.objects()
    #expect(objects[0]["orchestration_id"] == "o-1")
    #expect(objects[0]["task"] == "t-1")
    #expect(objects[1]["orchestration_id"] == nil)
  }

  @Test func fieldsCannotPassForTheLinesOwn() throws {
    logger().info("real", ["message": "forged", "level": "ERROR", "timestamp": "1970"])
    let line = try #require(try lines.objects().first)
    #expect(line["message"] == "real")
    #expect(line["message_"] == "forged")
    #expect(line["level"] == "INFO")
    #expect(line.objectValue?.keys.count == 6)
  }

  @Test func errorsShowTypeAndText() throws {
    struct StockError: Error, CustomStringConvertible { let description = "the stock is negative" }
    logger().error("cannot ship", error: StockError(), ["order": 7])
    let line = try #require(try lines.objects().first)
    #expect(line["errorType"] == "StockError")
    #expect(line["errorMessage"] == "the stock is negative")
    #expect(line["order"] == 7)
  }

  @Test(arguments: [
    "password", "DB_PASSWORD", "userPasswd", "clientSecret", "api-key", "x-api-key", "apiKey", "AWS_SECRET_ACCESS_KEY", "accessKeyId",
    "sessionToken", "access_token", "Authorization", "Set-Cookie", "privateKey", "awsCredentials",
  ])
  func secretLookingNamesHideTheirValues(name: String) throws {
    logger().info("", [name: "hunter2", "outer": [.object([name: "hunter2"])]] as JSONObject)
    #expect(lines.all.first?.contains("hunter2") == false)
    #expect(try lines.objects().first?[name] == "(redacted)")
  }

  @Test(
    arguments: [
      ("inputTokens", 12), ("maxTokens", 2048), ("hasPassword", true), ("secretArn", "arn:aws:secretsmanager:x"),
      ("secretName", "prod/db"), ("sessionToken", nil), ("tokens", ["input": 3]), ("key", "orders/1.json"),
    ] as [(String, JSONValue)])
  func harmlessValuesAreShown(name: String, value: JSONValue) throws {
    logger().info("", [name: value] as JSONObject)
    #expect(try lines.objects().first?[name] == value)
  }

  @Test func presignedURLsLoseTheirSignature() throws {
    logger().info("", ["url": "https://bucket.s3.amazonaws.com/key?X-Amz-Date=1&X-Amz-Signature=abcdef"])
    #expect(try lines.objects().first?["url"] == "https://bucket.s3.amazonaws.com/key?(redacted)")
  }

  @Test func aSignedURLWithinAMessageLosesItsSignatureAndNothingElse() throws {
    let message = "PUT (https://b/k?X-Amz-Date=1&X-Amz-Signature=abc) failed, why? See https://c/?a=1"
    let expected = "PUT (https://b/k?(redacted)) failed, why? See https://c/?a=1"
    logger().info(message, ["field": .string(message)])
    logger(format: .text).info(message)
    #expect(try JSONValue(parsing: lines.all[0])["message"]?.stringValue == expected)
    #expect(try JSONValue(parsing: lines.all[0])["field"]?.stringValue == expected)
    #expect(lines.all[1].contains(expected))
  }

  @Test func linesLongerThanAPipeTakesAtOnceDoNotMix() async throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let input = ends[1]
    let reader = PipeReader(ends[0])
    await withTaskGroup { group in
      for letter in "abcdefgh".utf8 {
        group.addTask {
          for _ in 0..<10 { Logger.write(Array(repeating: letter, count: 100_000) + [0x0A], to: input) }
        }
      }
    }
    close(input)
    let written = reader.bytes().split(separator: 0x0A)
    #expect(written.count == 80)
    #expect(written.allSatisfy { line in line.count == 100_000 && line.allSatisfy { $0 == line.first } })
  }

  @Test func longTextIsCutAndSaysSo() throws {
    logger().info(String(repeating: "m", count: 20_000), ["body": .string(String(repeating: "b", count: 16_385))])
    let line = try #require(try lines.objects().first)
    #expect(line["message"]?.stringValue?.hasSuffix("mmm... (3616 bytes more)") == true)
    #expect(line["body"]?.stringValue?.hasSuffix("bbb... (1 bytes more)") == true)
  }
}
