import AWSClient
import SimulatedAWS
import Testing

@Suite struct CloudTests {
  private let url = "https://sqs.us-east-1.amazonaws.com/123456789012/tasks"

  private func cloud() -> SimulatedCloud {
    SimulatedCloud(
      queues: SimulatedQueues([QueueDefinition(url: url)]), bus: SimulatedBus(busNames: ["bus"]), buckets: SimulatedBuckets(["blobs"]),
      models: SimulatedModels { _ in .message([.text("hello")], stopReason: .endTurn, usage: TokenUsage(inputTokens: 1, outputTokens: 2)) })
  }

  private func useAll(_ client: AWSClient) async throws {
    _ = try await SQSClient(client).sendMessage(SendMessageInput(queueURL: url, messageBody: "m"))
    let event = PutEventsEntry(source: "s", detailType: "t", detail: "{}", eventBusName: "bus")
    _ = try await EventBridgeClient(client).putEvents(PutEventsInput(entries: [event]))
    _ = try await S3Client(client).putObject(PutObjectInput(bucket: "blobs", key: "a/b", body: [1]))
    _ = try await S3Client(client).listObjectsV2(ListObjectsV2Input(bucket: "blobs"))
    _ = try await BedrockRuntimeClient(client).converse(modelID: "m:0", ConverseRequest(messages: [.user("hi")]))
  }

  private let expected = [
    "bedrock-runtime Converse 1", "events PutEvents 1", "s3 ListObjectsV2 1", "s3 PutObject 1", "sqs SendMessage 1",
  ]

  @Test func `each request finds its service and is counted`() async throws {
    let cloud = cloud()
    try await useAll(Bench(cloud).client)
    #expect(cloud.counts.map { "\($0.operation) \($0.count)" } == expected)
  }

  @Test func `each request finds its service at an address of one's own`() async throws {
    let cloud = cloud()
    let endpoint = try Endpoint(url: "http://localhost:4999")
    let bench = Bench(cloud) { $0.endpoint = endpoint }
    try await useAll(bench.client)
    #expect(cloud.counts.map { "\($0.operation) \($0.count)" } == expected)
    #expect(cloud.buckets?.get("a/b", from: "blobs") == [1])
  }

  @Test func `a request that is signed for another time is refused, and the client follows`() async throws {
    for minutes in [-20, 20] as [Int64] {
      let cloud = cloud()
      let bench = Bench(cloud)
      bench.clock.step(milliseconds: minutes * 60_000)
      try await useAll(bench.client)
      // The first request tells the client how far it is off; the others are signed for the right time.
      #expect(bench.transport.exchanges.map(\.response.status) == [403, 200, 200, 200, 200, 200])
    }
    let cloud = cloud()
    let bench = Bench(cloud)
    bench.clock.step(milliseconds: 299_000)
    try await useAll(bench.client)
    #expect(cloud.counts.map { "\($0.operation) \($0.count)" } == expected)
  }

  @Test(arguments: [
    ("https://dynamodb.us-east-1.amazonaws.com/", "DynamoDB_20120810.UpdateItem", "dynamodb UpdateItem"),
    ("http://localhost:1/", "DynamoDB_20120810.Query", "dynamodb Query"),
    ("https://sqs-fips.us-east-1.amazonaws.com", "AmazonSQS.SendMessage", "sqs SendMessage"),
    ("https://ssm.us-east-1.amazonaws.com/", "AmazonSSM.GetParameter", "ssm GetParameter"),
    ("https://s3.us-east-1.amazonaws.com/bucket/key?x-id=PutObject", nil, "s3 PutObject"),
    ("https://bucket.s3.us-east-1.amazonaws.com/key", nil, "s3 PutObject"),
    ("https://s3.us-east-1.amazonaws.com/bucket", nil, "s3 PUT /bucket"),
    ("https://bedrock-runtime.us-east-1.amazonaws.com/model/a%2Fb/converse", nil, "bedrock-runtime PUT /model/a%2Fb/converse"),
    ("https://example.com/x?y", nil, "unknown PUT /x"), ("nonsense", nil, "unknown PUT /"),
  ])
  func `names of services and operations`(url: String, target: String?, name: String) {
    var request = HTTPRequest(method: "PUT", url: url)
    if let target { request.headers.append("X-Amz-Target", target) }
    #expect("\(SimulatedCloud.operation(of: request))" == name)
  }

  @Test func `what no service answers is an error of AWS's`() async throws {
    let cloud = SimulatedCloud(queues: SimulatedQueues([]))
    let error = await failure {
      _ = try await EventBridgeClient(Bench(cloud).client).putEvents(
        PutEventsInput(entries: [PutEventsEntry(source: "s", detailType: "t", detail: "{}")]))
    }
    #expect(error?.code == "UnknownOperationException")
    #expect(error?.httpStatus == 400)
    #expect(cloud.answer(HTTPRequest(method: "GET", url: "https://example.com/"), nowMilliseconds: 0).status == 404)
  }
}
