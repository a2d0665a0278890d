import AWSClient
import AgentKit
import JSON
import Orchestration

extension AgentLifecycle {
  /// Lets in the version that awaits approval, once manifest and module have been found to be what was published.
  /// - Parameter expected: the number of the version that was looked at; when another one waits by now, since a fabrication may put a later
  ///   draft in its place at any time, nothing is done and `changed` thrown. Nil for whichever waits.
  /// - Throws: `LifecycleError`; `VersionError`; what the stores throw.
  public func approve(
    _ id: String, version expected: Int? = nil, by actor: LifecycleActor, note: String? = nil
  ) async throws -> LifecycleChange {
    try await change(id, by: actor) { row in
      let row = try operable(row, id)
      let waiting = row.state == .pending ? row.versionNumber : row.candidate?.number
      if let expected, waiting != expected {
        throw LifecycleError(
          .changed,
          "\(waiting.map { "version \($0)" } ?? "no version") of \(kind) '\(id)' awaits approval now, not version \(expected): look at it first"
        )
      }
      let state = try target(.approve, row)
      let identifier = try CodeIdentifier(id)
      if let candidate = row.candidate, row.state != .pending {
        return .write(try await plan(.approve, row, candidate.number, identifier, sha256: candidate.sha256, state: state, note: note))
      }
      guard let number = row.versionNumber else { throw notFabricated(row) }
      let version = try await verified(identifier, number, sha256: row.versionSHA256)
      var plan = Plan(
        action: .approve, to: LifecycleEntry.Place(state: state, version: number), versionSHA256: version.sha256, note: note)
      plan.changes = ["state": .string(state.rawValue), RegistryRow.Attribute.failures: .number(0), RegistryRow.Attribute.note: nil]
      return .write(plan)
    }
  }

  /// Goes back to another version, once its manifest and its module have been found to be what was published.
  /// - Parameter number: nil for the version that was in use before this one; a second time it is this one again.
  /// - Throws: `LifecycleError`; `VersionError`; what the stores throw.
  public func rollback(_ id: String, to number: Int? = nil, by actor: LifecycleActor, note: String? = nil) async throws -> LifecycleChange {
    try await change(id, by: actor) { row in
      let row = try operable(row, id)
      guard let current = row.versionNumber, let identifier = try? CodeIdentifier(id) else { throw notFabricated(row) }
      let state = try target(.rollback, row)
      guard let number = number ?? row.previousVersion else {
        throw LifecycleError(
          .noPreviousVersion, "\(kind) '\(id)' has no version before \(current): name one of those that are there with --to")
      }
      guard number != current || row.state == .quarantined else {
        throw LifecycleError(.refused, "\(kind) '\(id)' is at version \(number) already")
      }
      return .write(try await plan(.rollback, row, number, identifier, sha256: row.knownVersions[number], state: state, note: note))
    }
  }

  /// Takes an agent or a tool out of use: it is no longer offered. Tasks that are under way go on.
  /// - Parameters:
  ///   - reason: why, in a sentence.
  ///   - version: `config.version` that the reason is about; when the row is at another one, nothing is done and `changed` thrown.
  /// - Throws: `LifecycleError`; what the stores throw.
  public func quarantine(
    _ id: String, reason: String, ifVersion version: String? = nil, by actor: LifecycleActor
  ) async throws -> LifecycleChange {
    try await change(id, by: actor) { row in
      let row = try operable(row, id)
      if let version, row.versionText != version {
        throw LifecycleError(.changed, "\(kind) '\(id)' is at version \(row.versionText) now, not at \(version)")
      }
      let state = try target(.quarantine, row)
      var plan = Plan(
        action: .quarantine, to: LifecycleEntry.Place(state: state, version: row.versionNumber), versionSHA256: row.versionSHA256,
        note: reason)
      plan.changes = ["state": .string(state.rawValue), RegistryRow.Attribute.note: .string(reason)]
      return .write(plan)
    }
  }

  /// Puts an agent or a tool back into use, and counts its failures from zero again.
  /// - Throws: `LifecycleError`; `VersionError` for a version that is no longer what was published; what the stores throw.
  public func enable(_ id: String, by actor: LifecycleActor, note: String? = nil) async throws -> LifecycleChange {
    try await change(id, by: actor) { row in
      let row = try operable(row, id)
      let state = try target(.enable, row)
      if let number = row.versionNumber { _ = try await verified(try CodeIdentifier(id), number, sha256: row.versionSHA256) }
      var plan = Plan(
        action: .enable, to: LifecycleEntry.Place(state: state, version: row.versionNumber), versionSHA256: row.versionSHA256, note: note)
      plan.changes = ["state": .string(state.rawValue), RegistryRow.Attribute.failures: .number(0), RegistryRow.Attribute.note: nil]
      return .write(plan)
    }
  }

  // MARK: Parts

  /// The row of an action by an operator.
  private func operable(_ row: RegistryRow?, _ id: String) throws(LifecycleError) -> RegistryRow {
    guard let row else { throw LifecycleError(.notFound, "there is no \(kind) '\(id)'") }
    guard !row.isBuiltIn else {
      throw LifecycleError(
        .builtIn, "\(kind) '\(id)' is built in, and belongs to the deployment: to switch it off, write its row with state inactive")
    }
    guard row.state != nil else {
      throw LifecycleError(
        .unusable,
        "\(kind) '\(id)' is in a state that does not exist (\(row.attributes["state"]?.stringValue ?? "absent")): write its row anew")
    }
    return row
  }

  private func notFabricated(_ row: RegistryRow) -> LifecycleError {
    LifecycleError(.notFabricated, "\(kind) '\(row.id)' has no versions, since no fabrication made it: write its row anew to change it")
  }

  private func target(_ action: LifecycleAction, _ row: RegistryRow) throws(LifecycleError) -> LifecycleState {
    let facts = LifecycleTable.Facts(hasCandidate: row.candidate != nil, quarantinedByOperator: row.isQuarantinedByOperator)
    switch LifecycleTable.move(action, from: row.state, facts) {
    case .use(let state): return state
    case .wait: return row.state ?? .inactive
    case .refuse(let why): throw LifecycleError(.refused, "\(kind) '\(row.id)' cannot be \(action.participle): \(why)")
    }
  }

  /// A version whose manifest is the one that was in use, or that the next version was published after, and whose module is there.
  private func verified(_ id: CodeIdentifier, _ number: Int, sha256: String?) async throws -> AgentVersion {
    let version = try await versions.load(kind, id, number, sha256: sha256)
    if sha256 == nil, let next = try? await versions.load(kind, id, number + 1), next.precedingSHA256 != version.sha256 {
      throw VersionError(
        .versionAltered, "version \(number) of \(kind) '\(id)' is not the one that version \(number + 1) was published after: take another")
    }
    _ = try await versions.module(of: version)
    return version
  }

  /// Puts another version in the row's place.
  private func plan(
    _ action: LifecycleAction, _ row: RegistryRow, _ number: Int, _ id: CodeIdentifier, sha256: String?, state: LifecycleState,
    note: String?
  ) async throws -> Plan {
    let version = try await verified(id, number, sha256: sha256)
    let edits = try await edits(row)
    var plan = Plan(
      action: action, to: LifecycleEntry.Place(state: state, version: number), versionSHA256: version.sha256, note: note,
      keptEdits: edits?.kept.map(\.name) ?? [], replacedEdits: edits?.bound ?? [])
    plan.changes = try replacing(row, with: version, config: (edits ?? .none).applied(to: version.config), state: state)
    if row.candidate?.number == number { plan.changes[RegistryRow.Attribute.candidate] = .some(nil) }
    return plan
  }
}

extension LifecycleAction {
  fileprivate var participle: String {
    switch self {
    case .activate: "activated"
    case .approve: "approved"
    case .rollback: "rolled back"
    case .quarantine: "quarantined"
    case .enable: "enabled"
    }
  }
}
