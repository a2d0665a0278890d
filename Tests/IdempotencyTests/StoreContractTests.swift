import AWSClient
import AWSDoubles
import Idempotency
import JSON
import Testing

/// What every store must do. The last kind is a real table, which an integration test names (`IDEMPOTENCY_TABLE`, AWS_ENDPOINT_URL).
@Suite struct StoreContractTests {
  enum Kind: CaseIterable {
    case memory, dynamoDB, realTable

    static var available: [Kind] { allCases.filter { $0 != .realTable || Environment.current["IDEMPOTENCY_TABLE"] != nil } }

    func make() throws -> any IdempotencyStore {
      switch self {
      case .memory: InMemoryIdempotencyStore()
      case .dynamoDB: DynamoDBIdempotencyStore(client: try DynamoDBDouble(keyNames: ["idempotency": "id"]).client, table: "idempotency")
      case .realTable:
        DynamoDBIdempotencyStore(client: DynamoDBClient(try AWSClient()), table: Environment.current["IDEMPOTENCY_TABLE"] ?? "")
      }
    }
  }

  /// Another key for each test, since a real table is shared.
  let key = "payments#\(Idempotency.randomOwner())"

  func record(_ owner: String, expires: Int64 = 100_000, inProgressUntil: Int64 = 5_000, hash: String? = nil) -> IdempotencyRecord {
    IdempotencyRecord(
      key: key, status: .inProgress, owner: owner, expiryMilliseconds: expires, inProgressExpiryMilliseconds: inProgressUntil,
      payloadHash: hash)
  }

  func completed(_ record: IdempotencyRecord, _ response: [UInt8]?, dropped: Int? = nil) -> IdempotencyRecord {
    var record = record
    record.status = .completed
    record.response = response
    record.droppedResponseBytes = dropped
    return record
  }

  @Test(arguments: Kind.available) func theFirstBeginsAndTheSecondSeesIt(kind: Kind) async throws {
    let store = try kind.make()
    #expect(try await store.begin(record("a", hash: "h"), nowMilliseconds: 1_000) == nil)
    #expect(try await store.begin(record("b"), nowMilliseconds: 1_000) == record("a", hash: "h"))
  }

  @Test(arguments: Kind.available) func aResultIsKept(kind: Kind) async throws {
    let store = try kind.make()
    for response in [Array(#"{"ok":"é"}"#.utf8), [], [0, 0xFF, 0xFE]] as [[UInt8]] {
      let done = completed(record("a"), response)
      _ = try await store.begin(record("a"), nowMilliseconds: 0)
      #expect(try await store.complete(done))
      #expect(try await store.begin(record("b"), nowMilliseconds: 50_000) == done)
    }
  }

  @Test(arguments: Kind.available) func aResponseThatWasTooLargeIsRemembered(kind: Kind) async throws {
    let store = try kind.make()
    let done = completed(record("a"), nil, dropped: 500_000)
    _ = try await store.begin(record("a"), nowMilliseconds: 0)
    #expect(try await store.complete(done))
    #expect(try await store.begin(record("b"), nowMilliseconds: 0) == done)
  }

  @Test(arguments: Kind.available) func aRecordExpires(kind: Kind) async throws {
    let store = try kind.make()
    _ = try await store.begin(record("a"), nowMilliseconds: 0)
    #expect(try await store.complete(completed(record("a"), [1])))
    #expect(try await store.begin(record("b"), nowMilliseconds: 99_999) != nil)
    #expect(try await store.begin(record("b", expires: 200_000), nowMilliseconds: 100_000) == nil)
  }

  @Test(arguments: Kind.available) func anAttemptWhoseTimeIsOverIsTakenOver(kind: Kind) async throws {
    let store = try kind.make()
    _ = try await store.begin(record("a"), nowMilliseconds: 0)
    #expect(try await store.begin(record("b"), nowMilliseconds: 4_999)?.owner == "a")
    #expect(try await store.begin(record("b", inProgressUntil: 9_000), nowMilliseconds: 5_000) == nil)
    #expect(try await !store.complete(completed(record("a"), [1])))
    #expect(try await store.complete(completed(record("b"), [2])))
    #expect(try await store.begin(record("c"), nowMilliseconds: 50_000)?.response == [2])
  }

  @Test(arguments: Kind.available) func aFailedAttemptMakesRoom(kind: Kind) async throws {
    let store = try kind.make()
    _ = try await store.begin(record("a"), nowMilliseconds: 0)
    try await store.remove(key: key, owner: "a")
    try await store.remove(key: key, owner: "a")
    #expect(try await store.begin(record("b"), nowMilliseconds: 0) == nil)
  }

  @Test(arguments: Kind.available) func onlyOnesOwnUnfinishedAttemptIsRemoved(kind: Kind) async throws {
    let store = try kind.make()
    _ = try await store.begin(record("a"), nowMilliseconds: 0)
    try await store.remove(key: key, owner: "b")
    #expect(try await store.begin(record("b"), nowMilliseconds: 0)?.owner == "a")
    #expect(try await store.complete(completed(record("a"), [1])))
    try await store.remove(key: key, owner: "a")
    #expect(try await store.begin(record("b"), nowMilliseconds: 0)?.response == [1])
  }

  @Test(arguments: Kind.available) func aRecordThatIsGoneIsWrittenAnew(kind: Kind) async throws {
    let store = try kind.make()
    #expect(try await store.complete(completed(record("a"), [1])))
    #expect(try await store.begin(record("b"), nowMilliseconds: 0)?.response == [1])
  }

  @Test(arguments: Kind.available) func ofManyAtOnceOneBegins(kind: Kind) async throws {
    let store = try kind.make()
    let begun = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<20 { group.addTask { try await store.begin(record("\(number)"), nowMilliseconds: 0) == nil } }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(begun == 1)
  }

  // MARK: DynamoDB alone

  @Test func anAnswerThatWasLostIsNoOtherAttempt() async throws {
    let double = DynamoDBDouble(keyNames: ["idempotency": "id"])
    let store = DynamoDBIdempotencyStore(client: try double.client, table: "idempotency")
    double.loseAnswers(1, of: "PutItem")
    #expect(try await store.begin(record("a"), nowMilliseconds: 0)?.owner == "a")
    double.loseAnswers(1, of: "PutItem")
    #expect(try await store.complete(completed(record("a"), [1])))
  }

  @Test func aRecordOfAnotherLanguageIsUnderstood() async throws {
    let double = DynamoDBDouble(keyNames: ["idempotency": "id"])
    let store = DynamoDBIdempotencyStore(client: try double.client, table: "idempotency")
    double.put(
      ["id": ["S": .string(key)], "status": ["S": "COMPLETED"], "expiration": ["N": "100"], "data": ["S": "{}"]], into: "idempotency")
    #expect(try await store.begin(record("a"), nowMilliseconds: 99_000)?.response == Array("{}".utf8))
    double.put(["id": ["S": .string(key)], "status": ["S": "INPROGRESS"], "expiration": ["N": "100"]], into: "idempotency")
    #expect(try await store.begin(record("a"), nowMilliseconds: 99_000)?.status == .inProgress)
    #expect(try await store.begin(record("a"), nowMilliseconds: 100_000) == nil)
  }

  @Test(
    arguments: [
      (["expiration": ["N": "100"]], "'status'"), (["status": ["S": "COMPLETED"]], "'expiration'"),
      (["status": ["S": "DONE"], "expiration": ["N": "100"]], "'status'"),
    ] as [(DynamoDBDouble.Item, String)])
  func aRecordThatCannotBeReadSaysWhere(item: DynamoDBDouble.Item, expected: String) async throws {
    let double = DynamoDBDouble(keyNames: ["idempotency": "id"])
    let store = DynamoDBIdempotencyStore(client: try double.client, table: "idempotency")
    double.put(item.merging(["id": ["S": .string(key)]]) { $1 }, into: "idempotency")
    let error = await #expect(throws: IdempotencyError.self) { _ = try await store.begin(record("a"), nowMilliseconds: 0) }
    #expect(error?.description.contains(expected) == true)
  }
}
