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
