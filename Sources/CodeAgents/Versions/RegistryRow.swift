public import AWSClient
public import JSON
public import Orchestration

/// A row of a registry, as the lifecycle reads it: whatever else is in it stays.
public struct RegistryRow: Sendable, Equatable {
  /// Attributes beside `agentId`, `config`, `state` and `categories`.
  enum Attribute {
    static let versionSHA256 = "versionSha256"
    static let previousVersion = "previousVersion"
    static let origin = "origin"
    static let failures = "failures"
    static let note = "note"
    static let candidate = "candidate"
    static let history = "history"
  }

  /// A version that awaits approval beside the one in use.
  public struct Candidate: Sendable, Equatable {
    public let number: Int
    public let sha256: String
    /// Why it was not activated at once.
    public let reason: String
  }

  public let kind: RegistryKind
  public let id: String
  public let attributes: [String: AttributeValue]

  public init(kind: RegistryKind, id: String, attributes: [String: AttributeValue]) {
    self.kind = kind
    self.id = id
    self.attributes = attributes
  }

  /// Nil for one that nobody knows.
  public var state: LifecycleState? { attributes["state"]?.stringValue.flatMap(LifecycleState.init) }

  /// The configuration, which the original also stores as the text of a JSON object; empty where it cannot be read.
  public var config: JSONObject {
    let json = DynamoDBAgentRows.json(["config": attributes["config"] ?? .null])["config"]
    if let text = json?.stringValue { return (try? JSONValue(parsing: text))?.objectValue ?? [:] }
    return json?.objectValue ?? [:]
  }

  /// The number of the version in use; nil where the row's version is none of a store's.
  public var versionNumber: Int? {
    guard versionSHA256 != nil, let version = config["version"] else { return nil }
    return version.intValue ?? version.stringValue.flatMap(Int.init)
  }

  /// The version as the row has it, for people.
  public var versionText: String { config["version"].map { $0.stringValue ?? $0.text } ?? "-" }

  /// The hash of the manifest of the version in use; nil for a row that no version was activated in.
  public var versionSHA256: String? { attributes[Attribute.versionSHA256]?.stringValue }
  public var previousVersion: Int? { attributes[Attribute.previousVersion]?.intValue }
  /// Failures in a row.
  public var failures: Int { attributes[Attribute.failures]?.intValue ?? 0 }
  /// Why it is in this state, in a sentence.
  public var note: String? { attributes[Attribute.note]?.stringValue }

  public var origin: VersionOrigin? {
    guard let orchestration = attributes[Attribute.origin]?["orchestrationId"]?.stringValue,
      let toolUse = attributes[Attribute.origin]?["toolUseId"]?.stringValue
    else { return nil }
    return VersionOrigin(orchestrationID: orchestration, toolUseID: toolUse)
  }

  public var candidate: Candidate? {
    guard let map = attributes[Attribute.candidate], let number = map["version"]?.intValue,
      let sha256 = map[Attribute.versionSHA256]?.stringValue
    else { return nil }
    return Candidate(number: number, sha256: sha256, reason: map["reason"]?.stringValue ?? "")
  }

  public var categories: [String] {
    attributes["categories"]?.listValue?.compactMap(\.stringValue) ?? attributes["categories"]?.stringSetValue ?? []
  }

  /// True for what a deployment brings along for its own working.
  public var isBuiltIn: Bool { categories.contains("built-in") }
  /// True for what a fabrication made.
  public var isFabricated: Bool { attributes[Attribute.origin]?.mapValue != nil }

  /// The last changes, oldest first.
  public var history: [LifecycleEntry] { attributes[Attribute.history]?.listValue?.compactMap(LifecycleEntry.init) ?? [] }

  /// True when an operator has quarantined it. A worker's quarantine, because the agent failed, may be ended by a version that does not.
  var isQuarantinedByOperator: Bool {
    guard state == .quarantined else { return false }
    // The history keeps the last changes alone, and versions that wait fill it: what it has forgotten must not count for a model.
    guard let last = history.last(where: { $0.to.state != $0.from?.state }), last.to.state == .quarantined else {
      return history.count >= LifecycleEntry.kept
    }
    return !last.actor.isFunction
  }

  /// The hashes of manifests that the row vouches for, by number: the one in use, the one that waits, and those of the last changes.
  public var knownVersions: [Int: String] {
    var known: [Int: String] = [:]
    for entry in history { if let number = entry.to.version, let sha256 = entry.versionSHA256 { known[number] = sha256 } }
    if let candidate { known[candidate.number] = candidate.sha256 }
    if let versionNumber, let versionSHA256 { known[versionNumber] = versionSHA256 }
    return known
  }

  /// The row as JSON, as its readers take it.
  public var json: JSONValue { DynamoDBAgentRows.json(attributes) }
}
