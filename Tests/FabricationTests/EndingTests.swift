import AWSClient
import JSON
import Orchestration
import Testing

@testable import Fabrication

/// How a fabrication ends when it does not end well.
@Suite struct EndingTests {
  @Test func `a model that only talks has fabricated nothing`() async throws {
    let world = try FabricationWorld { _, _ in .says("Here is the code: export default …") }
    try await world.ask()
    let completion = try #require(try world.completions.first)
    #expect(completion.status == .error && completion.code == "nothing_fabricated" && !completion.registryChanged)
    #expect(completion.message?.contains("Here is the code") == true)
    // Whoever listens to failures of fabrications hears of it too.
    let failure = try #require(world.details("agent.fabrication.failed").first)
    #expect(failure["code"] == "nothing_fabricated" && failure["agent_use_id"] == "use-1")
  }

  @Test func `a model that ends after it has stored the agent has made it all the same`() async throws {
    let world = try FabricationWorld(script: Modules.steps(Modules.upload(), Modules.test(), Modules.store()))
    try await world.ask()
    let completion = try #require(try world.completions.first)
    #expect(completion.status == .success && completion.data["agent_id"] == "word-count" && completion.registryChanged)
  }

  @Test func `a model that never stops ends with its turns`() async throws {
    let world = try FabricationWorld(["FABRICATION_TURNS": "5"]) { _, _ in .uses((name: "search_agents", input: ["query": "words"])) }
    try await world.ask()
    #expect(world.transport.requests.count == 5)
    let completion = try #require(try world.completions.first)
    #expect(completion.code == "turn_limit")
    #expect(completion.message?.contains("The last step was: search_agents: ") == true)
  }

  @Test func `tools that do not exist are answered with those that do`() async throws {
    let world = try FabricationWorld(
      script: Modules.steps(
        ("shell", ["command": "id"]), ("file_write", ["path": "/tmp/x"]), ("http_request", ["url": "http://169.254.169.254"])))
    try await world.ask()
    for turn in 1...3 { #expect(world.text(atTurn: turn).hasPrefix("unknown_tool: "), "\(world.text(atTurn: turn))") }
    #expect(world.text(atTurn: 1).contains("upload_agent_to_s3"))
    #expect(world.transport.violations.isEmpty)
  }

  @Test func `a model that says that it cannot be done is believed`() async throws {
    let world = try FabricationWorld(
      script: Modules.steps(("complete_task", ["impossible": "It needs a microphone.", "summary": "Nothing was made."])))
    try await world.ask()
    let completion = try #require(try world.completions.first)
    #expect(completion.code == "not_possible" && completion.message?.contains("It needs a microphone.") == true)
  }

  @Test func `calls that name nothing, or two things, are told what to give`() async throws {
    var test = try #require(Modules.test().1.objectValue)
    test["tool_id"] = "word-count"
    let world = try FabricationWorld(
      script: Modules.steps(
        ("complete_task", ["summary": "Done."]), ("complete_task", ["summary": "x", "agent_id": "a", "impossible": "b"]),
        ("test_agent", .object(test))))
    try await world.ask()
    for turn in 1...3 { #expect(world.text(atTurn: turn).hasPrefix("invalid_input: Give either "), "\(world.text(atTurn: turn))") }
  }

  @Test func `what has been stored is not impossible any more`() async throws {
    let world = try FabricationWorld(
      script: Modules.steps(
        Modules.upload(), Modules.test(), Modules.store(), ("complete_task", ["impossible": "Too hard.", "summary": "None."]),
        Modules.complete()))
    try await world.ask()
    #expect(world.text(atTurn: 4).hasPrefix("already_stored: "))
    #expect(try world.completions.first?.status == .success)
  }

  @Test func `agents that are not there cannot be what the task is completed with`() async throws {
    let world = try FabricationWorld(script: Modules.steps(Modules.complete("ghost"), Modules.complete("fabricator")))
    try await world.ask()
    #expect(world.text(atTurn: 1).hasPrefix("no_such_agent: "))
    #expect(world.text(atTurn: 2).hasPrefix("no_such_agent: "))
    #expect(try world.completions.first?.code == "nothing_fabricated")
  }

  @Test func `the budget is reserved before each call, and ends the fabrication`() async throws {
    // One call of 40,000 tokens may cost 0.66 USD and a little.
    let world = try FabricationWorld(["FABRICATION_BUDGET_USD": "0.7"], script: Modules.script())
    try await world.ask()
    let completion = try #require(try world.completions.first)
    #expect(completion.code == "budget_exhausted")
    #expect(world.transport.requests.count < 4)
    // What the run of the task gives is a bound too.
    let poor = try FabricationWorld(script: Modules.script())
    try await poor.ask(budgetMicroUSD: 1_000)
    #expect(try poor.completions.first?.code == "budget_exhausted")
    #expect(poor.transport.requests.isEmpty)
  }

  @Test func `the deadline of the function ends the fabrication in time to tell of it`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    let clock = world.clock
    world.transport.onRequest { if $0 == "bedrock-runtime ConverseStream" { clock.advance(seconds: 400) } }
    try await world.ask(seconds: 900)
    let completion = try #require(try world.completions.first)
    #expect(completion.code == "deadline_exceeded")
    #expect(world.transport.requests.count == 3)
  }

  @Test func `a task that nobody waits for is not run`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    try await world.ask(toolUseID: "never-asked")
    #expect(world.transport.requests.isEmpty && world.transport.events.isEmpty)
  }

  @Test func `a task that is cancelled while it runs brings nothing into the registry`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    let transport = world.transport
    transport.onRequest { operation in
      guard operation == "s3 PutObject" else { return }
      transport.put(
        ["requestId": .string(FabricationWorld.requestID), "tasks": .map(["use-1": ["state": "cancelled"]])], into: "worker-state")
    }
    try await world.ask()
    #expect(world.fabricatedAgents.isEmpty)
    #expect(try world.completions.first?.code == "cancelled")
  }

  @Test func `progress that cannot be written down stops nothing`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    let transport = world.transport
    // Somebody else owns the row: no line fits.
    transport.onRequest { operation in
      guard operation == "bedrock-runtime ConverseStream",
        var claim = transport.item(["requestId": .string("claim#run-1#1#use-1")], in: "worker-state")
      else { return }
      claim["progress"] = .list(Array(repeating: ["step": "x"], count: ClaimProgress.kept))
      transport.put(claim, into: "worker-state")
    }
    try await world.ask()
    #expect(world.row("word-count")?["state"] == "active")
    #expect(try world.completions.first?.status == .success)
    #expect(world.progress().count == ClaimProgress.kept)
  }

  @Test func `a registry that cannot be read is said to be so`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    world.transport.refuse("dynamodb Scan")
    try await world.ask()
    #expect(try world.completions.first?.code == "registry_unavailable")
  }

  @Test func `a bucket that takes nothing is told to the model, and nothing is made`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    world.transport.refuse("s3 PutObject")
    try await world.ask()
    #expect(world.text(atTurn: 1).hasPrefix("unavailable: 'upload_agent_to_s3' could not be done"), "\(world.text(atTurn: 1))")
    #expect(try world.completions.first?.code == "nothing_fabricated")
  }
}
