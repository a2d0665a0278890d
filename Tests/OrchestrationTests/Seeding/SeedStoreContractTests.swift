import AWSClient
import AWSDoubles
import JSON
import Orchestration
import Testing

/// What every store of seeds must do; the one in memory is what the seeder's tests stand on.
@Suite struct SeedStoreContractTests {
  enum Kind: CaseIterable {
    case memory, dynamoDB

    func make() throws -> any SeedStore {
      switch self {
      case .memory: InMemorySeedStore()
      case .dynamoDB: DynamoDBSeedStore(client: try DynamoDBDouble(keyNames: ["agents": "agentId"]).client, table: "agents")
      }
    }
  }

  static let row: [String: AttributeValue] = [
    "agentId": "writer", "config": ["name": "writer", "limits": ["turns": 4]], "state": "active", "categories": ["demo"],
  ]

  @Test(arguments: Kind.allCases) func aRowIsCreatedOnce(kind: Kind) async throws {
    let store = try kind.make()
    #expect(try await store.row("writer") == nil)
    #expect(try await store.create(Self.row))
    var other = Self.row
    other["state"] = "inactive"
    #expect(try await !store.create(other))
    #expect(try await store.row("writer") == Self.row)
  }

  @Test(arguments: Kind.allCases) func attributesChangeWhenTheOnesExpectedAreThere(kind: Kind) async throws {
    let store = try kind.make()
    _ = try await store.create(Self.row)
    let expected: [String: AttributeValue?] = ["config": Self.row["config"], "state": "active", "owner": nil]
    #expect(
      try await store.update("writer", expected: expected, changes: ["config": ["name": "new"], "owner": "Ada", "state": nil]))
    #expect(
      try await store.row("writer") == ["agentId": "writer", "config": ["name": "new"], "owner": "Ada", "categories": ["demo"]])
  }

  @Test(arguments: Kind.allCases) func nothingChangesWhenOneIsAnother(kind: Kind) async throws {
    let store = try kind.make()
    _ = try await store.create(Self.row)
    for expected: [String: AttributeValue?] in [
      ["state": "inactive"], ["state": nil], ["owner": "Ada"], ["config": ["name": "writer", "limits": ["turns": 5]]],
      ["state": "active", "categories": ["demo", "more"]],
    ] {
      #expect(try await !store.update("writer", expected: expected, changes: ["state": "maintenance"]))
    }
    #expect(try await store.row("writer") == Self.row)
  }

  @Test(arguments: Kind.allCases) func aRowThatIsGoneDoesNotComeBack(kind: Kind) async throws {
    let store = try kind.make()
    #expect(try await !store.update("writer", expected: [:], changes: ["state": "active"]))
    #expect(try await store.row("writer") == nil)
  }

  @Test(arguments: Kind.allCases) func whatWasEverSeededIsRemembered(kind: Kind) async throws {
    let store = try kind.make()
    #expect(try await store.seededIDs() == [])
    try await store.noteSeeded([])
    #expect(try await store.seededIDs() == [])
    #expect(try await store.create(Self.row))
    #expect(try await store.seededIDs() == ["writer"])
    #expect(try await !store.create(Self.row))
    try await store.noteSeeded(["reader", "writer"])
    try await store.noteSeeded(["fabricator"])
    #expect(try await store.seededIDs() == ["fabricator", "reader", "writer"])
  }

  @Test func aRowAndItsMemoryOutlastATransactionOnThem() async throws {
    let double = DynamoDBDouble(keyNames: ["agents": "agentId"])
    let store = DynamoDBSeedStore(client: try double.client, table: "agents")
    double.conflictNext(3)
    double.loseAnswers(1, of: "TransactWriteItems")
    #expect(try await store.create(Self.row))
    double.conflictNext(3, on: "UpdateItem")
    #expect(try await store.update("writer", expected: ["state": "active"], changes: ["state": "inactive"]))
    // Readers that do not know the row pass over what is not active.
    #expect(double.item("agents", "#seeded")?["state"]?["S"] == "inactive")
  }
}
