import Testing

@testable import AWSClient

/// What becomes of each form in which AWS writes errors.
struct ServiceErrorTests {
  private func error(_ answer: FakeTransport.Answer, attempts: Int = 1) async -> AWSError? {
    let client = AWSClient.fake(FakeTransport([answer])) { $0.maximumAttempts = attempts }
    return await #expect(throws: AWSError.self) { try await DynamoDBClient(client).getItem(GetItemInput(tableName: "t", key: ["a": "b"])) }
  }

  @Test(
    arguments: [
      (#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no table"}"#, HTTPHeaders()),
      (#"{"__type":"ResourceNotFoundException:http://internal/coral","Message":"no table"}"#, [:]),
      (#"{"code":"aws.x#ResourceNotFoundException","errorMessage":"no table"}"#, [:]),
      (#"{"message":"no table"}"#, ["x-amzn-ErrorType": "ResourceNotFoundException:http://internal/"]),
      (#"{"__type":"Other","message":"no table"}"#, ["x-amzn-errortype": "ResourceNotFoundException"]),
    ] as [(String, HTTPHeaders)])
  func codesOfJSONServicesLoseNamespaceAndSuffix(body: String, headers: HTTPHeaders) async {
    let error = await error(.json(body, status: 400, headers: headers))
    #expect(error?.code == "ResourceNotFoundException")
    #expect(error?.message == "no table")
    #expect(error?.httpStatus == 400)
    #expect(error?.isRetryable == false)
  }

  @Test(arguments: ["", "<html>502</html>", "[]", "{", "null"])
  func aBodyThatIsNoErrorLeavesTheStatus(body: String) async {
    let error = await error(.json(body, status: 502, headers: ["x-amzn-RequestId": "R"]))
    #expect(error?.code == "HTTP502")
    #expect(error?.requestID == "R")
    #expect(error?.isRetryable == true)
    #expect(error?.isThrottling == false)
  }

  @Test(arguments: ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "SlowDown"])
  func throttlingIsKnownByItsCode(code: String) async {
    let error = await error(.json(#"{"__type":"\#(code)"}"#, status: 400))
    #expect(error?.isThrottling == true)
    #expect(error?.isRetryable == true)
  }

  @Test func aFailedConditionBringsTheItem() async {
    let body = #"{"__type":"a#ConditionalCheckFailedException","message":"The conditional request failed","Item":{"v":{"N":"7"}}}"#
    let error = await error(.json(body, status: 400))
    #expect(error?.isConditionalCheckFailed == true)
    #expect(error?.item == ["v": 7])
  }

  @Test(arguments: [
    (["ThrottlingError", "None"], true), (["TransactionConflict", "ProvisionedThroughputExceeded"], true),
    (["TransactionConflict", "None"], false),
    (["ThrottlingError", "ConditionalCheckFailed"], false), (["None", "ValidationError"], false),
  ])
  func aTransactionThatThrottlingAloneCancelledMayBeTriedAgain(reasons: [String], isThrottling: Bool) async {
    let list = reasons.map { #"{"Code":"\#($0)"}"# }.joined(separator: ",")
    let body = #"{"__type":"a#TransactionCanceledException","Message":"Transaction cancelled","CancellationReasons":[\#(list)]}"#
    let error = await error(.json(body, status: 400))
    #expect(error?.isThrottling == isThrottling)
    #expect(error?.isRetryable == isThrottling)
  }

  @Test func aCancelledTransactionSaysWhyForEachItem() async throws {
    let body = """
      {"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled",
       "CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"no","Item":{"v":{"N":"7"}}},{"Code":"None","Message":null}]}
      """
    let transport = FakeTransport([.json(body, status: 400)])
    let input = TransactWriteItemsInput(items: [.delete(TransactDelete(tableName: "t", key: ["a": "b"]))])
    let error = await #expect(throws: AWSError.self) { try await DynamoDBClient(.fake(transport)).transactWriteItems(input) }
    #expect(error?.isTransactionConditionFailed == true)
    #expect(error?.cancellationReasons.map(\.code) == ["None", "ConditionalCheckFailed", "None"])
    #expect(error?.cancellationReasons[1].item == ["v": 7])
    #expect(error.map { "\($0)" }?.hasSuffix("[None, ConditionalCheckFailed, None]") == true)
    #expect(error?.isRetryable == false)
  }

  @Test func sqsErrorsHaveTheirQueryCodes() async {
    let answer = FakeTransport.Answer.json(
      #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}"#, status: 400,
      headers: ["x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"])
    let client = SQSClient(.fake(FakeTransport([answer])))
    let error = await #expect(throws: AWSError.self) {
      try await client.deleteMessage(DeleteMessageInput(queueURL: "https://q", receiptHandle: "r"))
    }
    #expect(error?.code == "AWS.SimpleQueueService.NonExistentQueue")
  }

  @Test func s3ErrorsAreXML() async {
    let body = """
      <?xml version="1.0" encoding="UTF-8"?>
      <Error><Code>NoSuchKey</Code><Message>The key &quot;a&amp;b&quot; does not exist.</Message><Key>k</Key><RequestId>4442587FB7D0A2F9</RequestId></Error>
      """
    let client = S3Client(.fake(FakeTransport([.json(body, status: 404)])))
    let error = await #expect(throws: AWSError.self) { try await client.getObject(GetObjectInput(bucket: "bucket", key: "k")) }
    #expect(error?.code == "NoSuchKey")
    #expect(error?.message == "The key \"a&b\" does not exist.")
    #expect(error?.requestID == "4442587FB7D0A2F9")
  }

  @Test(arguments: [
    (404, "NotFound"), (403, "Forbidden"), (304, "NotModified"), (412, "PreconditionFailed"), (301, "PermanentRedirect"), (418, "HTTP418"),
  ])
  func anAnswerWithoutABodyIsNamedByItsStatus(status: Int, code: String) async {
    let client = S3Client(.fake(FakeTransport([.response(HTTPResponse(status: status, headers: ["x-amz-request-id": "R"]))])))
    let error = await #expect(throws: AWSError.self) { try await client.headObject(HeadObjectInput(bucket: "bucket", key: "k")) }
    #expect(error?.code == code)
    #expect(error?.httpStatus == status)
    #expect(error?.requestID == "R")
  }

  @Test(
    arguments: [
      (
        301,
        "<Error><Code>PermanentRedirect</Code><Message>The bucket must be addressed elsewhere.</Message><Endpoint>b.s3.eu-west-1.amazonaws.com</Endpoint></Error>",
        ["x-amz-bucket-region": "eu-west-1"]
      ),
      (
        400,
        "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message><Region>eu-west-1</Region></Error>",
        [:]
      ), (301, "", ["x-amz-bucket-region": "eu-west-1"]), (400, "", ["x-amz-bucket-region": "eu-west-1"]),
    ] as [(Int, String, HTTPHeaders)])
  func aBucketOfAnotherRegionIsNamed(status: Int, body: String, headers: HTTPHeaders) async {
    let client = S3Client(.fake(FakeTransport([.json(body, status: status, headers: headers)])))
    let error = await #expect(throws: AWSError.self) { try await client.headObject(HeadObjectInput(bucket: "bucket", key: "k")) }
    #expect(error?.isRetryable == false)
    #expect(
      error?.message.hasSuffix(
        " [the bucket is in the region 'eu-west-1', the client calls 'us-east-1': use a client whose region is 'eu-west-1']") == true)
  }

  @Test(arguments: [(403, "us-east-1"), (403, "eu-west-1"), (400, "us-east-1")])
  func anotherRefusalSaysNothingOfRegions(status: Int, region: String) async {
    let answer = FakeTransport.Answer.json("", status: status, headers: ["x-amz-bucket-region": region])
    let client = S3Client(.fake(FakeTransport([answer])))
    let error = await #expect(throws: AWSError.self) { try await client.headObject(HeadObjectInput(bucket: "bucket", key: "k")) }
    #expect(error?.mentions("region") == false)
  }

  @Test(
    arguments: [
      ("<Error><Code>AccessDenied</Code><HostId>in the body</HostId></Error>", HTTPHeaders(), "in the body"),
      ("", ["x-amz-id-2": "in the head"], "in the head"),
    ] as [(String, HTTPHeaders, String)])
  func s3sSecondIDIsKept(body: String, headers: HTTPHeaders, id: String) async {
    let client = S3Client(.fake(FakeTransport([.json(body, status: 403, headers: headers)])))
    let error = await #expect(throws: AWSError.self) { try await client.getObject(GetObjectInput(bucket: "bucket", key: "k")) }
    #expect(error?.extendedRequestID == id)
    #expect(error.map { "\($0)".contains("(HTTP 403, extended id \(id))") } == true)
  }

  @Test func anErrorWithinStatus200IsRetried() async throws {
    let late = FakeTransport.Answer.json("<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code><Message>Try again</Message></Error>")
    let done = FakeTransport.Answer.json("", headers: ["ETag": "\"e\""])
    let transport = FakeTransport([late, done])
    let output = try await S3Client(.fake(transport)).putObject(PutObjectInput(bucket: "bucket", key: "k", body: []))
    #expect(output.eTag == "\"e\"")
    #expect(transport.requests.count == 2)
  }

  @Test func anObjectThatLooksLikeAnErrorIsAnObject() async throws {
    let body = "<Error><Code>InternalError</Code></Error>"
    let output = try await S3Client(.fake(FakeTransport([.json(body)]))).getObject(GetObjectInput(bucket: "bucket", key: "k"))
    #expect(output.body == Array(body.utf8))
  }

  @Test func aRefusedSignatureDoesNotGiveTheTokenAway() async {
    let token = "FwoGZXIvYXdzEA=="
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    let body =
      #"{"__type":"InvalidSignatureException","message":"should have been 'x-amz-security-token:\#(token)\nx' and '\#(secret)' not"}"#
    let client = AWSClient.fake(FakeTransport([.json(body, status: 400)])) {
      $0.credentials = StaticCredentialsProvider(Credentials(accessKeyID: "AKIA", secretAccessKey: secret, sessionToken: token))
    }
    let error = await #expect(throws: AWSError.self) {
      try await DynamoDBClient(client).getItem(GetItemInput(tableName: "t", key: ["a": "b"]))
    }
    #expect(error?.message == "should have been 'x-amz-security-token:(not shown)\nx' and '(not shown)' not")
  }

  @Test func theLocalCloudsSecretTakesNoWordsOutOfMessages() async {
    let client = AWSClient.fake(FakeTransport([.json(#"{"__type":"E","message":"no table 'latest-tests'"}"#, status: 400)])) {
      $0.credentials = StaticCredentialsProvider(Credentials(accessKeyID: "test", secretAccessKey: "test", sessionToken: "test"))
    }
    let error = await #expect(throws: AWSError.self) {
      try await DynamoDBClient(client).getItem(GetItemInput(tableName: "latest-tests", key: ["a": "b"]))
    }
    #expect(error?.message == "no table 'latest-tests'")
  }

  @Test func aRequestIsDescribedWithoutItsHeaders() {
    let request = HTTPRequest(method: "GET", url: "https://host/", headers: ["Authorization": "very secret"])
    var dumped = ""
    dump(request, to: &dumped)
    dump(HTTPResponse(status: 200, headers: ["Set-Cookie": "very secret"], body: Array("very secret".utf8)), to: &dumped)
    dump(HTTPHeaders(dictionaryLiteral: ("Authorization", "very secret")), to: &dumped)
    dumped += "\(request.headers) \(String(reflecting: request.headers))"
    #expect("\(request)" == "GET https://host/ (0 bytes)")
    #expect(dumped.firstRange(of: "very secret") == nil)
  }

  @Test func descriptionsSayWhatWhereAndWhy() {
    let error = AWSError(
      code: "ResourceNotFoundException", message: "no table", service: "DynamoDB", operation: "GetItem", httpStatus: 400, requestID: "R")
    #expect("\(error)" == "DynamoDB GetItem: ResourceNotFoundException (HTTP 400, request R): no table")
  }
}
