import AWSClient
import AgentKit
import CodeAgents
import JSON
import Orchestration

/// One registry of a deployment, agents or tools, with the versions that its rows point at.
struct RegistryAccess: Sendable {
  let kind: RegistryKind
  let deployment: Deployment
  let rows: ConditionalRows
  let versions: VersionStore

  init(_ kind: RegistryKind, _ arguments: ParsedArguments) throws {
    try self.init(kind, try Deployment(arguments))
  }

  init(_ kind: RegistryKind, _ deployment: Deployment) throws(CommandError) {
    self.kind = kind
    self.deployment = deployment
    rows = ConditionalRows(
      client: DynamoDBClient(deployment.client), table: try kind == .agent ? deployment.agentTable : deployment.toolTable,
      keyName: kind.keyName)
    versions = VersionStore(
      blobs: S3BlobStore(client: S3Client(deployment.client), bucket: try deployment.bucket), clock: AgentKit.SystemClock())
  }

  var lifecycle: AgentLifecycle {
    get throws(CommandError) {
      AgentLifecycle(
        kind: kind, rows: rows, versions: versions,
        bus: EventBridgeEventBus(client: EventBridgeClient(deployment.client), busName: try deployment.eventBus),
        clock: AgentKit.SystemClock())
    }
  }

  /// All rows, in the order of their ids.
  func all() async throws -> [RegistryRow] {
    let rows =
      kind == .agent
      ? try await DynamoDBAgentRows(client: DynamoDBClient(deployment.client), table: try deployment.agentTable).items()
      : try await self.rows.rows()
    return rows.map { RegistryRow(kind: kind, id: $0[kind.keyName]?.stringValue ?? "", attributes: $0) }.sorted { $0.id < $1.id }
  }

  /// - Throws: `CommandError` when there is no row of that id.
  func row(_ id: String) async throws -> RegistryRow {
    guard let row = try await lifecycle.row(id) else {
      throw CommandError(
        "no \(kind) '\(id)' in '\(deployment.environment)': 'arbiter \(kind)s list' shows those that are there", exitCode: .notFound)
    }
    return row
  }

  /// The id as one of a module; nil for an agent of another kind, which has no versions.
  func identifier(_ id: String) -> CodeIdentifier? { try? CodeIdentifier(id) }

  /// The version that the row is at; nil for a row without one.
  /// - Throws: `VersionError` when it cannot be trusted.
  func version(of row: RegistryRow) async throws -> AgentVersion? {
    guard let number = row.versionNumber, let id = identifier(row.id) else { return nil }
    return try await versions.load(kind, id, number, sha256: row.versionSHA256)
  }

  /// The module that a row names, found to be the one whose hash it names.
  func module(of row: RegistryRow) async throws -> [UInt8] {
    guard let filename = row.config["filename"]?.stringValue, let sha256 = row.config["sha256"]?.stringValue else {
      throw CommandError("\(kind) '\(row.id)' is no module: its row has no filename and sha256")
    }
    let key = kind.folder + filename
    let blobs = S3BlobStore(client: S3Client(deployment.client), bucket: try deployment.bucket)
    guard let bytes = try await blobs.get(key: key) else {
      throw CommandError("the module \(key) is gone: roll back to another version, or put it again", exitCode: .notFound)
    }
    let found = try ContentHash.sha256(bytes)
    guard found == sha256.lowercased() else {
      throw CommandError("the module \(key) has the SHA-256 \(found), and the row says \(sha256): roll back to another version")
    }
    return bytes
  }

  /// Who is at work here, for the history: the caller's identity in AWS, or the user of this machine.
  func actor() async -> LifecycleActor {
    let variables = Environment.current.variables
    let user = ["ARBITER_OPERATOR", "USER", "LOGNAME"].lazy.compactMap { Deployment.value($0, variables) }.first ?? "operator"
    if deployment.isLocal || Deployment.value("ARBITER_OPERATOR", variables) != nil { return .person(user) }
    guard let identity = try? await STSClient(deployment.client).getCallerIdentity() else { return .person(user) }
    return .person(identity.arn)
  }
}

extension RegistryKind {
  var withArticle: String { self == .agent ? "an agent" : "a tool" }
}

extension LifecycleState {
  var style: Terminal.Style {
    switch self {
    case .active: .green
    case .pending: .cyan
    case .inactive, .maintenance: .yellow
    case .quarantined: .red
    }
  }
}

extension CommandError {
  /// What kept an agent from being changed, with the exit code that scripts know it by.
  init(_ error: LifecycleError) { self.init(error.message, exitCode: error.code == .notFound ? .notFound : .failure) }
  init(_ error: VersionError) { self.init(error.message, exitCode: error.code == .versionMissing ? .notFound : .failure) }
}
