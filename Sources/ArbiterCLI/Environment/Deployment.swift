import AWSClient
import AgentKit
import JSON
import Orchestration

/// One deployed environment: what its resources are called, and a client that reaches them.
///
/// Names come from the environment variables that the functions use too, then from the outputs that the deployment wrote.
struct Deployment: Sendable {
  static let option = CommandSpecification.Option.value(
    "environment", "NAME", "which deployment (default ARBITER_ENVIRONMENT, else local)")

  let environment: String
  let client: AWSClient
  private let variables: [String: String]
  private let outputs: JSONValue
  private let outputsFile: String

  /// - Throws: `CommandError` when nothing is deployed, or the local cloud does not run.
  init(_ arguments: ParsedArguments) throws {
    variables = Environment.current.variables
    environment = arguments.value("environment") ?? Self.value("ARBITER_ENVIRONMENT", variables) ?? "local"
    let project = try? Project.find()
    outputsFile = (project?.state ?? ".arbiter") + "/outputs-\(environment).json"
    let written = Self.written(environment, project)
    outputs = written?["outputs"] ?? [:]
    client = AWSClient(configuration: try Self.configuration(environment, variables, project, region: written?["region"]?.stringValue))
  }

  /// What `Scripts/deploy.py` wrote: `{environment, stack, region, endpoint, outputs: {name: value}}`; nil when nothing was deployed.
  static func written(_ environment: String, _ project: Project?) -> JSONValue? {
    guard let project, let bytes = try? Files.read(project.state + "/outputs-\(environment).json") else { return nil }
    return try? JSONValue(parsing: bytes)
  }

  private static func configuration(
    _ environment: String, _ variables: [String: String], _ project: Project?, region: String?
  ) throws -> AWSConfiguration {
    guard environment == "local" else {
      // Where it was deployed to, unless the caller names another region.
      let hasRegion = (value("AWS_REGION", variables) ?? value("AWS_DEFAULT_REGION", variables)) != nil
      guard hasRegion || region != nil else {
        throw CommandError(
          "nothing was deployed to '\(environment)' from here, and no region is set: run 'make deploy ENVIRONMENT=\(environment)', or set "
            + "AWS_REGION and the names of the resources", exitCode: .notFound)
      }
      return try AWSConfiguration.fromEnvironment(
        Environment(hasRegion ? variables : variables.merging(["AWS_REGION": region ?? ""]) { $1 }))
    }
    // Outside of a checkout nothing tells whether the local cloud runs, and where.
    if project == nil, value("AWS_ENDPOINT_URL", variables) == nil { _ = try Project.find() }
    let running = project.flatMap { LocalCloudProcess(project: $0).running() }
    guard let url = value("AWS_ENDPOINT_URL", variables) ?? running?.endpoint else {
      throw CommandError("the local cloud is not running: start it with 'arbiter local up', or set AWS_ENDPOINT_URL", exitCode: .notFound)
    }
    // Whatever credentials the caller has are none of the local cloud's business.
    return AWSConfiguration(
      region: value("AWS_REGION", variables) ?? running?.region ?? "us-east-1",
      credentials: StaticCredentialsProvider(Credentials(accessKeyID: "test", secretAccessKey: "test")),
      endpoint: try Endpoint(url: url, source: "the local cloud's endpoint"))
  }

  private static func value(_ name: String, _ variables: [String: String]) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

  private func name(_ variable: String, _ output: String) throws(CommandError) -> String {
    if let name = Self.value(variable, variables) ?? outputs[output]?.stringValue { return name }
    throw CommandError(
      "nothing is deployed to '\(environment)': \(outputsFile) has no \(output). Run 'make deploy ENVIRONMENT=\(environment)', or set \(variable)",
      exitCode: .notFound)
  }

  var orchestrationTable: String { get throws(CommandError) { try name("ORCHESTRATION_TABLE", "OrchestrationTableName") } }
  var workerStateTable: String { get throws(CommandError) { try name("WORKER_STATE_TABLE", "WorkerStateTableName") } }
  var agentTable: String { get throws(CommandError) { try name("AGENT_CONFIG_TABLE", "AgentConfigTableName") } }
  var eventBus: String { get throws(CommandError) { try name("EVENT_BUS_NAME", "EventBusName") } }
  var bucket: String { get throws(CommandError) { try name("AGENT_BUCKET_NAME", "CodeBucketName") } }

  var isLocal: Bool { environment == "local" }

  var store: DynamoDBOrchestrationStore {
    get throws(CommandError) {
      DynamoDBOrchestrationStore(
        client: DynamoDBClient(client), orchestrationTable: try orchestrationTable, workerStateTable: try workerStateTable,
        ids: RandomIDSource())
    }
  }

  /// Publishes one event, and throws when the bus refuses it.
  func publish(source: String, detail: JSONValue) async throws {
    let output = try await EventBridgeClient(client).putEvents(
      PutEventsInput(entries: [
        PutEventsEntry(source: source, detailType: source, detail: detail.text, eventBusName: try eventBus)
      ]))
    if let failed = output.entries.first(where: { $0.errorCode != nil }) {
      throw CommandError("the event bus refused the event: \(failed.errorCode ?? "") \(failed.errorMessage ?? "")")
    }
  }

  /// The text of an outcome, fetched from the bucket when it is too large for the row.
  func message(of outcome: Outcome) async throws -> String {
    guard let reference = outcome.messageReference else { return outcome.message }
    let object = try await S3Client(client).getObject(GetObjectInput(bucket: try bucket, key: reference.key))
    return String(decoding: object.body, as: UTF8.self)
  }
}

extension CommandSpecification.Option {
  static let json = CommandSpecification.Option.flag("json", "print JSON")
}
