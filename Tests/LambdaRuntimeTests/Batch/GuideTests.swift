import LambdaRuntime
import TestSupport
import Testing

/// The examples of docs/batches.md.
@Suite struct BatchGuideTests {
  @Test func theGuidesExamplesAreHere() throws {
    #expect(try GuideExamples.missing(of: "batches", in: #filePath) == [])
  }

  func ship(_ body: String) async throws {}

  @Test func queues() async throws {
    let handler = SQSHandler(BatchOptions(concurrency: 8)) { message, context in
      try await ship(message.body)
    }
    let response = try await handler.handle(SampleEvents.bytes("sqs-batch"), LambdaContext(requestID: "r-1"))
    #expect(String(decoding: response, as: UTF8.self) == #"{"batchItemFailures":[]}"#)
  }

  @Test func streams() async throws {
    let handler = DynamoDBStreamHandler { record, context in
      if record.change == .remove, !record.isExpiry { try await ship("\(record.keys)") }
    }
    let response = try await handler.handle(SampleEvents.bytes("dynamodb-stream-batch"), LambdaContext(requestID: "r-1"))
    #expect(String(decoding: response, as: UTF8.self) == #"{"batchItemFailures":[]}"#)
  }
}
