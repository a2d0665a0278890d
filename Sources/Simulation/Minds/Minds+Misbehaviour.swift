import AWSClient
import JSON

/// A reply whose tool use cannot be used.
enum MalformedReply: CaseIterable {
  // Nothing that a conversation could keep.
  case repeatedID, invalidID, longID, emptyID, noToolUse, inputNoObject, inputMissing, nameMissing, invalidName, emptyContent, blankText
  case tooManyUses, otherRole, serviceSaysTool, serviceSaysOutput
  // What can stand in a conversation, and is answered with an error.
  case unknownTool, unfitInput, oneUnfitOfTwo
  // What looks odd, and is none the worse for it.
  case blankBeforeUse, endTurnWithUse
}

/// A reply that stops for another reason than being done.
enum OddStop: CaseIterable {
  case maxTokens, maxTokensInUse, maxTokensWithoutText, contentFiltered, guardrail, contextWindow, contextWindowAsError, unknown
}

/// What models say when they are not at their best.
extension Minds {
  func oddStop(_ context: inout Context) -> Spoken {
    switch OddStop.allCases[Int(faults.number(in: 0...Int64(OddStop.allCases.count - 1)))] {
    case .maxTokens: return .says(.assistant(.text("The beginning of ")), .maxTokens)
    case .maxTokensInUse: return .says(.assistant(.text("I ask"), use("half", "agent-1", ["round": 1])), .maxTokens)
    case .maxTokensWithoutText:
      return .says(.assistant(ContentBlock(["reasoningContent": ["reasoningText": ["text": "Hm.", "signature": "c2ln"]]])), .maxTokens)
    case .contentFiltered: return .says(.assistant(.text("This was withheld.")), .contentFiltered)
    case .guardrail: return .says(.assistant(.text("I cannot speak about this.")), .guardrailIntervened)
    case .contextWindow: return .says(.assistant(.text("There is too much to")), .modelContextWindowExceeded)
    case .contextWindowAsError:
      return .refuses(code: "ValidationException", status: 400, message: "Input is too long for requested model.")
    case .unknown: return .says(.assistant(.text("I am tired.")), StopReason(rawValue: "tired"))
    }
  }

  func malformedReply(to request: ConverseRequest, _ context: inout Context) -> Spoken {
    let tool = context.chance.element(of: request.toolConfiguration?.tools ?? [])?.name ?? "nobody"
    let names = TaskNames(run: context.question.run, round: 2_000 + context.question.rounds, toolUseID: "odd-\(context.question.rounds)")
    let input = names.input(text: ".")
    let id = names.toolUseID
    let block: ContentBlock
    switch MalformedReply.allCases[Int(faults.number(in: 0...Int64(MalformedReply.allCases.count - 1)))] {
    case .repeatedID: return .says(.assistant(use(id, tool, input), use(id, tool, input)), .toolUse)
    case .invalidID: block = use("no id!", tool, input)
    case .longID: block = use(String(repeating: "i", count: 65), tool, input)
    case .emptyID: block = use("", tool, input)
    case .noToolUse: block = .text("I will ask.")
    case .inputNoObject: block = use(id, tool, "everything")
    case .inputMissing: block = ContentBlock(["toolUse": ["toolUseId": .string(id), "name": .string(tool)]])
    case .nameMissing: block = ContentBlock(["toolUse": ["toolUseId": .string(id), "input": input]])
    case .invalidName: block = use(id, "no such name!", input)
    case .emptyContent: return .says(Message(role: .assistant, content: []), .endTurn)
    case .blankText: return .says(.assistant(.text(" \n")), .endTurn)
    case .tooManyUses:
      return .says(Message(role: .assistant, content: (1...257).map { use("\(id).\($0)", "nobody", [:]) }), .toolUse)
    case .otherRole: return .says(.user("I am you."), .endTurn)
    case .serviceSaysTool: return .says(.assistant(.text("{\"toolUse\":")), .malformedToolUse)
    case .serviceSaysOutput: return .says(.assistant(.text("<answer")), .malformedModelOutput)
    case .unknownTool: block = use(id, "no-such-tool", input)
    case .unfitInput: block = use(id, tool, ["run": 1])
    case .oneUnfitOfTwo: return .says(.assistant(use(id, tool, input), use("\(id).2", tool, ["task": []])), .toolUse)
    case .blankBeforeUse: return .says(.assistant(.text("\n"), use(id, tool, input)), .toolUse)
    case .endTurnWithUse: return .says(.assistant(.text("I ask."), use(id, tool, input)), .endTurn)
    }
    return .says(.assistant(block), .toolUse)
  }

  private func use(_ id: String, _ name: String, _ input: JSONValue) -> ContentBlock { .toolUse(id: id, name: name, input: input) }
}
