import Instrumentation
import JSON
import LambdaRuntime
import Telemetry
import TestSupport
import Testing

/// The examples of docs/telemetry.md.
@Suite struct GuideTests {
  @Test func theGuidesExamplesAreHere() throws {
    #expect(try GuideExamples.missing(of: "telemetry", in: #filePath) == [])
  }

  static func make(_ environment: [String: String]) -> InstrumentedHandler {
    let logger = Logger(environment: { environment[$0] })
    let metrics = Metrics(namespace: "Shop", dimensions: ["service": "checkout"])
    let handler = TypedHandler { (order: JSONValue, context) in
      logger.info("order received", ["order": order["id"] ?? .null])
      MetricsBuffer.current?.add(.count("Orders"))
      return order
    }
    return InstrumentedHandler(handler, Instrumentation(logger: logger, metrics: metrics, correlation: .apiGateway))
  }

  func ship(_ body: String) async throws {}

  @Test func aFunctionThatCanBeWatched() async throws {
    let event = Array(#"{"id":"o-1"}"#.utf8)
    #expect(try await Self.make([:]).handle(event, LambdaContext(requestID: "r-1")) == event)
  }

  @Test func messagesHaveTheirOwnFields() async throws {
    let handler = SQSHandler { message, context in
      try await message.withTelemetry { try await ship(message.body) }
    }
    let response = try await handler.handle(SampleEvents.bytes("sqs-batch"), LambdaContext(requestID: "r-1"))
    #expect(String(decoding: response, as: UTF8.self) == #"{"batchItemFailures":[]}"#)
  }

  @Test func theLog() async throws {
    let lines = Lines()
    let logger = Logger(output: lines.take)
    await logger.withInvocation {
      let orders = logger.with(["table": "orders"])
      logger.addToInvocation(["customer": "c-7"])
      await Correlation.with(["step": "payment"]) { orders.warning("payment declined", ["order": "o-1"]) }
    }
    let line = try #require(try lines.objects().first)
    #expect(["table", "customer", "step", "order"].map { line[$0] } == ["orders", "c-7", "payment", "o-1"])
  }

  @Test func metrics() throws {
    let lines = Lines()
    let metrics = Metrics(namespace: "Shop", dimensions: ["service": "checkout"], output: lines.take)
    metrics.emit([.count("Orders"), .milliseconds("Payment", 412)], properties: ["order": "o-1"])
    metrics.with(["region": "eu"]).grouped(by: [["service"], ["service", "region"]]).emit(.count("Orders"))
    metrics.emit(Metric("QueueAge", 1.5, .seconds, isHighResolution: true))
    #expect(try lines.objects().count == 3)
  }

  @Test func traces() throws {
    let logger = Logger.silent
    let parent = TraceParent(parsing: "00-5bef4de7ad49b0e87f6ef6c87fc2e700-9a9197af755a6419-01")
    let header = parent.map { TraceHeader($0) }
    #expect(header?.root == "1-5bef4de7-ad49b0e87f6ef6c87fc2e700")
    var fields = GenAI.Fields(.chat, provider: GenAI.bedrock)
    fields.requestModel = "anthropic.claude-sonnet"
    fields.outputTokens = 53
    logger.info("model replied", fields.object)
  }
}
