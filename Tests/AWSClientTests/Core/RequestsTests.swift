import JSON
import Testing

@testable import AWSClient

/// What happens to a request between a service's client and the wire: attempts, deadline, trace id, clock skew.
struct RequestsTests {
  private let input = GetItemInput(tableName: "orders", key: ["id": "a"])
  private let found = FakeTransport.Answer.json(#"{"Item":{"id":{"S":"a"}}}"#)
  private let unavailable = FakeTransport.Answer.json("{}", status: 503)
  private let throttled = FakeTransport.Answer.json(
    #"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}"#, status: 400)

  @Test func aTransientErrorIsRetriedAfterItsDelay() async throws {
    let transport = FakeTransport([unavailable, throttled, found])
    let clock = FakeClock()
    let output = try await DynamoDBClient(.fake(transport, clock: clock)).getItem(input)
    #expect(output.item == ["id": "a"])
    #expect(clock.sleptMilliseconds == [12, 1_000])
    #expect(transport.requests.map { $0.headers["amz-sdk-request"] } == ["attempt=1; max=4", "attempt=2; max=4", "attempt=3; max=4"])
    #expect(Set(transport.requests.map { $0.headers["amz-sdk-invocation-id"] }).count == 1)
  }

  @Test func everyAttemptIsSignedForItsOwnTime() async throws {
    let transport = FakeTransport([throttled, throttled, found])
    _ = try await DynamoDBClient(.fake(transport, clock: FakeClock(fraction: 0.999))).getItem(input)
    #expect(transport.requests.map { $0.headers["x-amz-date"] } == ["20150830T123600Z", "20150830T123600Z", "20150830T123602Z"])
  }

  @Test func attemptsEndAtTheServicesMaximum() async throws {
    let transport = FakeTransport(Array(repeating: unavailable, count: 10))
    let error = await #expect(throws: AWSError.self) { try await DynamoDBClient(.fake(transport)).getItem(input) }
    #expect(error?.httpStatus == 503)
    #expect(error?.isRetryable == true)
    #expect(transport.requests.count == 4)
  }

  @Test func theConfiguredNumberOfAttemptsCounts() async throws {
    let transport = FakeTransport(Array(repeating: unavailable, count: 10))
    let client = AWSClient.fake(transport) { $0.maximumAttempts = 2 }
    await #expect(throws: AWSError.self) { try await DynamoDBClient(client).getItem(input) }
    #expect(transport.requests.count == 2)
  }

  @Test(arguments: ["ConnectionFailed", "ConnectionLost", "RequestTimedOut"])
  func aLostConnectionIsRetriedAndNamesTheCall(code: String) async throws {
    let lost = AWSError(code: code, message: "no connection to http://x", isRetryable: true)
    let transport = FakeTransport(Array(repeating: .failure(lost), count: 4))
    let error = await #expect(throws: AWSError.self) { try await DynamoDBClient(.fake(transport)).getItem(input) }
    #expect(error?.code == code)
    #expect(error?.service == "DynamoDB")
    #expect(error?.operation == "GetItem")
    #expect(transport.requests.count == 4)
  }

  @Test(arguments: [("AKIA\n", "FwoG"), ("AKIA", "FwoG\n"), ("AKIA", "Fw\r\nx-amz-target: other"), ("AKIA", "Fwög")])
  func credentialsThatWouldBreakAHeaderAreRefused(id: String, token: String) async throws {
    let transport = FakeTransport([found])
    let keys = Credentials(accessKeyID: id, secretAccessKey: "secret", sessionToken: token)
    let client = AWSClient.fake(transport) { $0.credentials = StaticCredentialsProvider(keys) }
    let error = await #expect(throws: AWSError.self) { try await DynamoDBClient(client).getItem(input) }
    #expect(error?.code == "CredentialsUnavailable")
    #expect(error?.mentions("line break") == true)
    #expect(error?.description.contains(token) == false)
    let link = await #expect(throws: AWSError.self) { try await S3Client(client).presigned(GetObjectInput(bucket: "bucket", key: "k")) }
    #expect(link?.code == "CredentialsUnavailable")
    #expect(transport.requests.isEmpty)
  }

  @Test func anErrorOfTheCallersIsNotRetried() async throws {
    let transport = FakeTransport([.json(#"{"__type":"ValidationException","message":"no such key"}"#, status: 400), found])
    let error = await #expect(throws: AWSError.self) { try await DynamoDBClient(.fake(transport)).getItem(input) }
    #expect(error?.code == "ValidationException")
    #expect(error?.isRetryable == false)
    #expect(transport.requests.count == 1)
  }

  @Test func noAttemptWaitsPastTheDeadline() async throws {
    let transport = FakeTransport([throttled, found])
    let clock = FakeClock()
    let client = DynamoDBClient(.fake(transport, clock: clock))
    let error = await RequestContext.$deadlineMilliseconds.withValue(clock.nowMilliseconds + 500) {
      await #expect(throws: AWSError.self) { try await client.getItem(input) }
    }
    #expect(error?.code == "ProvisionedThroughputExceededException")
    #expect(clock.sleptMilliseconds.isEmpty)
  }

  @Test func noAttemptBeginsAfterTheDeadline() async throws {
    let transport = FakeTransport([found])
    let clock = FakeClock()
    let client = DynamoDBClient(.fake(transport, clock: clock))
    let error = await RequestContext.$deadlineMilliseconds.withValue(clock.nowMilliseconds) {
      await #expect(throws: AWSError.self) { try await client.getItem(input) }
    }
    #expect(error?.code == "DeadlineExceeded")
    #expect(transport.requests.isEmpty)
  }

  @Test func credentialsAreNotFetchedAfterTheDeadline() async throws {
    let transport = FakeTransport([found])
    let clock = FakeClock()
    let client = AWSClient.fake(transport, clock: clock) {
      $0.credentials = UnaskedProvider()
    }
    let error = await RequestContext.$deadlineMilliseconds.withValue(clock.nowMilliseconds) {
      await #expect(throws: AWSError.self) { try await DynamoDBClient(client).getItem(input) }
    }
    #expect(error?.code == "DeadlineExceeded")
  }

  private struct UnaskedProvider: CredentialsProvider {
    func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
      Issue.record("credentials were asked for")
      throw AWSError(code: AWSError.credentialsCode, message: "")
    }
  }

  @Test func aSourceOfCredentialsMakesItsOwnAttempts() async throws {
    let transport = FakeTransport(Array(repeating: unavailable, count: 20))
    let provider = try AWSConfiguration.fromEnvironment(["AWS_REGION": "us-east-1", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"])
      .credentials
    let client = AWSClient.fake(transport) { $0.credentials = provider }
    let error = await #expect(throws: AWSError.self) { try await DynamoDBClient(client).getItem(input) }
    #expect(error?.code == "CredentialsUnavailable")
    #expect(transport.requests.count == 3)
  }

  @Test func anAttemptsTimeEndsBeforeTheDeadline() async throws {
    let transport = FakeTransport([found])
    let clock = FakeClock()
    let client = DynamoDBClient(.fake(transport, clock: clock))
    _ = try await RequestContext.$deadlineMilliseconds.withValue(clock.nowMilliseconds + 2_000) { try await client.getItem(input) }
    let request = try #require(transport.requests.first)
    #expect((1_900..<2_000).contains(request.timeoutMilliseconds))
    #expect(request.connectTimeoutMilliseconds <= request.timeoutMilliseconds)
  }

  @Test func theTraceIDTravelsUnsigned() async throws {
    let transport = FakeTransport([found])
    let client = DynamoDBClient(.fake(transport))
    let traceID = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    _ = try await RequestContext.$traceID.withValue(traceID) { try await client.getItem(input) }
    let headers = try #require(transport.requests.first).headers
    #expect(headers["x-amzn-trace-id"] == traceID)
    #expect(headers["authorization"]?.contains("x-amzn-trace-id") == false)
  }

  @Test func aClockThatIsOffIsCorrectedOnceFromTheServicesDate() async throws {
    let skewed = FakeTransport.Answer.json(
      #"{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Signature expired"}"#, status: 400,
      headers: ["Date": "Sun, 30 Aug 2015 14:36:00 GMT"])
    let transport = FakeTransport([skewed, found, found])
    let client = DynamoDBClient(.fake(transport))
    _ = try await client.getItem(input)
    _ = try await client.getItem(input)
    #expect(transport.requests.map { $0.headers["x-amz-date"] } == ["20150830T123600Z", "20150830T143600Z", "20150830T143600Z"])
  }

  @Test func aClockThatIsFastIsCorrectedAsWell() async throws {
    let skewed = FakeTransport.Answer.json(
      "<Error><Code>RequestTimeTooSkewed</Code><Message>too far apart</Message></Error>", status: 403,
      headers: ["Date": "Sun, 30 Aug 2015 10:06:00 GMT"])
    let transport = FakeTransport([skewed, .json("")])
    _ = try await S3Client(.fake(transport)).getObject(GetObjectInput(bucket: "bucket", key: "k"))
    #expect(transport.requests.map { $0.headers["x-amz-date"] } == ["20150830T123600Z", "20150830T100600Z"])
  }

  @Test func aClockIsCorrectedOnceForARequest() async throws {
    func skewed(_ hour: Int) -> FakeTransport.Answer {
      .json(#"{"__type":"InvalidSignatureException","message":"no"}"#, status: 400, headers: ["Date": "Sun, 30 Aug 2015 \(hour):00:00 GMT"])
    }
    let transport = FakeTransport([skewed(15), skewed(18), found])
    let error = await #expect(throws: AWSError.self) { try await DynamoDBClient(.fake(transport)).getItem(input) }
    #expect(error?.code == "InvalidSignatureException")
    #expect(transport.requests.count == 2)
  }

  @Test func aTransactionKeepsItsTokenOverRetries() async throws {
    let transport = FakeTransport([unavailable, throttled, .json("{}")])
    let write = TransactWriteItemsInput(items: [.delete(TransactDelete(tableName: "t", key: ["a": "b"]))])
    _ = try await DynamoDBClient(.fake(transport)).transactWriteItems(write)
    let tokens = try transport.bodies().map { $0["ClientRequestToken"]?.stringValue }
    #expect(tokens.count == 3)
    #expect(Set(tokens).count == 1)
    #expect(tokens.first??.utf8.count == 36)
  }

  @Test func theServiceSaysHowLongToWait() async throws {
    let later = FakeTransport.Answer.json("{}", status: 503, headers: ["x-amz-retry-after": "1500"])
    let transport = FakeTransport([later, found])
    let clock = FakeClock()
    _ = try await DynamoDBClient(.fake(transport, clock: clock)).getItem(input)
    #expect(clock.sleptMilliseconds == [1_500])
  }

  @Test func eachServiceHasAQuotaOfItsOwn() async throws {
    let client = AWSClient.fake(FakeTransport(Array(repeating: unavailable, count: 400))) { $0.maximumAttempts = 100 }
    // 35 retries at 14 units use up the quota of 500.
    await #expect(throws: AWSError.self) { try await DynamoDBClient(client).getItem(input) }
    #expect(client.withQuota(of: .dynamoDB) { $0.available } == 500 - 35 * 14)
    #expect(client.withQuota(of: .s3) { $0.available } == 500)
  }

  @Test(arguments: [(nil, 10_000), (2_500, 2_500)] as [(Int64?, Int64)])
  func anOperationHasItsOwnTimeUnlessConfigured(configured: Int64?, expected: Int64) async throws {
    let transport = FakeTransport([found])
    _ = try await DynamoDBClient(.fake(transport) { $0.requestTimeoutMilliseconds = configured }).getItem(input)
    let request = try #require(transport.requests.first)
    #expect(request.timeoutMilliseconds == expected)
    #expect(request.connectTimeoutMilliseconds == min(3_000, expected))
    #expect(request.idleTimeoutMilliseconds == nil)
  }

  @Test func modelsAndObjectsHaveTheTimeThatTheyTake() async throws {
    let transport = FakeTransport([.json(""), .json(#"{"stopReason":"end_turn"}"#), .stream(status: 200, [])])
    let client = AWSClient.fake(transport) { $0.requestTimeoutMilliseconds = 1 }
    _ = try await S3Client(client).getObject(GetObjectInput(bucket: "bucket", key: "k"))
    _ = try? await BedrockRuntimeClient(client).converse(modelID: "m", ConverseRequest(messages: [.user("hi")]))
    _ = try await BedrockRuntimeClient(client).converseStream(modelID: "m", ConverseRequest(messages: [.user("hi")]))
    #expect(transport.requests.map(\.timeoutMilliseconds) == [900_000, 900_000, 900_000])
    #expect(transport.requests.map(\.idleTimeoutMilliseconds) == [30_000, nil, 60_000])
  }

  @Test func aWrongSignatureWithARightClockIsNotRetried() async throws {
    let refused = FakeTransport.Answer.json(
      #"{"__type":"InvalidSignatureException","message":"no"}"#, status: 400, headers: ["Date": "Sun, 30 Aug 2015 12:36:01 GMT"])
    let transport = FakeTransport([refused, found])
    await #expect(throws: AWSError.self) { try await DynamoDBClient(.fake(transport)).getItem(input) }
    #expect(transport.requests.count == 1)
  }

  @Test func anAnswerWithAWrongChecksumIsAskedForAgain() async throws {
    let body = #"{"Item":{"id":{"S":"a"}}}"#
    let damaged = FakeTransport.Answer.json(body, headers: ["x-amz-crc32": "1"])
    let sound = FakeTransport.Answer.json(body, headers: ["x-amz-crc32": "\(CRC32.checksum(Array(body.utf8)))"])
    let transport = FakeTransport([damaged, sound])
    #expect(try await DynamoDBClient(.fake(transport)).getItem(input).item == ["id": "a"])
    #expect(transport.requests.count == 2)
  }

  @Test func anEmptyAnswerIsNotAMissingItem() async throws {
    let error = await #expect(throws: AWSError.self) { try await DynamoDBClient(.fake(FakeTransport([.json("")]))).getItem(input) }
    #expect(error?.code == "InvalidResponse")
  }

  @Test func anAnswerThatIsNoJSONNamesTheCallAndThePlace() async throws {
    let transport = FakeTransport([.json(#"{"Item":"#, headers: ["x-amzn-RequestId": "R1"])])
    let error = await #expect(throws: AWSError.self) { try await DynamoDBClient(.fake(transport)).getItem(input) }
    #expect(error?.code == "InvalidResponse")
    #expect(error?.requestID == "R1")
    #expect(error?.message.contains("at byte 8") == true)
  }
}
