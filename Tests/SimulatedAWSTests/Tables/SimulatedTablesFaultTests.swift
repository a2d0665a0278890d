import AWSClient
import JSON
import SimulatedAWS
import Testing

/// What the simulated tables do at their worst, when they do it, and what an observer sees of it.
@Suite struct SimulatedTablesFaultTests {
  /// Faults that occur when they are switched on.
  private final class Switches: ServiceChance {
    var on: Set<ServiceFault> = []
    var numbers: [Int64] = []
    func occurs(_ fault: ServiceFault) -> Bool { on.contains(fault) }
    func number(in range: ClosedRange<Int64>) -> Int64 {
      numbers.isEmpty ? range.upperBound : min(max(numbers.removeFirst(), range.lowerBound), range.upperBound)
    }
  }

  private let chance = Switches()
  private let tables: SimulatedTables
  private let start: Int64 = 1_800_000_000_000
  private let table = "orchestrations"

  init() { tables = SimulatedTables([.orchestrations(), .workerState(), .idempotency()], chance: chance) }

  private struct Refusal: Error, JSONDecodable {
    var code = ""
    var reasons: [String] = []
    init(from reader: inout JSONReader) throws(JSONError) {
      let body = try reader.readValue()
      code = String(body["__type"]?.stringValue?.split(separator: "#").last ?? "")
      reasons = body["CancellationReasons"]?.arrayValue?.compactMap { $0["Code"]?.stringValue } ?? []
    }
  }

  private func call<Output: JSONDecodable>(_ operation: String, _ input: some JSONEncodable, after milliseconds: Int64 = 0) throws -> Output
  {
    let response = tables.answer(
      HTTPRequest(
        method: "POST", url: "https://dynamodb.us-east-1.amazonaws.com/", headers: ["X-Amz-Target": "DynamoDB_20120810.\(operation)"],
        body: input.json),
      nowMilliseconds: start + milliseconds)
    if response.status != 200 { throw try Refusal(json: response.body) }
    return try Output(json: response.body)
  }

  private func put(_ id: String, _ attributes: [String: AttributeValue] = [:], after milliseconds: Int64 = 0) throws {
    let _: PutItemOutput = try call(
      "PutItem", PutItemInput(tableName: table, item: attributes.merging(["orchestrationId": .string(id)]) { $1 }), after: milliseconds)
  }

  private func get(_ id: String, consistent: Bool, after milliseconds: Int64) throws -> AttributeValue? {
    let output: GetItemOutput = try call(
      "GetItem", GetItemInput(tableName: table, key: ["orchestrationId": .string(id)], consistentRead: consistent), after: milliseconds)
    return output.item?["n"]
  }

  private func due(after milliseconds: Int64) throws -> [String] {
    let output: QueryOutput = try call(
      "Query",
      QueryInput(
        tableName: table, indexName: "wake-index", keyConditionExpression: "wakeShard = :s", expressionAttributeValues: [":s": "0"]),
      after: milliseconds)
    return output.items.compactMap { $0["orchestrationId"]?.stringValue }
  }

  @Test func `a read that need not be consistent may be a second behind`() throws {
    chance.on = [.staleRead]
    try put("a", ["n": 1])
    #expect(try get("a", consistent: false, after: 10) == nil)
    #expect(try get("a", consistent: true, after: 10) == 1)
    try put("a", ["n": 2], after: 500)
    #expect(try get("a", consistent: false, after: 600) == 1)
    #expect(try get("a", consistent: false, after: 1_501) == 2)
    let scan: ScanOutput = try call("Scan", ScanInput(tableName: table), after: 1_501)
    #expect(scan.items.first?["n"] == 2)
    chance.on = []
    try put("a", ["n": 3], after: 2_000)
    #expect(try get("a", consistent: false, after: 2_000) == 3)
  }

  @Test func `a scan that is behind shows what is gone and not what is new`() throws {
    try put("a", ["n": 1])
    try put("b", ["n": 1])
    let _: DeleteItemOutput = try call("DeleteItem", DeleteItemInput(tableName: table, key: ["orchestrationId": "a"]), after: 2_000)
    try put("c", ["n": 1], after: 2_000)
    chance.on = [.staleRead]
    func ids(consistent: Bool, after milliseconds: Int64) throws -> [String] {
      let scan: ScanOutput = try call("Scan", ScanInput(tableName: table, consistentRead: consistent), after: milliseconds)
      return scan.items.compactMap { $0["orchestrationId"]?.stringValue }.sorted()
    }
    #expect(try ids(consistent: false, after: 2_100) == ["a", "b"])
    #expect(try ids(consistent: true, after: 2_100) == ["b", "c"])
    #expect(try ids(consistent: false, after: 4_000) == ["b", "c"])
  }

  @Test func `an index follows later, and an item's changes in their order`() throws {
    chance.on = [.indexLag]
    chance.numbers = [300, 10]
    try put("a", ["wakeShard": "0", "wakeAt": 1])
    // This change is due sooner, and still comes after the one before it.
    try put("a", ["n": 1], after: 5)
    #expect(try due(after: 200) == [])
    chance.on = []
    try put("b", ["wakeShard": "0", "wakeAt": 1], after: 210)
    #expect(try due(after: 210) == ["b"])
    #expect(try due(after: 299) == ["b"])
    #expect(try due(after: 300) == ["b"])
    chance.on = [.indexLag]
    chance.numbers = [100]
    try put("a", ["wakeShard": "0", "wakeAt": 1], after: 400)
    #expect(try due(after: 499) == ["b"])
    #expect(try due(after: 500).sorted() == ["a", "b"])
  }

  @Test func `faults are answered as DynamoDB does, and nothing has happened`() throws {
    func code(_ operation: String, _ input: some JSONEncodable) throws -> String? {
      do {
        let _: JSONValue = try call(operation, input)
        return nil
      } catch let refusal as Refusal {
        return refusal.code
      }
    }
    let put = PutItemInput(tableName: table, item: ["orchestrationId": "a"])
    for (fault, expected) in [
      (.throttling, "ProvisionedThroughputExceededException"), (.internalError, "InternalServerError"),
      (.transactionConflict, "TransactionConflictException"),
    ] as [(ServiceFault, String)] {
      chance.on = [fault]
      #expect(try code("PutItem", put) == expected)
    }
    chance.on = [.transactionConflict]
    #expect(try code("GetItem", GetItemInput(tableName: table, key: ["orchestrationId": "a"])) == nil)
    #expect(tables.items(of: table).isEmpty)
  }

  @Test func `a part of a transaction may be seen alone until it is answered, or another write meets the rest`() throws {
    chance.on = [.staleRead]
    func putBoth(_ ids: [String], after milliseconds: Int64) throws {
      // How long it takes, and which of them is there at once.
      chance.numbers = [200, 0]
      let _: JSONValue = try call(
        "TransactWriteItems",
        TransactWriteItemsInput(
          items: ids.map { .put(TransactPut(tableName: table, item: ["orchestrationId": .string($0), "n": 1])) }, clientRequestToken: ids[0]
        ),
        after: milliseconds)
    }
    try putBoth(["a", "b"], after: 0)
    #expect(tables.takeAnswerDelay() == 200)
    #expect(tables.takeAnswerDelay() == 0)
    chance.on = []
    #expect(try get("a", consistent: true, after: 100) == 1)
    #expect(try get("b", consistent: true, after: 100) == nil)
    #expect(try get("b", consistent: true, after: 200) == 1)
    chance.on = [.staleRead]
    try putBoth(["c", "d", "e"], after: 300)
    chance.on = []
    #expect(try get("d", consistent: true, after: 310) == nil)
    // A write sees what is there, and shows it.
    let _: UpdateItemOutput = try call(
      "UpdateItem",
      UpdateItemInput(
        tableName: table, key: ["orchestrationId": "d"], updateExpression: "SET n = n + :one", expressionAttributeValues: [":one": 1]),
      after: 320)
    #expect(try get("d", consistent: true, after: 330) == 2)
    #expect(try get("e", consistent: true, after: 330) == nil)
    // Who repeats the request is told that it has happened, and sees it.
    try putBoth(["c", "d", "e"], after: 340)
    #expect(try get("e", consistent: true, after: 350) == 1)
  }

  @Test func `a transaction is kept from happening by one of its actions`() throws {
    let input = TransactWriteItemsInput(
      items: (0..<3).map { .put(TransactPut(tableName: table, item: ["orchestrationId": .string("\($0)")])) }, clientRequestToken: "t")
    func reasons(_ fault: ServiceFault, _ numbers: [Int64]) throws -> [String] {
      chance.on = [fault]
      chance.numbers = numbers
      do {
        let _: TransactWriteItemsOutput = try call("TransactWriteItems", input)
      } catch let refusal as Refusal {
        return refusal.reasons.isEmpty ? [refusal.code] : refusal.reasons
      }
      return []
    }
    #expect(try reasons(.transactionConflict, [1]) == ["None", "TransactionConflict", "None"])
    #expect(try reasons(.throttling, [1, 2]) == ["None", "None", "ThrottlingError"])
    #expect(try reasons(.throttling, [0]) == ["ProvisionedThroughputExceededException"])
    #expect(tables.items(of: table).isEmpty)
    // What was cancelled may come again with its token.
    #expect(try reasons(.staleRead, []) == [])
    #expect(tables.items(of: table).count == 3)
  }

  @Test func `a token stands for its transaction for ten minutes`() throws {
    let input = TransactWriteItemsInput(
      items: [
        .update(
          TransactUpdate(
            tableName: table, key: ["orchestrationId": "a"], updateExpression: "ADD n :one", expressionAttributeValues: [":one": 1]))
      ], clientRequestToken: "t")
    for (milliseconds, expected) in [(0, 1), (599_999, 1), (600_000, 2), (600_001, 2)] as [(Int64, AttributeValue)] {
      let _: TransactWriteItemsOutput = try call("TransactWriteItems", input, after: milliseconds)
      #expect(tables.item(["orchestrationId": "a"], in: table)?["n"] == expected)
    }
  }

  @Test func `batches leave entries undone`() throws {
    chance.on = [.entryRefused]
    let write: BatchWriteItemOutput = try call(
      "BatchWriteItem",
      BatchWriteItemInput(requestItems: [table: [.put(["orchestrationId": "a"]), .delete(key: ["orchestrationId": "b"])]]))
    #expect(write.unprocessedItems == [table: [.put(["orchestrationId": "a"]), .delete(key: ["orchestrationId": "b"])]])
    #expect(tables.items(of: table).isEmpty)
    let keys = KeysAndAttributes(keys: [["orchestrationId": "a"]], projectionExpression: "#n", expressionAttributeNames: ["#n": "n"])
    let read: BatchGetItemOutput = try call("BatchGetItem", BatchGetItemInput(requestItems: [table: keys]))
    #expect(read.unprocessedKeys == [table: keys])
  }

  @Test func `an item goes some time after its time is over`() throws {
    var changes: [TableChange] = []
    tables.onChange = { changes.append($0) }
    tables.expiryDelayMilliseconds = 1_000...1_000
    let seconds = start / 1_000
    for (id, expiry) in [("a", seconds + 10), ("b", seconds + 10), ("old", seconds - 6 * 365 * 86_400)] {
      try tables.put(["id": .string(id), "expiration": .number(expiry)], into: "idempotency", nowMilliseconds: start)
    }
    // Another time before the first is over: the first means nothing any more.
    try tables.put(["id": "b", "expiration": .number(seconds + 100)], into: "idempotency", nowMilliseconds: start + 5_000)
    _ = try due(after: 10_999)
    #expect(tables.items(of: "idempotency").count == 3)
    changes = []
    _ = try due(after: 11_000)
    #expect(tables.items(of: "idempotency").compactMap { $0["id"]?.stringValue } == ["b", "old"])
    #expect(
      changes == [
        TableChange(table: "idempotency", key: ["id": "a"], before: ["id": "a", "expiration": .number(seconds + 10)], after: nil)
      ])
    _ = try due(after: 101_000)
    #expect(tables.items(of: "idempotency").compactMap { $0["id"]?.stringValue } == ["old"])
  }

  @Test func `an observer sees each change, and a transaction when it is whole`() throws {
    var seen: [(TableChange, Int)] = []
    tables.onChange = { [tables, table] change in seen.append((change, tables.items(of: table).count)) }
    try put("a", ["n": 1])
    try put("a", ["n": 2])
    let _: TransactWriteItemsOutput = try call(
      "TransactWriteItems",
      TransactWriteItemsInput(items: [
        .put(TransactPut(tableName: table, item: ["orchestrationId": "b"])),
        .put(TransactPut(tableName: table, item: ["orchestrationId": "c"])),
        .conditionCheck(
          TransactConditionCheck(tableName: table, key: ["orchestrationId": "a"], conditionExpression: "attribute_exists(orchestrationId)")),
      ]))
    try tables.delete(["orchestrationId": "a"], from: table)
    try tables.delete(["orchestrationId": "nobody"], from: table)
    #expect(seen.map(\.1) == [1, 1, 3, 3, 2])
    #expect(seen.map(\.0.key) == ["a", "a", "b", "c", "a"].map { ["orchestrationId": .string($0)] })
    #expect(seen.map { $0.0.before?["n"] } == [nil, 1, nil, nil, 2])
    #expect(seen.map { $0.0.after?["n"] } == [1, 2, nil, nil, nil])
  }

  @Test func `the console shows items by their keys and refuses what DynamoDB would`() throws {
    for id in ["b", "a", "c"] { try tables.put(["orchestrationId": .string(id)], into: table) }
    #expect(tables.items(of: table).compactMap { $0["orchestrationId"]?.stringValue } == ["a", "b", "c"])
    #expect(tables.item(["orchestrationId": "b"], in: table) == ["orchestrationId": "b"])
    #expect(tables.item(["orchestrationId": "d"], in: table) == nil)
    #expect(throws: AWSError.self) { try tables.put(["n": 1], into: table) }
    #expect(throws: AWSError.self) { try tables.put(["id": "a"], into: "nowhere") }
    #expect(throws: AWSError.self) { try tables.delete(["n": 1], from: table) }
  }

  @Test func `a request that is none is refused, and the next is answered`() throws {
    for (target, body, code) in [
      ("DynamoDB_20120810.PutItem", "{", "SerializationException"),
      ("DynamoDB_20120810.PutItem", #"{"TableName":7}"#, "SerializationException"),
      ("DynamoDB_20120810.DropEverything", "{}", "UnknownOperationException"), ("SQS.PutItem", "{}", "UnknownOperationException"),
      ("DynamoDB_20120810.GetItem", "{}", "ValidationException"), ("DynamoDB_20120810.TransactWriteItems", "{}", "ValidationException"),
      ("DynamoDB_20120810.BatchGetItem", "{}", "ValidationException"),
      ("DynamoDB_20120810.Query", #"{"TableName":"orchestrations"}"#, "ValidationException"),
      ("DynamoDB_20120810.GetItem", #"{"TableName":"orchestrations","Key":{"orchestrationId":{"X":"a"}}}"#, "SerializationException"),
    ] {
      let response = tables.answer(
        HTTPRequest(method: "POST", url: "https://localhost/", headers: ["X-Amz-Target": target], body: Array(body.utf8)),
        nowMilliseconds: start)
      #expect(response.status == 400)
      #expect(try Refusal(json: response.body).code == code, "\(target) \(body)")
    }
    try put("a")
    #expect(tables.items(of: table).count == 1)
  }
}
