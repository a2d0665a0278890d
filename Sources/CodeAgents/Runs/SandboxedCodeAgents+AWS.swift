public import AWSClient
public import AgentKit
public import Orchestration
public import Sandbox

extension SandboxedCodeAgents {
  /// The runner of a worker on AWS: the code bucket, the tables of agents, tools and claims, a bus, Bedrock and the sandbox.
  /// - Parameters:
  ///   - environment: AGENT_BUCKET_NAME, AGENT_CONFIG_TABLE, WORKER_STATE_TABLE and COMPLETION_BUS_NAME; optionally TOOLS_CONFIG_TABLE,
  ///     without which there are no tools that are modules, and MODEL_PRICES.
  ///   - program: what is run as the sandbox's child; this executable, unless told otherwise, must begin with `SandboxChild.runIfAsked()`.
  /// - Throws: `EnvironmentError` that names the variable and the value.
  public init(
    configuration: CodeAgentsConfiguration, environment: Environment, client: AWSClient, observer: any OrchestrationObserver,
    clock: any Clock = AgentKit.SystemClock(), ids: any IDSource = RandomIDSource(), program: SandboxProgram = .current
  ) throws {
    try self.init(
      configuration: configuration, environment: environment, client: client, observer: observer, clock: clock, ids: ids,
      runner: Sandbox(program: program, lockPolicy: configuration.lockPolicy))
  }

  /// - Parameter runner: what runs modules, in place of the sandbox.
  public init(
    configuration: CodeAgentsConfiguration, environment: Environment, client: AWSClient, observer: any OrchestrationObserver,
    clock: any Clock, ids: any IDSource, runner: any ModuleRunner
  ) throws {
    let reader = EnvironmentReader(variables: environment)
    let dynamoDB = DynamoDBClient(client)
    let blobs = S3BlobStore(client: S3Client(client), bucket: try reader.required("AGENT_BUCKET_NAME", "the name of the code bucket"))
    let pause: @Sendable (Int64) async throws -> Void = { try await client.clock.sleep(milliseconds: $0) }
    let tools: any ToolRowReader =
      if let table = reader.text("TOOLS_CONFIG_TABLE") { DynamoDBToolRows(client: dynamoDB, table: table) } else { NoToolRows() }
    self.init(
      services: GateServices(
        configuration: configuration, runner: runner,
        modules: ModuleLoader(blobs: blobs, options: configuration.modules, clock: clock, pause: pause), tools: tools, blobs: blobs,
        web: try reader.webReader(), model: BedrockModel(client: BedrockRuntimeClient(client)),
        prices: try ModelPrices(environment: environment), clock: clock, ids: ids,
        observer: observer, pause: pause),
      records: RunRecordStore(blobs: blobs, observer: observer, clock: clock, pause: pause),
      failures: DynamoDBFailureLedger(
        client: dynamoDB, agentTable: try reader.required("AGENT_CONFIG_TABLE", "the name of the agent configuration table"),
        workerStateTable: try reader.required("WORKER_STATE_TABLE", "the name of the worker state table"), clock: clock),
      bus: EventBridgeEventBus(
        client: EventBridgeClient(client), busName: try reader.required("COMPLETION_BUS_NAME", "the name of the bus for completions")))
  }
}
