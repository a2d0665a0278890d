import AWSClient
import Instrumentation
import JSON
import LambdaRuntime
import Telemetry
import Testing

@Suite struct CorrelationPathTests {
  @Test(
    arguments: [
      (.apiGateway, #"{"body":"{}","requestContext":{"requestId":"r-1"}}"#, "r-1"),
      (.applicationLoadBalancer, #"{"headers":{"X-Amzn-Trace-Id":"Root=1-x"}}"#, "Root=1-x"),
      (.applicationLoadBalancer, #"{"multiValueHeaders":{"x-amzn-trace-id":["Root=1-y"]}}"#, "Root=1-y"),
      (.eventBridge, #"{"id":"e-1","detail":{"id":"other"}}"#, "e-1"),
      (.sqs, #"{"Records":[{"messageId":"m-1"},{"messageId":"m-2"}]}"#, "m-1"),
      (.appSyncResolver, #"{"request":{"headers":{"x-amzn-trace-id":"t"}}}"#, "t"),
      (.header("X-Correlation-Id"), #"{"headers":{"x-correlation-id":"c-1"}}"#, "c-1"),
      (CorrelationPath(JSONPointer("order", "number")), #"{"order":{"number":42}}"#, "42"),
      (.eventBridge, "{}", nil), (.eventBridge, "", nil), (.eventBridge, #"{"id":""}"#, nil), (.eventBridge, #"{"id":{}}"#, nil),
      (.sqs, #"{"Records":[]}"#, nil), (.apiGateway, #"{"requestContext":null}"#, nil),
    ] as [(CorrelationPath, String, String?)])
  func theIDIsFoundWhereTheEventHasIt(path: CorrelationPath, event: String, id: String?) {
    #expect(path.id(in: Array(event.utf8)) == id)
  }

  @Test(arguments: ["語", "e\u{301}\u{301}\u{301}", "x"]) func aLongIDIsCutToBytesHoweverFewItsCharacters(part: String) throws {
    let whole = String(repeating: part, count: 10_000)
    let event: JSONValue = ["id": .string(whole)]
    let id = try #require(CorrelationPath.eventBridge.id(in: event.bytes))
    #expect((254...256).contains(id.utf8.count))
    #expect(whole.utf8.starts(with: id.utf8))
  }

  @Test func oneCharacterOfManyBytesIsNoWayAroundTheCut() {
    let event: JSONValue = ["id": .string("e" + String(repeating: "\u{301}", count: 100_000))]
    #expect(CorrelationPath.eventBridge.id(in: event.bytes)?.utf8.count ?? 0 <= 256)
  }

  @Test func aMessageGoesOnWithItsOwnTrace() async throws {
    let root = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"
    let lines = Lines()
    let logger = Logger(output: lines.take)
    await RequestContext.$traceID.withValue("Root=1-00000000-ad49b0e87f6ef6c87fc2e700") {
      await SQSRecord(messageID: "m-1", body: "", attributes: ["AWSTraceHeader": root]).withTelemetry {
        #expect(RequestContext.traceID == root)
        #expect(TraceHeader.current?.description == root)
        logger.info("working")
      }
      await SQSRecord(messageID: "m-2", body: "").withTelemetry {
        #expect(RequestContext.traceID == "Root=1-00000000-ad49b0e87f6ef6c87fc2e700")
      }
    }
    #expect(try lines.objects().first?["message_id"] == "m-1")
  }
}
