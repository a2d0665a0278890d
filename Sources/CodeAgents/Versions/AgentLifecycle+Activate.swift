import AWSClient
import AgentKit
import JSON
import Orchestration
import Sandbox

extension AgentLifecycle {
  /// Lets a fabrication's version in: at once, or when an operator has approved it.
  ///
  /// An operator's edits stay: a description, a name or limits under the new version too; a change of what belongs to the code (the schema,
  /// the tools, the capabilities, the module), or a switched-off agent, makes the version wait for approval beside the row as it is.
  /// Activating the same version again changes nothing.
  /// - Parameters:
  ///   - basedOn: number of the version in use when the fabrication read the row; nil when there was no row.
  ///   - needsApproval: true where every version waits for an operator.
  /// - Throws: `LifecycleError` with code `no_evidence`, `built_in`, `not_fabricated`, `changed`, `unusable` or `contention`; `VersionError` when
  ///   the version is not what was published; what the stores throw.
  public func activate(
    _ version: AgentVersion, basedOn: Int?, needsApproval: Bool, categories: [String] = ["fabricated"], by actor: LifecycleActor
  ) async throws -> LifecycleChange {
    guard version.kind == kind else {
      throw LifecycleError(.refused, "version \(version.number) is one of a \(version.kind), not of a \(kind)")
    }
    // What was not kept would leave a row that nobody can run.
    let kept = try await versions.load(kind, version.id, version.number, sha256: version.sha256)
    try checkEvidence(of: kept, source: try await versions.module(of: kept))
    return try await change(version.id.text, by: actor) { row in
      try checkMayFabricate(version.id, over: row)
      if let row, let done = repeated(version, row) { return .done(done) }
      guard row?.versionNumber == basedOn else {
        throw LifecycleError(
          .changed,
          "\(kind) '\(version.id)' has come to version \(row?.versionText ?? "-") meanwhile, and this fabrication began from "
            + "\(basedOn.map { "version \($0)" } ?? "none"): look at what is there now")
      }
      let edits = if let row { try await edits(row) } else { ConfigurationEdits?.some(.none) }
      var facts = LifecycleTable.Facts(needsApproval: needsApproval, hasCandidate: row?.candidate != nil)
      var reason = needsApproval ? "this deployment asks for approval" : ""
      if edits == nil {
        facts.needsApproval = true
        reason = "the version in use cannot be read, so that nobody can tell what an operator changed"
      } else if let bound = edits?.bound, !bound.isEmpty {
        facts.needsApproval = true
        reason = "an operator has changed \(bound.map { "config.\($0)" }.joined(separator: ", "))"
      }
      facts.quarantinedByOperator = row?.isQuarantinedByOperator ?? false
      switch LifecycleTable.move(.activate, from: row?.state, facts) {
      case .refuse(let why): throw LifecycleError(.refused, "\(kind) '\(version.id)': \(why)")
      case .wait:
        if reason.isEmpty { reason = "it is \(row?.state?.rawValue ?? "switched off") by an operator" }
        var plan = Plan(
          action: .activate, to: LifecycleEntry.Place(state: row?.state, version: row?.versionNumber), versionSHA256: version.sha256,
          note: reason, waitingVersion: version.number)
        plan.changes[RegistryRow.Attribute.candidate] = .map([
          "version": .number(version.number), "versionSha256": .string(version.sha256), "reason": .string(reason),
        ])
        return .write(plan)
      case .use(let state):
        var plan = Plan(
          action: .activate, to: LifecycleEntry.Place(state: state, version: version.number), versionSHA256: version.sha256,
          note: state == .pending ? (reason.isEmpty ? "the version before awaits approval too" : reason) : nil,
          keptEdits: edits?.kept.map(\.name) ?? [], replacedEdits: edits?.bound ?? [])
        plan.changes = try replacing(row, with: version, config: (edits ?? .none).applied(to: version.config), state: state)
        plan.changes[RegistryRow.Attribute.candidate] = .some(nil)
        if let note = plan.note { plan.changes[RegistryRow.Attribute.note] = .string(note) }
        if let origin = version.origin ?? row?.origin {
          plan.changes[RegistryRow.Attribute.origin] = [
            "orchestrationId": .string(origin.orchestrationID), "toolUseId": .string(origin.toolUseID),
          ]
        } else {
          plan.changes[RegistryRow.Attribute.origin] = [:]
        }
        if row == nil { plan.changes["categories"] = .list(categories.map(AttributeValue.string)) }
        return .write(plan)
      }
    }
  }

  /// - Throws: `LifecycleError` with code `no_evidence` that says all that is missing.
  private func checkEvidence(of version: AgentVersion, source: [UInt8]) throws(LifecycleError) {
    let config = version.config
    let problems: [String]
    do throws(EvidenceError) {
      let subject = TrialSubject(
        id: version.id.text, module: SandboxModule(name: version.id.text + ".js", source: source), schema: config["schema"] ?? .null,
        description: config["description"]?.stringValue ?? "",
        capabilities: Capabilities(configuration: config))
      problems = try Evidence(json: version.evidence).problems(declaring: subject, sha256: version.moduleSHA256)
    } catch {
      problems = [error.message]
    }
    guard problems.isEmpty else {
      throw LifecycleError(
        .noEvidence, "version \(version.number) of \(kind) '\(version.id)' lacks evidence that it works. \(problems.joined(separator: " "))"
      )
    }
  }

  /// What was made of a version that is in the row already; nil for one that is not.
  private func repeated(_ version: AgentVersion, _ row: RegistryRow) -> LifecycleChange? {
    let waits = row.candidate?.sha256 == version.sha256
    guard waits || row.versionSHA256 == version.sha256 && row.versionNumber == version.number else { return nil }
    let place = LifecycleEntry.Place(state: row.state, version: row.versionNumber)
    let entry =
      row.history.last { $0.versionSHA256 == version.sha256 && $0.action == .activate }
      ?? LifecycleEntry(
        atMilliseconds: clock.nowMilliseconds, actor: .function("unknown"), action: .activate, from: place, to: place,
        versionSHA256: version.sha256, note: nil)
    return LifecycleChange(
      kind: kind, id: row.id, entry: entry, waitingVersion: waits ? version.number : nil, isRepeated: true)
  }
}
