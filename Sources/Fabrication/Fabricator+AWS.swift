public import AWSClient
public import AgentKit
import CodeAgents
public import Orchestration
public import Sandbox

extension Fabricator {
  /// A Fabricator on AWS: the worker state table, the two registries, a bucket, a bus and Bedrock.
  ///
  /// It waits, and lets waits differ, by the client's clock.
  /// - Parameters:
  ///   - environment: what `FabricatorConfiguration(environment:)` reads, and WORKER_STATE_TABLE, AGENT_CONFIG_TABLE, TOOLS_CONFIG_TABLE,
  ///     AGENT_BUCKET_NAME and COMPLETION_BUS_NAME; optionally MODEL_PRICES, and the sandbox's settings, which are the worker's
  ///     (`CodeAgentsConfiguration`): a draft is tried within the limits that it will run in.
  ///   - program: what the sandbox runs as its child; this executable must begin with `SandboxChild.runIfAsked()`.
  ///   - clock: the time by which claims expire; the simulator brings its own, and its own ids.
  /// - Throws: `EnvironmentError` that names the variable and the value.
  public init(
    environment: Environment, client: AWSClient, observer: any OrchestrationObserver, program: SandboxProgram = .current,
    clock: any Clock = AgentKit.SystemClock(), ids: any IDSource = RandomIDSource()
  ) throws {
    let reader = EnvironmentReader(variables: environment)
    let configuration = try FabricatorConfiguration(environment: environment)
    let code = try CodeAgentsConfiguration(environment: environment)
    let dynamoDB = DynamoDBClient(client)
    let workerState = try reader.required("WORKER_STATE_TABLE", "the name of the worker state table")
    try self.init(
      configuration: configuration,
      effects: Effects(
        tasks: TaskHandler.Effects(
          claims: DynamoDBClaimStore(client: dynamoDB, workerStateTable: workerState),
          blobs: S3BlobStore(client: S3Client(client), bucket: reader.required("AGENT_BUCKET_NAME", "the name of the code bucket")),
          bus: EventBridgeEventBus(
            client: EventBridgeClient(client), busName: reader.required("COMPLETION_BUS_NAME", "the name of the bus for completions")),
          clock: clock, ids: ids, observer: observer),
        model: StreamingBedrockModel(
          client: BedrockRuntimeClient(client), idleTimeoutMilliseconds: configuration.idleTimeoutMilliseconds),
        agentRows: ConditionalRows(
          client: dynamoDB, table: reader.required("AGENT_CONFIG_TABLE", "the name of the agent configuration table"), keyName: "agentId"),
        toolRows: ConditionalRows(
          client: dynamoDB, table: reader.required("TOOLS_CONFIG_TABLE", "the name of the tools configuration table"), keyName: "toolId"),
        runner: Sandbox(program: program, lockPolicy: code.lockPolicy), limits: code.limits,
        progress: ClaimProgress(client: dynamoDB, workerStateTable: workerState, clock: clock),
        prices: ModelPrices(environment: environment), pause: { try await client.clock.sleep(milliseconds: $0) }))
  }
}
