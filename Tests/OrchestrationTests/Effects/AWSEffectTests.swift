import AWSClient
import JSON
import Testing

@testable import Orchestration

@Suite struct AWSEffectTests {
  private static func event(_ name: String, byteCount: Int = 10) -> BusEvent {
    BusEvent(source: "s", detailType: name, detail: JSONValue.object(["text": .string(String(repeating: "x", count: byteCount))]).bytes)
  }

  @Test func `events go in batches that EventBridge takes`() async throws {
    let transport = ScriptedTransport { body, _ in
      let results: [JSONValue] = (body["Entries"]?.arrayValue ?? []).map { _ in ["EventId": "e"] }
      return (200, ["FailedEntryCount": 0, "Entries": .array(results)])
    }
    let bus = EventBridgeEventBus(client: EventBridgeClient(try transport.client), busName: "bus")
    try await bus.publish(
      (0..<12).map { Self.event("e\($0)") } + [Self.event("large", byteCount: 200_000), Self.event("other", byteCount: 100_000)])
    #expect(transport.requests.map { $0["Entries"]?.arrayValue?.count } == [10, 3, 1])
  }

  @Test func `of a batch that SQS takes in part, what failed is told by message`() async throws {
    let transport = ScriptedTransport { body, _ in
      let ids = (body["Entries"]?.arrayValue ?? []).compactMap { $0["Id"]?.stringValue }
      return (
        200,
        [
          "Successful": .array(ids.dropFirst(2).map { ["Id": .string($0), "MessageId": "m", "MD5OfMessageBody": "d"] }),
          "Failed": [["Id": .string(ids[0]), "Code": "InvalidMessageContents", "Message": "bad", "SenderFault": true]],
        ]
      )
    }
    let queue = SQSTaskQueue(client: SQSClient(try transport.client))
    let messages = (0..<4).map { QueueMessage(id: "t.\($0)", queueURL: "https://sqs.us-east-1.amazonaws.com/1/q", body: Array("{}".utf8)) }
    let failures = await queue.send(messages)
    #expect(failures["t.0"] == SendFailure(reason: "InvalidMessageContents: bad", isPermanent: true))
    #expect(failures["t.1"]?.isPermanent == false)
    #expect(Set(failures.keys) == ["t.0", "t.1"])
  }

  @Test func `queues are sent to in the order in which their first messages come`() {
    let urls = (0..<12).map { "https://sqs.us-east-1.amazonaws.com/1/q\($0)" }
    #expect(SQSTaskQueue.byQueue((urls + urls).map { QueueMessage(id: "t", queueURL: $0, body: []) }).map(\.queueURL) == urls)
  }

  @Test func `a queue that does not exist fails for good`() async throws {
    let transport = ScriptedTransport { _, _ in
      (400, ["__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "The specified queue does not exist."])
    }
    let queue = SQSTaskQueue(client: SQSClient(try transport.client))
    let failures = await queue.send([QueueMessage(id: "t", queueURL: "https://sqs.us-east-1.amazonaws.com/1/q", body: Array("{}".utf8))])
    #expect(failures["t"]?.isPermanent == true)
    #expect(failures["t"]?.reason.contains("QueueDoesNotExist") == true)
  }

  @Test(arguments: ["AccessDenied", "AccessDeniedException", "KmsAccessDenied"])
  func `a queue without permission fails for good, and the reason says what to do`(code: String) async throws {
    let transport = ScriptedTransport { _, _ in
      (403, ["__type": .string("com.amazonaws.sqs#\(code)"), "message": "NOT AUTHORIZED"])
    }
    let queue = SQSTaskQueue(client: SQSClient(try transport.client))
    let failures = await queue.send([QueueMessage(id: "t", queueURL: "https://sqs.us-east-1.amazonaws.com/1/q", body: Array("{}".utf8))])
    let failure = try #require(failures["t"])
    #expect(failure.isPermanent && failure.isDenied)
    #expect(failure.reason.contains("access.queues") && failure.reason.contains("NOT AUTHORIZED"))
  }
}
