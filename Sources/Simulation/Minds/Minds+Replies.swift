import AWSClient
import JSON

/// What models say when all is well.
extension Minds {
  /// As many rounds of the plan are asked for as it has, one after the other; then comes the answer.
  func supervisorReply(to request: ConverseRequest, _ context: inout Context) -> Spoken {
    let question = context.question
    if neverEnds(question.run) { return oneMoreRound(request, &context) }
    guard let run = plan.run(question.run) else { return .says(.assistant(.text("There is nothing to do.")), .endTurn) }
    guard run.rounds.indices.contains(question.rounds), !run.rounds[question.rounds].isEmpty else {
      return answer(Filler.text("Done with \(run.id).", extraBytes: answerBytes(run.answerBytes)), &context)
    }
    let uses = run.rounds[question.rounds].map { task in
      let names = TaskNames(run: run.id, round: question.rounds + 1, toolUseID: task.toolUseID)
      return ContentBlock.toolUse(
        id: task.toolUseID, name: task.agent, input: names.input(text: Filler.text(byteCount: task.inputBytes)))
    }
    return delegation(uses, &context)
  }

  /// Tasks that no plan has, for the agents that there are.
  private func oneMoreRound(_ request: ConverseRequest, _ context: inout Context) -> Spoken {
    let question = context.question
    let tools = request.toolConfiguration?.tools ?? []
    let uses = (1...context.chance.weighted([4, 1])).map { index in
      let names = TaskNames(run: question.run, round: 1_000 + question.rounds, toolUseID: "more-\(question.rounds)-\(index)")
      return ContentBlock.toolUse(
        id: names.toolUseID, name: context.chance.element(of: tools)?.name ?? "nobody", input: names.input(text: "More."))
    }
    return delegation(uses, &context)
  }

  /// A prompt agent uses its tools for as many turns as it is planned to, then it answers.
  func agentReply(to request: ConverseRequest, _ names: TaskNames, _ context: inout Context) -> Spoken {
    let task = plan.task(names) ?? PlannedTask(toolUseID: names.toolUseID, agent: "")
    let turn = context.question.rounds
    let tools = request.toolConfiguration?.tools ?? []
    if turn < task.agentTurns, let tool = context.chance.element(of: tools)?.name {
      var uses = [toolUse(tool, "\(names.toolUseID.prefix(50)).\(turn)", names, &context)]
      if context.chance.occurs(0.2) { uses.append(toolUse("calculate", "\(names.toolUseID.prefix(50)).\(turn)-2", names, &context)) }
      return delegation(uses, &context)
    }
    let bytes = answerBytes(task.resultBytes)
    // An agent may answer in JSON, which is then a result of its own form.
    if context.chance.occurs(0.3) {
      return answer(JSONValue.object(["found": .string(Filler.text(byteCount: bytes)), "of": .string(names.toolUseID)]).text, &context)
    }
    return answer(Filler.text("Found for \(names.toolUseID).", extraBytes: bytes), &context)
  }

  private func toolUse(_ tool: String, _ id: String, _ names: TaskNames, _ context: inout Context) -> ContentBlock {
    let path = "notes/\(names.toolUseID).md"
    let input: JSONValue =
      switch tool {
      case "calculate": ["expression": context.chance.occurs(0.8) ? "6 * 7 + 0.1" : "6 * ("]
      case "current_time": [:]
      case "read_object": ["path": .string(context.chance.occurs(0.5) ? path : "notes/missing.md")]
      case "write_object": ["path": .string(path), "content": .string("Notes of \(names.run).")]
      default: ["path": .string(path)]
      }
    return .toolUse(id: id, name: tool, input: input)
  }

  private func answerBytes(_ planned: Int) -> Int {
    guard faults.occurs(Fault.oversizedResult) else { return planned }
    // Mostly just over the limits of outcomes; what is over a row's or an event's costs time.
    return Int(faults.number(in: 0...9) == 0 ? faults.number(in: 150_000...300_000) : faults.number(in: 20_000...70_000))
  }

  /// Tool uses as models ask for them: with a word before, and with their reasoning, which must come back to them as it is.
  private func delegation(_ uses: [ContentBlock], _ context: inout Context) -> Spoken {
    var content = reasoning(&context)
    if context.chance.occurs(0.3) { content.append(.text("I will ask.")) }
    return .says(Message(role: .assistant, content: content + uses), .toolUse)
  }

  private func answer(_ text: String, _ context: inout Context) -> Spoken {
    .says(
      Message(role: .assistant, content: reasoning(&context) + [.text(text)]), context.chance.occurs(0.05) ? .stopSequence : .endTurn)
  }

  private func reasoning(_ context: inout Context) -> [ContentBlock] {
    guard context.chance.occurs(0.15) else { return [] }
    let thought: JSONValue = ["text": "Let me see.", "signature": .string("c2ln\(context.question.rounds)==")]
    let isKnown = context.chance.occurs(0.8)
    return [ContentBlock([isKnown ? "reasoningContent" : "blockOfTomorrow": ["reasoningText": thought]])]
  }
}
