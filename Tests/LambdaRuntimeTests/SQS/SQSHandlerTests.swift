import JSON
import Synchronization
import TestSupport
import Testing

@testable import LambdaRuntime

@Suite struct SQSHandlerTests {
  struct Poisoned: Error {}

  /// The bodies that a handler saw, in order.
  final class Seen: Sendable {
    private let bodies = Mutex<[String]>([])
    func add(_ body: String) { bodies.withLock { $0.append(body) } }
    var all: [String] { bodies.withLock { $0 } }
  }

  let seen = Seen()

  func handler() -> SQSHandler {
    SQSHandler { [seen] record, _ in
      seen.add(record.body)
      if record.body == "poison" { throw Poisoned() }
    }
  }

  func event(_ bodies: [String], arn: String = "arn:aws:sqs:us-east-1:1:q") -> [UInt8] {
    let records = bodies.enumerated().map { index, body -> JSONValue in
      ["messageId": .string("m\(index)"), "body": .string(body), "eventSourceARN": .string(arn)]
    }
    return (["Records": .array(records)] as JSONValue).bytes
  }

  func failures(_ event: [UInt8], _ context: LambdaContext = .test()) async throws -> [String] {
    let response = try JSONValue(parsing: try await handler().handle(event, context))
    #expect(response.objectValue?.keys == ["batchItemFailures"])
    return try #require(response["batchItemFailures"]?.arrayValue).map { try #require($0["itemIdentifier"]?.stringValue) }
  }

  @Test func theSampleBatchReachesTheHandlerWhole() async throws {
    let records = Mutex<[SQSRecord]>([])
    let response = try await SQSHandler { record, _ in records.withLock { $0.append(record) } }
      .handle(SampleEvents.bytes("sqs-batch"), .test())
    #expect(String(decoding: response, as: UTF8.self) == #"{"batchItemFailures":[]}"#)
    let all = records.withLock { $0 }
    #expect(all.map(\.messageID) == ["059f36b4-87a3-44ab-83d2-661975830a7d", "2e1424d4-f796-459a-8184-9c92662be6da"])
    #expect(all.map(\.approximateReceiveCount) == [1, 2])
    #expect(all[0].traceHeader == "Root=1-6a2f63a4-1f2e3d4c5b6a798801234567;Parent=53995c3f42cd8ad8;Sampled=1")
    #expect(all[0].sentMilliseconds == 1_795_159_141_183)
    #expect(try JSONValue(parsing: all[0].body)["node"] == "sales-reader")
    #expect(all[1].messageAttributes["requestType"] == .init(dataType: "String", stringValue: "agent-creation"))
    #expect(!all[1].isFromFIFOQueue)
  }

  @Test func aPoisonedMessageFailsAlone() async throws {
    #expect(try await failures(event(["a", "poison", "b", "poison", "c"])) == ["m1", "m3"])
    #expect(seen.all == ["a", "poison", "b", "poison", "c"])
  }

  @Test func aMessageThatCannotBeReadFailsAlone() async throws {
    let event = #"{"Records":[{"messageId":"m0","body":"a"},{"messageId":"m1","body":7},{"messageId":"m2"},{"messageId":"m3","body":"b"}]}"#
    #expect(try await failures(Array(event.utf8)) == ["m1", "m2"])
    #expect(seen.all == ["a", "b"])
  }

  @Test func failuresAreLoggedWithTheirMessage() async throws {
    let lines = LogLines()
    _ = try await failures(event(["poison"]), .test(lines: lines))
    let line = try JSONValue(parsing: try #require(lines.all.first))
    #expect(line["level"] == "ERROR")
    #expect(line["requestId"] == "request-1")
    #expect(line["messageId"] == "m0")
    #expect(line["errorType"] == "Function.Poisoned")
  }

  @Test func inAFIFOQueueTheOrderIsKept() async throws {
    #expect(try await failures(event(["a", "poison", "b"], arn: "arn:aws:sqs:us-east-1:1:q.fifo")) == ["m1", "m2"])
    #expect(seen.all == ["a", "poison"])
  }

  @Test func inAFIFOQueueAMessageThatCannotBeReadHoldsUpThoseBehindIt() async throws {
    func record(_ id: String, _ body: String) -> String {
      #"{"messageId":"\#(id)","body":\#(body),"eventSourceARN":"arn:aws:sqs:us-east-1:1:q.fifo"}"#
    }
    let event = #"{"Records":[\#(record("m0", "\"a\"")),\#(record("m1", "7")),\#(record("m2", "\"b\""))]}"#
    #expect(try await failures(Array(event.utf8)) == ["m1", "m2"])
    #expect(seen.all == ["a"])
  }

  @Test func anErrorSaysWhereInTheEventItIs() async throws {
    let lines = LogLines()
    _ = try await failures(Array(#"{"Records":[{"messageId":"m0","body":7}]}"#.utf8), .test(lines: lines))
    #expect(lines.all.first?.contains("at byte 37") == true, "\(lines.all)")
  }

  @Test func messagesThatCannotBeDoneInTimeComeAgain() async throws {
    #expect(try await failures(event(["a", "b"]), .test(remaining: 100)) == ["m0", "m1"])
    #expect(seen.all.isEmpty)
    #expect(try await failures(event(["a"]), .test(remaining: 60_000)) == [])
  }

  @Test func aMessageBehindOthersIsBegunOnlyWithItsShareOfTheTime() async throws {
    // Each message takes 40 of the batch's 100 seconds.
    let seconds = Mutex<Int64>(100)
    let handler = SQSHandler(
      BatchOptions(marginMilliseconds: 500, laterRecordsPercent: 50), remaining: { _ in seconds.withLock { $0 * 1_000 } },
      { [seen] record, _ in
        seen.add(record.body)
        seconds.withLock { $0 -= 40 }
      })
    let response = try JSONValue(parsing: try await handler.handle(event(["a", "b", "c"]), .test()))
    #expect(seen.all == ["a", "b"])
    #expect(response == ["batchItemFailures": [["itemIdentifier": "m2"]]])
  }

  @Test func anEmptyBatchSucceeds() async throws {
    #expect(try await failures(event([])) == [])
  }

  @Test(arguments: [
    ("{}", "'Records'"), ("[]", "an object"), (#"{"Records":{}}"#, "an array"), (#"{"Records":[{"body":"x"}]}"#, "Records[0].messageId"),
    (#"{"Records":[{"messageId":"","body":"x"}]}"#, "Records[0].messageId"), ("", "an object"),
  ])
  func whatIsNoBatchIsRefusedBeforeAnythingBegins(text: String, expected: String) async throws {
    let handler = handler()
    let context = LambdaContext.test()
    let error = await #expect(throws: InvalidEventError.self) { try await handler.handle(Array(text.utf8), context) }
    #expect(error?.description.contains(expected) == true)
    #expect(seen.all.isEmpty)
  }
}
