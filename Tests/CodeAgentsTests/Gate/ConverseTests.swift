import AWSClient
import AWSDoubles
import AgentKit
import JSON
import Orchestration
import Sandbox
import Synchronization
import Testing

@testable import CodeAgents

/// `host.converse`: what may be asked, and what it may cost.
@Suite struct ConverseTests {
  private static let granted: JSONObject = ["capabilities": ["converse"]]

  /// The answer to one request, or the refusal's code and message.
  private func ask(_ world: CodeWorld, _ request: JSONValue, config: JSONObject = granted) async throws -> JSONValue {
    try await world.register(
      "made", "try { return await host.converse(input.request) } catch (error) { return {code: error.code, message: error.message} }",
      config: config)
    return try await world.answer("use-\(world.bus.events.count)", ["request": request]).data
  }

  @Test func `a request has a prompt or messages, and what else it may have`() async throws {
    let world = try CodeWorld()
    let messages: JSONValue = [["role": "user", "text": "a"], ["role": "assistant", "text": "b"], ["role": "user", "text": "c"]]
    let answer = try await ask(world, ["messages": messages, "system": "Be brief.", "maxTokens": 100, "temperature": 0.5])
    #expect(answer == ["text": "yes", "stopReason": "end_turn", "usage": ["inputTokens": 100, "outputTokens": 20, "totalTokens": 120]])
    let request = try #require(world.model.requests.first)
    #expect(request.messages == [.user("a"), Message(role: .assistant, content: [.text("b")]), .user("c")])
    #expect(request.system == [.text("Be brief.")] && request.toolConfiguration == nil)
    #expect(request.inferenceConfiguration == InferenceConfiguration(maxTokens: 100, temperature: 0.5))
  }

  @Test(
    arguments: [
      [:], ["prompt": ""], ["prompt": 1], ["prompt": "x", "messages": [["role": "user", "text": "x"]]], ["messages": []],
      ["messages": [["role": "system", "text": "x"]]], ["messages": [["role": "assistant", "text": "x"]]],
      ["messages": [["role": "user", "text": "x"], ["role": "user", "text": "y"]]], ["messages": [["role": "user", "content": "x"]]],
      ["prompt": "x", "maxTokens": 0], ["prompt": "x", "maxTokens": 2_049], ["prompt": "x", "temperature": 2],
      ["prompt": "x", "modelId": "dear"], ["prompt": "x", "tools": []], "x", .null,
    ] as [JSONValue])
  func `any other request is refused before it costs anything`(request: JSONValue) async throws {
    let world = try CodeWorld()
    let answer = try await ask(world, request)
    #expect(answer["code"] == "invalid_input", "\(answer.text)")
    #expect(world.model.requests.isEmpty)
    #expect(try world.completions.last?.usage == TaskCompletion.Usage())
  }

  @Test func `the tool of this name is paid out of the same allowance`() async throws {
    let world = try CodeWorld()
    try await world.register(
      "made", "return [await host.callTool('converse', {prompt: 'a'}), (await host.converse({prompt: 'b'})).text]",
      config: ["tools": ["converse"], "capabilities": ["converse"], "limits": ["turns": 2]])
    let answer = try await world.answer()
    #expect(answer.data == [["text": "yes"], "yes"], "\(answer.message ?? "")")
    #expect(answer.usage?.inputTokens == 200)
    try await world.register("made", "return await host.callTool('converse', {prompt: 'a'})", config: ["tools": ["converse"]])
    let poor = try await world.answer("use-2", budget: 1)
    #expect(poor.code == "budget_exhausted", "\(poor.message ?? "")")
  }

  @Test func `the agent's model and the longest reply of its row are what is asked`() async throws {
    let world = try CodeWorld()
    _ = try await ask(
      world, ["prompt": "x"], config: ["capabilities": ["converse"], "model": "maker.model", "limits": ["maxTokens": 77]])
    #expect(world.model.requests.first?.inferenceConfiguration?.maxTokens == 77)
    #expect(world.observer.lines.contains { $0.fields["model"] == "maker.model" && $0.message.contains("no price is listed") })
  }

  @Test func `each call is reserved before it is made, and settled with what it cost`() async throws {
    let world = try CodeWorld()
    let reserved = Mutex<[Int64]>([])
    let task = CodeAgentTask(
      agent: AgentConfiguration(agentID: "made", name: "made", description: "", schema: ["type": "object"], kind: .code),
      input: [:], message: TaskMessage(input: [:], orchestrationID: "run-1", toolUseID: "use-1", node: "made"),
      claim: TaskClaim(
        key: TaskKey(orchestrationID: "run-1", requestID: nil, toolUseID: "use-1"), owner: "me",
        untilMilliseconds: world.clock.nowMilliseconds + 60_000, spentEarlierMicroUSD: 5),
      limits: AgentLimits(), modelID: "anthropic.claude-sonnet-4-20250514-v1:0", temperature: 0,
      permit: { plan throws(AgentFailure) in
        reserved.withLock { $0.append(plan.spentMicroUSD + plan.reservationMicroUSD) }
        return 5
      })
    let services = GateServices(
      configuration: world.configuration, runner: world.runner, modules: ModuleLoader(blobs: world.blobs, clock: world.clock),
      tools: NoToolRows(), blobs: world.blobs, model: world.model, prices: .builtIn, clock: world.clock, ids: world.ids,
      observer: world.observer)
    let allowance = ModelAllowance(task, services: services)
    let caller = Gate.Caller(
      orchestrationID: "run-1", taskID: "use-1", agentID: "made", deadlineMilliseconds: world.clock.nowMilliseconds + 60_000)
    for _ in 1...2 { _ = try await allowance.answer(try ConverseCall(["prompt": "x"]), for: caller) }
    // 100 input tokens at 3 and 20 output tokens at 15 US dollars a million.
    #expect(allowance.usage == TaskCompletion.Usage(inputTokens: 200, outputTokens: 40, costMicroUSD: 1_205))
    let notes = reserved.withLock { $0 }
    #expect(notes.count == 2 && notes[0] > 600 && notes[1] == notes[0] + 600)
  }

  @Test func `calls that are under way at once count as spent for each other`() async throws {
    // Each may cost 0.0369 dollars at most; three fit.
    let world = try CodeWorld()
    try await world.register(
      "made",
      """
      const all = await Promise.allSettled([1, 2, 3, 4, 5].map(() => host.converse({prompt: 'x'})));
      return all.map(one => one.status == "fulfilled" ? "yes" : one.reason.code).sort();
      """, config: Self.granted)
    let single = world.model.requests.count
    let probe = try await world.answer("use-0", budget: 1)
    #expect(probe.data == ["budget_exhausted", "budget_exhausted", "budget_exhausted", "budget_exhausted", "budget_exhausted"])
    #expect(world.model.requests.count == single)
    let answer = try await world.answer("use-1")
    #expect(answer.data == ["yes", "yes", "yes", "yes", "yes"])
    #expect(answer.usage?.inputTokens == 500)
  }

  @Test func `turns are the most calls, and what earlier attempts spent is gone`() async throws {
    let world = try CodeWorld()
    try await world.register(
      "made", "let n = 0; try { while (true) { await host.converse({prompt: 'x'}); n++ } } catch (error) { return [n, error.code] }",
      config: ["capabilities": ["converse"], "limits": ["turns": 4]])
    #expect(try await world.answer().data == [4, "turn_limit"])
    // A claim of a handler that died after it had reserved nearly everything.
    world.tables.put(
      [
        "requestId": ["S": "claim#run-1#use-2"], "orchestration_id": ["S": "run-1"], "claim_state": ["S": "running"],
        "claim_owner": ["S": "dead"], "claimed_until": ["N": "1"], "spent": ["N": "999999"], "spent_earlier": ["N": "0"],
      ], into: "worker-state")
    let answer = try await world.answer("use-2")
    #expect(answer.data == [0, "budget_exhausted"])
    #expect(answer.usage?.costMicroUSD == 999_999)
  }

  @Test func `a model that is busy is asked again, and one that refuses is not`() async throws {
    let throttled = AWSError(code: "ThrottlingException", message: "slow", httpStatus: 429, isRetryable: true, isThrottling: true)
    let busy = try CodeWorld(model: { _, index in
      if index < 2 { throw throttled }
      return .saying("at last")
    })
    #expect(try await ask(busy, ["prompt": "x"])["text"] == "at last")
    #expect(busy.model.requests.count == 3)
    let refusing = try CodeWorld(model: { _, _ in throw AWSError(code: "AccessDeniedException", message: "no model access", httpStatus: 403)
    })
    let answer = try await ask(refusing, ["prompt": "x"])
    #expect(answer["code"] == "model_failed" && answer["message"]?.stringValue?.contains("no model access") == true)
    #expect(refusing.model.requests.count == 1)
    #expect(try refusing.completions.last?.usage?.costMicroUSD == 0)
  }
}
