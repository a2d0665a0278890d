import AWSClient
import AgentKit
import JSON
import Orchestration

/// One deployed environment: what its resources are called, and a client that reaches them.
///
/// Names come from the environment variables that the functions use too, then from the outputs that the deployment wrote.
struct Deployment: Sendable {
  static let options: [CommandSpecification.Option] = [
    .value("environment", "NAME", "which deployment (default ARBITER_ENVIRONMENT, else local)"),
    .value("region", "REGION", "its region (default: where it was deployed to)"),
  ]

  let environment: String
  let client: AWSClient
  private let variables: [String: String]
  private let outputs: JSONValue
  private let outputsFile: String

  /// - Throws: `CommandError` when nothing is deployed, or the local cloud does not run.
  init(_ arguments: ParsedArguments) throws {
    let variables = Environment.current.variables
    let project = try? Project.find()
    self.variables = variables
    environment = Self.environmentName(arguments, variables)
    outputsFile = Self.outputsFile(environment, project)
    let written = try Self.written(environment, project)
    outputs = written?["outputs"] ?? [:]
    let recorded = written?["region"]?.stringValue
    let asked = arguments.value("region")
    if environment == "local" {
      // Outside of a checkout nothing tells whether the local cloud runs, and where.
      if project == nil, Self.value("AWS_ENDPOINT_URL", variables) == nil { _ = try Project.find() }
      let running = project.flatMap { LocalCloudProcess(project: $0).running() }
      client = AWSClient(configuration: try Self.local(variables, running: running, asked: asked, recorded: recorded))
    } else {
      client = AWSClient(
        configuration: try .fromEnvironment(
          Environment(
            try Self.remoteVariables(environment, variables, project: project, asked: asked, recorded: recorded))))
    }
  }

  static func environmentName(_ arguments: ParsedArguments, _ variables: [String: String]) -> String {
    arguments.value("environment") ?? value("ARBITER_ENVIRONMENT", variables) ?? "local"
  }

  private static func outputsFile(_ environment: String, _ project: Project?) -> String {
    (project?.state ?? ".arbiter") + "/outputs-\(environment).json"
  }

  /// What `Scripts/deploy.py` wrote: `{environment, stack, region, endpoint, outputs: {name: value}}`; nil when nothing was deployed.
  /// - Throws: `CommandError` when the file is no JSON.
  static func written(_ environment: String, _ project: Project?) throws(CommandError) -> JSONValue? {
    let file = outputsFile(environment, project)
    guard project != nil, Files.exists(file) else { return nil }
    return try Files.parseJSON(try Files.read(file), of: file)
  }

  /// How the local cloud is reached. The one that runs says where it is: a region or an endpoint that the caller's shell has for other
  /// work would lead to a cloud, or to a part of this one, where nothing is deployed.
  /// - Parameters:
  ///   - asked: the region of `--region`.
  ///   - recorded: the region that was deployed to.
  static func local(
    _ variables: [String: String], running: LocalCloudProcess.Description?, asked: String?, recorded: String?
  ) throws -> AWSConfiguration {
    guard let url = running?.endpoint ?? value("AWS_ENDPOINT_URL", variables) else {
      throw CommandError("the local cloud is not running: start it with 'arbiter local up', or set AWS_ENDPOINT_URL", exitCode: .notFound)
    }
    // Whatever credentials the caller has are none of the local cloud's business.
    return AWSConfiguration(
      region: asked ?? running?.region ?? recorded ?? "us-east-1",
      credentials: StaticCredentialsProvider(Credentials(accessKeyID: "test", secretAccessKey: "test")),
      endpoint: try Endpoint(url: url, source: "the local cloud's endpoint"))
  }

  /// The variables to reach an environment in AWS with: the caller's, and the region that was deployed to.
  static func remoteVariables(
    _ environment: String, _ variables: [String: String], project: Project?, asked: String?, recorded: String?
  ) throws(CommandError) -> [String: String] {
    let ownRegion = (try? AWSConfiguration.fromEnvironment(Environment(variables)))?.region
    guard let region = asked ?? recorded ?? ownRegion else {
      if let project, !Files.exists("\(project.root)/infra/config/\(environment).yaml"), Files.exists("\(project.root)/infra/config") {
        throw CommandError(
          "there is no environment '\(environment)': infra/config has no \(environment).yaml. For one that was deployed from elsewhere give "
            + "--region and set the names of its resources (ORCHESTRATION_TABLE, EVENT_BUS_NAME and so on)", exitCode: .notFound)
      }
      throw CommandError(
        "nothing was deployed to '\(environment)' from here, and no region is named: run 'make deploy ENVIRONMENT=\(environment)', or give "
          + "--region and set the names of the resources", exitCode: .notFound)
    }
    return variables.merging(["AWS_REGION": region]) { $1 }
  }

  static func value(_ name: String, _ variables: [String: String]) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

  private func name(_ variable: String, _ output: String) throws(CommandError) -> String {
    if let name = Self.value(variable, variables) ?? outputs[output]?.stringValue { return name }
    let advice =
      isLocal
      ? "run 'make demo', which also brings the demo's agents, or 'make deploy', which brings none"
      : "run 'make deploy ENVIRONMENT=\(environment)', or set \(variable) to the name that it has there"
    let lack = Files.exists(outputsFile) ? "\(outputsFile) has no \(output)" : "there is no \(outputsFile)"
    throw CommandError("nothing is deployed to '\(environment)' (\(lack)): \(advice)", exitCode: .notFound)
  }

  var orchestrationTable: String { get throws(CommandError) { try name("ORCHESTRATION_TABLE", "OrchestrationTableName") } }
  var workerStateTable: String { get throws(CommandError) { try name("WORKER_STATE_TABLE", "WorkerStateTableName") } }
  var agentTable: String { get throws(CommandError) { try name("AGENT_CONFIG_TABLE", "AgentConfigTableName") } }
  var toolTable: String { get throws(CommandError) { try name("TOOLS_CONFIG_TABLE", "ToolsConfigTableName") } }
  var eventBus: String { get throws(CommandError) { try name("EVENT_BUS_NAME", "EventBusName") } }
  var bucket: String { get throws(CommandError) { try name("AGENT_BUCKET_NAME", "CodeBucketName") } }
  /// Where the cost optimizer writes its reports.
  var costBucket: String { get throws(CommandError) { try name("S3_BUCKET_NAME", "CostBucketName") } }
  var journalTable: String { get throws(CommandError) { try name("JOURNAL_TABLE_NAME", "JournalTableName") } }

  var isLocal: Bool { environment == "local" }

  var store: DynamoDBOrchestrationStore {
    get throws(CommandError) {
      DynamoDBOrchestrationStore(
        client: DynamoDBClient(client), orchestrationTable: try orchestrationTable, workerStateTable: try workerStateTable,
        ids: RandomIDSource())
    }
  }

  /// What tasks under way tell of themselves.
  var progress: DynamoDBTaskProgress {
    get throws(CommandError) { DynamoDBTaskProgress(client: DynamoDBClient(client), table: try workerStateTable) }
  }

  /// Publishes one event; returns its id.
  /// - Parameter detailType: nil for the source's name.
  /// - Throws: `CommandError` when the bus refuses it, or it is too large for any.
  @discardableResult func publish(source: String, detailType: String? = nil, detail: JSONValue) async throws -> String {
    let entry = PutEventsEntry(source: source, detailType: detailType ?? source, detail: detail.text, eventBusName: try eventBus)
    let byteCount = entry.source.utf8.count + entry.detailType.utf8.count + entry.detail.utf8.count
    guard byteCount <= Self.largestEventBytes else {
      throw CommandError(
        "the event takes \(Phrases.count(byteCount)) bytes and EventBridge accepts \(Phrases.count(Self.largestEventBytes)): put the large "
          + "part into a file (arbiter files put) and name it in the task")
    }
    let output = try await EventBridgeClient(client).putEvents(PutEventsInput(entries: [entry]))
    if let failed = output.entries.first(where: \.isFailure) {
      throw CommandError("the event bus refused the event: \(failed.errorCode ?? "no id came back") \(failed.errorMessage ?? "")")
    }
    guard let id = output.entries.first?.eventID else { throw CommandError("the event bus took the event and told no id") }
    return id
  }

  /// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
  private static let largestEventBytes = 262_144

  /// The orchestration of that id, when it is there already and the caller may read it.
  /// - Throws: `AWSError` of code `ResourceNotFoundException` when there is no deployment here: a bus takes events for nobody without a word.
  func existing(_ id: String) async throws -> OrchestrationRecord? {
    do { return try await store.load(id) } catch let error as AWSError where error.code == "AccessDeniedException" { return nil }
  }

  var region: String { client.configuration.region }

  /// A run as JSON, its outcome's text in full.
  /// - Parameter steps: what tasks have told of themselves.
  func json(
    _ snapshot: OrchestrationSnapshot, nowMilliseconds: Int64, steps: [TaskKey: [TaskProgress]] = [:]
  ) async throws -> JSONValue {
    guard let outcome = snapshot.record.outcome else { return snapshot.json(nowMilliseconds: nowMilliseconds, steps: steps) }
    return snapshot.json(nowMilliseconds: nowMilliseconds, message: try await message(of: outcome), steps: steps)
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
