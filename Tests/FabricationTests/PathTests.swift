import AWSClient
import CodeAgents
import JSON
import Orchestration
import Testing

@testable import Fabrication

/// From the request to the agent that can be called.
@Suite struct PathTests {
  @Test func `a capability is searched for, drafted, fails its test, is mended, and becomes an agent`() async throws {
    let world = try FabricationWorld(
      script: Modules.steps(
        ("search_agents", ["query": "count words of a text"]), Modules.upload("word-count", Modules.broken), Modules.test(),
        Modules.upload(), Modules.test(cases: []), Modules.store(), Modules.complete()))
    try await world.ask()

    // What people saw of it.
    let progress = world.progress()
    try #require(progress.count == 7, "\(progress)")
    #expect(progress[0] == "search_agents: nothing fits 'count words of a text'")
    #expect(progress[1].hasPrefix("upload_agent_to_s3: 'word-count', "))
    #expect(progress[2] == "test_agent: 2 of 3 cases passed; 'no text' failed: '/words' is 1, expected 0")
    #expect(progress[4] == "test_agent: 3 of 3 cases passed")
    #expect(progress[5] == "store_agent_config_dynamo: 'word-count' version 1 is active")
    #expect(progress[6] == "complete_task: 'word-count' is ready")
    #expect(world.observer.messages.filter { $0 == "the fabrication goes on" }.count == 7)

    // The row, as the Supervisor and the worker read it.
    let row = try #require(world.row("word-count"))
    let agent = try AgentConfiguration(row: row)
    #expect(agent.state == .active && agent.kind == .code && agent.version == "1")
    #expect(agent.schema == Modules.schema && agent.description == Modules.description)
    #expect(agent.queueURL == FabricationWorld.queueURL)
    #expect(agent.tools.isEmpty && agent.capabilities.isEmpty)
    #expect(agent.categories == ["worker", "fabricated"])
    #expect(agent.provenance.origin == .init(orchestrationID: "run-1", toolUseID: "use-1"))
    let sha256 = try ContentHash.sha256(Array(Modules.wordCount.utf8))
    #expect(agent.sha256 == sha256 && agent.filename == "word-count/\(sha256).js")
    #expect(world.transport.object("agents/word-count/\(sha256).js") == Array(Modules.wordCount.utf8))

    // The version, with its evidence.
    let manifest = try JSONValue(parsing: try #require(world.transport.object("agents/word-count/versions/00001.json")))
    #expect(manifest["request"] == "Count the words of a text.")
    let evidence = try Evidence(json: try #require(manifest["evidence"]))
    #expect(evidence.sha256 == sha256 && evidence.cases.count == 3 && evidence.passedCount == 3)
    #expect(evidence.cases.map(\.trial.name) == ["two words", "no text", "no string"])

    // What the round is told.
    let completion = try #require(try world.completions.first)
    #expect(try world.completions.count == 1)
    #expect(completion.status == .success && completion.registryChanged && completion.requestID == "run-1#1")
    #expect(completion.data["agent_id"] == "word-count" && completion.data["name"] == "word-count")
    #expect(completion.data["version"] == 1 && completion.data["state"] == "active" && completion.data["reused"] == false)
    #expect(completion.data["schema"] == Modules.schema && completion.data["description"] == .string(Modules.description))
    #expect(completion.data["message"]?.stringValue?.contains("call 'word-count' now") == true)
    #expect(world.details("agent.fabricated").isEmpty && world.details("agent.fabrication.failed").isEmpty)
    #expect((completion.usage?.costMicroUSD ?? 0) > 0 && completion.usage?.outputTokens == 3_500)

    // No call of the model after complete_task, all of them streamed, and none that Bedrock would refuse.
    #expect(world.transport.requests.count == 7)
    #expect(world.transport.allStreamed)
    #expect(world.transport.violations.isEmpty, "\(world.transport.violations)")
  }

  @Test func `the model reads what happened in each case, with the stack of what was thrown`() async throws {
    let throwing = Modules.header + "export default async function handler(input) { return {words: input.text.missing.length}; }\n"
    let world = try FabricationWorld(script: Modules.steps(Modules.upload("word-count", throwing), Modules.test()))
    try await world.ask()
    let text = world.text(atTurn: 2)
    #expect(text.contains("TypeError"), "\(text)")
    #expect(text.contains("word-count.js:7"), "\(text)")
    #expect(text.contains("The case 'two words' fails"), "\(text)")
    #expect(text.contains("upload_agent_to_s3"), "\(text)")
  }

  @Test func `an agent that does the task already is reused, and nothing is made`() async throws {
    let first = try FabricationWorld(script: Modules.script())
    try await first.ask()
    for seconds in [60, 7_200] as [Int64] {
      let world = try FabricationWorld(
        script: Modules.steps(("search_agents", ["query": "word counting in texts"]), Modules.complete()))
      for item in first.transport.items(in: "agents") { world.transport.put(item, into: "agents") }
      world.clock.advance(seconds: seconds)
      try await world.ask(toolUseID: "use-2")
      #expect(world.text(atTurn: 1).contains("\"id\":\"word-count\""))
      let completion = try #require(try world.completions.first)
      #expect(completion.data["reused"] == true && completion.data["agent_id"] == "word-count")
      #expect(completion.data["message"]?.stringValue?.contains("already") == true)
      #expect(world.transport.keys.isEmpty)
      // An agent that another run has just made is news to the round that waits.
      #expect(completion.registryChanged == (seconds < 3_600))
    }
  }

  @Test func `a tool is made first, and the agent that calls it is tested through the same gate`() async throws {
    let tool =
      Modules.header + "export default async function handler(input) { return {words: input.text.split(/\\s+/).filter(w => w).length}; }\n"
    let agent =
      Modules.header + """
        export default async function handler(input, host) {
          const {words} = await host.callTool('word_counter', {text: input.text});
          return {words};
        }

        """
    let world = try FabricationWorld(
      script: Modules.steps(
        Modules.upload("word_counter", tool, kind: "tool"), Modules.test("word_counter", kind: "tool"),
        Modules.store("word_counter", kind: "tool"), Modules.upload("word-count", agent), Modules.test(tools: ["word_counter"]),
        Modules.store(tools: ["word_counter"]), Modules.complete()))
    try await world.ask()
    let completion = try #require(try world.completions.first)
    #expect(completion.status == .success, "\(completion)")
    #expect(completion.data["tools"] == ["word_counter"])
    let row = try #require(world.row("word_counter", in: "tools"))
    #expect(row["state"] == "active" && row["config"]?["version"] == "1")
    // As the worker reads it.
    #expect(try FabricatedTool(row: row).filename == "word_counter/\(row["config"]?["sha256"]?.stringValue ?? "").js")
    let manifest = try JSONValue(parsing: try #require(world.transport.object("agents/word-count/versions/00001.json")))
    let evidence = try Evidence(json: try #require(manifest["evidence"]))
    #expect(evidence.toolsUsed == ["word_counter"])
    #expect(evidence.toolHashes["word_counter"] == row["config"]?["sha256"]?.stringValue)
    #expect(evidence.cases[0].calls == [Evidence.HostCall(function: "callTool", name: "word_counter")])
  }

  @Test func `with approval by a person the draft waits as pending, and the round is told so`() async throws {
    let world = try FabricationWorld(["FABRICATION_APPROVAL": "manual"], script: Modules.script())
    try await world.ask()
    #expect(world.row("word-count")?["state"] == "pending")
    let completion = try #require(try world.completions.first)
    #expect(completion.status == .success && completion.data["state"] == "pending" && !completion.registryChanged)
    #expect(completion.data["message"]?.stringValue?.contains("awaits approval") == true)
    #expect(world.progress().last == "complete_task: 'word-count' awaits approval")
  }

  @Test func `an agent that was fabricated earlier gets a next version`() async throws {
    let world = try FabricationWorld { turn, request in
      // The second task makes the same agent with other code.
      let isSecond = request.messages.first?.text.contains("again") == true
      return Modules.steps(
        Modules.upload("word-count", Modules.wordCount + (isSecond ? "// better\n" : "")), Modules.test(), Modules.store(),
        Modules.complete())(turn, request)
    }
    try await world.ask()
    try await world.ask("Count words again.", toolUseID: "use-2")
    let row = try #require(world.row("word-count"))
    #expect(row["config"]?["version"] == "2" && row["previousVersion"] == 1)
    #expect(try world.completions.last?.data["version"] == 2)
    #expect(world.transport.keys.filter { $0.contains("/versions/") }.count == 2)
    #expect(world.fabricatedAgents.count == 1)
  }

  @Test func `an operator's name for the agent is what the round is told to call`() async throws {
    let world = try FabricationWorld { turn, request in
      let isSecond = request.messages.first?.text.contains("again") == true
      return Modules.steps(
        Modules.upload("word-count", Modules.wordCount + (isSecond ? "// better\n" : "")), Modules.test(), Modules.store(),
        Modules.complete())(turn, request)
    }
    try await world.ask()
    var row = try #require(world.transport.item(["agentId": "word-count"], in: "agents"))
    var config = try #require(row["config"]?.mapValue)
    config["name"] = "Word counter"
    row["config"] = .map(config)
    world.transport.put(row, into: "agents")
    try await world.ask("Count words again.", toolUseID: "use-2")
    let completion = try #require(try world.completions.last)
    #expect(completion.data["agent_id"] == "word-count" && completion.data["version"] == 2)
    let written = try #require(world.row("word-count"))
    let name = try #require(AgentDirectory(rows: [written]).entries.first?.toolName)
    #expect(completion.data["name"] == .string(name) && name != "word-count")
  }

  @Test func `a tool is shown with its code`() async throws {
    let tool = Modules.header + "export default async function handler(input) { return {words: 0}; }\n"
    let world = try FabricationWorld { turn, request in
      Modules.steps(
        Modules.upload("word_counter", tool, kind: "tool"),
        Modules.test(
          "word_counter", cases: [["name": "none", "input": ["text": ""], "equals": ["words": 0]], Modules.cases[2]], kind: "tool"),
        Modules.store("word_counter", kind: "tool"))(turn, request)
    }
    try await world.ask()
    let second = try FabricationWorld(
      script: Modules.steps(
        ("get_worker_tool", ["tool_name": "word_counter"]), ("get_worker_tool", ["tool_name": "query_table"]),
        ("get_worker_tool", ["tool_name": "../secrets"])))
    for item in world.transport.items(in: "tools") { second.transport.put(item, into: "tools") }
    for key in world.transport.keys { second.transport.put(try #require(world.transport.object(key)), as: key) }
    try await second.ask()
    #expect(second.text(atTurn: 1).contains("return {words: 0}"))
    #expect(second.text(atTurn: 2).contains("\"kind\":\"built-in tool\""))
    #expect(second.text(atTurn: 3).hasPrefix("unknown_tool: There is no tool '../secrets'. There are: "))
  }
}
