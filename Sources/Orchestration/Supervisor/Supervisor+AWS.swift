public import AWSClient
public import AgentKit
import JSON

extension Supervisor {
  /// The Supervisor on AWS: two tables, queues, a bus, a bucket and Bedrock.
  ///
  /// It waits, and lets waits differ, by the client's clock.
  /// - Parameters:
  ///   - environment: what `SupervisorConfiguration(environment:)` reads, and ORCHESTRATION_TABLE, WORKER_STATE_TABLE,
  ///     AGENT_CONFIG_TABLE, AGENT_BUCKET_NAME and EVENT_BUS_NAME.
  ///   - clock: the time by which rows are due; the simulator brings its own, and its own ids.
  /// - Throws: `EnvironmentError` that names the variable and the value.
  public init(
    environment: Environment, client: AWSClient, observer: any OrchestrationObserver, clock: any Clock = AgentKit.SystemClock(),
    ids: any IDSource = RandomIDSource()
  ) throws {
    let reader = EnvironmentReader(variables: environment)
    let dynamoDB = DynamoDBClient(client)
    let configuration = try SupervisorConfiguration(environment: environment)
    let bus = EventBridgeEventBus(
      client: EventBridgeClient(client), busName: try reader.required("EVENT_BUS_NAME", "the name of the event bus"))
    try self.init(
      configuration: configuration,
      effects: Effects(
        store: DynamoDBOrchestrationStore(
          client: dynamoDB,
          orchestrationTable: reader.required("ORCHESTRATION_TABLE", "the name of the orchestration table"),
          workerStateTable: reader.required("WORKER_STATE_TABLE", "the name of the worker state table"), ids: ids),
        queue: SQSTaskQueue(client: SQSClient(client)),
        bus: bus,
        blobs: S3BlobStore(client: S3Client(client), bucket: reader.required("AGENT_BUCKET_NAME", "the name of the code bucket")),
        model: BedrockModel(client: BedrockRuntimeClient(client)),
        registry: CachedAgentRegistry(
          source: DynamoDBAgentRows(
            client: dynamoDB, table: reader.required("AGENT_CONFIG_TABLE", "the name of the agent configuration table")),
          clock: clock, observer: observer,
          timeToLiveMilliseconds: Int64(reader.integer("REGISTRY_TTL_SECONDS", 30, in: 0...3600)) * 1000
        ) { problem in
          observer.count("CriticalError")
          let event = CriticalError(
            problem, orchestrationID: nil, function: configuration.functionName, atMilliseconds: clock.nowMilliseconds
          ).event()
          do { try await bus.publish([event]) } catch {
            observer.note(.error, "the error event could not be published: \(error)", ["code": "agent_unreadable"])
          }
        },
        clock: clock, ids: ids, prices: ModelPrices(environment: environment), observer: observer,
        pause: { try await client.clock.sleep(milliseconds: $0) }))
  }
}
