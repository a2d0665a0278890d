import AWSClient
import AgentKit
import CodeAgents
import JSON
import Orchestration
import Testing

@Suite struct VersionStoreTests {
  let world = LifecycleWorld()

  private func code(_ work: () async throws -> Void) async -> VersionError.Code? {
    do { try await work() } catch let error as VersionError { return error.code } catch {}
    return nil
  }

  @Test func aVersionIsAModuleByItsHashAndAManifestByItsNumber() async throws {
    let version = try await world.publish()
    let hash = try ContentHash.sha256(Array("export default () => 'one'".utf8))
    #expect(world.blobs.keys == ["agents/csv/\(hash).js", "agents/csv/versions/00001.json"])
    let manifest = try #require(try await world.blobs.get(key: "agents/csv/versions/00001.json"))
    #expect(manifest == version.bytes)
    #expect(version.sha256 == (try ContentHash.sha256(manifest)))
    let json = try JSONValue(parsing: manifest)
    #expect(json["agentId"] == "csv")
    #expect(json["version"] == 1)
    #expect(json["sha256"] == .string(hash))
    #expect(json["request"] == "count the lines of a file")
    #expect(json["origin"] == ["orchestrationId": "run-1", "toolUseId": "use-1"])
    #expect(json["config"]?["kind"] == "code")
    #expect(json["config"]?["filename"] == .string("csv/\(hash).js"))
    #expect(json["config"]?["sha256"] == .string(hash))
    #expect(json["config"]?["version"] == "1")
    #expect(try Evidence(json: try #require(json["evidence"])).passedCount == 2)
    #expect(try await world.versions.load(.agent, version.id, 1, sha256: version.sha256) == version)
  }

  @Test func aToolsVersionsAreBesideItsModules() async throws {
    let version = try await world.publish("median", kind: .tool)
    #expect(world.blobs.keys.allSatisfy { $0.hasPrefix("tools/median/") })
    #expect(version.config["kind"] == nil)
    #expect(try JSONValue(parsing: version.bytes)["toolId"] == "median")
  }

  @Test func versionsAreNumberedAndChained() async throws {
    let first = try await world.publish("csv", "one")
    let second = try await world.publish("csv", "two")
    let third = try await world.publish("csv", "one", config: ["description": "Again."])
    #expect([first, second, third].map(\.number) == [1, 2, 3])
    #expect([first, second, third].map(\.precedingSHA256) == [nil, first.sha256, second.sha256])
    #expect(try await world.versions.numbers(.agent, first.id) == [1, 2, 3])
  }

  @Test func theSameWorkOfTheSameFabricationIsPublishedOnce() async throws {
    let first = try await world.publish()
    #expect(try await world.publish() == first)
    let other = try await world.publish(origin: VersionOrigin(orchestrationID: "run-2", toolUseID: "use-1"))
    #expect(other.number == 2)
  }

  @Test func manyWhoPublishAtOnceGetNumbersOfTheirOwn() async throws {
    let world = world
    let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<20 { group.addTask { try await world.publish("csv", "\(index)").number } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(numbers.sorted() == Array(1...20))
    #expect(try await world.versions.verify(.agent, try CodeIdentifier("csv")).allSatisfy(\.problems.isEmpty))
  }

  @Test func anInterruptedPublicationIsTakenUpAgain() async throws {
    // The module is there, its manifest is not.
    _ = try await world.versions.publishModule(.agent, try CodeIdentifier("csv"), source: Array("export default () => 'one'".utf8))
    #expect(try await world.versions.numbers(.agent, try CodeIdentifier("csv")).isEmpty)
    #expect(try await world.publish().number == 1)
  }

  @Test func nothingIsWrittenOver() async throws {
    let version = try await world.publish()
    let key = try #require(world.blobs.keys.first)
    try await world.blobs.put(key: key, bytes: [1], contentType: "")
    #expect(await code { _ = try await world.publish("csv", "one", config: ["description": "Other."]) } == .moduleAltered)
    #expect(try await world.blobs.get(key: key) == [1])
    #expect(await code { _ = try await world.versions.module(of: version) } == .moduleAltered)
    try await world.blobs.delete(key: key)
    #expect(await code { _ = try await world.versions.module(of: version) } == .moduleMissing)
  }

  @Test(arguments: ["", "Csv", "1csv", "../x", "a/b", "a.b", "a b", "ä", "a\u{0}", String(repeating: "a", count: 65)])
  func anIdThatIsNoneNamesNothing(_ id: String) async {
    #expect(await code { _ = try CodeIdentifier(id) } == .invalidIdentifier)
  }

  @Test(arguments: ["kind", "filename", "sha256", "version"]) func whatTheStoreSetsIsNotTheDraftsToSay(_ name: String) async {
    #expect(await code { _ = try await world.publish(config: JSONObject([(name, "x")])) } == .invalidConfiguration)
  }

  @Test func alteredManifestsAreFound() async throws {
    let first = try await world.publish("csv", "one")
    let second = try await world.publish("csv", "two")
    let third = try await world.publish("csv", "three")
    let id = first.id
    func problems(_ known: [Int: String] = [:]) async throws -> [[VersionError.Code]] {
      try await world.versions.verify(.agent, id, known: known).map { $0.problems.map(\.code) }
    }
    #expect(try await problems() == [[], [], []])
    // A manifest that is one in itself is found by the next one, the newest by what the row knows.
    let manifest = String(decoding: first.bytes, as: UTF8.self)
    let forged = manifest.replacing("count the lines", with: "steal the lines")
    try await world.blobs.put(key: "agents/csv/versions/00001.json", bytes: Array(forged.utf8), contentType: "")
    #expect(try await problems() == [[.versionAltered], [], []])
    #expect(await code { _ = try await world.versions.load(.agent, id, 1, sha256: first.sha256) } == .versionAltered)
    #expect(try await problems([3: first.sha256]) == [[.versionAltered], [], [.versionAltered]])
    // One that is none says so itself, and one that is gone is missing.
    try await world.blobs.put(key: "agents/csv/versions/00002.json", bytes: second.bytes + [32], contentType: "")
    try await world.blobs.delete(key: "agents/csv/versions/00003.json")
    #expect(try await problems([3: third.sha256]) == [[], [.versionAltered], [.versionMissing]])
    try await world.blobs.delete(key: "agents/csv/\(first.moduleSHA256).js")
    #expect(try await problems()[0] == [.moduleMissing])
  }

  @Test func aManifestThatCannotBeReadKeepsNobodyFromPublishing() async throws {
    _ = try await world.publish("csv", "one")
    try await world.blobs.put(key: "agents/csv/versions/00001.json", bytes: [0], contentType: "")
    #expect(try await world.publish("csv", "two").number == 2)
  }

  @Test func anAgentThatWasNeverPublishedHasNoVersions() async throws {
    #expect(try await world.versions.verify(.agent, try CodeIdentifier("csv")).isEmpty)
    #expect(await code { _ = try await world.versions.load(.agent, try CodeIdentifier("csv"), 1) } == .versionMissing)
  }
}
