import AWSClient
import AWSDoubles
import AgentKit
import CodeAgents
import JSON
import Orchestration
import Testing

@Suite struct LifecycleTests {
  let world = LifecycleWorld()
  let ada = LifecycleWorld.actor

  private func code(_ work: () async throws -> Void) async -> String? {
    do { try await work() } catch let error as LifecycleError { return error.code.rawValue } catch let error as VersionError {
      return error.code.rawValue
    } catch { return "\(error)" }
    return nil
  }

  // MARK: Activate

  @Test func anActivatedVersionIsARowThatTheRegistryOffers() async throws {
    let change = try await world.activate()
    #expect(change.state == .active)
    #expect(change.version == 1)
    #expect(!change.awaitsApproval)
    let row = try #require(try await world.row())
    let agent = try AgentConfiguration(row: row.json)
    #expect(agent.kind == .code)
    #expect(agent.state == .active)
    #expect(agent.version == "1")
    #expect(agent.categories == ["fabricated"])
    #expect(agent.provenance.origin == VersionOrigin(orchestrationID: "run-1", toolUseID: "use-1"))
    #expect(agent.provenance.versionSHA256 == (try await world.versions.load(.agent, try CodeIdentifier("csv"), 1).sha256))
    #expect(AgentDirectory(rows: [row.json]).entries.map(\.agent.agentID) == ["csv"])
    #expect(world.bus.types == ["agent.activated"])
    let event = try #require(world.bus.events.first)
    #expect(event.source == "arbiter")
    let detail = try JSONValue(parsing: event.detail)
    #expect(detail["agent_id"] == "csv")
    #expect(detail["version"] == 1)
    #expect(detail["state"] == "active")
    #expect(detail["by"] == "fabricator")
  }

  @Test func aToolsVersionIsActivatedInItsOwnTable() async throws {
    let lifecycle = try world.lifecycle(.tool)
    let version = try await world.publish("median", kind: .tool)
    let change = try await lifecycle.activate(version, basedOn: nil, needsApproval: false, by: LifecycleWorld.fabricator)
    #expect(change.state == .active)
    #expect(try await lifecycle.row("median")?.config["filename"] == .string("median/\(version.moduleSHA256).js"))
    #expect(try await world.row("median") == nil)
    #expect(world.bus.types == ["tool.activated"])
  }

  @Test func aLaterVersionTakesThePlaceOfTheOneBefore() async throws {
    try await world.activate("csv", "one")
    let change = try await world.activate("csv", "two")
    #expect(change.version == 2)
    let row = try #require(try await world.row())
    #expect(row.versionNumber == 2)
    #expect(row.previousVersion == 1)
    #expect(row.history.map(\.to.version) == [1, 2])
  }

  @Test func activatingTheSameVersionAgainChangesNothing() async throws {
    let version = try await world.publish()
    let lifecycle = try world.lifecycle()
    _ = try await lifecycle.activate(version, basedOn: nil, needsApproval: false, by: LifecycleWorld.fabricator)
    let row = try await world.row()
    let again = try await lifecycle.activate(version, basedOn: nil, needsApproval: false, by: LifecycleWorld.fabricator)
    #expect(again.isRepeated)
    #expect(again.state == .active)
    #expect(try await world.row() == row)
    #expect(world.bus.types == ["agent.activated"])
  }

  @Test func withoutEvidenceNothingBecomesActive() async throws {
    let lifecycle = try world.lifecycle()
    var failing = try LifecycleWorld.evidence(of: Array("export default () => 'one'".utf8))
    failing.cases[0].problem = "the result is 2, expected 1"
    for evidence in [JSONValue.null, [:], failing.json, try LifecycleWorld.evidence(of: [1]).json] {
      let version = try await world.publish("csv", "one", evidence: evidence, origin: nil)
      #expect(
        await code { _ = try await lifecycle.activate(version, basedOn: nil, needsApproval: false, by: LifecycleWorld.fabricator) }
          == "no_evidence")
      try await world.blobs.delete(key: "agents/csv/versions/00001.json")
    }
    // Grants beyond what was tried are none that anything was shown of.
    let version = try await world.publish("csv", "one", config: ["tools": ["read_object", "write_object"]])
    #expect(
      await code { _ = try await lifecycle.activate(version, basedOn: nil, needsApproval: false, by: LifecycleWorld.fabricator) }
        == "no_evidence")
    #expect(try await world.row() == nil)
    #expect(world.bus.events.isEmpty)
  }

  @Test func aVersionThatWasNotKeptIsNotActivated() async throws {
    let version = try await world.publish()
    let lifecycle = try world.lifecycle()
    try await world.blobs.delete(key: "agents/csv/\(version.moduleSHA256).js")
    #expect(
      await code { _ = try await lifecycle.activate(version, basedOn: nil, needsApproval: false, by: LifecycleWorld.fabricator) }
        == "module_missing")
    #expect(try await world.row() == nil)
  }

  @Test func noFabricationWritesOverWhatOthersMade() async throws {
    let queue: JSONObject = [
      "agentId": "csv", "state": "active", "categories": ["built-in"],
      "config": ["name": "csv", "schema": ["type": "object"], "action": ["type": "sqs", "target": "https://q"]],
    ]
    for (categories, expected) in [(["built-in"], "built_in"), (["sales"], "not_fabricated")] as [(JSONValue, String)] {
      var row = queue
      row["categories"] = categories
      _ = try await world.tables.client.putItem(
        PutItemInput(tableName: "agents", item: try AttributeValue(.object(row)).mapValue ?? [:]))
      #expect(await code { try await world.activate() } == expected)
      #expect(try await world.row()?.json["config"]?["action"] != nil)
    }
    #expect(await code { try await world.activate("query_table") } == "built_in")
  }

  @Test func anAgentOfANameThatAnotherHasIsNotActivated() async throws {
    try await world.activate("csv", "one")
    let version = try await world.publish("aaa", "two", config: ["name": "csv"])
    let lifecycle = try world.lifecycle()
    #expect(
      await code { _ = try await lifecycle.activate(version, basedOn: nil, needsApproval: false, by: LifecycleWorld.fabricator) }
        == "unusable")
    #expect(try await world.row("aaa") == nil)
  }

  @Test func aFabricationThatBeganFromAnotherVersionIsRefused() async throws {
    try await world.activate("csv", "one")
    let late = try await world.publish("csv", "late")
    #expect(
      await code { _ = try await world.lifecycle().activate(late, basedOn: nil, needsApproval: false, by: LifecycleWorld.fabricator) }
        == "changed")
    #expect(try await world.row()?.versionNumber == 1)
  }

  // MARK: Approval

  @Test func aFirstVersionWaitsUntilItIsApproved() async throws {
    let change = try await world.activate(needsApproval: true)
    #expect(change.awaitsApproval)
    #expect(try await world.row()?.state == .pending)
    #expect(AgentDirectory(rows: [try #require(try await world.row()).json]).entries.isEmpty)
    let approved = try await world.lifecycle().approve("csv", by: ada)
    #expect(approved.state == .active)
    #expect(try await world.row()?.note == nil)
    #expect(world.bus.types == ["agent.pending", "agent.activated"])
  }

  @Test func aLaterVersionWaitsBesideTheOneInUse() async throws {
    try await world.activate("csv", "one")
    let change = try await world.activate("csv", "two", needsApproval: true)
    #expect(change.awaitsApproval)
    #expect(change.waitingVersion == 2)
    var row = try #require(try await world.row())
    #expect(row.state == .active)
    #expect(row.versionNumber == 1)
    #expect(row.candidate?.number == 2)
    #expect(AgentDirectory(rows: [row.json]).entries.count == 1)
    #expect(try await world.lifecycle().approve("csv", by: ada).version == 2)
    row = try #require(try await world.row())
    #expect(row.versionNumber == 2)
    #expect(row.previousVersion == 1)
    #expect(row.candidate == nil)
  }

  @Test func aQuarantineThatTheHistoryHasForgottenIsNotEndedByAModel() async throws {
    try await world.activate("csv", "one")
    _ = try await world.lifecycle().quarantine("csv", reason: "reads too much", by: ada)
    for number in 1...(LifecycleEntry.kept + 1) {
      let change = try await world.activate("csv", "again \(number)")
      #expect(change.waitingVersion == number + 1)
    }
    let row = try #require(try await world.row())
    #expect(row.state == .quarantined && row.versionNumber == 1)
  }

  @Test func aLaterDraftReplacesOneThatNobodyHasLetIn() async throws {
    try await world.activate("csv", "one", needsApproval: true)
    let change = try await world.activate("csv", "two")
    #expect(change.state == .pending)
    let row = try #require(try await world.row())
    #expect(row.versionNumber == 2)
    #expect(row.previousVersion == nil)
  }

  @Test func whatIsApprovedIsWhatWasPublished() async throws {
    try await world.activate("csv", "one", needsApproval: true)
    let manifest = try #require(try await world.blobs.get(key: "agents/csv/versions/00001.json"))
    let forged = String(decoding: manifest, as: UTF8.self).replacing("count the lines", with: "steal the lines")
    try await world.blobs.put(key: "agents/csv/versions/00001.json", bytes: Array(forged.utf8), contentType: "")
    #expect(await code { _ = try await world.lifecycle().approve("csv", by: ada) } == "version_altered")
    #expect(try await world.row()?.state == .pending)
  }

  // MARK: Operators' edits

  @Test func anOperatorsWordsAndLimitsStayUnderTheNextVersion() async throws {
    try await world.activate("csv", "one")
    try await world.edit { row in
      var config = row["config"]?.objectValue ?? [:]
      config["description"] = "Counts lines, says the operator."
      config["limits"] = ["hostCalls": 9]
      config["owner"] = "sales"
      row["config"] = .object(config)
    }
    let change = try await world.activate("csv", "two")
    #expect(change.version == 2)
    #expect(change.keptEdits == ["description", "limits", "owner"])
    let config = try #require(try await world.row()).config
    #expect(config["description"] == "Counts lines, says the operator.")
    #expect(config["limits"] == ["hostCalls": 9])
    #expect(config["owner"] == "sales")
    #expect(config["version"] == "2")
  }

  @Test func aChangeOfGrantsMakesTheNextVersionWait() async throws {
    try await world.activate("csv", "one")
    try await world.edit { row in
      var config = row["config"]?.objectValue ?? [:]
      config["tools"] = []
      row["config"] = .object(config)
    }
    let change = try await world.activate("csv", "two")
    #expect(change.waitingVersion == 2)
    let row = try #require(try await world.row())
    #expect(row.config["tools"] == [])
    #expect(row.candidate?.reason.contains("config.tools") == true)
    let approved = try await world.lifecycle().approve("csv", by: ada)
    #expect(approved.replacedEdits == ["tools"])
    #expect(try await world.row()?.config["tools"] == ["read_object"])
  }

  @Test(arguments: [LifecycleState.inactive, .maintenance]) func aModelSwitchesNothingOnThatAnOperatorSwitchedOff(
    _ state: LifecycleState
  ) async throws {
    try await world.activate("csv", "one")
    try await world.edit { $0["state"] = .string(state.rawValue) }
    #expect(try await world.activate("csv", "two").waitingVersion == 2)
    #expect(try await world.row()?.state == state)
    // Approved, it is the version of a row that is still switched off.
    #expect(try await world.lifecycle().approve("csv", by: ada).state == state)
    #expect(try await world.row()?.versionNumber == 2)
    #expect(try await world.lifecycle().enable("csv", by: ada).state == .active)
  }

  // MARK: Quarantine

  @Test func aWorkersQuarantineEndsWithAVersionThatIsBetter() async throws {
    try await world.activate("csv", "one")
    // As the worker does it, which has no right to more of the row.
    try await world.edit { row in
      row["state"] = "quarantined"
      row["failures"] = 3
      row["note"] = "failed 3 times in a row"
    }
    #expect(try await world.activate("csv", "two").state == .active)
    #expect(try await world.row()?.failures == 0)
    #expect(try await world.row()?.note == nil)
  }

  @Test func anOperatorsQuarantineDoesNot() async throws {
    try await world.activate("csv", "one")
    let change = try await world.lifecycle().quarantine("csv", reason: "reads too much", by: ada)
    #expect(change.state == .quarantined)
    #expect(try await world.row()?.note == "reads too much")
    #expect(try await world.activate("csv", "two").waitingVersion == 2)
    #expect(try await world.row()?.state == .quarantined)
    #expect(world.bus.types == ["agent.activated", "agent.quarantined", "agent.pending"])
  }

  @Test func enablingCountsFailuresFromZero() async throws {
    try await world.activate("csv", "one")
    try await world.edit { row in
      row["state"] = "quarantined"
      row["failures"] = 3
    }
    #expect(try await world.lifecycle().enable("csv", by: ada).state == .active)
    #expect(try await world.row()?.failures == 0)
    #expect(world.bus.types == ["agent.activated", "agent.enabled"])
    #expect(await code { _ = try await world.lifecycle().enable("csv", by: ada) } == "refused")
  }

  @Test func aQuarantineIsForTheVersionThatFailed() async throws {
    try await world.activate("csv", "one")
    try await world.activate("csv", "two")
    #expect(await code { _ = try await world.lifecycle().quarantine("csv", reason: "failed", ifVersion: "1", by: ada) } == "changed")
    #expect(try await world.row()?.state == .active)
  }

  @Test func anAlteredModuleIsNotEnabled() async throws {
    try await world.activate("csv", "one")
    _ = try await world.lifecycle().quarantine("csv", reason: "why", by: ada)
    try await world.blobs.put(key: try #require(world.blobs.keys.first), bytes: [1], contentType: "")
    #expect(await code { _ = try await world.lifecycle().enable("csv", by: ada) } == "module_altered")
    #expect(try await world.row()?.state == .quarantined)
  }

  // MARK: Rollback

  @Test func aRollbackGoesToTheVersionBeforeAndBack() async throws {
    try await world.activate("csv", "one")
    try await world.activate("csv", "two")
    let change = try await world.lifecycle().rollback("csv", by: ada)
    #expect(change.version == 1)
    #expect(change.entry.from?.version == 2)
    #expect(try await world.row()?.config["description"] == "Counts, one.")
    #expect(try await world.row()?.previousVersion == 2)
    #expect(try await world.lifecycle().rollback("csv", by: ada).version == 2)
    #expect(world.bus.types.suffix(2) == ["agent.rolled_back", "agent.rolled_back"])
  }

  @Test func aRollbackGoesToAnyVersionThatIsWhatWasPublished() async throws {
    for text in ["one", "two", "three"] { try await world.activate("csv", text) }
    #expect(try await world.lifecycle().rollback("csv", to: 1, by: ada).version == 1)
    #expect(await code { _ = try await world.lifecycle().rollback("csv", to: 1, by: ada) } == "refused")
    #expect(await code { _ = try await world.lifecycle().rollback("csv", to: 9, by: ada) } == "version_missing")
    let two = try await world.versions.load(.agent, try CodeIdentifier("csv"), 2)
    try await world.blobs.put(key: "agents/csv/\(two.moduleSHA256).js", bytes: [1], contentType: "")
    #expect(await code { _ = try await world.lifecycle().rollback("csv", to: 2, by: ada) } == "module_altered")
    #expect(try await world.row()?.versionNumber == 1)
  }

  @Test func aVersionThatNeverWasInUseIsCheckedByTheNextOne() async throws {
    try await world.activate("csv", "one")
    let unused = try await world.publish("csv", "two")
    try await world.activate("csv", "three")
    let forged = String(decoding: unused.bytes, as: UTF8.self).replacing("count the lines", with: "steal the lines")
    try await world.blobs.put(key: "agents/csv/versions/00002.json", bytes: Array(forged.utf8), contentType: "")
    #expect(await code { _ = try await world.lifecycle().rollback("csv", to: 2, by: ada) } == "version_altered")
  }

  @Test func aQuarantinedAgentIsBackInUseAfterARollback() async throws {
    try await world.activate("csv", "one")
    try await world.activate("csv", "two")
    _ = try await world.lifecycle().quarantine("csv", reason: "why", by: ada)
    #expect(try await world.lifecycle().rollback("csv", by: ada).state == .active)
    #expect(try await world.row()?.note == nil)
  }

  @Test func withoutAVersionBeforeThereIsNoWayBack() async throws {
    try await world.activate("csv", "one")
    #expect(await code { _ = try await world.lifecycle().rollback("csv", by: ada) } == "no_previous_version")
  }

  // MARK: Built-in and foreign rows

  @Test func builtInAgentsAreTheDeployments() async throws {
    try await world.activate("csv", "one")
    try await world.edit { $0["categories"] = ["built-in", "developer"] }
    let lifecycle = try world.lifecycle()
    #expect(await code { _ = try await lifecycle.rollback("csv", to: 1, by: ada) } == "built_in")
    #expect(await code { _ = try await lifecycle.quarantine("csv", reason: "why", by: ada) } == "built_in")
    #expect(await code { _ = try await lifecycle.enable("csv", by: ada) } == "built_in")
    #expect(await code { _ = try await lifecycle.approve("csv", by: ada) } == "built_in")
    #expect(await code { _ = try await lifecycle.approve("nobody", by: ada) } == "not_found")
  }

  @Test func aHandWrittenAgentIsQuarantinedAndEnabledAndHasNoVersions() async throws {
    let row: JSONValue = [
      "agentId": "writer", "state": "active", "categories": [], "seed": ["state": "active"],
      "config": ["name": "writer", "schema": ["type": "object"], "prompt": "Write.", "kind": "prompt"],
    ]
    _ = try await world.tables.client.putItem(PutItemInput(tableName: "agents", item: try AttributeValue(row).mapValue ?? [:]))
    let lifecycle = try world.lifecycle()
    _ = try await lifecycle.quarantine("writer", reason: "why", by: ada)
    #expect(await code { _ = try await lifecycle.rollback("writer", by: ada) } == "not_fabricated")
    #expect(try await lifecycle.enable("writer", by: ada).state == .active)
    // What deployments keep in a row is not touched.
    #expect(try await world.row("writer")?.json["seed"] == ["state": "active"])
  }

  // MARK: History

  @Test func theRowRemembersTheLastChanges() async throws {
    try await world.activate("csv", "one")
    let lifecycle = try world.lifecycle()
    for number in 1...15 {
      _ = try await lifecycle.quarantine("csv", reason: "reason \(number)", by: ada)
      _ = try await lifecycle.enable("csv", by: ada)
    }
    let history = try #require(try await world.row()).history
    #expect(history.count == LifecycleEntry.kept)
    #expect(history.last?.action == .enable)
    let entry = try #require(history.dropLast().last)
    #expect(entry.note == "reason 15")
    #expect(entry.actor == ada)
    #expect(entry.from == LifecycleEntry.Place(state: .active, version: 1))
    #expect(entry.to == LifecycleEntry.Place(state: .quarantined, version: 1))
  }

  @Test func aBusThatTakesNothingUndoesNoChange() async throws {
    world.bus.fail()
    let change = try await world.activate()
    #expect(change.eventProblem != nil)
    #expect(try await world.row()?.state == .active)
  }
}
