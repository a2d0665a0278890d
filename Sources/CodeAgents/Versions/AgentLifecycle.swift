import AWSClient
public import AgentKit
import JSON
public import Orchestration

/// Brings versions into use and takes them out of it. One for agents, one for tools.
///
/// Every write is conditional on what was read: of two who change the same row at once one goes first, and the other decides anew from what
/// is there then. A change leaves an entry in the row's history, and an event on the bus.
public struct AgentLifecycle: Sendable {
  public let kind: RegistryKind
  public let versions: VersionStore
  let rows: any RegistryRowStore
  private let bus: (any EventBus)?
  let clock: any Clock

  private static let attempts = 8

  /// - Parameter bus: nil when nobody is to be told.
  public init(kind: RegistryKind, rows: any RegistryRowStore, versions: VersionStore, bus: (any EventBus)?, clock: any Clock) {
    self.kind = kind
    self.rows = rows
    self.versions = versions
    self.bus = bus
    self.clock = clock
  }

  /// The row as it is now; nil when there is none.
  public func row(_ id: String) async throws -> RegistryRow? {
    try await rows.row(id).map { RegistryRow(kind: kind, id: id, attributes: $0) }
  }

  /// Whether a fabrication may write an agent or a tool of this id: see it before drafting, since `activate` refuses it in the end.
  /// - Throws: `LifecycleError` with code `built_in` or `not_fabricated`.
  public func checkMayFabricate(_ id: CodeIdentifier, over row: RegistryRow?) throws(LifecycleError) {
    // A module that shadows a tool of every worker would get the calls that are meant for it.
    guard !BuiltInTools.names.contains(id.text) else {
      throw LifecycleError(.builtIn, "'\(id)' is the name of a built-in tool: choose another id")
    }
    guard let row else { return }
    guard !row.isBuiltIn else { throw LifecycleError(.builtIn, "\(kind) '\(id)' is built in: choose another id") }
    guard row.isFabricated else {
      throw LifecycleError(.notFabricated, "\(kind) '\(id)' was not fabricated, and only its maker may change it: choose another id")
    }
  }

  // MARK: Changes

  /// What is to be written into a row.
  struct Plan {
    var action: LifecycleAction
    var to: LifecycleEntry.Place
    var versionSHA256: String?
    var note: String?
    var changes: [String: AttributeValue?] = [:]
    var waitingVersion: Int?
    var keptEdits: [String] = []
    var replacedEdits: [String] = []
  }

  enum Decision {
    case write(Plan)
    /// It has been done before.
    case done(LifecycleChange)
  }

  /// Reads the row, decides, and writes what was decided as long as the row is what was read.
  func change(
    _ id: String, by actor: LifecycleActor, _ decide: (RegistryRow?) async throws -> Decision
  ) async throws -> LifecycleChange {
    var tried: LifecycleChange?
    for _ in 0..<Self.attempts {
      let row = try await row(id)
      // The write before was done, and its answer lost: the row remembers it.
      if let tried, row?.history.contains(tried.entry) == true { return await announced(tried) }
      switch try await decide(row) {
      case .done(let change): return change
      case .write(let plan):
        let entry = LifecycleEntry(
          atMilliseconds: clock.nowMilliseconds, actor: actor, action: plan.action,
          from: row.map { LifecycleEntry.Place(state: $0.state, version: $0.versionNumber) }, to: plan.to,
          versionSHA256: plan.versionSHA256, note: plan.note)
        let change = LifecycleChange(
          kind: kind, id: id, entry: entry, waitingVersion: plan.waitingVersion, keptEdits: plan.keptEdits,
          replacedEdits: plan.replacedEdits)
        if try await write(plan, entry, over: row, id: id) { return await announced(change) }
        tried = change
      }
    }
    throw LifecycleError(
      .contention, "the row of \(kind) '\(id)' changed \(Self.attempts) times while it was about to be written: look at it, and try again")
  }

  private func write(_ plan: Plan, _ entry: LifecycleEntry, over row: RegistryRow?, id: String) async throws -> Bool {
    var changes = plan.changes
    changes[RegistryRow.Attribute.history] = entry.appended(to: row?.attributes[RegistryRow.Attribute.history])
    var complete = row?.attributes ?? [kind.keyName: .string(id)]
    for (name, value) in changes { complete[name] = value }
    if plan.to.state == .active { try await checkUsable(complete, id) }
    guard let row else { return try await rows.create(complete) }
    // These five are what decisions are made from; failures are counted meanwhile, and concern no decision.
    let decisive = ["config", "state", RegistryRow.Attribute.versionSHA256, RegistryRow.Attribute.candidate, RegistryRow.Attribute.history]
    let expected = Dictionary(uniqueKeysWithValues: decisive.map { ($0, row.attributes[$0]) })
    return try await rows.update(id, expected: expected, changes: changes)
  }

  /// - Throws: `LifecycleError` with code `unusable` when the row could not be offered, or would keep another from being offered.
  private func checkUsable(_ attributes: [String: AttributeValue], _ id: String) async throws {
    let row = RegistryRow(kind: kind, id: id, attributes: attributes)
    guard kind == .agent else {
      do throws(JSONSchemaError) { _ = try JSONSchema(compiling: row.config["schema"] ?? .null) } catch {
        throw LifecycleError(.unusable, "tool '\(id)' has no schema that can be checked: \(error)")
      }
      return
    }
    var others: [JSONValue] = []
    for other in try await rows.rows() where other[kind.keyName]?.stringValue != id { others.append(DynamoDBAgentRows.json(other)) }
    let before = AgentDirectory(rows: others).rejected
    let after = AgentDirectory(rows: others + [row.json]).rejected
    if let problem = after.first(where: { $0.agentID == id }) { throw LifecycleError(.unusable, "\(problem)") }
    // Of two active agents of one name the one is offered whose id comes first, which may be the new one.
    if let problem = after.first(where: { !before.contains($0) }) {
      throw LifecycleError(.unusable, "agent '\(id)' would keep another from being offered: \(problem)")
    }
  }

  private func announced(_ change: LifecycleChange) async -> LifecycleChange {
    guard let bus else { return change }
    var change = change
    do { try await bus.publish([change.event(traceHeader: RequestContext.traceID)]) } catch { change.eventProblem = "\(error)" }
    return change
  }

  /// The changes that put a version in place of the one in use.
  func replacing(_ row: RegistryRow?, with version: AgentVersion, config: JSONObject, state: LifecycleState) throws(LifecycleError)
    -> [String: AttributeValue?]
  {
    let value: AttributeValue
    do throws(AttributeValueError) { value = try AttributeValue(.object(config)) } catch {
      throw LifecycleError(.unusable, "version \(version.number) of \(kind) '\(version.id)' cannot be kept in a table: config\(error)")
    }
    var changes: [String: AttributeValue?] = [
      "config": value, "state": .string(state.rawValue), RegistryRow.Attribute.versionSHA256: .string(version.sha256),
      RegistryRow.Attribute.failures: .number(0), RegistryRow.Attribute.note: nil,
    ]
    // A version that nobody let in is none to go back to.
    if let number = row?.versionNumber, number != version.number, row?.state != .pending {
      changes[RegistryRow.Attribute.previousVersion] = .number(number)
    }
    return changes
  }

  /// What an operator has changed in the row, or nil when nobody can tell because the row's version cannot be read.
  func edits(_ row: RegistryRow) async throws -> ConfigurationEdits? {
    guard let number = row.versionNumber, let id = try? CodeIdentifier(row.id) else { return nil }
    do {
      let version = try await versions.load(kind, id, number, sha256: row.versionSHA256)
      return ConfigurationEdits(row: row.config, published: version.config)
    } catch is VersionError {
      return nil
    }
  }
}
