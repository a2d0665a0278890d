import AWSClient
import AgentKit
import CodeAgents
import JSON
import Orchestration
import Sandbox
import Testing

@testable import ArbiterCLI

/// What `arbiter agents` says of rows and versions. Its output here is that of a pipe: no colours, no terminal's width.
struct RegistryViewTests {
  private static let schema: JSONValue = [
    "type": "object", "properties": ["path": ["type": "string", "description": "The file."], "limit": ["type": "integer"]],
    "required": ["path"],
  ]

  /// Whoever writes a module by hand has to know what a tool is given.
  @Test(arguments: BuiltInTools.names) func aBuiltInToolIsShownWithItsSchema(_ name: String) throws {
    let tool = try #require(BuiltInToolView(name))
    #expect(tool.json["name"]?.stringValue == name)
    let schema = try #require(tool.json["schema"])
    _ = try JSONSchema(compiling: schema)
    let lines = tool.lines(Terminal.error)
    #expect(lines[0] == "\(name)  built in")
    #expect(lines.contains("  " + schema.text))
  }

  @Test func aToolOfTheRegistryIsNotBuiltIn() { #expect(BuiltInToolView("sum") == nil) }

  private static func version(_ text: String = "one", in store: VersionStore) async throws -> AgentVersion {
    let source = Array("export default () => '\(text)'".utf8)
    let evidence = Evidence(
      sha256: try ContentHash.sha256(source), schema: schema, capabilities: Capabilities(tools: ["read_object"]),
      cases: [
        Evidence.CaseResult(
          trial: TrialCase(name: "counts", input: ["path": "a"], expectation: .equals(1)), outcome: .result(1), problem: nil),
        Evidence.CaseResult(
          trial: TrialCase(name: "no path", input: [:], expectation: .refuses), outcome: .refusedBySchema("'path' is missing"), problem: nil
        ),
      ], toolsUsed: ["read_object"], testedAtMilliseconds: 1_800_000_000_000)
    return try await store.publish(
      VersionDraft(
        kind: .agent, id: try CodeIdentifier("csv"), source: source,
        config: ["name": "csv", "description": "Counts lines.", "schema": schema, "tools": ["read_object"], "limits": ["hostCalls": 5]],
        evidence: evidence.json, origin: VersionOrigin(orchestrationID: "run-1", toolUseID: "use-1"), request: "count the lines of a file"))
  }

  private struct StillClock: AgentKit.Clock { let nowMilliseconds: Int64 = 1_800_000_000_000 }

  private static func row(_ version: AgentVersion, _ changes: JSONObject = [:]) throws -> RegistryRow {
    var object: JSONObject = [
      "agentId": "csv", "config": .object(version.config), "state": "active", "categories": ["fabricated"],
      "versionSha256": .string(version.sha256), "origin": ["orchestrationId": "run-1", "toolUseId": "use-1"],
    ]
    for (name, value) in changes { object[name] = value }
    return RegistryRow(kind: .agent, id: "csv", attributes: try AttributeValue(.object(object)).mapValue ?? [:])
  }

  private let blobs = InMemoryBlobStore()
  private var store: VersionStore { VersionStore(blobs: blobs, clock: StillClock()) }

  @Test func theListHasStatesVersionsAndFailures() async throws {
    let version = try await Self.version(in: store)
    let rows = [
      try Self.row(version),
      try Self.row(version, ["agentId": "b", "state": "quarantined", "failures": 3]),
      try Self.row(
        version, ["candidate": ["version": 2, "versionSha256": "ab", "reason": "this deployment asks for approval"]]),
    ]
    let lines = RegistryList.table(rows, ["x": "no"], .agent, isWide: true).lines(.standard)
    #expect(lines[0].split(separator: " ") == ["AGENT", "KIND", "STATE", "VERSION", "FAILED", "TOOLS", "DESCRIPTION"])
    #expect(lines[1].split(separator: " ") == ["csv", "code", "active", "1", "-", "read_object", "Counts", "lines."])
    #expect(lines[2].split(separator: " ").prefix(5) == ["csv", "code", "quarantined", "1", "3"])
    #expect(lines[3].split(separator: " ").prefix(5) == ["csv", "code", "active", "1*", "-"])
    #expect(!RegistryList.table(rows, [:], .agent, isWide: false).lines(.standard)[0].contains("TOOLS"))
  }

  @Test func aRowThatCannotBeUsedSaysWhy() async throws {
    let row = try Self.row(try await Self.version(in: store))
    let lines = RegistryList.table([row], ["csv": "field 'config' is absent"], .agent, isWide: true).lines(.standard)
    #expect(lines[1].contains("unusable"))
    #expect(lines[1].hasSuffix("field 'config' is absent"))
  }

  @Test func showTellsAllThatIsKnown() async throws {
    let version = try await Self.version(in: store)
    let entry = LifecycleEntry(
      atMilliseconds: 1_800_000_000_000, actor: .person("ada"), action: .quarantine,
      from: LifecycleEntry.Place(state: .active, version: 1), to: LifecycleEntry.Place(state: .quarantined, version: 1),
      versionSHA256: version.sha256, note: "reads too much")
    var row = try Self.row(version, ["state": "quarantined", "note": "reads too much", "failures": 2, "previousVersion": 7])
    var attributes = row.attributes
    attributes["history"] = .list([entry.attribute])
    row = RegistryRow(kind: .agent, id: "csv", attributes: attributes)
    let text = RegistryShow.lines(
      RegistryShow.Subject(row: row, version: version, problems: ["a problem"], edits: ["limits"]), .standard
    ).joined(separator: "\n")
    for told in [
      "csv  quarantined", "Problem       a problem", "Reason        reads too much", "Description   Counts lines.",
      "Version       1, SHA-256 \(version.sha256.prefix(16))…; before it 7", "Module        agents/csv/\(version.moduleSHA256).js",
      "Tools         read_object", "Limits        hostCalls 5", "path (string): The file.", "limit (integer, optional)",
      "Edited        config.limits", "Failed        2 times in a row", "Made by       run run-1, task use-1",
      "Asked for     count the lines of a file", "Evidence  2 of 2 cases passed", "✓ counts   1", "✓ no path  refused: 'path' is missing",
      "quarantine  active 1 -> quarantined 1\n      by ada: reads too much",
    ] { #expect(text.contains(told), "\(told) in\n\(text)") }
    #expect(!text.contains("\u{1B}"))
  }

  @Test func showAsJSONHasTheRowAndTheVersion() async throws {
    let version = try await Self.version(in: store)
    let json = RegistryShow.Subject(row: try Self.row(version), version: version).json
    #expect(json["row"]?["agentId"] == "csv")
    #expect(json["version"]?["version"] == 1)
    #expect(json["problems"] == [])
  }

  @Test func theHistoryMarksWhatIsInUseAndWhatIsAltered() async throws {
    let first = try await Self.version("one", in: store)
    let second = try await Self.version("two", in: store)
    let row = try Self.row(first, ["candidate": ["version": 2, "versionSha256": .string(second.sha256), "reason": "asked for"]])
    var findings = try await store.verify(.agent, first.id, known: row.knownVersions)
    var lines = RegistryHistory.table(findings, row).lines(.standard)
    #expect(lines[1].split(separator: " ").prefix(2) == ["2", "waiting"])
    #expect(lines[2].split(separator: " ").prefix(2) == ["1", "active"])
    #expect(lines[2].contains("2/2"))
    #expect(lines[2].hasSuffix("count the lines of a file"))
    try await blobs.delete(key: "agents/csv/\(second.moduleSHA256).js")
    try await blobs.delete(key: "agents/csv/versions/00001.json")
    findings = try await store.verify(.agent, first.id, known: row.knownVersions)
    lines = RegistryHistory.table(findings, row).lines(.standard)
    #expect(lines[1].contains("no module"))
    #expect(lines[2].contains("missing"))
    #expect(RegistryHistory.json(findings[0], row)["problems"]?[0]?["code"] == "version_missing")
    #expect(RegistryHistory.json(findings[1], row)["awaitsApproval"] == true)
  }

  @Test func aChangeIsToldInSentences() {
    let entry = LifecycleEntry(
      atMilliseconds: 0, actor: .person("ada"), action: .approve, from: LifecycleEntry.Place(state: .inactive, version: 1),
      to: LifecycleEntry.Place(state: .inactive, version: 2), versionSHA256: nil, note: nil)
    var change = LifecycleChange(kind: .agent, id: "csv", entry: entry, keptEdits: ["limits"], replacedEdits: ["tools"])
    change.eventProblem = "no bus"
    let text = RegistryChanges.sentences(change).joined(separator: "\n")
    for told in [
      "agent csv: inactive at version 2", "edits stay: config.limits", "replaced by the version's: config.tools",
      "arbiter agents enable csv",
      "no bus", "30 seconds",
    ] { #expect(text.contains(told), "\(told) in\n\(text)") }
    #expect(RegistryChanges.json(change)["previousVersion"] == 1)
  }

  @Test func textIsWrappedBetweenWords() {
    #expect(Phrases.wrapped("one two  three", 7) == ["one two", "three"])
    #expect(Phrases.wrapped("abcdefgh ij", 3) == ["abc", "def", "gh", "ij"])
    #expect(Phrases.wrapped("", 5) == [""])
    #expect(Phrases.shortened("agents/csv/0123456789abcdef.js", 20) == "agents/csv/0123…f.js")
    #expect(Phrases.shortened("short.js", 20) == "short.js")
  }
}
