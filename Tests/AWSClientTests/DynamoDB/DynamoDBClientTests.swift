import JSON
import Testing

@testable import AWSClient

struct DynamoDBClientTests {
  @Test func aRequestIsAWSsJSONProtocol() async throws {
    let transport = FakeTransport([.json("{}")])
    let output = try await DynamoDBClient(.fake(transport)).getItem(
      GetItemInput(
        tableName: "orders", key: ["id": "a"], consistentRead: true, projectionExpression: "#v", expressionAttributeNames: ["#v": "version"]
      ))
    #expect(output.item == nil)
    let request = try #require(transport.requests.first)
    #expect(request.method == "POST")
    #expect(request.url == "https://dynamodb.us-east-1.amazonaws.com/")
    #expect(request.headers["content-type"] == "application/x-amz-json-1.0")
    #expect(request.headers["x-amz-target"] == "DynamoDB_20120810.GetItem")
    #expect(
      try transport.bodies() == [
        [
          "TableName": "orders", "Key": ["id": ["S": "a"]], "ConsistentRead": true, "ProjectionExpression": "#v",
          "ExpressionAttributeNames": ["#v": "version"],
        ]
      ])
  }

  @Test func emptyNamesAndValuesAreLeftOut() async throws {
    let transport = FakeTransport([.json("{}")])
    _ = try await DynamoDBClient(.fake(transport)).updateItem(UpdateItemInput(tableName: "t", key: ["id": "a"]))
    #expect(try transport.bodies() == [["TableName": "t", "Key": ["id": ["S": "a"]]]])
  }

  @Test func aConditionalUpdateSaysEverything() async throws {
    let transport = FakeTransport([.json(#"{"Attributes":{"v":{"N":"2"}}}"#)])
    let output = try await DynamoDBClient(.fake(transport)).updateItem(
      UpdateItemInput(
        tableName: "t", key: ["id": "a"], updateExpression: "SET v = :n", conditionExpression: "v = :o",
        expressionAttributeValues: [":n": 2, ":o": 1], returnValues: .updatedNew, returnValuesOnConditionCheckFailure: .allOld))
    #expect(output.attributes == ["v": 2])
    #expect(
      try transport.bodies() == [
        [
          "TableName": "t", "Key": ["id": ["S": "a"]], "UpdateExpression": "SET v = :n", "ConditionExpression": "v = :o",
          "ExpressionAttributeValues": [":n": ["N": "2"], ":o": ["N": "1"]], "ReturnValues": "UPDATED_NEW",
          "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        ]
      ])
  }

  @Test func aTransactionKeepsOneTokenOverItsRetries() async throws {
    let transport = FakeTransport([.json("{}", status: 500), .json("{}"), .json("{}")])
    let client = DynamoDBClient(.fake(transport))
    let input = TransactWriteItemsInput(items: [.put(TransactPut(tableName: "t", item: ["id": "a"]))])
    _ = try await client.transactWriteItems(input)
    _ = try await client.transactWriteItems(input)
    let tokens = try transport.bodies().map { $0["ClientRequestToken"]?.stringValue }
    #expect(tokens[0]?.utf8.count == 36)
    #expect(tokens[0] == tokens[1])
    #expect(tokens[1] != tokens[2])
  }

  @Test func pagesEndWithTheLastKey() async throws {
    let transport = FakeTransport([
      .json(#"{"Items":[{"id":{"S":"a"}}],"Count":1,"ScannedCount":4,"LastEvaluatedKey":{"id":{"S":"a"}}}"#),
      .json(#"{"Items":[],"Count":0,"ScannedCount":3,"LastEvaluatedKey":{"id":{"S":"b"}}}"#),
      .json(#"{"Items":[{"id":{"S":"c"}}],"Count":1,"ScannedCount":1}"#),
    ])
    var pages: [QueryOutput] = []
    let input = QueryInput(tableName: "t", keyConditionExpression: "id = :id", expressionAttributeValues: [":id": "a"])
    for try await page in DynamoDBClient(.fake(transport)).queryPages(input) { pages.append(page) }
    #expect(pages.flatMap(\.items) == [["id": "a"], ["id": "c"]])
    #expect(pages.map(\.scannedCount) == [4, 3, 1])
    #expect(try transport.bodies().map { $0["ExclusiveStartKey"] } == [nil, ["id": ["S": "a"]], ["id": ["S": "b"]]])
  }

  @Test func aPageThatFailsEndsTheSequence() async throws {
    let transport = FakeTransport([
      .json(#"{"Items":[],"Count":0,"ScannedCount":0,"LastEvaluatedKey":{"id":{"S":"a"}}}"#),
      .json(#"{"__type":"ResourceNotFoundException"}"#, status: 400), .json("{}"),
    ])
    var pages = DynamoDBClient(.fake(transport)).scanPages(ScanInput(tableName: "t")).makeAsyncIterator()
    #expect(try await pages.next() != nil)
    await #expect(throws: AWSError.self) { try await pages.next() }
    #expect(try await pages.next() == nil)
  }

  @Test func whatABatchLeavesOutIsAskedForAgain() async throws {
    let transport = FakeTransport([
      .json(#"{"Responses":{"t":[{"id":{"S":"a"}}]},"UnprocessedKeys":{"t":{"Keys":[{"id":{"S":"b"}}],"ConsistentRead":true}}}"#),
      .json(#"{"Responses":{"t":[]},"UnprocessedKeys":{"t":{"Keys":[{"id":{"S":"b"}}],"ConsistentRead":true}}}"#),
      .json(#"{"Responses":{"t":[{"id":{"S":"b"}}]},"UnprocessedKeys":{}}"#),
    ])
    let clock = FakeClock()
    let input = BatchGetItemInput(requestItems: ["t": KeysAndAttributes(keys: [["id": "a"], ["id": "b"]], consistentRead: true)])
    let output = try await DynamoDBClient(.fake(transport, clock: clock)).batchGetItem(input)
    #expect(output.responses["t"] == [["id": "a"], ["id": "b"]])
    #expect(clock.sleptMilliseconds == [25, 500])
    #expect(try transport.bodies()[1] == ["RequestItems": ["t": ["Keys": [["id": ["S": "b"]]], "ConsistentRead": true]]])
  }

  @Test func keysWithoutItemsAreProgressAndThePausesStayShort() async throws {
    func answer(left: Int) -> FakeTransport.Answer {
      let keys = (0..<left).map { #"{"id":{"S":"\#($0)"}}"# }.joined(separator: ",")
      return .json(#"{"Responses":{"t":[]},"UnprocessedKeys":{\#(left == 0 ? "" : #""t":{"Keys":[\#(keys)]}"#)}}"#)
    }
    let transport = FakeTransport([85, 70, 55, 40, 25, 10, 0].map(answer))
    let clock = FakeClock()
    let input = BatchGetItemInput(requestItems: ["t": KeysAndAttributes(keys: (0..<100).map { ["id": .string("\($0)")] })])
    #expect(try await DynamoDBClient(.fake(transport, clock: clock)).batchGetItem(input).responses == ["t": []])
    #expect(clock.sleptMilliseconds == Array(repeating: 25, count: 6))
  }

  @Test func aBatchThatMakesNoProgressEnds() async throws {
    let stuck = FakeTransport.Answer.json(#"{"Responses":{},"UnprocessedKeys":{"t":{"Keys":[{"id":{"S":"b"}}]}}}"#)
    let transport = FakeTransport(Array(repeating: stuck, count: 20))
    let input = BatchGetItemInput(requestItems: ["t": KeysAndAttributes(keys: [["id": "b"]])])
    let error = await #expect(throws: AWSError.self) { try await DynamoDBClient(.fake(transport)).batchGetItem(input) }
    #expect(error?.code == "UnprocessedKeys")
    #expect(error?.isThrottling == true)
    #expect(error?.message == "5 answers in a row left all of 1 keys unprocessed; the table is throttled")
    #expect(transport.requests.count == 5)
  }
}
