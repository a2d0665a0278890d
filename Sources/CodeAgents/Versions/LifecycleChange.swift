import AgentKit
import JSON
public import Orchestration

/// What an action has made of an agent or a tool.
public struct LifecycleChange: Sendable, Equatable {
  public let kind: RegistryKind
  public let id: String
  public let entry: LifecycleEntry
  /// The version that waits beside the one in use, after an activation that needs approval.
  public let waitingVersion: Int?
  /// Members of the configuration that an operator had changed and that stay so, such as "limits".
  public let keptEdits: [String]
  /// Members that an operator had changed and that are the version's again, because they belong to its code, such as "tools".
  public let replacedEdits: [String]
  /// True when all this had been done before, and nothing was written now.
  public var isRepeated = false
  /// Why the bus did not take the change's event; the change stands.
  public var eventProblem: String?

  public init(
    kind: RegistryKind, id: String, entry: LifecycleEntry, waitingVersion: Int? = nil, keptEdits: [String] = [],
    replacedEdits: [String] = [], isRepeated: Bool = false
  ) {
    self.kind = kind
    self.id = id
    self.entry = entry
    self.waitingVersion = waitingVersion
    self.keptEdits = keptEdits
    self.replacedEdits = replacedEdits
    self.isRepeated = isRepeated
  }

  /// The state that the row is in now.
  public var state: LifecycleState { entry.to.state ?? .inactive }
  /// The version in use now; nil for a row without versions.
  public var version: Int? { entry.to.version }
  /// True when the version that the action was about awaits approval.
  public var awaitsApproval: Bool { waitingVersion != nil || state == .pending }

  public static let source = "arbiter"

  /// The detail type of the change's event.
  public var detailType: String {
    switch entry.action {
    case .activate, .approve: "\(kind.rawValue).\(awaitsApproval ? "pending" : "activated")"
    case .rollback: "\(kind.rawValue).rolled_back"
    case .quarantine: "\(kind.rawValue).quarantined"
    case .enable: "\(kind.rawValue).enabled"
    }
  }

  /// The event that tells of the change, with the trace of the work in hand.
  public func event(traceHeader: String?) -> BusEvent {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("\(kind.rawValue)_id", id)
    writer.member("state", state.rawValue)
    writer.member(ifPresent: "previous_state", entry.from?.state?.rawValue)
    writer.member(ifPresent: "version", waitingVersion ?? version)
    writer.member(ifPresent: "previous_version", waitingVersion == nil ? entry.from?.version : version)
    writer.member(ifPresent: "version_sha256", entry.versionSHA256)
    writer.member("by", entry.actor.name)
    writer.member(ifPresent: "reason", entry.note)
    writer.member("timestamp", ISO8601.text(milliseconds: entry.atMilliseconds))
    writer.endObject()
    return BusEvent(source: Self.source, detailType: detailType, detail: writer.bytes, traceHeader: traceHeader)
  }
}
