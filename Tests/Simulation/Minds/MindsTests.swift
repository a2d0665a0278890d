import AWSClient
import AgentKit
import JSON
import Testing

@testable import Simulation

@Suite struct MindsTests {
  static let scenario = Scenario(
    agents: [PlannedAgent(id: "agent-1", kind: .queue), PlannedAgent(id: "agent-2", kind: .prompt)],
    runs: [
      PlannedRun(
        id: "run-1", atMilliseconds: 0,
        rounds: [
          [PlannedTask(toolUseID: "a", agent: "agent-1", inputBytes: 5_000), PlannedTask(toolUseID: "b", agent: "nobody")],
          [PlannedTask(toolUseID: "a", agent: "agent-2", resultBytes: 900, agentTurns: 3)],
        ], answerBytes: 300)
    ])

  func minds(_ faults: FaultSource = FaultSource(), seed: UInt64 = 1) -> Minds {
    Minds(scenario: Self.scenario, faults: faults, seed: seed)
  }
  var talk: Talk { Talk(Self.scenario.runs[0].taskText) }

  // MARK: What models do when all is well

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func aPlanIsFollowedToItsAnswer(_ seed: UInt64) {
    let minds = minds(seed: seed)
    var talk = talk
    while talk.ask(minds) {
      #expect(ConversationRules.violations(of: talk.request).isEmpty)
    }
    #expect(talk.rounds.map { $0.map(\.id) } == [["a", "b"], ["a"]])
    #expect(talk.rounds.map { $0.map(\.name) } == [["agent-1", "nobody"], ["agent-2"]])
    #expect((talk.rounds[0][0].input["text"]?.stringValue?.utf8.count ?? 0) == 5_000)
    #expect(TaskNames(talk.rounds[1][0].input) == TaskNames(run: "run-1", round: 2, toolUseID: "a"))
    #expect((talk.thoughts.last?.response?.message.text.utf8.count ?? 0) > 300)
    #expect(talk.thoughts.allSatisfy { $0.orchestrationID == "run-1" && $0.toolUseID == nil })
  }

  @Test func aQuestionThatIsAskedAgainHasTheSameAnswer() {
    let minds = minds()
    #expect(minds.think(talk.request, modelID: Talk.modelID) == minds.think(talk.request, modelID: Talk.modelID))
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func anAgentUsesItsToolsAndAnswers(_ seed: UInt64) {
    let minds = minds(seed: seed)
    var talk = Talk(agentFor: TaskNames(run: "run-1", round: 2, toolUseID: "a"), text: Filler.text(byteCount: 20_000))
    while talk.ask(minds) {
      #expect(ConversationRules.violations(of: talk.request).isEmpty)
    }
    #expect(talk.rounds.count == 3)
    #expect(talk.rounds.flatMap { $0 }.allSatisfy { PlannedAgent.tools.contains($0.name) })
    #expect((talk.thoughts.last?.response?.message.text.utf8.count ?? 0) > 900)
    #expect(talk.thoughts.allSatisfy { $0.orchestrationID == "run-1" && $0.toolUseID == "a" })
  }

  @Test func anIdInALaterRoundIsAnotherTask() {
    var talk = Talk(agentFor: TaskNames(run: "run-1", round: 1, toolUseID: "a"))
    let goesOn = talk.ask(minds())
    #expect(!goesOn)
  }

  @Test func whoeverNamesNoRunIsAnsweredAndBelongsToNobody() {
    for text in ["Hello", "Your input, as JSON:\n{\"text\":\"run\"}", "[someone] asks", ""] {
      let thought = minds().think(Talk(text).request, modelID: Talk.modelID)
      #expect(thought.stopReason == .endTurn)
      #expect(thought.toolUseID == nil)
    }
    #expect(minds().think(Talk("Hello").request, modelID: Talk.modelID).orchestrationID == nil)
  }

  @Test func modelsHaveReasoningThatMustComeBack() {
    let kinds = (1...100 as ClosedRange<UInt64>).flatMap { seed in
      minds(seed: seed).think(talk.request, modelID: Talk.modelID).response?.message.content.compactMap(\.kind) ?? []
    }
    #expect(Set(kinds) == ["reasoningContent", "blockOfTomorrow", "text", "toolUse"])
  }

  // MARK: Costs

  /// Whoever asks sets aside the most that a call can cost; a model that took more would make every budget a lie.
  @Test(arguments: [Talk.modelID, "us.amazon.nova-lite-v1:0", "example.unlisted-v1"])
  func noCallCostsMoreThanItsReservation(_ modelID: String) {
    let faults = FaultSource(
      seed: 5, settings: FaultSettings(rates: Dictionary(uniqueKeysWithValues: Fault.allCases.map { ($0, 0.15) }), variesByWorld: false),
      suppressed: [])
    var costs: Set<Int64> = []
    for seed in 1...200 as ClosedRange<UInt64> {
      let minds = minds(faults, seed: seed)
      var talk = talk
      for _ in 0..<4 {
        let thought = minds.think(talk.request, modelID: modelID)
        let reservation = ModelPrices.builtIn.reservation(requestBytes: talk.request.json.count, maxTokens: 2_048, modelID: modelID)
        #expect((0...reservation).contains(thought.costMicroUSD))
        if case .says(let response, true) = thought.reply {
          #expect(thought.costMicroUSD == ModelPrices.builtIn.cost(of: response.usage, modelID: modelID))
          #expect((1...2_048).contains(response.usage.outputTokens))
        }
        costs.insert(thought.costMicroUSD)
        guard talk.ask(minds) else { break }
      }
    }
    #expect(costs.count > 30)
  }

  @Test func aReplyMayKeepWhatItCost() {
    let thought = minds(FaultSource(.unknownCost)).think(talk.request, modelID: Talk.modelID)
    #expect(thought.response?.reportsUsage == false)
    #expect(thought.costMicroUSD > 0)
  }

  // MARK: What models do when not

  private func thoughts(_ fault: Fault, after rounds: Int = 0) -> [Thought] {
    (1...300 as ClosedRange<UInt64>).map { seed in
      var talk = talk
      for _ in 0..<rounds { _ = talk.ask(minds(seed: seed)) }
      return minds(FaultSource(fault, seed: seed), seed: seed).think(talk.request, modelID: Talk.modelID)
    }
  }

  @Test func throttledModels() {
    #expect(thoughts(.throttledModel).allSatisfy { $0.errorCode == "ThrottlingException" && $0.costMicroUSD == 0 })
  }

  @Test func failingModels() {
    let thoughts = thoughts(.failingModel)
    #expect(
      Set(thoughts.map(\.errorCode)) == [
        "ServiceUnavailableException", "ModelNotReadyException", "ModelTimeoutException", "ModelErrorException", "InternalServerException",
        "AccessDeniedException",
      ])
    // What certainly did nothing cost nothing; the rest may have.
    for thought in thoughts {
      guard case .fails(let code, let status, let message) = thought.reply else { continue }
      let error = AWSError(code: code, message: message, httpStatus: status, isThrottling: status == 429)
      if !ModelErrorKind(error).mayHaveCost { #expect(thought.costMicroUSD == 0) }
    }
    #expect(thoughts.contains { $0.costMicroUSD > 0 })
  }

  @Test func slowModels() {
    let times = thoughts(.slowModel).map(\.milliseconds)
    #expect(times.allSatisfy { (10_000...300_000).contains($0) } && times.contains { $0 > 120_000 })
  }

  @Test func malformedReplies() {
    let thoughts = thoughts(.malformedReply)
    var problems: Set<String> = []
    var usable = 0
    for response in thoughts.compactMap(\.response) {
      switch Reply(response) {
      case .unusable(let problem): problems.insert(problem)
      case .useTools: usable += 1
      default: Issue.record("neither unusable nor a tool use: \(response.stopReason)")
      }
    }
    #expect(problems.count >= 13)
    #expect(usable > 30)
  }

  @Test func modelsThatRepeatThemselves() {
    for thought in thoughts(.repeatingModel, after: 1) {
      #expect(thought.response?.message.toolUses.map(\.id) == ["a", "b"] && thought.stopReason == .toolUse)
    }
    // There is nothing to repeat in the beginning.
    #expect(thoughts(.repeatingModel).allSatisfy { $0.response?.message.toolUses.map(\.id) == ["a", "b"] })
  }

  @Test func modelsThatNeverEnd() {
    let faults = FaultSource(.endlessModel)
    let minds = minds(faults)
    var talk = talk
    for _ in 0..<40 {
      let goesOn = talk.ask(minds)
      #expect(goesOn)
    }
    #expect(ConversationRules.violations(of: talk.request).isEmpty)
    #expect(faults.count == 1)
    let ids = talk.rounds.flatMap { $0 }.map(\.id)
    #expect(Set(ids).count == ids.count)
    // Each asks for something that its agent can do.
    var agent = Talk(agentFor: TaskNames(run: "run-1", round: 1_003, toolUseID: "more-3-1"))
    let agentGoesOn = agent.ask(self.minds())
    #expect(!agentGoesOn && agent.thoughts[0].toolUseID == "more-3-1")
    faults.isQuiet = true
    let goesOn = talk.ask(minds)
    #expect(!goesOn)
  }

  @Test func oddStops() {
    let reasons = Set(thoughts(.oddStop).compactMap(\.stopReason?.rawValue))
    #expect(
      reasons == ["max_tokens", "content_filtered", "guardrail_intervened", "model_context_window_exceeded", "tired"])
    let code = thoughts(.oddStop).compactMap(\.errorCode).first
    #expect(code == "ValidationException")
  }

  @Test func oversizedAnswers() {
    let answers = thoughts(.oversizedResult, after: 2).compactMap { $0.response?.message.text.utf8.count }
    #expect(answers.allSatisfy { $0 >= 20_000 } && answers.contains { $0 > 150_000 })
  }
}
