public import AWSClient
public import AgentKit

extension Worker {
  /// A worker on AWS: the worker state table, the registry, a bucket, a bus and Bedrock.
  ///
  /// It waits, and lets waits differ, by the client's clock.
  /// - Parameters:
  ///   - environment: what `WorkerConfiguration(environment:)` reads, and WORKER_STATE_TABLE, AGENT_CONFIG_TABLE,
  ///     AGENT_BUCKET_NAME and COMPLETION_BUS_NAME; optionally HTTP_ALLOW_LIST and HTTP_GET_CA_FILE.
  ///   - clock: the time by which claims expire; the simulator brings its own, and its own ids.
  ///   - code: runs agents of kind code.
  /// - Throws: `EnvironmentError` that names the variable and the value.
  public init(
    environment: Environment, client: AWSClient, observer: any OrchestrationObserver, clock: any Clock = AgentKit.SystemClock(),
    ids: any IDSource = RandomIDSource(), code: any CodeAgentRunner = NoCodeAgents()
  ) throws {
    let reader = EnvironmentReader(variables: environment)
    let dynamoDB = DynamoDBClient(client)
    try self.init(
      configuration: WorkerConfiguration(environment: environment),
      effects: Effects(
        claims: DynamoDBClaimStore(
          client: dynamoDB, workerStateTable: reader.required("WORKER_STATE_TABLE", "the name of the worker state table")),
        registry: DynamoDBAgentRows(
          client: dynamoDB, table: reader.required("AGENT_CONFIG_TABLE", "the name of the agent configuration table")),
        blobs: S3BlobStore(client: S3Client(client), bucket: reader.required("AGENT_BUCKET_NAME", "the name of the code bucket")),
        bus: EventBridgeEventBus(
          client: EventBridgeClient(client), busName: reader.required("COMPLETION_BUS_NAME", "the name of the bus for completions")),
        model: BedrockModel(client: BedrockRuntimeClient(client)), clock: clock, ids: ids,
        prices: ModelPrices(environment: environment), observer: observer, code: code,
        web: reader.webReader(),
        pause: { try await client.clock.sleep(milliseconds: $0) }))
  }
}

extension DynamoDBAgentRows: AgentRowReader {}
