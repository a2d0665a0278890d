import JSON
import Testing

@testable import AWSClient

struct SQSClientTests {
  private let queueURL = "https://sqs.us-east-1.amazonaws.com/123456789012/tasks"

  @Test func aMessageCarriesTheTraceHeader() async throws {
    let transport = FakeTransport([.json(#"{"MessageId":"m","MD5OfMessageBody":"x"}"#)])
    let output = try await SQSClient(.fake(transport)).sendMessage(
      SendMessageInput(
        queueURL: queueURL, messageBody: "é", messageAttributes: ["b": MessageAttributeValue(dataType: "Binary", binaryValue: [255])],
        messageSystemAttributes: .traceHeader("Root=1-a-b")))
    #expect(output == SendMessageOutput(messageID: "m"))
    #expect(transport.requests.first?.headers["x-amz-target"] == "AmazonSQS.SendMessage")
    #expect(transport.requests.first?.headers["x-amzn-query-mode"] == "true")
    #expect(
      try transport.bodies() == [
        [
          "QueueUrl": .string(queueURL), "MessageBody": "é", "MessageAttributes": ["b": ["DataType": "Binary", "BinaryValue": "/w=="]],
          "MessageSystemAttributes": ["AWSTraceHeader": ["DataType": "String", "StringValue": "Root=1-a-b"]],
        ]
      ])
  }

  @Test func withoutATraceThereIsNoAttribute() { #expect([String: MessageAttributeValue].traceHeader(nil).isEmpty) }

  @Test func aBatchReportsEachEntry() async throws {
    let answer = """
      {"Successful":[{"Id":"a","MessageId":"m1","MD5OfMessageBody":"x"}],
       "Failed":[{"Id":"b","SenderFault":true,"Code":"InvalidMessageContents","Message":"no"}]}
      """
    let transport = FakeTransport([.json(answer)])
    let entries = [SendMessageBatchEntry(id: "a", messageBody: "x"), SendMessageBatchEntry(id: "b", messageBody: "\u{0}", delaySeconds: 3)]
    let output = try await SQSClient(.fake(transport)).sendMessageBatch(SendMessageBatchInput(queueURL: queueURL, entries: entries))
    #expect(output.successful == [SendMessageBatchSuccess(id: "a", messageID: "m1")])
    #expect(output.failed == [BatchFailure(id: "b", code: "InvalidMessageContents", message: "no", isSenderFault: true)])
    #expect(
      try transport.bodies()[0]["Entries"] == [
        ["Id": "a", "MessageBody": "x"], ["Id": "b", "MessageBody": "\u{0}", "DelaySeconds": 3],
      ])
  }

  @Test func entriesThatFailedThroughNoFaultOfTheirOwnAreSentAgain() async throws {
    let transport = FakeTransport([
      .json(
        #"{"Successful":[{"Id":"a","MessageId":"m1"}],"Failed":[{"Id":"b","SenderFault":false,"Code":"InternalError"},{"Id":"c","SenderFault":true,"Code":"InvalidMessageContents"}]}"#
      ), .json(#"{"Successful":[{"Id":"b","MessageId":"m2"}]}"#),
    ])
    let entries = ["a", "b", "c"].map { SendMessageBatchEntry(id: $0, messageBody: $0) }
    let output = try await SQSClient(.fake(transport)).sendMessageBatch(SendMessageBatchInput(queueURL: queueURL, entries: entries))
    #expect(output.successful.map(\.messageID) == ["m1", "m2"])
    #expect(output.failed.map(\.id) == ["c"])
    #expect(try transport.bodies()[1]["Entries"] == [["Id": "b", "MessageBody": "b"]])
  }

  @Test func aBatchOfReceiptsIsDeleted() async throws {
    let failed = #"{"Failed":[{"Id":"2","SenderFault":false,"Code":"InternalError"}],"Successful":[{"Id":"1"}]}"#
    let again = #"{"Failed":[{"Id":"2","SenderFault":false,"Code":"InternalError"}],"Successful":null}"#
    let transport = FakeTransport([.json(failed), .json(again), .json(#"{"Successful":[{"Id":"2"}]}"#)])
    let entries = ["1", "2"].map { DeleteMessageBatchEntry(id: $0, receiptHandle: "h\($0)") }
    let output = try await SQSClient(.fake(transport)).deleteMessageBatch(DeleteMessageBatchInput(queueURL: queueURL, entries: entries))
    #expect(output.successful == ["1", "2"])
    #expect(output.failed.isEmpty)
    #expect(try transport.bodies().map { $0["Entries"]?.arrayValue?.count } == [2, 1, 1])
  }

  @Test(arguments: [(nil, 30_000), (0, 10_000), (20, 30_000)] as [(Int?, Int64)])
  func aLongPollHasTimeToEnd(wait: Int?, milliseconds: Int64) async throws {
    let transport = FakeTransport([.json("{}")])
    _ = try await SQSClient(.fake(transport)).receiveMessage(ReceiveMessageInput(queueURL: queueURL, waitTimeSeconds: wait))
    #expect(transport.requests.first?.timeoutMilliseconds == milliseconds)
  }

  @Test(arguments: ["{}", #"{"Messages":null}"#, #"{"Messages":[]}"#])
  func anEmptyQueueAnswersWithNoMessages(body: String) async throws {
    let output = try await SQSClient(.fake(FakeTransport([.json(body)]))).receiveMessage(ReceiveMessageInput(queueURL: queueURL))
    #expect(output.messages.isEmpty)
  }

  @Test func deletingAnswersWithAnEmptyBody() async throws {
    let transport = FakeTransport([.json("")])
    _ = try await SQSClient(.fake(transport)).deleteMessage(DeleteMessageInput(queueURL: queueURL, receiptHandle: "r+/="))
    #expect(try transport.bodies() == [["QueueUrl": .string(queueURL), "ReceiptHandle": "r+/="]])
  }
}
