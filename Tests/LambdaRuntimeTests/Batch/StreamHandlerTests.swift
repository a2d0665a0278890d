import JSON
import Synchronization
import TestSupport
import Testing

@testable import LambdaRuntime

@Suite struct StreamHandlerTests {
  struct Poisoned: Error {}

  final class Seen: Sendable {
    private let texts = Mutex<[String]>([])
    func add(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
  }

  let seen = Seen()

  func kinesis(_ data: [String]) -> [UInt8] {
    let records = data.enumerated().map { index, data -> JSONValue in
      ["eventID": "e", "kinesis": ["sequenceNumber": .string("s\(index)"), "partitionKey": "p", "data": .string(data)]]
    }
    return (["Records": .array(records)] as JSONValue).bytes
  }

  func handle(_ event: [UInt8], _ options: BatchOptions = BatchOptions(), _ context: LambdaContext = .test()) async throws -> String {
    let handler = KinesisHandler(options) { [seen] record, _ in
      let text = String(decoding: record.data, as: UTF8.self)
      seen.add(text)
      if text == "poison" { throw Poisoned() }
    }
    return String(decoding: try await handler.handle(event, context), as: UTF8.self)
  }

  /// "a", "poison" and "b" in Base64.
  static let a = "YQ==", poison = "cG9pc29u", b = "Yg=="

  @Test func theSampleKinesisBatchReachesTheHandlerWhole() async throws {
    let records = Mutex<[KinesisRecord]>([])
    _ = try await KinesisHandler { record, _ in records.withLock { $0.append(record) } }.handle(
      SampleEvents.bytes("kinesis-batch"), .test())
    let all = records.withLock { $0 }
    #expect(all.map(\.partitionKey) == ["1", "1"])
    #expect(all[0].sequenceNumber == "49590338271490256608559692538361571095921575989136588898")
    #expect(String(decoding: all[0].data, as: UTF8.self) == "Hello, this is a test.")
    #expect(all[0].arrivalMilliseconds == 1_545_084_650_987)
    #expect(all[0].eventSourceARN == "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream")
    #expect(all[1].arrivalMilliseconds == 1_545_084_711_166)
  }

  @Test func theSampleDynamoDBBatchReachesTheHandlerWhole() async throws {
    let records = Mutex<[DynamoDBStreamRecord]>([])
    _ = try await DynamoDBStreamHandler { record, _ in records.withLock { $0.append(record) } }
      .handle(SampleEvents.bytes("dynamodb-stream-batch"), .test())
    let all = records.withLock { $0 }
    #expect(all.map(\.change) == [.insert, .modify, .remove])
    #expect(all.map(\.sequenceNumber) == ["111", "222", "333"])
    #expect(all[0].keys == ["Id": ["N": "101"]])
    #expect(all[0].newImage == ["Message": ["S": "New item!"], "Id": ["N": "101"]])
    #expect(all[0].oldImage == nil)
    #expect(all[1].oldImage?["Message"] == ["S": "New item!"])
    #expect(all[0].createdMilliseconds == 1_428_537_600_000)
    #expect(all.map(\.isExpiry) == [false, false, true])
  }

  @Test func theStreamGoesOnAtTheFirstFailure() async throws {
    #expect(try await handle(kinesis([Self.a, Self.poison, Self.b])) == #"{"batchItemFailures":[{"itemIdentifier":"s1"}]}"#)
    #expect(seen.all == ["a", "poison"])
    #expect(try await handle(kinesis([Self.a, Self.b])) == #"{"batchItemFailures":[]}"#)
  }

  @Test func aRecordThatCannotBeReadHoldsUpTheStream() async throws {
    let lines = LogLines()
    #expect(
      try await handle(kinesis([Self.a, "no Base64!", Self.b]), BatchOptions(), .test(lines: lines))
        == #"{"batchItemFailures":[{"itemIdentifier":"s1"}]}"#)
    #expect(seen.all == ["a"])
    #expect(lines.all.first?.contains("kinesis.data") == true)
    #expect(lines.all.first?.contains(#""sequenceNumber":"s1""#) == true)
  }

  @Test func whenTheFirstRecordFailsTheInvocationIsAnError() async throws {
    await #expect(throws: WholeBatchError.self) { _ = try await handle(kinesis([Self.poison, Self.b])) }
    #expect(
      try await handle(kinesis([Self.poison, Self.b]), BatchOptions(throwsWhenAllFail: false))
        == #"{"batchItemFailures":[{"itemIdentifier":"s0"}]}"#)
  }

  @Test func recordsThatCannotBeBegunInTimeAreWhereTheStreamGoesOn() async throws {
    #expect(
      try await handle(kinesis([Self.a, Self.b]), BatchOptions(), .test(remaining: 10))
        == #"{"batchItemFailures":[{"itemIdentifier":"s0"}]}"#)
    #expect(seen.all.isEmpty)
  }

  @Test func aStreamKeepsItsOrderWhateverTheOptionsSay() async throws {
    _ = try await handle(kinesis(Array(repeating: Self.a, count: 20) + [Self.b]), BatchOptions(concurrency: 8))
    #expect(seen.all == Array(repeating: "a", count: 20) + ["b"])
  }

  @Test(arguments: ["{}", "[]", #"{"Records":[{}]}"#, #"{"Records":[{"kinesis":{"sequenceNumber":""}}]}"#, "{"])
  func whatIsNoBatchIsRefusedBeforeAnythingBegins(text: String) async throws {
    await #expect(throws: InvalidEventError.self) { _ = try await handle(Array(text.utf8)) }
    #expect(seen.all.isEmpty)
  }

  @Test(
    arguments: [("", []), ("AA==", [0]), ("AAE=", [0, 1]), ("AAEC", [0, 1, 2]), ("/+8=", [0xFF, 0xEF])] as [(String, [UInt8])])
  func dataIsBase64(text: String, bytes: [UInt8]) {
    #expect(Base64Decoder.decode(text) == bytes)
  }

  @Test(arguments: ["A", "AA", "AAE", "AA=", "A===", "AA==AA==", "AA=A", "A-E=", "AA==="]) func otherTextIsNoData(text: String) {
    #expect(Base64Decoder.decode(text) == nil)
  }
}
