import AWSClient
import AWSDoubles
import AgentKit
import JSON
import Sandbox
import SimulatedAWS
import Synchronization
import TestSupport

@testable import CodeAgents
@testable import Orchestration

/// A worker for agents of kind code with everything around it in memory: tables on a double of DynamoDB, a bucket, a bus, a model.
final class CodeWorld: Sendable {
  let tables = DynamoDBDouble([
    .workerState(), .init(name: "agents", partitionKey: .init("agentId")), .init(name: "tools", partitionKey: .init("toolId")),
  ])
  let blobs = WatchedBlobs()
  let bus = CountingBus()
  let observer = NotingObserver()
  let clock = HandClock()
  let ids = CountedIDs()
  let faults = WorldFaults()
  /// Small, so that a run's limits are reached soon.
  let configuration: CodeAgentsConfiguration
  let model: ScriptedModel
  let worker: Worker
  let runner: any ModuleRunner

  /// - Parameters:
  ///   - runner: nil for the sandbox itself.
  ///   - web: nil for a reader that no host is allowed to.
  init(
    runner: (any ModuleRunner)? = nil, web: WebReader? = nil, model: @escaping ScriptedModel.Script = { _, _ in .saying("yes") },
    _ change: (inout CodeAgentsConfiguration) -> Void = { _ in }
  ) throws {
    var configuration = CodeAgentsConfiguration()
    configuration.limits.cpuMilliseconds = 500
    change(&configuration)
    self.configuration = configuration
    self.runner = runner ?? Sandbox(program: Self.child, lockPolicy: .available)
    self.model = ScriptedModel(model)
    let client = try AWSClient(
      configuration: .fromEnvironment([
        "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
      ]), transport: FaultyTransport(inner: tables, faults: faults), clock: clock)
    let dynamoDB = DynamoDBClient(client)
    let (bus, blobs) = (FaultyBus(inner: self.bus, faults: faults), FaultyBlobs(inner: self.blobs, faults: faults))
    let services = GateServices(
      configuration: configuration, runner: FaultyRunner(inner: self.runner, faults: faults),
      modules: ModuleLoader(blobs: blobs, options: configuration.modules, clock: clock) { [clock] in clock.advance(milliseconds: $0) },
      tools: DynamoDBToolRows(client: dynamoDB, table: "tools"), blobs: blobs, web: web ?? WebReader(allowList: .empty), model: self.model,
      prices: .builtIn, clock: clock, ids: ids, observer: observer)
    let code = SandboxedCodeAgents(
      services: services,
      records: RunRecordStore(blobs: blobs, observer: observer, clock: clock) { try await Task.sleep(for: .milliseconds($0)) },
      failures: DynamoDBFailureLedger(client: dynamoDB, agentTable: "agents", workerStateTable: "worker-state", clock: clock), bus: bus)
    worker = Worker(
      configuration: WorkerConfiguration(),
      effects: Worker.Effects(
        claims: DynamoDBClaimStore(client: dynamoDB, workerStateTable: "worker-state"),
        registry: DynamoDBAgentRows(client: dynamoDB, table: "agents"), blobs: blobs, bus: bus, model: self.model, clock: clock, ids: ids,
        prices: .builtIn, observer: observer, code: code))
  }

  /// The program beside the tests' own that is nothing but a sandbox's child.
  static let child = SandboxProgram(path: BuiltPrograms.location(of: "SandboxRunner"))

  // MARK: Agents and tools

  static func hash(_ source: String) -> String { (try? ContentHash.sha256(Array(source.utf8))) ?? "" }

  /// A module around the body of a handler.
  static func module(_ body: String) -> String { "export default async function handler(input, host) { \(body) }" }

  /// Registers an agent whose handler has this body.
  func register(_ id: String = "made", _ body: String, config: JSONObject = [:], row more: JSONObject = [:]) async throws {
    try await register(module: Self.module(body), id: id, config: config, row: more)
  }

  func register(module: String, id: String = "made", config: JSONObject = [:], row more: JSONObject = [:]) async throws {
    let sha256 = Self.hash(module)
    try await blobs.put(key: "agents/\(id)/\(sha256).js", bytes: Array(module.utf8), contentType: "text/javascript")
    var members: JSONObject = [
      "name": .string(id), "kind": "code", "filename": .string("\(id)/\(sha256).js"), "sha256": .string(sha256),
      "schema": ["type": "object"], "version": "1",
    ]
    for (name, value) in config { members[name] = value }
    var row: JSONObject = ["agentId": .string(id), "state": "active", "config": .object(members)]
    for (name, value) in more { row[name] = value }
    try await put(.object(row), into: "agents")
  }

  func registerTool(_ id: String, _ body: String, config: JSONObject = [:], state: String = "active") async throws {
    let module = Self.module(body)
    let sha256 = Self.hash(module)
    try await blobs.put(key: "tools/\(id)/\(sha256).js", bytes: Array(module.utf8), contentType: "text/javascript")
    var members: JSONObject = [
      "name": .string(id), "filename": .string("\(id)/\(sha256).js"), "sha256": .string(sha256), "schema": ["type": "object"],
    ]
    for (name, value) in config { members[name] = value }
    try await put(["toolId": .string(id), "state": .string(state), "config": .object(members)], into: "tools")
  }

  func put(_ row: JSONValue, into table: String) async throws {
    _ = try await tables.client.putItem(PutItemInput(tableName: table, item: try AttributeValue(row).mapValue ?? [:]))
  }

  /// The agent's row as it stands.
  func row(_ id: String = "made") async throws -> AgentConfiguration? {
    try await DynamoDBAgentRows(client: try tables.client, table: "agents").row(id).map { try AgentConfiguration(row: $0) }
  }

  // MARK: Tasks

  func message(
    _ toolUseID: String = "use-1", node: String = "made", _ input: JSONValue = [:], budget: Int64? = nil, dueAt: Int64? = nil
  ) -> [UInt8] {
    TaskMessage(
      input: input, orchestrationID: "run-1", toolUseID: toolUseID, node: node, dueAtMilliseconds: dueAt, budgetMicroUSD: budget
    ).json
  }

  func handle(_ body: [UInt8], seconds: Int64 = 120) async throws {
    try await worker.handle(body, traceHeader: nil, deadlineMilliseconds: clock.nowMilliseconds + seconds * 1_000)
  }

  /// Does a task, and returns its answer.
  @discardableResult func answer(
    _ toolUseID: String = "use-1", node: String = "made", _ input: JSONValue = [:], budget: Int64? = nil, seconds: Int64 = 120
  ) async throws -> TaskCompletion {
    try await handle(message(toolUseID, node: node, input, budget: budget), seconds: seconds)
    guard let answer = try completions.last(where: { $0.toolUseID == toolUseID }) else { throw NoAnswer() }
    return answer
  }

  struct NoAnswer: Error {}

  var completions: [TaskCompletion] {
    get throws { try bus.details("task.completion").map { try TaskCompletion(detail: $0) } }
  }

  func records() async throws -> [RunRecord] {
    var records: [RunRecord] = []
    for key in blobs.inner.keys where key.hasPrefix("runs/") {
      if let bytes = try await blobs.inner.get(key: key) { records.append(try RunRecord(parsing: bytes)) }
    }
    return records
  }
}
