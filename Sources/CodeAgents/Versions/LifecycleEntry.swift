public import AWSClient
public import Orchestration

/// Who does something to an agent.
public enum LifecycleActor: Sendable, Hashable {
  /// A function of the deployment, such as `fabricator`.
  case function(String)
  /// A person, by the name that the account or the machine knows.
  case person(String)

  public var name: String {
    switch self {
    case .function(let name), .person(let name): name
    }
  }

  public var isFunction: Bool { if case .function = self { true } else { false } }
}

/// One change in the life of an agent or a tool, as its row remembers it.
public struct LifecycleEntry: Sendable, Equatable {
  public struct Place: Sendable, Equatable {
    public let state: LifecycleState?
    public let version: Int?

    public init(state: LifecycleState?, version: Int?) {
      self.state = state
      self.version = version
    }
  }

  /// In milliseconds since the Unix epoch.
  public let atMilliseconds: Int64
  public let actor: LifecycleActor
  public let action: LifecycleAction
  /// Nil where there was no row.
  public let from: Place?
  public let to: Place
  /// Hash of the manifest of the version that the change is about.
  public let versionSHA256: String?
  public let note: String?

  /// Entries that a row keeps; older ones are on the bus and in the log only.
  public static let kept = 20

  public init(
    atMilliseconds: Int64, actor: LifecycleActor, action: LifecycleAction, from: Place?, to: Place, versionSHA256: String?, note: String?
  ) {
    self.atMilliseconds = atMilliseconds
    self.actor = actor
    self.action = action
    self.from = from
    self.to = to
    self.versionSHA256 = versionSHA256
    self.note = note
  }

  /// A row's history with this entry behind it, and the oldest ones left out for it.
  func appended(to history: AttributeValue?) -> AttributeValue {
    .list(Array(((history?.listValue ?? []) + [attribute]).suffix(Self.kept)))
  }

  public var attribute: AttributeValue {
    var map: [String: AttributeValue] = [
      "at": .number(atMilliseconds), "by": .string(actor.name), "action": .string(action.rawValue), "to": to.attribute,
    ]
    if actor.isFunction { map["function"] = true }
    if let from { map["from"] = from.attribute }
    if let versionSHA256 { map["versionSha256"] = .string(versionSHA256) }
    if let note { map["note"] = .string(note) }
    return .map(map)
  }

  /// Nil for what is no entry.
  public init?(_ attribute: AttributeValue) {
    guard let at = attribute["at"]?.int64Value, let by = attribute["by"]?.stringValue,
      let action = attribute["action"]?.stringValue.flatMap(LifecycleAction.init), let to = attribute["to"]?.mapValue
    else { return nil }
    self.init(
      atMilliseconds: at, actor: attribute["function"]?.boolValue == true ? .function(by) : .person(by), action: action,
      from: attribute["from"]?.mapValue.map(Place.init), to: Place(to), versionSHA256: attribute["versionSha256"]?.stringValue,
      note: attribute["note"]?.stringValue)
  }
}

extension LifecycleEntry.Place {
  fileprivate var attribute: AttributeValue {
    var map: [String: AttributeValue] = [:]
    if let state { map["state"] = .string(state.rawValue) }
    if let version { map["version"] = .number(version) }
    return .map(map)
  }

  fileprivate init(_ map: [String: AttributeValue]) {
    self.init(state: map["state"]?.stringValue.flatMap(LifecycleState.init), version: map["version"]?.intValue)
  }
}
