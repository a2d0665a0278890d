import AWSClient
import AgentKit
import JSON
import Synchronization
import Testing

@Suite("Agent loop")
struct AgentLoopTests {
  private let clock = ManualClock()
  private let context = ToolContext(orchestrationID: "o-1", taskID: "t-1")
  private let prices = ModelPrices(asOf: "2026-01-01", entries: ["m": .init(input: 1_000_000, output: 10_000_000)])

  private func loop(
    _ model: ScriptedModel, tools: [any Tool] = [], limits: AgentLimits = AgentLimits(),
    endingTools: Set<String> = [],
    pause: @escaping @Sendable (Int64) async throws -> Void = { if $0 > 10_000 { try await Task.sleep(for: .milliseconds($0)) } },
    observe: @escaping @Sendable (AgentEvent) -> Void = { _ in }
  ) throws -> AgentLoop {
    AgentLoop(
      model: model, modelID: "m", systemPrompt: "You are a test.", tools: try ToolBox(tools), limits: limits, endingTools: endingTools,
      prices: prices, clock: clock, pause: pause, observe: observe)
  }

  @Test("An answer comes with usage and cost")
  func answer() async throws {
    let model = ScriptedModel(.text("42"))
    let run = try await loop(model).run("What?", context: context)
    #expect(run.answer == "42")
    #expect(run.usage == TokenUsage(inputTokens: 100, outputTokens: 10))
    #expect(run.costMicroUSD == 200)
    #expect(run.turns == 1)
    #expect(run.conversation == [.user("What?"), .assistant(.text("42"))])
    let request = try #require(model.requests.first)
    #expect(request.system == [.text("You are a test.")])
    #expect(request.toolConfiguration == nil)
    #expect(request.inferenceConfiguration?.maxTokens == 4_096)
  }

  @Test("What is known to be spent elsewhere counts against the budget, and is reported when no model is asked")
  func spentElsewhere() async throws {
    let model = ScriptedModel(.text("42"))
    var limits = AgentLimits()
    limits.budgetMicroUSD = 1_000_000
    let run = try await loop(model, limits: limits).run("What?", context: context, spentElsewhereMicroUSD: 999_999)
    #expect(run.failure?.code == .budgetExhausted)
    #expect(run.costMicroUSD == 999_999)
    #expect(model.requests.isEmpty)
    // The permit's answer replaces what was known before.
    let other = try await loop(model, limits: limits).run("What?", context: context, spentElsewhereMicroUSD: 1)
    #expect(other.answer == "42" && other.costMicroUSD == 200)
  }

  @Test("Tool calls of one reply are answered in one message, in their order, failures as errors")
  func toolCalls() async throws {
    let model = ScriptedModel(
      .tools(("1", "double", ["n": 21]), ("2", "double", ["n": "x"]), ("3", "broken", [:]), ("4", "missing", [:]), ("5", "list", [:])),
      .text("done"))
    let double = FunctionTool("double", schema: ["type": "object", "properties": ["n": ["type": "integer"]], "required": ["n"]]) {
      input, _ in
      .object(["twice": .number((input["n"]?.intValue ?? 0) * 2)])
    }
    let broken = FunctionTool("broken") { _, _ in throw ToolError("not_found", "there is no 'x'") }
    let list = FunctionTool("list") { _, _ in [1, 2] }
    let run = try await loop(model, tools: [double, broken, list]).run("Go", context: context)
    #expect(run.answer == "done")
    #expect(run.toolCalls == 5)
    #expect(model.violations.isEmpty)
    let results = try #require(model.requests.last?.messages.last).toolResults
    #expect(results.map(\.id) == ["1", "2", "3", "4", "5"])
    #expect(results.map(\.status) == [.success, .error, .error, .error, .success])
    #expect(results[0].content == [.json(["twice": 42])])
    #expect(results[1].content[0].text?.contains("'/n': \"x\" is a string, expected integer") == true)
    #expect(results[2].content[0].text == "not_found: there is no 'x'")
    #expect(results[3].content[0].text == "unknown_tool: There is no tool 'missing'. Tools: double, broken, list.")
    #expect(results[4].content == [.json(["result": [1, 2]])])
  }

  @Test("A tool that ends the run ends it when it succeeds, without another model call")
  func endingTool() async throws {
    let done = FunctionTool("done") { input, _ in
      guard input["ready"] == true else { throw ToolError("not_ready", "Finish first.") }
      return ["completed": true]
    }
    let note = FunctionTool("note") { _, _ in "noted" }
    let model = ScriptedModel(
      .tools(("1", "done", [:])), .tools(("2", "done", ["ready": true]), ("3", "note", [:])), .text("never asked for"))
    let run = try await loop(model, tools: [done, note], endingTools: ["done"]).run("Go", context: context)
    #expect(run.answer == "{\"completed\":true}")
    #expect(run.turns == 2 && run.toolCalls == 3 && model.requests.count == 2)
    // The calls beside it have been answered, so that the conversation could go on.
    #expect(run.conversation.last?.toolResults.map(\.id) == ["2", "3"])
  }

  @Test("Tools run at the same time")
  func parallelTools() async throws {
    // Each call waits until all three have begun: one after the other they would never end.
    let arrived = AsyncStream<Void>.makeStream()
    let counter = Mutex(0)
    let meeting = FunctionTool("meet") { _, _ in
      if counter.withLock({
        $0 += 1
        return $0
      }) == 3 {
        arrived.continuation.finish()
      }
      for await _ in arrived.stream {}
      return "met"
    }
    let model = ScriptedModel(.tools(("1", "meet", [:]), ("2", "meet", [:]), ("3", "meet", [:])), .text("ok"))
    let run = try await loop(model, tools: [meeting]).run("Go", context: context)
    #expect(run.answer == "ok")
  }

  @Test("A tool that does not end is given up, also when it ignores cancellation")
  func toolTimeout() async throws {
    let never = AsyncStream<Void>.makeStream()
    let deaf = FunctionTool("deaf") { _, _ in
      await Task.detached { for await _ in never.stream {} }.value
      return "never"
    }
    var limits = AgentLimits()
    limits.toolTimeoutMilliseconds = 1
    let model = ScriptedModel(.tools(("1", "deaf", [:])), .text("gave up"))
    let run = try await loop(model, tools: [deaf], limits: limits).run("Go", context: context)
    #expect(run.answer == "gave up")
    #expect(model.requests.last?.messages.last?.toolResults.first?.content.first?.text == "timeout: 'deaf' did not answer within 1 ms.")
    never.continuation.finish()
  }

  @Test("A result that is too large is an error that says so")
  func largeResult() async throws {
    var limits = AgentLimits()
    limits.toolResultBytes = 100
    let big = FunctionTool("big") { _, _ in .string(String(repeating: "x", count: 200)) }
    let model = ScriptedModel(.tools(("1", "big", [:])), .text("ok"))
    _ = try await loop(model, tools: [big], limits: limits).run("Go", context: context)
    let result = try #require(model.requests.last?.messages.last?.toolResults.first)
    #expect(result.status == .error)
    #expect(result.content[0].text == "result_too_large: The result has 202 bytes, at most 100 are allowed. Ask for less, or in parts.")
  }

  @Test("What is reserved for a call is what a request of its size can cost")
  func reservations() async throws {
    let tool = FunctionTool("t") { _, _ in ["rows": [1, 2, 3]] }
    let model = ScriptedModel(.tools(("1", "t", [:]), ("2", "t", [:])), .text("ok"))
    let plans = Mutex<[Int64]>([])
    let loop = AgentLoop(
      model: model, modelID: "m", systemPrompt: "You are a test.", tools: try ToolBox([tool]), limits: AgentLimits(), prices: prices,
      clock: clock,
      permit: { plan throws(AgentFailure) in
        plans.withLock { $0.append(plan.reservationMicroUSD) }
        return 0
      })
    _ = await loop.run("Go", context: context)
    let expected = model.requests.map { prices.reservation(requestBytes: $0.json.count, maxTokens: 4_096, modelID: "m") }
    #expect(plans.withLock { $0 } == expected && expected.count == 2)
  }

  @Test("The model is never asked more often than the limit says")
  func turnLimit() async throws {
    var limits = AgentLimits()
    limits.turns = 3
    let model = ScriptedModel(repeating: { _ in .tools(("1", "t", [:])) }, count: 10)
    let run = try await loop(model, tools: [FunctionTool("t") { _, _ in "again" }], limits: limits).run("Go", context: context)
    #expect(run.failure?.code == .turnLimit)
    #expect(model.requests.count == 3)
    #expect(run.costMicroUSD == 600)
  }

  @Test("A call that could exceed the budget is not made")
  func budget() async throws {
    var limits = AgentLimits()
    limits.maxTokens = 100
    // A reservation is (request bytes + 2 048) * 1.25 + 100 * 10, a little over 3 600 micro-dollars; a call costs 200.
    limits.budgetMicroUSD = 4_400
    let model = ScriptedModel(repeating: { _ in .tools(("1", "t", [:])) }, count: 10)
    let run = try await loop(model, tools: [FunctionTool("t") { _, _ in "again" }], limits: limits).run("Go", context: context)
    #expect(run.failure?.code == .budgetExhausted)
    #expect(run.failure?.message.contains("of 0.004400 USD are spent") == true)
    #expect(run.costMicroUSD == Int64(model.requests.count) * 200)
    #expect(run.costMicroUSD <= limits.budgetMicroUSD)
    #expect((1...4).contains(model.requests.count))
  }

  @Test("A call whose usage nobody reported costs what was reserved for it")
  func missingUsage() async throws {
    var limits = AgentLimits()
    limits.maxTokens = 100
    let run = try await loop(ScriptedModel(.text("ok", usage: nil)), limits: limits).run("Go", context: context)
    #expect(run.answer == "ok")
    #expect(run.costMicroUSD > 2_048 + 1_000)
  }

  @Test("The token limit counts all calls together")
  func tokenLimit() async throws {
    var limits = AgentLimits()
    limits.totalTokens = 150
    let model = ScriptedModel(repeating: { _ in .tools(("1", "t", [:])) }, count: 10)
    let run = try await loop(model, tools: [FunctionTool("t") { _, _ in "again" }], limits: limits).run("Go", context: context)
    #expect(run.failure?.code == .tokenLimit)
    #expect(model.requests.count == 2)
  }

  @Test("After the deadline no call is made")
  func deadline() async throws {
    var limits = AgentLimits()
    limits.deadlineMilliseconds = clock.nowMilliseconds + 60_000
    let model = ScriptedModel(.tools(("1", "slow", [:])), .text("too late"))
    let slow = FunctionTool("slow") { [clock] _, context in
      #expect(context.deadlineMilliseconds == clock.nowMilliseconds + 60_000)
      clock.advance(60_000)
      return "done"
    }
    let run = try await loop(model, tools: [slow], limits: limits).run("Go", context: context)
    #expect(run.failure?.code == .deadlineExceeded)
    #expect(model.requests.count == 1)
  }

  @Test("A model that does not answer by the deadline is given up")
  func deafModel() async throws {
    var limits = AgentLimits()
    limits.deadlineMilliseconds = clock.nowMilliseconds + 1
    let model = ScriptedModel([
      { _ in
        try await Task.sleep(for: .seconds(3_600))
        return .text("never")
      }
    ])
    let run = try await loop(model, limits: limits).run("Go", context: context)
    #expect(run.failure?.code == .deadlineExceeded)
    #expect(run.costMicroUSD > 0)
  }

  @Test("Cancellation ends the run and reaches the model's call")
  func cancellation() async throws {
    let began = AsyncStream<Void>.makeStream()
    let model = ScriptedModel([
      { _ in
        began.continuation.finish()
        try await Task.sleep(for: .seconds(3_600))
        return .text("never")
      }
    ])
    var limits = AgentLimits()
    limits.deadlineMilliseconds = clock.nowMilliseconds + 3_600_000
    let loop = try loop(model, limits: limits)
    let task = Task { await loop.run("Go", context: context) }
    for await _ in began.stream {}
    task.cancel()
    #expect(await task.value.failure?.code == .cancelled)
  }

  // MARK: Stop reasons

  @Test(
    "Stop reasons that end the run",
    arguments: [
      (StopReason.guardrailIntervened, AgentFailure.Code.guardrailIntervened), (.contentFiltered, .contentFiltered),
      (StopReason(rawValue: "reason_of_tomorrow"), .unknownStopReason),
    ])
  func endingStopReasons(stopReason: StopReason, code: AgentFailure.Code) async throws {
    let model = ScriptedModel(.text("Sorry", stopReason))
    let run = try await loop(model).run("Go", context: context)
    #expect(run.failure?.code == code)
    #expect(run.failure?.message.contains(code == .unknownStopReason ? "reason_of_tomorrow" : "Sorry") == true)
    #expect(run.turns == 1 && run.costMicroUSD == 200)
  }

  @Test("A stop sequence is an answer")
  func stopSequence() async throws {
    #expect(try await loop(ScriptedModel(.text("ok", .stopSequence))).run("Go", context: context).answer == "ok")
  }

  @Test("An answer that was cut off goes on, and its parts are put together")
  func cutOff() async throws {
    let model = ScriptedModel(.text("The answer", .maxTokens), .text(" is", .maxTokens), .text(" 42."))
    let run = try await loop(model).run("Go", context: context)
    #expect(run.answer == "The answer is 42.")
    #expect(model.violations.isEmpty)
  }

  @Test("An answer that is cut off again and again is a failure")
  func cutOffForEver() async throws {
    let model = ScriptedModel(repeating: { _ in .text("more", .maxTokens) }, count: 10)
    let run = try await loop(model).run("Go", context: context)
    #expect(run.failure?.code == .maxTokens)
    #expect(model.requests.count == 4)
  }

  @Test(
    "Replies that cannot stand in a conversation are asked for again once",
    arguments: [
      ConverseResponse.text("", .endTurn), .text("x", .malformedToolUse), .text("x", .malformedModelOutput), .text("x", .toolUse),
      .tools(("1", "t", "no object")), .tools(("bad id", "t", [:])), .tools(("1", "bad name", [:])),
      .tools(("1", "t", [:]), ("1", "t", [:])),
      ConverseResponse(message: Message(role: .assistant, content: []), stopReason: .endTurn, usage: nil),
      ConverseResponse(message: .assistant(ContentBlock(["toolUse": ["name": "t"]])), stopReason: .toolUse, usage: nil),
      ConverseResponse(message: .assistant(.toolUse(id: "1", name: "t", input: [:])), stopReason: .maxTokens, usage: nil),
      ConverseResponse(message: .user("x"), stopReason: .endTurn, usage: nil),
    ])
  func unusable(reply: ConverseResponse) async throws {
    let model = ScriptedModel(reply, .text("better"))
    let run = try await loop(model, tools: [FunctionTool("t") { _, _ in "ran" }]).run("Go", context: context)
    #expect(run.answer == "better")
    #expect(run.toolCalls == 0)
    #expect(model.violations.isEmpty)
    let again = try await loop(ScriptedModel(reply, reply)).run("Go", context: context)
    #expect(again.failure?.code == .malformedReply)
  }

  @Test("Blocks of tomorrow go back as they came")
  func unknownBlocks() async throws {
    let reasoning = ContentBlock(["reasoningContent": ["reasoningText": ["text": "Hm", "signature": "c2ln"]]])
    let model = ScriptedModel(
      ConverseResponse(message: .assistant(reasoning, .toolUse(id: "1", name: "t", input: [:])), stopReason: .toolUse, usage: nil),
      .text("ok"))
    let run = try await loop(model, tools: [FunctionTool("t") { _, _ in "ran" }]).run("Go", context: context)
    #expect(run.answer == "ok")
    #expect(model.requests.last?.messages[1].content.first == reasoning)
  }

  @Test("A window that is too small is compacted, whether the model or its service says so", arguments: [true, false])
  func contextWindow(byError: Bool) async throws {
    let overflow: ScriptedModel.Step = { _ in
      if byError { throw AWSError(code: "ValidationException", message: "Input is too long for requested model.") }
      return ConverseResponse(message: .assistant(.text("…")), stopReason: .modelContextWindowExceeded, usage: ConverseResponse.usage)
    }
    let model = ScriptedModel([
      { _ in .tools(("1", "big", [:])) }, { _ in .tools(("2", "big", [:])) }, overflow, { _ in .text("fits") },
    ])
    let big = FunctionTool("big") { _, _ in .string(String(repeating: "x", count: 5_000)) }
    let run = try await loop(model, tools: [big]).run("Go", context: context)
    #expect(run.answer == "fits")
    #expect(model.violations.isEmpty)
    let last = try #require(model.requests.last)
    #expect(last.messages[2].toolResults[0].content == [.text(ContextWindow.placeholder)])
    #expect(last.messages[4].toolResults[0].content[0].text?.utf8.count == 5_000)
  }

  @Test("A window that nothing can make fit is a failure")
  func contextWindowForGood() async throws {
    let model = ScriptedModel(repeating: { _ in .text("…", .modelContextWindowExceeded) }, count: 5)
    let run = try await loop(model).run("Go", context: context)
    #expect(run.failure?.code == .contextWindowExceeded)
    #expect(model.requests.count == 1)
  }

  // MARK: Errors of the service

  @Test("Throttling is waited for, with growing pauses")
  func throttling() async throws {
    let throttled: ScriptedModel.Step = { _ in throw AWSError(code: "ThrottlingException", message: "slow down", isThrottling: true) }
    let pauses = Mutex<[Int64]>([])
    let model = ScriptedModel([throttled, throttled, { _ in .text("at last") }])
    let run = try await loop(model, pause: { milliseconds in pauses.withLock { $0.append(milliseconds) } }).run("Go", context: context)
    #expect(run.answer == "at last")
    #expect(pauses.withLock { $0 } == [1_000, 2_000])
    #expect(run.costMicroUSD == 200)
  }

  @Test("Throttling without end is a failure that names it")
  func throttlingForEver() async throws {
    let model = ScriptedModel(repeating: { _ in throw AWSError(code: "ThrottlingException", message: "slow down") }, count: 10)
    let run = try await loop(model).run("Go", context: context)
    #expect(run.failure?.code == .modelFailed)
    #expect(run.failure?.message.contains("ThrottlingException") == true)
    #expect(model.requests.count == 3)
    #expect(run.costMicroUSD == 0)
  }

  @Test("A refusal is not repeated and costs nothing")
  func refusal() async throws {
    let model = ScriptedModel([{ _ in throw AWSError(code: "AccessDeniedException", message: "no access to model") }])
    let run = try await loop(model).run("Go", context: context)
    #expect(run.failure?.code == .modelFailed)
    #expect(run.failure?.message.contains("no access to model") == true)
    #expect(model.requests.count == 1)
    #expect(run.costMicroUSD == 0)
  }

  @Test("A call that may have been worked on counts with its reservation")
  func unclearError() async throws {
    let model = ScriptedModel([{ _ in throw AWSError(code: "ModelErrorException", message: "424") }, { _ in .text("ok") }])
    let run = try await loop(model).run("Go", context: context)
    #expect(run.answer == "ok")
    #expect(run.costMicroUSD > 200)
  }

  // MARK: Other

  @Test("What happens is told")
  func events() async throws {
    let events = Mutex<[AgentEvent]>([])
    let model = ScriptedModel(.tools(("1", "t", [:])), .text("ok"))
    let observe: @Sendable (AgentEvent) -> Void = { event in events.withLock { $0.append(event) } }
    _ = try await loop(model, tools: [FunctionTool("t") { _, _ in "ran" }], observe: observe).run("Go", context: context)
    #expect(
      events.withLock { $0 } == [
        .modelAnswered(turn: 1, stopReason: .toolUse, usage: ConverseResponse.usage, costMicroUSD: 200, milliseconds: 0),
        .toolFinished(name: "t", id: "1", isError: false, milliseconds: 0),
        .modelAnswered(turn: 2, stopReason: .endTurn, usage: ConverseResponse.usage, costMicroUSD: 200, milliseconds: 0),
      ])
  }

  @Test("Tools that cannot be used are refused by name")
  func badTools() {
    let named: (String, JSONValue) -> any Tool = { name, schema in FunctionTool(name, schema: schema) { _, _ in .null } }
    #expect(throws: ToolBoxError.self) { try ToolBox([named("a b", [:])]) }
    #expect(throws: ToolBoxError.self) { try ToolBox([named("a", [:]), named("a", [:])]) }
    let error = #expect(throws: ToolBoxError.self) { try ToolBox([named("a", ["unevaluatedItems": false])]) }
    #expect(error?.description.contains("unevaluatedItems") == true)
  }

  @Test(
    "An answer that is JSON is JSON",
    arguments: [
      (#"{"a":1}"#, #"{"a":1}"#), (" [1] \n", "[1]"), ("```json\n{\"a\": [2]}\n```", #"{"a":[2]}"#), ("```\n[]\n```\n", "[]"),
      ("The answer: {}", #""The answer: {}""#), ("42", #""42""#), ("{broken", #""{broken""#), ("```", #""```""#), ("``````", #""``````""#),
    ])
  func answerValues(text: String, expected: String) {
    #expect(AgentRun.value(ofAnswer: text).text == expected)
  }
}
