import AWSClient
import AWSDoubles
import AgentKit
import CodeAgents
import JSON
import Orchestration
import Sandbox
import Synchronization

/// A registry on DynamoDB, a bucket in memory and a bus that remembers.
final class LifecycleWorld: Sendable {
  let tables = DynamoDBDouble(keyNames: ["agents": "agentId", "tools": "toolId"])
  let blobs = InMemoryBlobStore()
  let bus = RememberingBus()
  let clock = SteppingClock()

  var versions: VersionStore { VersionStore(blobs: blobs, clock: clock) }

  func lifecycle(_ kind: RegistryKind = .agent, before: (@Sendable () async throws -> Void)? = nil) throws -> AgentLifecycle {
    let rows = ConditionalRows(client: try tables.client, table: kind == .agent ? "agents" : "tools", keyName: kind.keyName)
    return AgentLifecycle(kind: kind, rows: InterruptedRows(inner: rows, before: before), versions: versions, bus: bus, clock: clock)
  }

  /// Publishes a module that says which it is.
  func publish(
    _ id: String = "csv", _ text: String = "one", kind: RegistryKind = .agent, config: JSONObject = [:], evidence: JSONValue? = nil,
    origin: VersionOrigin? = VersionOrigin(orchestrationID: "run-1", toolUseID: "use-1")
  ) async throws -> AgentVersion {
    try await versions.publish(try Self.draft(id, text, kind: kind, config: config, evidence: evidence, origin: origin))
  }

  static let actor = LifecycleActor.person("ada")
  static let fabricator = LifecycleActor.function("fabricator")

  /// Publishes, and activates without approval.
  @discardableResult
  func activate(_ id: String = "csv", _ text: String = "one", needsApproval: Bool = false) async throws -> LifecycleChange {
    let lifecycle = try lifecycle()
    let basedOn = try await lifecycle.row(id)?.versionNumber
    return try await lifecycle.activate(
      try await publish(id, text), basedOn: basedOn, needsApproval: needsApproval, by: Self.fabricator)
  }

  func row(_ id: String = "csv") async throws -> RegistryRow? { try await lifecycle().row(id) }

  /// Writes an attribute of a row as an operator would who writes the row anew.
  func edit(_ id: String = "csv", _ change: (inout JSONObject) -> Void) async throws {
    guard var object = try await row(id)?.json.objectValue else { return }
    change(&object)
    let item = try AttributeValue(.object(object)).mapValue ?? [:]
    _ = try await tables.client.putItem(PutItemInput(tableName: "agents", item: item))
  }

  // MARK: Drafts

  static let schema: JSONValue = ["type": "object", "properties": ["path": ["type": "string"]], "required": ["path"]]

  static func draft(
    _ id: String = "csv", _ text: String = "one", kind: RegistryKind = .agent, config: JSONObject = [:], evidence: JSONValue? = nil,
    origin: VersionOrigin? = VersionOrigin(orchestrationID: "run-1", toolUseID: "use-1")
  ) throws -> VersionDraft {
    var complete: JSONObject = [
      "name": .string(id), "description": .string("Counts, \(text)."), "schema": schema, "tools": ["read_object"],
      "limits": ["hostCalls": 5],
    ]
    for (name, value) in config { complete[name] = value }
    let source = Array("export default () => '\(text)'".utf8)
    return VersionDraft(
      kind: kind, id: try CodeIdentifier(id), source: source, config: complete,
      evidence: try evidence ?? Self.evidence(of: source).json, origin: origin, request: "count the lines of a file")
  }

  /// What a trial of the module would show in which a case passes, and one is refused.
  static func evidence(of source: [UInt8]) throws -> Evidence {
    Evidence(
      sha256: try ContentHash.sha256(source), schema: schema, capabilities: Capabilities(tools: ["read_object"]),
      cases: [
        Evidence.CaseResult(
          trial: TrialCase(name: "counts", input: ["path": "a"], expectation: .equals(1)), outcome: .result(1), problem: nil),
        Evidence.CaseResult(
          trial: TrialCase(name: "no path", input: [:], expectation: .refuses), outcome: .refusedBySchema("path is required"), problem: nil),
      ], toolsUsed: ["read_object"], testedAtMilliseconds: 1_800_000_000_000)
  }
}

/// Rows that somebody else may get at between a reading and the writing that follows.
struct InterruptedRows: RegistryRowStore {
  let inner: ConditionalRows
  let before: (@Sendable () async throws -> Void)?

  func row(_ id: String) async throws -> [String: AttributeValue]? { try await inner.row(id) }
  func rows() async throws -> [[String: AttributeValue]] { try await inner.rows() }
  func create(_ row: [String: AttributeValue]) async throws -> Bool {
    try await before?()
    return try await inner.create(row)
  }
  func update(_ id: String, expected: [String: AttributeValue?], changes: [String: AttributeValue?]) async throws -> Bool {
    try await before?()
    return try await inner.update(id, expected: expected, changes: changes)
  }
}

final class RememberingBus: EventBus {
  private let kept = Mutex<[BusEvent]>([])
  private let failing = Mutex(false)

  var events: [BusEvent] { kept.withLock { $0 } }
  var types: [String] { events.map(\.detailType) }
  func fail() { failing.withLock { $0 = true } }

  struct Refused: Error {}

  func publish(_ events: [BusEvent]) async throws {
    guard !failing.withLock({ $0 }) else { throw Refused() }
    kept.withLock { $0 += events }
  }
}

/// A clock on which every look is a second after the one before.
final class SteppingClock: AgentKit.Clock {
  private let now = Mutex<Int64>(1_800_000_000_000)
  var nowMilliseconds: Int64 {
    now.withLock { now in
      now += 1_000
      return now
    }
  }
}

/// Does something the first time it is asked to.
final class Once: Sendable {
  private let isDone = Mutex(false)
  func callAsFunction(_ work: () async throws -> Void) async rethrows {
    let first = isDone.withLock { isDone in
      defer { isDone = true }
      return !isDone
    }
    if first { try await work() }
  }
}
