public import AWSClient
import JSON

/// What Converse demands of a conversation, checked before it is sent.
///
/// Bedrock answers a breach with a ValidationException, and a conversation that was stored in that state can never go on.
/// Sources: Bedrock Runtime API, `Message`, `ToolUseBlock`, `ToolResultBlock`; the service's own refusals.
public enum ConversationRules {
  /// One breach, with the place it was found.
  public struct Violation: Sendable, Hashable, CustomStringConvertible {
    /// "messages[2].content[0]".
    public let path: String
    public let message: String
    public var description: String { "\(path): \(message)" }
  }

  /// Everything in a request that Bedrock would refuse; empty when it may be sent.
  public static func violations(of request: ConverseRequest) -> [Violation] {
    var found = violations(of: request.messages)
    var names: Set<String> = []
    for (index, tool) in (request.toolConfiguration?.tools ?? []).enumerated() {
      let path = "toolConfig.tools[\(index)].toolSpec"
      if !ToolNames.isValid(tool.name) {
        found.append(Violation(path: path + ".name", message: "'\(tool.name)' is not 1 to 64 of [a-zA-Z0-9_-]"))
      }
      if !names.insert(tool.name).inserted {
        found.append(Violation(path: path + ".name", message: "'\(tool.name)' occurs twice"))
      }
      if tool.inputSchema["type"]?.stringValue != "object" {
        found.append(Violation(path: path + ".inputSchema.json", message: "the schema's type is not \"object\""))
      }
      if tool.description?.isEmpty == true {
        found.append(Violation(path: path + ".description", message: "the description is empty"))
      }
    }
    if names.isEmpty, request.messages.contains(where: { !$0.toolUses.isEmpty || !$0.toolResults.isEmpty }) {
      found.append(Violation(path: "toolConfig", message: "the conversation has tool blocks, so toolConfig must list the tools"))
    }
    if let maxTokens = request.inferenceConfiguration?.maxTokens, maxTokens < 1 {
      found.append(Violation(path: "inferenceConfig.maxTokens", message: "\(maxTokens) is less than 1"))
    }
    for (name, value) in [
      ("temperature", request.inferenceConfiguration?.temperature), ("topP", request.inferenceConfiguration?.topP),
    ] {
      if let value, !(value >= 0 && value <= 1) {
        found.append(Violation(path: "inferenceConfig.\(name)", message: "\(value) is not between 0 and 1"))
      }
    }
    return found
  }

  /// Everything in a list of messages that Bedrock would refuse: roles that do not alternate, tool uses without exactly one result in the
  /// next message, results without a tool use, identifiers and inputs of the wrong form, empty messages and texts.
  public static func violations(of messages: [Message]) -> [Violation] {
    var found: [Violation] = []
    guard let first = messages.first else { return [Violation(path: "messages", message: "there is no message")] }
    if first.role != .user {
      found.append(Violation(path: "messages[0].role", message: "the first message is by '\(first.role.rawValue)', not by the user"))
    }
    if messages.last?.role == .assistant {
      found.append(
        Violation(path: "messages[\(messages.count - 1)].role", message: "the last message is the assistant's; there is nothing to answer"))
    }
    var open: [String] = []
    for (index, message) in messages.enumerated() {
      let path = "messages[\(index)]"
      if message.role != .user, message.role != .assistant {
        found.append(Violation(path: path + ".role", message: "'\(message.role.rawValue)' is neither user nor assistant"))
      }
      if index > 0, message.role == messages[index - 1].role {
        found.append(Violation(path: path + ".role", message: "two messages in a row by '\(message.role.rawValue)'"))
      }
      if message.content.isEmpty { found.append(Violation(path: path + ".content", message: "the message has no content")) }
      var answered: Set<String> = []
      var asked: [String] = []
      for (position, block) in message.content.enumerated() {
        let path = "\(path).content[\(position)]"
        if block.object.count != 1 {
          found.append(Violation(path: path, message: "a block has exactly one member, this one has \(block.object.count)"))
        }
        switch block.kind {
        case "text":
          guard let text = block.text else {
            found.append(Violation(path: path + ".text", message: "the text is no string"))
            continue
          }
          if Reply.isBlank(text) { found.append(Violation(path: path + ".text", message: "the text is empty or blank")) }
        case "toolUse":
          check(toolUse: block, by: message.role, path: path + ".toolUse", asked: &asked, found: &found)
        case "toolResult":
          check(toolResult: block, by: message.role, open: open, path: path + ".toolResult", answered: &answered, found: &found)
        default: break
        }
      }
      for id in open where !answered.contains(id) {
        found.append(Violation(path: path, message: "tool use '\(id)' of the message before is not answered"))
      }
      open = asked
    }
    if !open.isEmpty, messages.last?.role != .assistant {
      found.append(Violation(path: "messages", message: "tool uses \(open) are never answered"))
    }
    return found
  }

  private static func check(
    toolUse block: ContentBlock, by role: Message.Role, path: String, asked: inout [String], found: inout [Violation]
  ) {
    guard let use = block.toolUse else {
      found.append(Violation(path: path, message: "toolUseId and name must be strings"))
      return
    }
    if role != .assistant { found.append(Violation(path: path, message: "only the assistant uses tools")) }
    if !isValidToolUseID(use.id) {
      found.append(Violation(path: path + ".toolUseId", message: "'\(use.id)' is not 1 to 64 of [a-zA-Z0-9_.:-]"))
    }
    if !ToolNames.isValid(use.name) {
      found.append(Violation(path: path + ".name", message: "'\(use.name)' is not 1 to 64 of [a-zA-Z0-9_-]"))
    }
    if use.input.objectValue == nil {
      found.append(Violation(path: path + ".input", message: "the input is \(use.input.kindDescription), not an object"))
    }
    if asked.contains(use.id) {
      found.append(Violation(path: path + ".toolUseId", message: "'\(use.id)' occurs twice in one message"))
    } else {
      asked.append(use.id)
    }
  }

  private static func check(
    toolResult block: ContentBlock, by role: Message.Role, open: [String], path: String, answered: inout Set<String>,
    found: inout [Violation]
  ) {
    guard let result = block.toolResult else {
      found.append(Violation(path: path, message: "toolUseId must be a string"))
      return
    }
    if role != .user { found.append(Violation(path: path, message: "only the user gives tool results")) }
    if !open.contains(result.id) {
      found.append(Violation(path: path + ".toolUseId", message: "'\(result.id)' is no tool use of the message before"))
    } else if !answered.insert(result.id).inserted {
      found.append(Violation(path: path + ".toolUseId", message: "'\(result.id)' is answered twice"))
    }
    if block.object["toolResult"]?["content"]?.arrayValue == nil {
      found.append(Violation(path: path + ".content", message: "the content is no array"))
    }
    if let status = result.status, status != .success, status != .error {
      found.append(Violation(path: path + ".status", message: "'\(status.rawValue)' is neither success nor error"))
    }
  }

  /// True for 1 to 64 of `[a-zA-Z0-9_.:-]`, the rule of tool-use identifiers.
  public static func isValidToolUseID(_ id: String) -> Bool {
    (1...64).contains(id.utf8.count)
      && id.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
