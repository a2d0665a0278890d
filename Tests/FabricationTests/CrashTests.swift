import AWSClient
import JSON
import Orchestration
import Testing

@testable import Fabrication

/// The function is lost at each request in turn, just before it and just after it; then the queue hands the message out again.
@Suite struct CrashTests {
  /// - Returns: true when the function was lost before it had done all.
  private static func run(_ world: FabricationWorld, lostAtStep step: Int) async throws -> Bool {
    world.transport.lose(atStep: step)
    _ = try? await world.ask()
    let wasLost = world.transport.recover()
    // A claim lasts as long as the function that made it; the queue hands the message out after that.
    world.clock.advance(seconds: 901)
    try await world.ask()
    return wasLost
  }

  /// - Parameters:
  ///   - state: in which the agent is at the end.
  ///   - version: which of its versions the row names.
  private static func check(_ world: FabricationWorld, state: String, version: Int, _ place: Comment) throws {
    #expect(world.fabricatedAgents.map { $0["agentId"] } == ["word-count"], place)
    let row = try #require(world.row("word-count"), place)
    #expect(row["state"]?.stringValue == state && row["config"]?["version"]?.stringValue == "\(version)", place)
    // Whoever died may have published the version that the row names: it is there once.
    #expect(world.transport.keys.filter { $0.contains("/versions/") }.count == version, place)
    let completions = try world.completions
    #expect(!completions.isEmpty, place)
    #expect(Set(completions.map(\.status)) == [.success], place)
    #expect(Set(completions.map { $0.data["agent_id"] }) == ["word-count"], place)
    #expect(Set(completions.map { $0.data["version"] }) == [.number(version)], place)
    #expect(completions.allSatisfy { $0.registryChanged == (state == "active") }, place)
    #expect(world.transport.violations.isEmpty, place)
  }

  @Test func `exactly one agent comes of a task, wherever the function is lost`() async throws {
    var step = 1
    while true {
      let world = try FabricationWorld(script: Modules.script())
      guard try await Self.run(world, lostAtStep: step) else { break }
      try Self.check(world, state: "active", version: 1, "lost at step \(step)")
      step += 1
    }
    #expect(step > 40, "a fabrication makes more requests than that")
  }

  @Test func `exactly one draft awaits approval, wherever the function is lost`() async throws {
    var step = 1
    while true {
      let world = try FabricationWorld(["FABRICATION_APPROVAL": "manual"], script: Modules.script())
      guard try await Self.run(world, lostAtStep: step) else { break }
      try Self.check(world, state: "pending", version: 1, "lost at step \(step)")
      step += 1
    }
    #expect(step > 40)
  }

  @Test func `exactly one next version comes of a task, wherever the function is lost`() async throws {
    let first = try FabricationWorld(script: Modules.script())
    try await first.ask(toolUseID: "use-2")
    let row = try #require(first.transport.item(["agentId": "word-count"], in: "agents"))
    let better = Modules.steps(
      Modules.upload("word-count", Modules.wordCount + "// better\n"), Modules.test(), Modules.store(), Modules.complete())
    var step = 1
    while true {
      let world = try FabricationWorld(script: better)
      world.transport.put(row, into: "agents")
      for key in first.transport.keys { world.transport.put(try #require(first.transport.object(key)), as: key) }
      guard try await Self.run(world, lostAtStep: step) else { break }
      try Self.check(world, state: "active", version: 2, "lost at step \(step)")
      step += 1
    }
    #expect(step > 40)
  }

  @Test func `an attempt that follows a dead one completes with what that one has made, and asks no model`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    let transport = world.transport
    // The function dies right after the agent is in the registry.
    transport.onRequest { operation in
      guard operation == "bedrock-runtime ConverseStream", transport.item(["agentId": "word-count"], in: "agents") != nil else { return }
      transport.lose(atStep: 1)
    }
    _ = try? await world.ask()
    _ = transport.recover()
    #expect(try world.completions.isEmpty && world.row("word-count")?["state"] == "active")
    let asked = transport.requests.count
    transport.onRequest { _ in }
    world.clock.advance(seconds: 901)
    try await world.ask()
    #expect(transport.requests.count == asked)
    let completion = try #require(try world.completions.first)
    #expect(completion.status == .success && completion.registryChanged && completion.data["reused"] == false)
    // What the dead attempt may have spent is answered for.
    #expect((completion.usage?.costMicroUSD ?? 0) > 0)
  }

  @Test func `a store that is cut off is looked up, and its agent is told`() async throws {
    let world = try FabricationWorld(script: Modules.steps(Modules.upload(), Modules.test(), Modules.store()))
    world.transport.loseAnswers(of: "dynamodb PutItem")
    try await world.ask()
    #expect(world.text(atTurn: 3).hasPrefix("unavailable: "), "\(world.text(atTurn: 3))")
    #expect(world.row("word-count")?["state"] == "active")
    let completion = try #require(try world.completions.first)
    #expect(completion.status == .success && completion.registryChanged && completion.data["agent_id"] == "word-count", "\(completion)")
  }

  @Test func `of a store that is cut off and cannot be looked up the answer says that the registry may be another`() async throws {
    let world = try FabricationWorld(script: Modules.steps(Modules.upload(), Modules.test(), Modules.store()))
    let transport = world.transport
    transport.loseAnswers(of: "dynamodb PutItem")
    transport.onRequest { if $0 == "dynamodb PutItem" { transport.refuse("dynamodb Scan") } }
    try await world.ask()
    let completion = try #require(try world.completions.first)
    #expect(completion.status == .error && completion.registryChanged, "\(completion)")
  }

  @Test func `an attempt that cannot look what a dead one has made says that the registry may be another`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    let transport = world.transport
    transport.onRequest { operation in
      guard operation == "bedrock-runtime ConverseStream", transport.item(["agentId": "word-count"], in: "agents") != nil else { return }
      transport.lose(atStep: 1)
    }
    _ = try? await world.ask()
    _ = transport.recover()
    transport.onRequest { _ in }
    transport.refuse("dynamodb Scan")
    world.clock.advance(seconds: 901)
    try await world.ask()
    let completion = try #require(try world.completions.first)
    #expect(completion.code == "registry_unavailable" && completion.registryChanged, "\(completion)")
    #expect((completion.usage?.costMicroUSD ?? 0) > 0)
  }

  @Test func `an attempt that follows one that died after a tool goes on with that tool`() async throws {
    let tool = Modules.header + "export default async function handler(input) { return {words: 0}; }\n"
    let cases: [JSONValue] = [["name": "none", "input": ["text": ""], "equals": ["words": 0]], Modules.cases[2]]
    let world = try FabricationWorld { turn, request in
      let isSecond = request.messages.first?.text.contains("It has stored the tool 'word_counter'") == true
      let script =
        isSecond
        ? Modules.script()
        : Modules.steps(
          Modules.upload("word_counter", tool, kind: "tool"), Modules.test("word_counter", cases: cases, kind: "tool"),
          Modules.store("word_counter", kind: "tool"))
      return script(turn, request)
    }
    let transport = world.transport
    transport.onRequest { operation in
      guard operation == "bedrock-runtime ConverseStream", transport.item(["toolId": "word_counter"], in: "tools") != nil,
        transport.requests.count < 4
      else { return }
      transport.lose(atStep: 1)
    }
    _ = try? await world.ask()
    _ = transport.recover()
    transport.onRequest { _ in }
    world.clock.advance(seconds: 901)
    try await world.ask()
    let completion = try #require(try world.completions.first)
    #expect(completion.status == .success && completion.data["tools"] == ["word_counter"], "\(completion)")
  }

  @Test func `a later round that uses the same id again is another fabrication`() async throws {
    let world = try FabricationWorld { turn, request in
      let isSecond = request.messages.first?.text.contains("letters") == true
      return Modules.script(isSecond ? "letter-count" : "word-count")(turn, request)
    }
    try await world.ask()
    world.transport.put(["requestId": "run-1#2", "tasks": .map(["use-1": ["state": "pending"]])], into: "worker-state")
    try await world.handle(
      TaskMessage(
        input: ["taskDetails": "Count the letters."], orchestrationID: "run-1", toolUseID: "use-1", node: "fabricator", requestID: "run-1#2"
      ).json)
    #expect(try world.completions.map { $0.data["agent_id"] } == ["word-count", "letter-count"])
    #expect(world.fabricatedAgents.count == 2)
  }

  @Test func `a message that comes twice is one fabrication, answered twice alike`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    try await world.ask()
    let asked = world.transport.requests.count
    try await world.ask()
    #expect(world.transport.requests.count == asked)
    let completions = try world.completions
    #expect(completions.count == 2 && completions[0] == completions[1])
    #expect(world.transport.keys.filter { $0.contains("/versions/") }.count == 1)
  }

  @Test func `a message that comes twice at once is worked on once`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    async let first: Void = world.ask()
    async let second: Void = world.ask()
    var failures = 0
    do { try await first } catch is TaskHandler.TaskInProgress { failures += 1 }
    do { try await second } catch is TaskHandler.TaskInProgress { failures += 1 }
    #expect(world.fabricatedAgents.count == 1)
    #expect(world.transport.requests.count == 4)
    // Whoever came while the other was at work gives the message back; whoever came after it tells the answer again.
    #expect(failures + (try world.completions.count) == 2)
  }

  @Test func `two fabrications of the same agent at once leave one agent that works`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    async let first: Void = world.ask()
    async let second: Void = world.ask("Count the words, please.", toolUseID: "use-2")
    _ = try await (first, second)
    #expect(world.fabricatedAgents.count == 1 && world.row("word-count")?["state"] == "active")
    #expect(try world.completions.count == 2)
    #expect(try world.completions.contains { $0.status == .success })
  }

  @Test func `an answer that cannot be published comes again, and is the same`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    world.transport.refuse("events PutEvents")
    await #expect(throws: (any Error).self) { try await world.ask() }
    #expect(world.row("word-count")?["state"] == "active")
    let asked = world.transport.requests.count
    world.transport.allow("events PutEvents")
    try await world.ask()
    #expect(world.transport.requests.count == asked)
    #expect(try world.completions.map(\.status) == [.success])
  }
}
