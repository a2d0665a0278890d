import AWSClient
import JSON
import Testing

/// Every operation of every client against the oracle of Tests/Contract, which refuses what botocore's models do not know and
/// recomputes each signature. Scripts/test-contract.sh starts it and sets ARBITER_ORACLE_URL.
@Suite(.enabled(if: Environment.current["ARBITER_ORACLE_URL"] != nil))
struct ContractTests {
  /// Text with what breaks careless encoders: quotes, escapes, control characters, characters of two to four bytes.
  private static let odd = "é ü \"quoted\" \\ / \u{1}\u{1F}\t\n\r 語 👩‍👩‍👧 \u{2028}"

  static func client(accessKeyID: String = "AKIATEST", sessionToken: String? = nil) throws -> AWSClient {
    var environment = ["AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": accessKeyID, "AWS_SECRET_ACCESS_KEY": "secret+/x"]
    environment["AWS_ENDPOINT_URL"] = Environment.current["ARBITER_ORACLE_URL"]
    environment["AWS_SESSION_TOKEN"] = sessionToken
    return AWSClient(configuration: try .fromEnvironment(Environment(environment)))
  }

  private let client: AWSClient
  private var dynamoDB: DynamoDBClient { DynamoDBClient(client) }
  private var sqs: SQSClient { SQSClient(client) }
  private var s3: S3Client { S3Client(client) }
  private var bedrock: BedrockRuntimeClient { BedrockRuntimeClient(client) }

  init() throws { client = try ContractTests.client() }

  private static let everyValue: [String: AttributeValue] = [
    "pk": .string(odd), "empty": "", "n": .number("12345678901234567890123456789012345678"), "small": .number("-1E-130"),
    "b": .binary([0, 1, 254, 255]), "noBytes": .binary([]), "yes": true, "nothing": .null, "list": [1, "two", [], [:]],
    "map": ["deep": ["er": .null], "": "empty name"], "ss": .stringSet(["a", odd]), "ns": .numberSet(["1", "2.5"]),
    "bs": .binarySet([[0], [1, 2]]),
  ]

  // MARK: DynamoDB

  @Test func getItem() async throws {
    let found = try await dynamoDB.getItem(GetItemInput(tableName: "Tab", key: ["pk": .string(ContractTests.odd)]))
    #expect(found.item?["pk"] == "key")
    #expect(found.item?["n"] == .number("12345678901234567890123456789012345678"))
    #expect(found.item?["b"] == .binary([0, 1]))
    let part = try await dynamoDB.getItem(
      GetItemInput(
        tableName: "Tab", key: ["pk": "a", "sk": 1], consistentRead: true, projectionExpression: "#n, b",
        expressionAttributeNames: ["#n": "n"]))
    #expect(part.item?["sk"] == 1)
  }

  @Test func putItem() async throws {
    #expect(try await dynamoDB.putItem(PutItemInput(tableName: "Tab", item: ["pk": "a"])).attributes == nil)
    let replaced = try await dynamoDB.putItem(
      PutItemInput(
        tableName: "arn:aws:dynamodb:us-east-1:123456789012:table/Tab", item: ContractTests.everyValue,
        conditionExpression: "attribute_not_exists(#pk) OR #v = :v", expressionAttributeNames: ["#pk": "pk", "#v": "v"],
        expressionAttributeValues: [":v": .string(ContractTests.odd)], returnValues: .allOld,
        returnValuesOnConditionCheckFailure: .allOld))
    #expect(replaced.attributes?["pk"] == "key")
  }

  @Test func updateItem() async throws {
    #expect(try await dynamoDB.updateItem(UpdateItemInput(tableName: "Tab", key: ["pk": "a"])).attributes == nil)
    let updated = try await dynamoDB.updateItem(
      UpdateItemInput(
        tableName: "Tab", key: ["pk": "a"], updateExpression: "SET #a = :a REMOVE b", conditionExpression: "version = :v",
        expressionAttributeNames: ["#a": "a"], expressionAttributeValues: [":a": .map(ContractTests.everyValue), ":v": 1],
        returnValues: .allNew, returnValuesOnConditionCheckFailure: .allOld))
    #expect(updated.attributes?["l"] == [.null])
  }

  @Test func deleteItem() async throws {
    #expect(try await dynamoDB.deleteItem(DeleteItemInput(tableName: "Tab", key: ["pk": "a"])).attributes == nil)
    let deleted = try await dynamoDB.deleteItem(
      DeleteItemInput(
        tableName: "Tab", key: ["pk": "a"], conditionExpression: "#v = :v", expressionAttributeNames: ["#v": "v"],
        expressionAttributeValues: [":v": .binary([1])], returnValues: .allOld, returnValuesOnConditionCheckFailure: .allOld))
    #expect(deleted.attributes != nil)
  }

  @Test func queryPages() async throws {
    let minimal = QueryInput(
      tableName: "Tab", keyConditionExpression: "pk = :pk", expressionAttributeValues: [":pk": .string(ContractTests.odd)])
    var pages = 0
    for try await page in dynamoDB.queryPages(minimal) {
      pages += 1
      #expect(page.items.count == 1)
    }
    #expect(pages == 2)
    let count = try await dynamoDB.query(
      QueryInput(
        tableName: "Tab", indexName: "by-time", keyConditionExpression: "#pk = :pk", filterExpression: "n > :n",
        expressionAttributeNames: ["#pk": "pk"], expressionAttributeValues: [":pk": "a", ":n": 0], scanIndexForward: false, limit: 7,
        consistentRead: false, select: .count, exclusiveStartKey: ["pk": "a"]))
    #expect(count.count == 1)
    #expect(count.scannedCount == 2)
    _ = try await dynamoDB.query(
      QueryInput(
        tableName: "Tab", keyConditionExpression: "pk = :pk", projectionExpression: "a", expressionAttributeValues: [":pk": "a"],
        select: .specificAttributes))
  }

  @Test func scanPages() async throws {
    var pages = 0
    for try await page in dynamoDB.scanPages(ScanInput(tableName: "Tab")) {
      pages += 1
      #expect(page.items.first?["pk"] == "key")
    }
    #expect(pages == 2)
    _ = try await dynamoDB.scan(
      ScanInput(
        tableName: "Tab", indexName: "idx", filterExpression: "#n = :n", projectionExpression: "#n", expressionAttributeNames: ["#n": "n"],
        expressionAttributeValues: [":n": 1], limit: 1, consistentRead: true, select: .specificAttributes, segment: 0, totalSegments: 3,
        exclusiveStartKey: ["pk": "a"]))
  }

  @Test func batchGetItem() async throws {
    let output = try await dynamoDB.batchGetItem(
      BatchGetItemInput(
        requestItems: [
          "Partial": KeysAndAttributes(keys: [["pk": "1"], ["pk": "2"], ["pk": "3"]]),
          "Whole": KeysAndAttributes(
            keys: [["pk": .string(ContractTests.odd)]], projectionExpression: "#n", expressionAttributeNames: ["#n": "n"],
            consistentRead: true),
        ]))
    #expect(output.responses["Partial"]?.compactMap { $0["pk"]?.stringValue }.sorted() == ["1", "2", "3"])
    #expect(output.responses["Whole"]?.count == 1)
    #expect(output.unprocessedKeys.isEmpty)
  }

  @Test func batchWriteItem() async throws {
    let output = try await dynamoDB.batchWriteItem(
      BatchWriteItemInput(
        requestItems: [
          "Partial": [.put(["pk": "1"]), .put(ContractTests.everyValue), .delete(key: ["pk": "3"])],
          "Whole": [.delete(key: ["pk": "a", "sk": 1])],
        ]))
    #expect(output.unprocessedItems.isEmpty)
  }

  @Test func transactWriteItems() async throws {
    _ = try await dynamoDB.transactWriteItems(
      TransactWriteItemsInput(
        items: [
          .put(
            TransactPut(
              tableName: "Tab", item: ContractTests.everyValue, conditionExpression: "#v = :v", expressionAttributeNames: ["#v": "v"],
              expressionAttributeValues: [":v": 1], returnValuesOnConditionCheckFailure: .allOld)),
          .update(
            TransactUpdate(
              tableName: "Tab", key: ["pk": "b"], updateExpression: "SET #v = :v", conditionExpression: "a = :v",
              expressionAttributeNames: ["#v": "v"], expressionAttributeValues: [":v": ""], returnValuesOnConditionCheckFailure: .allOld)),
          .delete(
            TransactDelete(
              tableName: "Tab", key: ["pk": "c"], conditionExpression: "#v = :v", expressionAttributeNames: ["#v": "v"],
              expressionAttributeValues: [":v": .null], returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure.none)),
          .conditionCheck(
            TransactConditionCheck(
              tableName: "Tab", key: ["pk": "d"], conditionExpression: "#v = :v", expressionAttributeNames: ["#v": "v"],
              expressionAttributeValues: [":v": true], returnValuesOnConditionCheckFailure: .allOld)),
        ], clientRequestToken: "0123456789abcdef0123456789abcdef0123"))
    _ = try await dynamoDB.transactWriteItems(
      TransactWriteItemsInput(items: [
        .put(TransactPut(tableName: "T", item: ["pk": "a"])),
        .update(TransactUpdate(tableName: "T", key: ["pk": "b"], updateExpression: "REMOVE x")),
        .delete(TransactDelete(tableName: "T", key: ["pk": "c"])),
        .conditionCheck(TransactConditionCheck(tableName: "T", key: ["pk": "d"], conditionExpression: "attribute_exists(pk)")),
      ]))
  }

  // MARK: SQS

  private let queueURL = "https://sqs.us-east-1.amazonaws.com/123456789012/queue"
  private let attributes: [String: MessageAttributeValue] = [
    "text": .string(odd), "number": MessageAttributeValue(dataType: "Number", stringValue: "1.5"),
    "bytes": MessageAttributeValue(dataType: "Binary", binaryValue: [0, 255]),
  ]
  private let trace = [String: MessageAttributeValue].traceHeader("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")

  @Test func sendMessage() async throws {
    #expect(try await !sqs.sendMessage(SendMessageInput(queueURL: queueURL, messageBody: "x")).messageID.isEmpty)
    _ = try await sqs.sendMessage(
      SendMessageInput(
        queueURL: queueURL + ".fifo", messageBody: ContractTests.odd, delaySeconds: 0, messageAttributes: attributes,
        messageSystemAttributes: trace, messageDeduplicationID: "d", messageGroupID: "g"))
  }

  @Test func sendMessageBatch() async throws {
    let output = try await sqs.sendMessageBatch(
      SendMessageBatchInput(
        queueURL: queueURL,
        entries: [
          SendMessageBatchEntry(id: "minimal", messageBody: "x"),
          SendMessageBatchEntry(
            id: "full", messageBody: ContractTests.odd, delaySeconds: 900, messageAttributes: attributes, messageSystemAttributes: trace,
            messageDeduplicationID: "d", messageGroupID: "g"),
          SendMessageBatchEntry(id: "fail-1", messageBody: "x"),
        ]))
    #expect(output.successful.map(\.id) == ["minimal", "full"])
    #expect(output.failed == [BatchFailure(id: "fail-1", code: "InternalError", message: "asked for")])
  }

  @Test func receiveMessage() async throws {
    let message = try #require(try await sqs.receiveMessage(ReceiveMessageInput(queueURL: queueURL)).messages.first)
    #expect(message.body == #"{"text":"é"}"#)
    #expect(message.receiptHandle == "handle/+=")
    #expect(message.attributes["ApproximateReceiveCount"] == "1")
    #expect(message.messageAttributes["kind"] == .string("task"))
    _ = try await sqs.receiveMessage(
      ReceiveMessageInput(
        queueURL: queueURL, maxNumberOfMessages: 10, visibilityTimeoutSeconds: 0, waitTimeSeconds: 20, messageAttributeNames: ["All"],
        messageSystemAttributeNames: ["All"]))
  }

  @Test func deleteMessage() async throws {
    _ = try await sqs.deleteMessage(DeleteMessageInput(queueURL: queueURL, receiptHandle: "handle/+="))
  }

  @Test func deleteMessageBatch() async throws {
    let output = try await sqs.deleteMessageBatch(
      DeleteMessageBatchInput(
        queueURL: queueURL,
        entries: [DeleteMessageBatchEntry(id: "a", receiptHandle: "handle/+="), DeleteMessageBatchEntry(id: "fail", receiptHandle: "x")]))
    #expect(output.successful == ["a"])
    #expect(output.failed == [BatchFailure(id: "fail", code: "ReceiptHandleIsInvalid", isSenderFault: true)])
  }

  @Test func getQueueAttributes() async throws {
    let output = try await sqs.getQueueAttributes(GetQueueAttributesInput(queueURL: queueURL))
    #expect(output.attributes["ApproximateNumberOfMessages"] == "3")
    _ = try await sqs.getQueueAttributes(GetQueueAttributesInput(queueURL: queueURL, attributeNames: []))
  }

  // MARK: S3

  /// Every byte of ASCII, two to four bytes of UTF-8, what looks like a path and is a key, and the longest key.
  private static let keys =
    [
      "a", "a b/é+.txt", "../up/./here//twice", "100%/?x=1&y#z", "\u{1}\t~!*'();:@$,[]", "語/👩‍👩‍👧", "/leading", "trailing/", ".", "..", "/",
      "//",
      "./a", "../a", "a/..", "a/.", "a//b", "%2E%2E/%2F", "%", "+", "\u{7F}\u{80}\u{10FFFF}", "\r\n", String(repeating: "k", count: 1_024),
      String(repeating: "語", count: 341),
    ]
    + stride(from: 1, to: 128, by: 16).map { first in
      String(String.UnicodeScalarView((first..<min(first + 16, 128)).compactMap(Unicode.Scalar.init)))
    }

  @Test(arguments: keys)
  func objectsOfAnyKey(key: String) async throws {
    let body: [UInt8] = Array(0...255)
    let bucket = "bucket.with-dots"
    #expect(try await s3.putObject(PutObjectInput(bucket: bucket, key: key, body: body)).eTag?.isEmpty == false)
    let read = try await s3.getObject(GetObjectInput(bucket: bucket, key: key))
    #expect(read.body == body)
    #expect(try await s3.headObject(HeadObjectInput(bucket: bucket, key: key)).head.contentLength == 256)
    _ = try await s3.deleteObject(DeleteObjectInput(bucket: bucket, key: key))
    let missing = await #expect(throws: AWSError.self) { try await s3.getObject(GetObjectInput(bucket: bucket, key: key)) }
    #expect(missing?.code == "NoSuchKey")
  }

  @Test func objectsWithAllOptions() async throws {
    let bucket = "bucket"
    let key = "all options"
    _ = try await s3.putObject(
      PutObjectInput(
        bucket: bucket, key: key, body: Array("hello".utf8), contentType: "text/plain; charset=utf-8", contentEncoding: "identity",
        cacheControl: "no-store", ifNoneMatch: "*", metadata: ["Owner": "a  b", "empty": ""]))
    let again = await #expect(throws: AWSError.self) {
      try await s3.putObject(PutObjectInput(bucket: bucket, key: key, body: [], ifNoneMatch: "*"))
    }
    #expect(again?.code == "PreconditionFailed")
    #expect(again?.httpStatus == 412)
    let part = try await s3.getObject(GetObjectInput(bucket: bucket, key: key, versionID: "v=&1", range: "bytes=1-3", ifMatch: "\"x\""))
    #expect(part.body == Array("ell".utf8))
    let head = try await s3.headObject(HeadObjectInput(bucket: bucket, key: key, versionID: "null")).head
    #expect(head.contentType == "text/plain; charset=utf-8")
    let unchanged = await #expect(throws: AWSError.self) {
      try await s3.getObject(GetObjectInput(bucket: bucket, key: key, ifNoneMatch: head.eTag))
    }
    #expect(unchanged?.code == "NotModified")
    _ = try await s3.putObject(PutObjectInput(bucket: bucket, key: key, body: [], ifMatch: head.eTag))
    #expect(try await s3.getObject(GetObjectInput(bucket: bucket, key: key)).body.isEmpty)
    _ = try await s3.deleteObject(DeleteObjectInput(bucket: bucket, key: key, versionID: "v"))
    let missing = await #expect(throws: AWSError.self) { try await s3.headObject(HeadObjectInput(bucket: bucket, key: key)) }
    #expect(missing?.code == "NotFound")
    #expect(missing?.httpStatus == 404)
  }

  @Test func objectPages() async throws {
    var keys: [String] = []
    for try await page in s3.objectPages(ListObjectsV2Input(bucket: "bucket")) { keys += page.objects.map(\.key) }
    #expect(keys == ["first", "second & last"])
    let page = try await s3.listObjectsV2(
      ListObjectsV2Input(bucket: "bucket", prefix: "a b/é&", delimiter: "/", maxKeys: 10, startAfter: "x+y"))
    #expect(page.isTruncated)
    #expect(page.nextContinuationToken == "token/+=&")
    #expect(page.commonPrefixes == ["a b/é&folder/"])
    #expect(page.objects.first?.size == 42)
    #expect(page.objects.first?.eTag == "\"d41d8cd98f00b204e9800998ecf8427e\"")
  }

  // MARK: EventBridge

  @Test func putEvents() async throws {
    let output = try await EventBridgeClient(client).putEvents(
      PutEventsInput(entries: [
        PutEventsEntry(source: "s", detailType: "d", detail: "{}"),
        PutEventsEntry(
          source: ContractTests.odd, detailType: "full", detail: #"{"a":"é"}"#,
          eventBusName: "arn:aws:events:us-east-1:123456789012:event-bus/b",
          resources: ["arn:aws:s3:::bucket"], timeMilliseconds: 1_767_323_045_678, traceHeader: "Root=1-5759e988-bd862e3fe1be46a994272793"),
        PutEventsEntry(source: "s", detailType: "fail", detail: "{}"),
      ]))
    #expect(output.failedEntryCount == 1)
    #expect(output.entries.map(\.isFailure) == [false, false, true])
    #expect(output.entries.last?.errorCode == "InternalFailure")
  }

  // MARK: Secrets and parameters

  @Test func getSecretValue() async throws {
    let secrets = SecretsManagerClient(client)
    let text = try await secrets.getSecretValue(GetSecretValueInput(secretID: "orders/database"))
    #expect(text.secretString == #"{"password":"é"}"#)
    #expect(text.versionStages == ["AWSCURRENT"])
    #expect(text.createdMilliseconds == 1_767_323_045_000)
    let bytes = try await secrets.getSecretValue(
      GetSecretValueInput(secretID: "binary", versionID: String(repeating: "v", count: 32), versionStage: "AWSPREVIOUS"))
    #expect(bytes.secretBinary == [0, 255])
    #expect(bytes.secretString == nil)
  }

  @Test func parameters() async throws {
    let ssm = SSMClient(client)
    let stored = try await ssm.getParameter(GetParameterInput(name: "/prod/key:3")).parameter
    #expect(stored.value == "AQICAH==")
    #expect(stored.lastModifiedMilliseconds == 1_767_323_045_000)
    let clear = try await ssm.getParameter(GetParameterInput(name: "/prod/key", withDecryption: true)).parameter
    #expect(clear.value == "clear text")
    let several = try await ssm.getParameters(GetParametersInput(names: ["/a", "missing"], withDecryption: true))
    #expect(several.parameters.map(\.name) == ["/a"])
    #expect(several.invalidParameters == ["missing"])
    var names: [String] = []
    for try await page in ssm.parameterPages(
      GetParametersByPathInput(path: "/prod", recursive: true, withDecryption: true, maxResults: 10))
    { names += page.parameters.map(\.name) }
    #expect(names == ["/prod/first", "/prod/second"])
  }

  // MARK: Bedrock

  private let fullRequest = ConverseRequest(
    messages: [
      .user(.text(odd), .cachePoint),
      .assistant(.toolUse(id: "tooluse_1", name: "look", input: ["n": 1, "deep": [["x": nil]], "big": 12345678901234567890.0])),
      .user(.toolResult(id: "tooluse_1", content: [.text("ok"), .json(["a": [1, 2.5, "é"]])], status: .success)),
    ], system: [.text("Be brief."), .cachePoint],
    inferenceConfiguration: InferenceConfiguration(maxTokens: 2048, temperature: 0, topP: 1, stopSequences: ["END"]),
    toolConfiguration: ToolConfiguration(
      tools: [
        ToolSpecification(name: "look", description: "Looks.", inputSchema: ["type": "object", "properties": ["n": ["type": "integer"]]])
      ], toolChoice: .auto),
    guardrailConfiguration: GuardrailConfiguration(identifier: "abcdef", version: "1"),
    requestMetadata: ["orchestration": "o-1"], additionalModelRequestFields: ["top_k": 5])

  @Test(arguments: [
    "anthropic.claude-3-5-sonnet-20241022-v2:0",
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-v1:0",
  ])
  func converse(modelID: String) async throws {
    let plain = try await bedrock.converse(modelID: modelID, ConverseRequest(messages: [.user("hi")]))
    #expect(plain.message.text == "Let me look.")
    #expect(plain.stopReason == .endTurn)
    let full = try await bedrock.converse(modelID: modelID, fullRequest)
    #expect(full.stopReason == .toolUse)
    #expect(full.usage.inputTokens == 11)
    #expect(full.message.toolUses.first?.name == "look")
  }

  @Test func converseStream() async throws {
    var text = ""
    var input = ""
    var last: ConverseStreamEvent?
    for try await event in try await bedrock.converseStream(modelID: "anthropic.claude-3-5-sonnet-20241022-v2:0", fullRequest) {
      last = event
      if case .contentBlockDelta(_, .text(let more)) = event { text += more }
      if case .contentBlockDelta(_, .toolUseInput(let more)) = event { input += more }
    }
    #expect(text == "Let me look. é")
    #expect(input == #"{"n":1}"#)
    #expect(last == .metadata(usage: TokenUsage(inputTokens: 11, outputTokens: 7, totalTokens: 18), metrics: ["latencyMs": 123]))
  }

  // MARK: Credentials

  @Test func temporaryCredentialsSendTheirToken() async throws {
    let client = try ContractTests.client(sessionToken: "token/+= with everything")
    _ = try await DynamoDBClient(client).getItem(GetItemInput(tableName: "Tab", key: ["pk": "a"]))
    _ = try await S3Client(client).listObjectsV2(ListObjectsV2Input(bucket: "bucket"))
  }

  @Test func aRefusedKeyIsAnErrorThatShowsNoSecret() async throws {
    let token = "a session token that nobody may see"
    let client = try ContractTests.client(accessKeyID: "AKIAREFUSED", sessionToken: token)
    let error = await #expect(throws: AWSError.self) {
      try await DynamoDBClient(client).getItem(GetItemInput(tableName: "Tab", key: ["pk": "a"]))
    }
    #expect(error?.isRetryable == false)
    #expect(error?.operation == "GetItem")
    #expect(error?.requestID == "oracle")
    // The oracle says again what was signed, as AWS does.
    #expect(error?.message.contains("x-amz-security-token:(not shown)") == true)
    #expect(error.map { "\($0)".contains(token) } == false)
  }
}
