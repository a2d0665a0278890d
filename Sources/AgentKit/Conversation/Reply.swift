public import AWSClient
import JSON

/// What a reply of a model means for the conversation; decided from the reply alone.
public enum Reply: Sendable, Equatable {
  /// The model is done. The text may be the end of one that was cut off before.
  case answer(String)
  case useTools([ToolUse])
  /// The text was cut off at the token limit and can go on.
  case cutOff(String)
  /// The reply cannot stand in a conversation; the reason.
  case unusable(String)
  case contextWindowExceeded
  case failure(AgentFailure)

  /// What the model is told after a reply that was cut off.
  public static let goOn = "Your reply was cut off at the token limit. Go on exactly where it stopped; repeat nothing."

  public init(_ response: ConverseResponse) {
    let message = response.message
    switch response.stopReason {
    case .endTurn, .stopSequence, .toolUse:
      if let problem = Reply.problem(of: message) {
        self = .unusable(problem)
      } else if !message.toolUses.isEmpty {
        self = .useTools(message.toolUses)
      } else if response.stopReason == .toolUse {
        self = .unusable("it asked for tools and named none")
      } else {
        self = Reply.isBlank(message.text) ? .unusable("it held no text") : .answer(message.text)
      }
    case .maxTokens:
      // A tool use that was cut off has half an input, and without text there is nothing to go on from.
      let isText = !message.content.contains { $0.kind == "toolUse" } && !Reply.isBlank(message.text)
      self = isText ? .cutOff(message.text) : .unusable("it was cut off at the token limit inside a tool call or before any text")
    case .malformedToolUse, .malformedModelOutput: self = .unusable("the service called it \(response.stopReason)")
    case .modelContextWindowExceeded: self = .contextWindowExceeded
    case .guardrailIntervened: self = .failure(AgentFailure(.guardrailIntervened, "A guardrail stopped the model: \(message.text)"))
    case .contentFiltered:
      self = .failure(AgentFailure(.contentFiltered, "The model's answer was withheld by a content filter: \(message.text)"))
    default:
      self = .failure(
        AgentFailure(
          .unknownStopReason, "The model stopped with the unknown reason '\(response.stopReason)', so its reply cannot be trusted."))
    }
  }

  static func isBlank(_ text: String) -> Bool { text.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) } }

  /// Why a message could not stand in a conversation that Converse accepts; nil when it can.
  private static func problem(of message: Message) -> String? {
    if message.role != .assistant { return "its role is '\(message.role.rawValue)', not 'assistant'" }
    if message.content.isEmpty { return "it was empty" }
    var ids: Set<String> = []
    for block in message.content where block.kind == "toolUse" {
      guard let use = block.toolUse else { return "a tool use had no id or no name" }
      guard ConversationRules.isValidToolUseID(use.id) else { return "the tool use id '\(use.id)' is not 1 to 64 of [a-zA-Z0-9_.:-]" }
      guard ids.insert(use.id).inserted else { return "the tool use id '\(use.id)' occurred twice" }
      guard ToolNames.isValid(use.name) else { return "the tool name '\(use.name)' is not 1 to 64 of [a-zA-Z0-9_-]" }
      guard use.input.objectValue != nil else { return "the input of tool use '\(use.id)' is \(use.input.kindDescription), not an object" }
    }
    return nil
  }
}

extension ConverseResponse {
  /// The model's message as it may stand in a conversation: models do write blank texts before a tool use, and Bedrock refuses to be
  /// sent them back.
  public var messageToKeep: Message {
    var message = message
    message.content.removeAll { $0.text.map(Reply.isBlank) ?? false }
    return message
  }
}
