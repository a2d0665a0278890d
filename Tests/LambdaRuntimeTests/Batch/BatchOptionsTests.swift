import JSON
import Synchronization
import Testing

@testable import LambdaRuntime

/// What the options change for batches of SQS messages.
@Suite struct BatchOptionsTests {
  struct Poisoned: Error {}

  /// Lets each of so many tasks go on only when all of them are there.
  actor Meeting {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []
    init(_ count: Int) { missing = count }
    func arrive() async {
      missing -= 1
      guard missing > 0 else {
        for continuation in waiting { continuation.resume() }
        return
      }
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func event(_ records: [(body: String, group: String?)], fifo: Bool = false) -> [UInt8] {
    let values = records.enumerated().map { index, record -> JSONValue in
      var attributes: JSONObject = [:]
      attributes["MessageGroupId"] = record.group.map(JSONValue.string)
      return [
        "messageId": .string("m\(index)"), "body": record.body == "unreadable" ? 7 : .string(record.body),
        "attributes": .object(attributes), "eventSourceARN": .string("arn:aws:sqs:us-east-1:1:q\(fifo ? ".fifo" : "")"),
      ]
    }
    return (["Records": .array(values)] as JSONValue).bytes
  }

  func failures(_ options: BatchOptions, _ event: [UInt8]) async throws -> [String] {
    let handler = SQSHandler(options) { record, _ in if record.body == "poison" { throw Poisoned() } }
    let response = try JSONValue(parsing: try await handler.handle(event, .test()))
    return try #require(response["batchItemFailures"]?.arrayValue).compactMap { $0["itemIdentifier"]?.stringValue }
  }

  @Test func messagesGoOnAtTheSameTime() async throws {
    let meeting = Meeting(3)
    let handler = SQSHandler(BatchOptions(concurrency: 3)) { record, _ in
      await meeting.arrive()
      if record.body == "poison" { throw Poisoned() }
    }
    let response = try await handler.handle(event([("a", nil), ("poison", nil), ("b", nil)]), .test())
    #expect(String(decoding: response, as: UTF8.self) == #"{"batchItemFailures":[{"itemIdentifier":"m1"}]}"#)
  }

  @Test func aGroupThatFailsDoesNotStopAnother() async throws {
    let event = event([("poison", "a"), ("x", "b"), ("x", "a"), ("poison", "b"), ("x", "c")], fifo: true)
    #expect(try await failures(BatchOptions(fifoFailure: .stopsGroup), event) == ["m0", "m2", "m3"])
    #expect(try await failures(BatchOptions(throwsWhenAllFail: false), event) == ["m0", "m1", "m2", "m3", "m4"])
  }

  @Test func aMessageThatCannotBeReadStopsItsGroup() async throws {
    let event = event([("x", "b"), ("unreadable", "a"), ("x", "a"), ("x", "b")], fifo: true)
    #expect(try await failures(BatchOptions(concurrency: 4, fifoFailure: .stopsGroup), event) == ["m1", "m2"])
  }

  @Test func aBatchThatFailsAsAWholeIsAnError() async throws {
    let event = event([("poison", nil), ("poison", nil)])
    let error = await #expect(throws: WholeBatchError.self) { _ = try await failures(BatchOptions(), event) }
    #expect(error?.description == "all 2 records of the batch failed and will come again; the first: Poisoned()")
    #expect(error?.lambdaErrorType == "Function.WholeBatchFailed")
    #expect(try await failures(BatchOptions(throwsWhenAllFail: false), event) == ["m0", "m1"])
  }

  @Test func whatWasNotBegunIsNoFailureOfTheFunctions() async throws {
    let handler = SQSHandler(BatchOptions()) { _, _ in }
    let response = try await handler.handle(event([("a", nil)]), .test(remaining: 10))
    #expect(String(decoding: response, as: UTF8.self) == #"{"batchItemFailures":[{"itemIdentifier":"m0"}]}"#)
  }
}
