import AWSClient
import JSON
import Orchestration
import Synchronization
import Testing

@Suite struct AgentSeederTests {
  static let queueURL = "https://sqs.us-east-1.amazonaws.com/123456789012/arbiter-dev-fabricator"

  static func row(_ id: String = "writer", prompt: String = "Write.", description: String = "Writes.", extra: JSONObject = [:]) -> JSONValue
  {
    var config: JSONObject = [
      "name": .string(id), "description": .string(description), "kind": "prompt", "prompt": .string(prompt), "schema": ["type": "object"],
      "version": "1", "limits": ["turns": 4],
    ]
    for (name, value) in extra { config[name] = value }
    return ["agentId": .string(id), "config": .object(config), "state": "active", "categories": ["demo"]]
  }

  static func properties(_ rows: [JSONValue]) -> JSONObject { ["Agents": .string(JSONValue.array(rows).text)] }

  static func request(_ rows: [JSONValue], after former: [JSONValue]? = nil) throws -> SeedRequest {
    try SeedRequest(properties: properties(rows), oldProperties: former.map(properties), fabricatorQueueURL: queueURL)
  }

  /// The outcome for the agent "writer".
  static func seed(_ store: InMemorySeedStore, _ rows: [JSONValue], after former: [JSONValue]? = nil) async throws -> AgentSeeder.Outcome {
    let outcomes = try await AgentSeeder(store: store).seed(request(rows, after: former))
    return try #require(outcomes.first { $0.agentID == "writer" })
  }

  static func config(_ store: InMemorySeedStore, _ member: String) -> AttributeValue? { store["writer"]?["config"]?[member] }

  @Test func theFabricatorIsAlwaysThere() async throws {
    let store = InMemorySeedStore()
    let outcomes = try await AgentSeeder(store: store).seed(
      SeedRequest(properties: [:], oldProperties: nil, fabricatorQueueURL: Self.queueURL))
    #expect(outcomes == [.init(agentID: "fabricator", kind: .created)])
    let row = try #require(store["fabricator"])
    #expect(row["state"] == "active")
    #expect(row["categories"] == ["built-in", "developer"])
    let config = try #require(row["config"])
    #expect(config["name"] == "fabricator")
    #expect(config["version"] == "1")
    #expect(config["action"] == ["type": "sqs", "target": .string(Self.queueURL)])
    #expect(config["schema"]?["required"] == ["taskDetails"])
    #expect(config["schema"]?["properties"]?["taskDetails"]?["type"] == "string")
    #expect(try AgentConfiguration(row: AttributeValue.map(row).toJSON()).kind == .queue)
  }

  @Test func seedingTwiceChangesNothing() async throws {
    let store = InMemorySeedStore()
    #expect(try await Self.seed(store, [Self.row()]).kind == .created)
    let first = store["writer"]
    #expect(try await Self.seed(store, [Self.row()]) == .init(agentID: "writer", kind: .unchanged))
    #expect(store["writer"] == first)
  }

  @Test func whatNobodyTouchedMovesToTheNewSeed() async throws {
    let store = InMemorySeedStore()
    _ = try await Self.seed(store, [Self.row(extra: ["model": "old"])])
    let outcome = try await Self.seed(store, [Self.row(prompt: "Write well.", extra: ["maxTokens": 9])], after: [Self.row()])
    #expect(outcome == .init(agentID: "writer", kind: .updated))
    #expect(Self.config(store, "prompt") == "Write well.")
    #expect(Self.config(store, "maxTokens") == 9)
    #expect(Self.config(store, "model") == nil)
  }

  @Test func anOperatorsEditStaysAndItsNeighboursMove() async throws {
    let store = InMemorySeedStore()
    _ = try await Self.seed(store, [Self.row()])
    try edit(store) { $0["prompt"] = "Write in verse." }
    let outcome = try await Self.seed(store, [Self.row(prompt: "Write well.", description: "Writes well.")], after: [Self.row()])
    #expect(outcome == .init(agentID: "writer", kind: .updated, kept: ["config.prompt"]))
    #expect(Self.config(store, "prompt") == "Write in verse.")
    #expect(Self.config(store, "description") == "Writes well.")
    // And again: the edit is still known as one.
    let next = try await Self.seed(store, [Self.row(prompt: "Write best.")], after: [Self.row()])
    #expect(next.kept == ["config.prompt"])
    #expect(Self.config(store, "prompt") == "Write in verse.")
  }

  @Test func anEditTakenBackFollowsTheSeedAgain() async throws {
    let store = InMemorySeedStore()
    _ = try await Self.seed(store, [Self.row()])
    try edit(store) { $0["prompt"] = "Mine." }
    _ = try await Self.seed(store, [Self.row(prompt: "Two.")], after: [Self.row()])
    try edit(store) { $0["prompt"] = "Two." }
    #expect(try await Self.seed(store, [Self.row(prompt: "Three.")], after: [Self.row()]).kept == [])
    #expect(Self.config(store, "prompt") == "Three.")
  }

  @Test func whatAnOperatorAddedOrRemovedStaysSo() async throws {
    let store = InMemorySeedStore()
    _ = try await Self.seed(store, [Self.row()])
    try edit(store) {
      $0["model"] = "theirs"
      $0["limits"] = nil
    }
    store["writer"]?["owner"] = "Ada"
    let outcome = try await Self.seed(store, [Self.row(extra: ["model": "ours"])], after: [Self.row()])
    #expect(outcome.kept == ["config.limits", "config.model"])
    #expect(Self.config(store, "model") == "theirs")
    #expect(Self.config(store, "limits") == nil)
    #expect(store["writer"]?["owner"] == "Ada")
  }

  @Test func stateAndCategoriesAreTheOperatorsToo() async throws {
    let store = InMemorySeedStore()
    _ = try await Self.seed(store, [Self.row()])
    store["writer"]?["state"] = "inactive"
    store["writer"]?["categories"] = .stringSet(["demo"])
    let outcome = try await Self.seed(store, [Self.row(description: "New.")], after: [Self.row()])
    #expect(outcome.kept == ["categories", "state"])
    #expect(store["writer"]?["state"] == "inactive")
    #expect(store["writer"]?["categories"] == .stringSet(["demo"]))
  }

  @Test func aConfigurationKeptAsTextIsComparedToo() async throws {
    let store = InMemorySeedStore()
    _ = try await Self.seed(store, [Self.row()])
    var config = try #require(Self.row()["config"]?.objectValue)
    config["prompt"] = "Mine."
    store["writer"]?["config"] = .string(JSONValue.object(config).text)
    let outcome = try await Self.seed(store, [Self.row(prompt: "Two.", description: "New.")], after: [Self.row()])
    #expect(outcome == .init(agentID: "writer", kind: .updated, kept: ["config.prompt"]))
    #expect(Self.config(store, "prompt") == "Mine.")
    #expect(Self.config(store, "description") == "New.")
  }

  @Test func aConfigurationThatCannotBeReadIsLeftAlone() async throws {
    let store = InMemorySeedStore()
    _ = try await Self.seed(store, [Self.row()])
    store["writer"]?["config"] = "{half"
    #expect(try await Self.seed(store, [Self.row(prompt: "Two.")], after: [Self.row()]).kept == ["config"])
    #expect(store["writer"]?["config"] == "{half")
  }

  @Test func aRowOfSomebodyElseIsLeftAlone() async throws {
    let theirs: [String: AttributeValue] = ["agentId": "writer", "config": ["name": "writer"], "state": "active"]
    let store = InMemorySeedStore(["writer": theirs])
    #expect(try await Self.seed(store, [Self.row()]).kind == .foreign)
    #expect(store["writer"] == theirs)
  }

  @Test func aRowThatAnOperatorRemovedDoesNotComeBack() async throws {
    let store = InMemorySeedStore()
    _ = try await Self.seed(store, [Self.row()])
    store["writer"] = nil
    #expect(try await Self.seed(store, [Self.row(prompt: "Two.")], after: [Self.row()]).kind == .removed)
    #expect(store["writer"] == nil)
    // A row that is new in this deployment was never there to be removed.
    #expect(try await Self.seed(InMemorySeedStore(), [Self.row()], after: []).kind == .created)
  }

  @Test(arguments: [properties([]), ["Agents": "[{"], nil])
  func aRollBackDoesNotBringBackWhatAnOperatorRemoved(failedDeployment: JSONObject?) async throws {
    let store = InMemorySeedStore()
    _ = try await Self.seed(store, [Self.row()])
    store["writer"] = nil
    // The next deployment drops the agent, or cannot be read, and fails; the roll-back sees it as the one before.
    let rollBack = try SeedRequest(
      properties: Self.properties([Self.row()]), oldProperties: failedDeployment, fabricatorQueueURL: Self.queueURL)
    let outcomes = try await AgentSeeder(store: store).seed(rollBack)
    #expect(outcomes.map(\.kind) == [.unchanged, .removed])
    #expect(store["writer"] == nil)
  }

  @Test func rowsOfDeploymentsThatNotedNothingAreNotedWithTheNextOne() async throws {
    let store = InMemorySeedStore()
    _ = try await Self.seed(store, [Self.row(), Self.row("reader")])
    // As it was before deployments noted anything.
    let earlier = InMemorySeedStore(["writer": try #require(store["writer"]), "foreign": ["agentId": "foreign"]])
    let request = try Self.request(
      [Self.row(), Self.row("reader"), Self.row("foreign")], after: [Self.row(), Self.row("reader")])
    let outcomes = try await AgentSeeder(store: earlier).seed(request)
    #expect(outcomes.map(\.kind) == [.removed, .unchanged, .removed, .foreign])
    #expect(try await earlier.seededIDs() == ["fabricator", "writer", "reader"])
  }

  @Test func anEditThatOvertakesTheSeederWins() async throws {
    let edits = Atomic(0)
    let store = InMemorySeedStore([:]) { rows in
      guard rows["writer"] != nil, edits.add(1, ordering: .relaxed).newValue == 1 else { return }
      guard var config = rows["writer"]?["config"]?.mapValue else { return }
      config["prompt"] = "Mine."
      rows["writer"]?["config"] = .map(config)
    }
    _ = try await Self.seed(store, [Self.row()])
    edits.store(0, ordering: .relaxed)
    let outcome = try await Self.seed(store, [Self.row(prompt: "Two.", description: "New.")], after: [Self.row()])
    #expect(outcome == .init(agentID: "writer", kind: .updated, kept: ["config.prompt"]))
    #expect(Self.config(store, "prompt") == "Mine.")
    #expect(Self.config(store, "description") == "New.")
  }

  @Test func aRowThatAlwaysChangesEndsInAnError() async throws {
    let count = Atomic(0)
    let store = InMemorySeedStore([:]) { rows in
      let description = AttributeValue.string("edit \(count.add(1, ordering: .relaxed).newValue)")
      guard var config = rows["writer"]?["config"]?.mapValue else { return }
      config["description"] = description
      rows["writer"]?["config"] = .map(config)
    }
    _ = try await Self.seed(store, [Self.row()])
    let error = await #expect(throws: AgentSeeder.ContentionError.self) {
      try await Self.seed(store, [Self.row(prompt: "Two.")], after: [Self.row()])
    }
    #expect(error?.agentID == "writer")
  }

  @Test func theReportNamesEachAgentAndFitsTheAnswer() {
    let many = (0..<200).map { AgentSeeder.Outcome(agentID: "agent-\($0)", kind: .created, kept: ["config.prompt"]) }
    let report = AgentSeeder.report(many + [.init(agentID: "writer", kind: .updated, kept: ["state"])])
    #expect(report["Updated"] == "writer")
    #expect(report["Created"]?.stringValue?.hasPrefix("agent-0, agent-1, ") == true)
    #expect(report["Created"]?.stringValue?.hasSuffix(" more") == true)
    #expect(report["Unchanged"] == "")
    #expect(JSONValue.object(report).bytes.count < 3000)
  }

  private func edit(_ store: InMemorySeedStore, _ change: (inout [String: AttributeValue]) -> Void) throws {
    var config = try #require(store["writer"]?["config"]?.mapValue)
    change(&config)
    store["writer"]?["config"] = .map(config)
  }
}
