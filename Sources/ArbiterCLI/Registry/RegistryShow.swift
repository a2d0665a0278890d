import AgentKit
import CodeAgents
import JSON
import Orchestration

/// `arbiter agents show` and `arbiter tools show`: one row in full.
enum RegistryShow {
  static func specification(_ kind: RegistryKind) -> CommandSpecification {
    CommandSpecification(
      name: "show", summary: "Shows one \(kind): state, version, what it may do, and what shows that it works.",
      discussion: kind == .tool ? "Of a built-in tool (\(BuiltInTools.names.joined(separator: ", "))): what it does and its input." : "",
      positionals: [.init(name: "ID", help: "the \(kind)'s id, as 'arbiter \(kind)s list' shows it")],
      options: [.flag("source", "print the module's code"), .json] + Deployment.options
    ) { arguments in
      if kind == .tool, let tool = BuiltInToolView(arguments.required("ID")) {
        guard !arguments.has("source") else { throw CommandError("the tool '\(arguments.required("ID"))' is built in, and is no module") }
        for line in arguments.has("json") ? [tool.json.text] : tool.lines(Terminal.standard) { Terminal.standard.print(line) }
        return .success
      }
      let access = try RegistryAccess(kind, arguments)
      let row = try await access.row(arguments.required("ID"))
      if arguments.has("source") {
        Terminal.standard.print(bytes: try await access.module(of: row))
        return .success
      }
      var subject = Subject(row: row)
      do { subject.version = try await access.version(of: row) } catch let error as VersionError { subject.problems.append(error.message) }
      if kind == .agent, let problem = RegistryCheck.problems([row.json])[row.id] { subject.problems.append("\(problem)") }
      if let version = subject.version { subject.edits = version.editedMembers(of: row.config) }
      if arguments.has("json") {
        Terminal.standard.print(subject.json.text)
      } else {
        for line in lines(subject, Terminal.standard) { Terminal.standard.print(line) }
      }
      return .success
    }
  }

  /// A row, and what else is known of it.
  struct Subject {
    let row: RegistryRow
    /// The version that the row is at.
    var version: AgentVersion?
    var problems: [String] = []
    /// Members of the configuration that an operator has changed since.
    var edits: [String] = []

    var json: JSONValue {
      var object: JSONObject = ["row": row.json]
      object["version"] = version.flatMap { try? JSONValue(parsing: $0.bytes) } ?? .null
      object["edits"] = .array(edits.map(JSONValue.string))
      object["problems"] = .array(problems.map(JSONValue.string))
      return .object(object)
    }
  }

  /// Changes of the history that are shown.
  private static let shownChanges = 5

  static func lines(_ subject: Subject, _ terminal: Terminal) -> [String] {
    let row = subject.row
    let config = row.config
    let state = row.state.map { terminal.styled($0.rawValue, $0.style, .bold) } ?? terminal.styled("unknown state", .red, .bold)
    var lines = ["\(terminal.styled(row.id, .bold))  \(state)"]
    func add(_ name: String, _ text: String, _ styles: Terminal.Style...) {
      let room = terminal.isTerminal ? max(40, terminal.width - 14) : Int.max
      for (number, part) in Phrases.wrapped(text, room).enumerated() {
        let label = number == 0 ? name : ""
        let styled = styles.first.map { terminal.styled(part, $0) } ?? part
        lines.append((label.isEmpty ? "" : terminal.styled(label, .dim)) + String(repeating: " ", count: max(1, 14 - label.count)) + styled)
      }
    }
    for problem in subject.problems { add("Problem", problem, .red) }
    if let note = row.note { add(row.state == .active ? "Note" : "Reason", note, .yellow) }
    if let description = config["description"]?.stringValue, !description.isEmpty { add("Description", description) }
    add("Kind", kind(row))
    add("Version", version(row))
    if let candidate = row.candidate {
      add("Waiting", "version \(candidate.number) awaits approval: \(candidate.reason)", .cyan)
    }
    if let filename = config["filename"]?.stringValue, !filename.isEmpty {
      add("Module", Phrases.shortened(row.kind.folder + filename, terminal.isTerminal ? terminal.width - 14 : Int.max))
    }
    if let model = config["model"]?.stringValue { add("Model", model) }
    if let target = config["action"]?["target"]?.stringValue { add("Queue", target) }
    if kind(row) != "queue" { add("Tools", list(config["tools"])) }
    if config["capabilities"] != nil { add("Host", list(config["capabilities"])) }
    add("Limits", limits(config["limits"]))
    for (number, text) in schema(config["schema"]).enumerated() { add(number == 0 ? "Input" : "", text) }
    if !subject.edits.isEmpty {
      add("Edited", "\(subject.edits.map { "config.\($0)" }.joined(separator: ", ")): not as version \(row.versionText) has it", .yellow)
    }
    if row.failures > 0 { add("Failed", "\(Phrases.count(row.failures, "time")) in a row", .yellow) }
    if let origin = row.origin {
      add(
        "Made by",
        origin.orchestrationID == OrchestrationID.none ? "a user's request" : "run \(origin.orchestrationID), task \(origin.toolUseID)")
    }
    if let version = subject.version {
      add("Published", Phrases.time(version.createdAtMilliseconds))
      if !version.request.isEmpty { add("Asked for", Phrases.line(version.request, 400)) }
      lines += evidence(version.evidence, terminal)
    }
    if !row.history.isEmpty {
      lines += ["", terminal.styled("Changes", .bold)]
      lines += row.history.suffix(shownChanges).reversed().flatMap { change($0, terminal) }
    }
    return lines
  }

  private static func kind(_ row: RegistryRow) -> String {
    guard row.kind == .agent else { return "code" }
    return (try? AgentConfiguration(row: row.json))?.kind.rawValue ?? row.config["kind"]?.stringValue ?? "?"
  }

  private static func version(_ row: RegistryRow) -> String {
    var text = row.versionText
    if let sha256 = row.versionSHA256 { text += ", SHA-256 \(sha256.prefix(16))…" }
    if let previous = row.previousVersion { text += "; before it \(previous)" }
    return text
  }

  private static func list(_ value: JSONValue?) -> String {
    let names = value?.arrayValue?.map { $0.stringValue ?? $0.text } ?? []
    return names.isEmpty ? "none" : names.joined(separator: ", ")
  }

  private static func limits(_ value: JSONValue?) -> String {
    let limits = value?.objectValue ?? [:]
    guard !limits.isEmpty else { return "the deployment's" }
    return limits.map { "\($0.key) \($0.value.int64Value.map { Phrases.count($0) } ?? $0.value.text)" }.joined(separator: ", ")
  }

  /// One line a member of the input.
  static func schema(_ schema: JSONValue?) -> [String] {
    guard let members = schema?["properties"]?.objectValue, !members.isEmpty else { return ["any object"] }
    let required = schema?["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
    return members.map { member in
      let type = member.value["type"].map { $0.stringValue ?? $0.text } ?? (member.value["enum"] == nil ? "any" : "one of a list")
      let description = member.value["description"]?.stringValue.map { ": \($0)" } ?? ""
      return "\(member.key) (\(type)\(required.contains(member.key) ? "" : ", optional"))\(description)"
    }
  }

  private static func evidence(_ json: JSONValue, _ terminal: Terminal) -> [String] {
    let evidence: Evidence
    do throws(EvidenceError) { evidence = try Evidence(json: json) } catch {
      return ["", terminal.styled("Evidence", .bold), "  " + terminal.styled(error.message, .red)]
    }
    let passed = "\(evidence.passedCount) of \(Phrases.count(evidence.cases.count, "case")) passed"
    var lines = ["", "\(terminal.styled("Evidence", .bold))  \(passed), \(Phrases.time(evidence.testedAtMilliseconds))"]
    let width = evidence.cases.map(\.trial.name.count).max() ?? 0
    lines += evidence.cases.map { RegistryTest.line($0, terminal, nameWidth: width) }
    return lines
  }

  /// One change on a line, and who made it and why on the next.
  private static func change(_ entry: LifecycleEntry, _ terminal: Terminal) -> [String] {
    func place(_ place: LifecycleEntry.Place) -> String {
      [place.state?.rawValue, place.version.map(String.init)].compactMap { $0 }.joined(separator: " ")
    }
    let from = entry.from.map { "\(place($0)) -> " } ?? ""
    let why = entry.actor.name + (entry.note.map { ": \($0)" } ?? "")
    return [
      "  \(terminal.styled(Phrases.time(entry.atMilliseconds), .dim))  \(entry.action.rawValue)  \(from)\(place(entry.to))",
      "      " + Phrases.line("by " + why, terminal.isTerminal ? max(40, terminal.width - 6) : 1_000),
    ]
  }
}
