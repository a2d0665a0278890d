import AWSClient
import SimulatedAWS
import Testing

/// Transactions and batches.
@Suite struct TransactionConformanceTests {
  private let table = ConformanceTables.single.name

  private func put(_ id: String, _ attributes: [String: AttributeValue] = [:], if condition: String? = nil) -> TransactWriteItem {
    .put(TransactPut(tableName: table, item: attributes.merging(["id": .string(id)]) { $1 }, conditionExpression: condition))
  }

  private func transact(_ client: DynamoDBClient, _ items: [TransactWriteItem], token: String? = nil) async throws {
    _ = try await client.transactWriteItems(TransactWriteItemsInput(items: items, clientRequestToken: token))
  }

  @Test(arguments: ConformanceTables.available) func `all of a transaction happens`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let ids = (0..<4).map { _ in ConformanceTables.newID() }
    for id in ids[1...] { try await client.put(id, ["n": 1]) }
    try await transact(
      client,
      [
        put(ids[0], ["n": 7], if: "attribute_not_exists(id)"),
        .update(
          TransactUpdate(
            tableName: table, key: ["id": .string(ids[1])], updateExpression: "ADD n :one", expressionAttributeValues: [":one": 1])),
        .delete(TransactDelete(tableName: table, key: ["id": .string(ids[2])], conditionExpression: "attribute_exists(id)")),
        .conditionCheck(
          TransactConditionCheck(
            tableName: table, key: ["id": .string(ids[3])], conditionExpression: "n = :one", expressionAttributeValues: [":one": 1])),
      ])
    #expect(try await client.item(ids[0])?["n"] == 7)
    #expect(try await client.item(ids[1])?["n"] == 2)
    #expect(try await client.item(ids[2]) == nil)
    #expect(try await client.item(ids[3])?["n"] == 1)
  }

  @Test(arguments: ConformanceTables.available) func `or nothing does, and the reasons are in order`(tables: ConformanceTables) async throws
  {
    let client = try tables.client
    let ids = (0..<4).map { _ in ConformanceTables.newID() }
    try await client.put(ids[1], ["n": 1])
    let error = await expectRefusal(
      "TransactionCanceledException", "[None, ConditionalCheckFailed, ConditionalCheckFailed, ValidationError]"
    ) {
      try await transact(
        client,
        [
          put(ids[0]),
          .update(
            TransactUpdate(
              tableName: table, key: ["id": .string(ids[1])], updateExpression: "SET n = :two", conditionExpression: "n = :two",
              expressionAttributeValues: [":two": 2], returnValuesOnConditionCheckFailure: .allOld)),
          .conditionCheck(
            TransactConditionCheck(
              tableName: table, key: ["id": .string(ids[2])], conditionExpression: "attribute_exists(id)",
              returnValuesOnConditionCheckFailure: .allOld)),
          .update(
            TransactUpdate(
              tableName: table, key: ["id": .string(ids[3])], updateExpression: "SET a.b = :two", expressionAttributeValues: [":two": 2])),
        ])
    }
    let reasons = error?.cancellationReasons ?? []
    #expect(reasons.map(\.code) == ["None", "ConditionalCheckFailed", "ConditionalCheckFailed", "ValidationError"])
    #expect(reasons.map(\.item) == [nil, ["id": .string(ids[1]), "n": 1], nil, nil])
    #expect(reasons.first?.message == nil)
    #expect(reasons.dropFirst().first?.message == "The conditional request failed")
    #expect(error?.isTransactionConditionFailed == true)
    for id in [ids[0], ids[2], ids[3]] { #expect(try await client.item(id) == nil) }
    #expect(try await client.item(ids[1])?["n"] == 1)
  }

  @Test(arguments: ConformanceTables.available) func `a token makes a transaction count once`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let id = ConformanceTables.newID()
    let token = String(ConformanceTables.newID().prefix(30))
    func add(_ amount: Int) -> TransactWriteItem {
      .update(
        TransactUpdate(
          tableName: table, key: ["id": .string(id)], updateExpression: "ADD n :amount",
          expressionAttributeValues: [":amount": .number(amount)]))
    }
    try await transact(client, [add(2)], token: token)
    try await transact(client, [add(2)], token: token)
    #expect(try await client.item(id)?["n"] == 2)
    await expectRefusal("IdempotentParameterMismatchException") { try await transact(client, [add(3)], token: token) }
    try await transact(client, [add(2)], token: token + "x")
    #expect(try await client.item(id)?["n"] == 4)
  }

  @Test(arguments: ConformanceTables.available) func `a transaction has at most 100 actions, of as many items`(tables: ConformanceTables)
    async throws
  {
    let client = try tables.client
    let prefix = ConformanceTables.newID()
    try await transact(client, (0..<100).map { put("\(prefix)-\($0)") })
    #expect(try await client.item("\(prefix)-99") != nil)
    await expectRefusal("ValidationException", "less than or equal to 100") {
      try await transact(client, (0..<101).map { put("\(prefix)-more-\($0)") })
    }
    await expectRefusal("ValidationException", "multiple operations on one item") {
      try await transact(client, [put("\(prefix)-a"), put("\(prefix)-a")])
    }
    await expectRefusal("ValidationException", "not defined") {
      try await transact(client, [put("\(prefix)-b"), put("\(prefix)-c", if: "n = :missing")])
    }
    #expect(try await client.item("\(prefix)-b") == nil)
    await expectRefusal("ResourceNotFoundException") {
      try await transact(client, [put("\(prefix)-b"), .put(TransactPut(tableName: "conformance-none", item: ["id": "x"]))])
    }
    #expect(try await client.item("\(prefix)-b") == nil)
  }

  @Test(arguments: ConformanceTables.available) func `batches write and read each item by itself`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let prefix = ConformanceTables.newID()
    let items = (0..<25).map { ["id": .string("\(prefix)-\($0)"), "n": .number($0)] as [String: AttributeValue] }
    _ = try await client.batchWriteItem(BatchWriteItemInput(requestItems: [table: items.map { .put($0) }]))
    let keys: [[String: AttributeValue]] = (0..<25).map { ["id": .string("\(prefix)-\($0)")] }
    let read = try await client.batchGetItem(
      BatchGetItemInput(requestItems: [
        table: KeysAndAttributes(
          keys: keys + [["id": "no-such-item"]], projectionExpression: "#n", expressionAttributeNames: ["#n": "n"], consistentRead: true)
      ]))
    #expect(Set(read.responses[table]?.compactMap { $0["n"]?.intValue } ?? []) == Set(0..<25))
    _ = try await client.batchWriteItem(
      BatchWriteItemInput(requestItems: [table: keys.map { .delete(key: $0) }]))
    #expect(try await client.item("\(prefix)-3") == nil)
    await expectRefusal("ValidationException", "duplicates") {
      _ = try await client.batchWriteItem(BatchWriteItemInput(requestItems: [table: [.put(items[0]), .put(items[0])]]))
    }
    await expectRefusal("ValidationException") {
      _ = try await client.batchWriteItem(
        BatchWriteItemInput(requestItems: [table: (0..<26).map { .put(["id": .string("\(prefix)-x\($0)")]) }]))
    }
    await expectRefusal("ValidationException", "duplicates") {
      _ = try await client.batchGetItem(BatchGetItemInput(requestItems: [table: KeysAndAttributes(keys: [["id": "a"], ["id": "a"]])]))
    }
  }
}
