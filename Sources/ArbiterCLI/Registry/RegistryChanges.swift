import CodeAgents
import JSON
import Orchestration

/// `approve`, `rollback`, `quarantine` and `enable` of agents and of tools.
enum RegistryChanges {
  static func specifications(_ kind: RegistryKind) -> [CommandSpecification] {
    [
      command(
        "approve", kind, "Lets in the version that awaits approval.",
        "Its manifest and its module are checked first. Look at it with 'arbiter \(kind)s show' and 'arbiter \(kind)s test' before, and name "
          + "the version that you looked at with --version: a later draft may take its place at any time.",
        [.value("version", "N", "approve only if this is the version that waits (default: whichever waits)"), note]
      ) { access, id, arguments in
        let version = try arguments.integer("version", in: AgentVersion.numbers)
        return try await access.lifecycle.approve(id, version: version, by: await access.actor(), note: arguments.value("note"))
      },
      command(
        "rollback", kind, "Goes back to the version before, or to a named one.",
        "The version's manifest and module are checked first. A second rollback without --to goes forward again.",
        [.value("to", "N", "the version to go to (default: the one that was in use before)"), note]
      ) { access, id, arguments in
        let number = try arguments.integer("to", in: AgentVersion.numbers)
        return try await access.lifecycle.rollback(id, to: number, by: await access.actor(), note: arguments.value("note"))
      },
      command(
        "quarantine", kind, "Takes one \(kind) out of use, with a reason.",
        "It is no longer offered, and no model brings it back: 'enable' or 'rollback' does. Tasks under way go on.",
        [.value("reason", "TEXT", "why, for whoever comes after (required)")]
      ) { access, id, arguments in
        guard let reason = arguments.value("reason"), reason.contains(where: { !$0.isWhitespace }) else {
          throw CommandError.usage("--reason is missing: say why '\(id)' is taken out of use, for whoever comes after")
        }
        return try await access.lifecycle.quarantine(id, reason: reason, by: await access.actor())
      },
      command(
        "enable", kind, "Puts one \(kind) back into use, and counts its failures from zero.",
        "For one that is quarantined, inactive or in maintenance. The version is checked first.", [note]
      ) { access, id, arguments in
        try await access.lifecycle.enable(id, by: await access.actor(), note: arguments.value("note"))
      },
    ]
  }

  private static let note = CommandSpecification.Option.value("note", "TEXT", "a remark for the history")

  private static func command(
    _ name: String, _ kind: RegistryKind, _ summary: String, _ discussion: String, _ options: [CommandSpecification.Option],
    _ change: @escaping @Sendable (RegistryAccess, String, ParsedArguments) async throws -> LifecycleChange
  ) -> CommandSpecification {
    CommandSpecification(
      name: name, summary: summary, discussion: discussion,
      positionals: [.init(name: "ID", help: "the \(kind)'s id, as 'arbiter \(kind)s list' shows it")],
      options: options + [.json] + Deployment.options
    ) { arguments in
      let done: LifecycleChange
      do {
        done = try await change(try RegistryAccess(kind, arguments), arguments.required("ID"), arguments)
      } catch let error as LifecycleError {
        throw CommandError(error)
      } catch let error as VersionError {
        throw CommandError(error)
      }
      if arguments.has("json") { Terminal.standard.print(json(done).text) }
      for line in sentences(done) { Terminal.error.print(line) }
      return .success
    }
  }

  /// What has been done, for people.
  static func sentences(_ change: LifecycleChange) -> [String] {
    let version = change.version.map { " at version \($0)" } ?? ""
    var lines = ["\(change.kind) \(change.id): \(change.state.rawValue)\(version)"]
    if !change.keptEdits.isEmpty {
      lines.append("an operator's edits stay: \(change.keptEdits.map { "config.\($0)" }.joined(separator: ", "))")
    }
    if !change.replacedEdits.isEmpty {
      lines.append(
        "an operator's edits were replaced by the version's: \(change.replacedEdits.map { "config.\($0)" }.joined(separator: ", "))")
    }
    if change.state == .inactive || change.state == .maintenance {
      lines.append("it is still switched off; switch it on with: arbiter \(change.kind)s enable \(change.id)")
    }
    if let problem = change.eventProblem { lines.append("warning: the change is made, but its event was not published: \(problem)") }
    if change.kind == .agent { lines.append("functions that run already see it after 30 seconds") }
    return lines
  }

  static func json(_ change: LifecycleChange) -> JSONValue {
    let entry = change.entry
    return [
      change.kind.keyName: .string(change.id), "action": .string(entry.action.rawValue), "state": .string(change.state.rawValue),
      "version": change.version.map { .number($0) } ?? .null,
      "previousState": entry.from?.state.map { .string($0.rawValue) } ?? .null,
      "previousVersion": entry.from?.version.map { .number($0) } ?? .null, "by": .string(entry.actor.name),
      "at": .string(ISO8601.text(milliseconds: entry.atMilliseconds)), "note": entry.note.map(JSONValue.string) ?? .null,
      "keptEdits": .array(change.keptEdits.map(JSONValue.string)), "replacedEdits": .array(change.replacedEdits.map(JSONValue.string)),
    ]
  }
}
