import CodeAgents
import JSON
import Orchestration

/// `arbiter agents history` and `arbiter tools history`: the versions, and whether they are what was published.
enum RegistryHistory {
  static func specification(_ kind: RegistryKind) -> CommandSpecification {
    CommandSpecification(
      name: "history", summary: "Lists the versions of one \(kind), and checks that each is what was published.",
      discussion: """
        Manifests are checked by the hash in the row, by those of its last changes, and by the version that followed; modules by their names.
        Ends with 1 when a version or its module is missing or altered.
        """,
      positionals: [.init(name: "ID", help: "the \(kind)'s id, as 'arbiter \(kind)s list' shows it")], options: [.json] + Deployment.options
    ) { arguments in
      let access = try RegistryAccess(kind, arguments)
      let id = arguments.required("ID")
      let row = try await access.lifecycle.row(id)
      var findings: [VersionStore.Finding] = []
      if let identifier = access.identifier(id) {
        findings = try await access.versions.verify(kind, identifier, known: row?.knownVersions ?? [:])
      }
      guard row != nil || !findings.isEmpty else { return try await access.row(id).state == nil ? .failure : .success }
      let isWhole = findings.allSatisfy(\.problems.isEmpty)
      if arguments.has("json") {
        Terminal.standard.print(JSONValue.array(findings.map { json($0, row) }).text)
        return isWhole ? .success : .failure
      }
      guard !findings.isEmpty else {
        Terminal.error.print("\(kind) '\(id)' has no versions, since no fabrication made it")
        return .success
      }
      for line in table(findings, row).lines(Terminal.standard) { Terminal.standard.print(line) }
      for finding in findings {
        for problem in finding.problems {
          Terminal.standard.print(Terminal.standard.styled("version \(finding.number): \(problem.message)", .red))
        }
      }
      if row == nil { Terminal.error.print("no row points at these versions: \(kind) '\(id)' was deleted") }
      return isWhole ? .success : .failure
    }
  }

  static func table(_ findings: [VersionStore.Finding], _ row: RegistryRow?) -> TextTable {
    var table = TextTable(["VERSION", "", "PUBLISHED", "MODULE", "CASES", "REQUEST"], rightAligned: [0, 4], cutsLastColumn: true)
    for finding in findings.reversed() {
      let (role, style) = role(finding.number, row)
      let text = finding.problems.first.map(word) ?? role
      let version = finding.version
      let evidence = version.flatMap { try? Evidence(json: $0.evidence) }
      table.add(
        String(finding.number), text, version.map { String(Phrases.time($0.createdAtMilliseconds).prefix(16)) } ?? "-",
        version.map { String($0.moduleSHA256.prefix(8)) } ?? "-", evidence.map { "\($0.passedCount)/\($0.cases.count)" } ?? "-",
        Phrases.line(version?.request ?? "", 200), styles: [1: finding.problems.isEmpty ? style : .red])
    }
    return table
  }

  /// What a version is to the row.
  private static func role(_ number: Int, _ row: RegistryRow?) -> (String, Terminal.Style) {
    if row?.versionNumber == number { return (row?.state?.rawValue ?? "in use", row?.state?.style ?? .green) }
    if row?.candidate?.number == number { return ("waiting", .cyan) }
    return ("", .dim)
  }

  private static func word(_ problem: VersionError) -> String {
    switch problem.code {
    case .versionMissing: "missing"
    case .moduleMissing: "no module"
    case .moduleAltered: "bad module"
    default: "altered"
    }
  }

  static func json(_ finding: VersionStore.Finding, _ row: RegistryRow?) -> JSONValue {
    var object: JSONObject = ["version": .number(finding.number)]
    if let version = finding.version {
      object["manifestSha256"] = .string(version.sha256)
      object["moduleSha256"] = .string(version.moduleSHA256)
      object["createdAt"] = .string(ISO8601.text(milliseconds: version.createdAtMilliseconds))
      object["request"] = .string(version.request)
      if let origin = version.origin {
        object["origin"] = ["orchestrationId": .string(origin.orchestrationID), "toolUseId": .string(origin.toolUseID)]
      }
      if let evidence = try? Evidence(json: version.evidence) {
        object["cases"] = .number(evidence.cases.count)
        object["passed"] = .number(evidence.passedCount)
      }
    }
    object["isActive"] = .bool(row?.versionNumber == finding.number && row?.state == .active)
    object["isInRow"] = .bool(row?.versionNumber == finding.number)
    object["awaitsApproval"] = .bool(
      row?.candidate?.number == finding.number || row?.versionNumber == finding.number && row?.state == .pending)
    object["problems"] = .array(finding.problems.map { ["code": .string($0.code.rawValue), "message": .string($0.message)] })
    return .object(object)
  }
}
