import AWSClient
import AWSDoubles
import CodeAgents
import JSON
import Orchestration
import Synchronization
import Testing

/// Two who change the same row at once.
@Suite struct LifecycleRaceTests {
  let world = LifecycleWorld()
  let ada = LifecycleWorld.actor

  @Test func anOperatorWhoIsQuickerIsNotOverwritten() async throws {
    try await world.activate("csv", "one")
    let (world, once) = (world, Once())
    // The other operator quarantines between this one's reading and writing.
    let slow = try world.lifecycle(.agent) {
      try await once { _ = try await world.lifecycle().quarantine("csv", reason: "by the other", by: .person("bob")) }
    }
    await #expect(throws: LifecycleError.self) { _ = try await slow.quarantine("csv", reason: "by this one", by: .person("ada")) }
    #expect(try await world.row()?.note == "by the other")
    #expect(try await world.row()?.history.count == 2)
  }

  @Test func aVersionIsNotActivatedOverAQuarantineThatCameBetween() async throws {
    try await world.activate("csv", "one")
    let (world, once) = (world, Once())
    let version = try await world.publish("csv", "two")
    let slow = try world.lifecycle(.agent) {
      try await once { _ = try await world.lifecycle().quarantine("csv", reason: "reads too much", by: .person("bob")) }
    }
    let change = try await slow.activate(version, basedOn: 1, needsApproval: false, by: LifecycleWorld.fabricator)
    #expect(change.waitingVersion == 2)
    #expect(try await world.row()?.state == .quarantined)
  }

  @Test func ofTwoFabricationsOfOneIdOneGoesFirst() async throws {
    let (world, once) = (world, Once())
    let late = try await world.publish("csv", "late", origin: VersionOrigin(orchestrationID: "run-2", toolUseID: "use"))
    let slow = try world.lifecycle(.agent) { try await once { try await world.activate("csv", "quick") } }
    await #expect(throws: LifecycleError.self) {
      _ = try await slow.activate(late, basedOn: nil, needsApproval: false, by: LifecycleWorld.fabricator)
    }
    #expect(try await world.row()?.versionNumber == 2)
  }

  @Test func anOperatorsEditBetweenStays() async throws {
    try await world.activate("csv", "one")
    let (world, once) = (world, Once())
    let version = try await world.publish("csv", "two")
    let slow = try world.lifecycle(.agent) {
      try await once {
        try await world.edit { row in
          var config = row["config"]?.objectValue ?? [:]
          config["description"] = "Edited."
          row["config"] = .object(config)
        }
      }
    }
    let change = try await slow.activate(version, basedOn: 1, needsApproval: false, by: LifecycleWorld.fabricator)
    #expect(change.keptEdits == ["description"])
    #expect(try await world.row()?.config["description"] == "Edited.")
  }

  @Test func failuresThatAreCountedMeanwhileHinderNobody() async throws {
    try await world.activate("csv", "one")
    let (world, once) = (world, Once())
    let slow = try world.lifecycle(.agent) { try await once { try await world.edit { $0["failures"] = 2 } } }
    #expect(try await slow.quarantine("csv", reason: "why", by: .person("ada")).state == .quarantined)
    #expect(world.tables.count(of: "UpdateItem") == 1)
  }

  @Test func aDraftThatTookThePlaceOfTheOneLookedAtIsNotApproved() async throws {
    try await world.activate("csv", "one", needsApproval: true)
    try await world.activate("csv", "two", needsApproval: true)
    let error = await #expect(throws: LifecycleError.self) { _ = try await world.lifecycle().approve("csv", version: 1, by: ada) }
    #expect(error?.code == .changed)
    #expect(try await world.row()?.state == .pending)
    #expect(try await world.lifecycle().approve("csv", version: 2, by: ada).state == .active)
    // Beside one that is in use.
    try await world.activate("csv", "three", needsApproval: true)
    try await world.activate("csv", "four", needsApproval: true)
    await #expect(throws: LifecycleError.self) { _ = try await world.lifecycle().approve("csv", version: 3, by: ada) }
    #expect(try await world.lifecycle().approve("csv", version: 4, by: ada).version == 4)
  }

  @Test func aChangeWhoseAnswerWasLostIsNotDoneAgainOverALaterOne() async throws {
    try await world.activate("csv", "one")
    try await world.activate("csv", "two")
    let rows = ConditionalRows(client: try world.tables.client, table: "agents", keyName: "agentId")
    let world = world
    // The rollback is written, its answer lost, and somebody quarantines the agent before it is tried again.
    let unheard = UnheardRows(inner: rows) { _ = try await world.lifecycle().quarantine("csv", reason: "why", by: .person("bob")) }
    let lifecycle = AgentLifecycle(kind: .agent, rows: unheard, versions: world.versions, bus: nil, clock: world.clock)
    #expect(try await lifecycle.rollback("csv", by: ada).version == 1)
    let row = try #require(try await world.row())
    #expect(row.state == .quarantined && row.versionNumber == 1)
  }

  @Test func aRowThatChangesAtEveryWriteIsGivenUp() async throws {
    try await world.activate("csv", "one")
    let world = world
    let slow = try world.lifecycle(.agent) {
      try await world.edit { row in
        var config = row["config"]?.objectValue ?? [:]
        config["revision"] = .number((config["revision"]?.int64Value ?? 0) + 1)
        row["config"] = .object(config)
      }
    }
    do {
      _ = try await slow.quarantine("csv", reason: "why", by: .person("ada"))
      Issue.record("it was written")
    } catch let error as LifecycleError {
      #expect(error.code == .contention)
    }
  }

  @Test func aWriteWhoseAnswerIsLostIsDoneOnce() async throws {
    try await world.activate("csv", "one")
    world.tables.loseAnswers(1, of: "UpdateItem")
    #expect(try await world.lifecycle().quarantine("csv", reason: "why", by: ada).state == .quarantined)
    #expect(try await world.row()?.history.count == 2)
    #expect(world.bus.types == ["agent.activated", "agent.quarantined"])
  }

  @Test func aRowWhoseFirstAnswerIsLostIsCreatedOnce() async throws {
    world.tables.loseAnswers(1, of: "PutItem")
    let change = try await world.activate("csv", "one")
    #expect(change.version == 1)
    #expect(!change.isRepeated)
    #expect(try await world.row()?.history.count == 1)
  }

  @Test func aWriteThatMeetsATransactionIsRepeated() async throws {
    try await world.activate("csv", "one")
    world.tables.conflictNext(2, on: "UpdateItem")
    #expect(try await world.lifecycle().quarantine("csv", reason: "why", by: ada).state == .quarantined)
  }
}

/// Writes the first change, lets others go on, and then says that nothing was written.
private final class UnheardRows: RegistryRowStore {
  let inner: ConditionalRows
  private let after: @Sendable () async throws -> Void
  private let once = Once()

  init(inner: ConditionalRows, after: @escaping @Sendable () async throws -> Void) {
    self.inner = inner
    self.after = after
  }

  func row(_ id: String) async throws -> [String: AttributeValue]? { try await inner.row(id) }
  func rows() async throws -> [[String: AttributeValue]] { try await inner.rows() }
  func create(_ row: [String: AttributeValue]) async throws -> Bool { try await inner.create(row) }
  func update(
    _ id: String, expected: [String: AttributeValue?], changes: [String: AttributeValue?]
  ) async throws -> Bool {
    let isWritten = try await inner.update(id, expected: expected, changes: changes)
    let isFirst = Mutex(false)
    try await once {
      isFirst.withLock { $0 = true }
      try await after()
    }
    return isFirst.withLock { $0 } ? false : isWritten
  }
}
