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
}
