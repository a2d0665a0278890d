import JSON

/// Refuses what Bedrock refuses in the body of a Converse call, with the reason.
///
/// It reads the JSON as it came, and knows nothing of the client's types: a mistake there must show here.
/// Source: Bedrock Runtime API, `Converse`; the wording of the messages follows the service's.
struct ConverseRequestCheck {
  private static let members: Set<String> = [
    "messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig", "additionalModelRequestFields",
    "additionalModelResponseFieldPaths", "promptVariables", "requestMetadata", "performanceConfig", "serviceTier", "outputConfig",
  ]
  private static let roles: Set<String> = ["user", "assistant"]
  private static let userBlocks: Set<String> = [
    "text", "image", "document", "video", "audio", "toolResult", "guardContent", "cachePoint", "searchResult",
  ]
  /// The last is the one that the fault `unknownBlock` adds: a service takes back what it has said.
  private static let assistantBlocks: Set<String> = [
    "text", "toolUse", "reasoningContent", "citationsContent", "cachePoint", "image", ScenarioFault.blockOfTomorrow,
  ]
  private static let toolResultParts: Set<String> = ["text", "json", "image", "document", "video", "searchResult"]
  private static let systemBlocks: Set<String> = ["text", "guardContent", "cachePoint"]

  /// - Throws: `ModelFailure` of type ValidationException.
  static func check(_ body: JSONValue) throws(ModelFailure) {
    guard let object = body.objectValue else { throw .refused("The request body is \(body.kindDescription): send a JSON object.") }
    for key in object.keys where !members.contains(key) {
      throw .refused("Unknown member '\(key)' in the request: the members are \(members.sorted().joined(separator: ", ")).")
    }
    guard let messages = object["messages"]?.arrayValue, !messages.isEmpty else {
      throw .refused("1 validation error detected: Value at 'messages' failed to satisfy constraint: Member must not be empty")
    }
    try checkSystem(object["system"])
    try checkInference(object["inferenceConfig"])
    try checkTools(object["toolConfig"])
    try checkMetadata(object["requestMetadata"])
    var roles: [String] = []
    var usesTools = false
    for (index, message) in messages.enumerated() {
      let (role, hasToolBlock) = try checkMessage(message, path: "messages.\(index)")
      roles.append(role)
      usesTools = usesTools || hasToolBlock
    }
    try checkTurns(roles)
    try checkPairs(messages)
    if usesTools, object["toolConfig"] == nil {
      throw .refused("The toolConfig field must be defined when using toolUse and toolResult content blocks.")
    }
  }

  // MARK: Messages

  private static func checkMessage(_ message: JSONValue, path: String) throws(ModelFailure) -> (role: String, hasToolBlock: Bool) {
    guard let object = message.objectValue else { throw .refused("\(path) is \(message.kindDescription): send a message object.") }
    for key in object.keys where key != "role" && key != "content" { throw .refused("Unknown member '\(key)' at \(path).") }
    guard let role = object["role"]?.stringValue, roles.contains(role) else {
      throw .refused(
        "1 validation error detected: Value '\(object["role"]?.text ?? "null")' at '\(path).role' failed to satisfy constraint: "
          + "Member must satisfy enum value set: [user, assistant]")
    }
    guard let blocks = object["content"]?.arrayValue else { throw .refused("The content field at \(path) must be an array.") }
    guard !blocks.isEmpty else {
      throw .refused(
        "The content field in the Message object at \(path) is empty. Add a ContentBlock object to the content field and try again.")
    }
    var hasToolBlock = false
    for (index, block) in blocks.enumerated() {
      let kind = try checkBlock(block, role: role, path: "\(path).content.\(index)")
      hasToolBlock = hasToolBlock || kind == "toolUse" || kind == "toolResult"
    }
    return (role, hasToolBlock)
  }

  private static func checkBlock(_ block: JSONValue, role: String, path: String) throws(ModelFailure) -> String {
    guard let object = block.objectValue, object.count == 1, let (kind, value) = object.members.first else {
      throw .refused("The ContentBlock at \(path) must be an object with exactly one member, which says what it is.")
    }
    let allowed = role == "user" ? userBlocks : assistantBlocks
    guard allowed.contains(kind) else {
      throw .refused("A message of role \(role) cannot have the content block '\(kind)' at \(path).")
    }
    switch kind {
    case "text":
      guard let text = value.stringValue else { throw .refused("The text field at \(path) is \(value.kindDescription), not a string.") }
      guard text.contains(where: { !$0.isWhitespace }) else {
        throw .refused("The text field in the ContentBlock object at \(path) is blank. Add text to the text field, and try again.")
      }
    case "toolUse": try checkToolUse(value, path: "\(path).toolUse")
    case "toolResult": try checkToolResult(value, path: "\(path).toolResult")
    default: break
    }
    return kind
  }

  private static func checkToolUse(_ value: JSONValue, path: String) throws(ModelFailure) {
    guard let object = value.objectValue else { throw .refused("The value at \(path) is \(value.kindDescription), not an object.") }
    for key in object.keys where !["toolUseId", "name", "input", "type"].contains(key) {
      throw .refused("Unknown member '\(key)' at \(path).")
    }
    try checkIdentifier(object["toolUseId"], path: "\(path).toolUseId", extra: "_.:-", pattern: "[a-zA-Z0-9_.:-]+")
    try checkIdentifier(object["name"], path: "\(path).name", extra: "_-", pattern: "[a-zA-Z0-9_-]+")
    guard let input = object["input"], case .object = input else {
      throw .refused("The format of the value at \(path).input is invalid. Provide a json object for the field and try again.")
    }
  }

  private static func checkToolResult(_ value: JSONValue, path: String) throws(ModelFailure) {
    guard let object = value.objectValue else { throw .refused("The value at \(path) is \(value.kindDescription), not an object.") }
    for key in object.keys where !["toolUseId", "content", "status", "type"].contains(key) {
      throw .refused("Unknown member '\(key)' at \(path).")
    }
    try checkIdentifier(object["toolUseId"], path: "\(path).toolUseId", extra: "_.:-", pattern: "[a-zA-Z0-9_.:-]+")
    guard let parts = object["content"]?.arrayValue else { throw .refused("The content field at \(path) must be an array.") }
    for (index, part) in parts.enumerated() {
      guard let member = part.objectValue, member.count == 1, let (kind, content) = member.members.first, toolResultParts.contains(kind)
      else {
        throw .refused(
          "The content at \(path).content.\(index) must be an object with exactly one of: \(toolResultParts.sorted().joined(separator: ", "))."
        )
      }
      if kind == "text", content.stringValue == nil {
        throw .refused("The text field at \(path).content.\(index) is \(content.kindDescription), not a string.")
      }
      if kind == "json", content.objectValue == nil {
        throw .refused(
          "The format of the value at \(path).content.\(index).json is invalid. Provide a json object for the field and try again.")
      }
    }
    if let status = object["status"], status != "success", status != "error" {
      throw .refused(
        "1 validation error detected: Value '\(status.stringValue ?? status.text)' at '\(path).status' failed to satisfy constraint: "
          + "Member must satisfy enum value set: [success, error]")
    }
  }

  // MARK: Turns and pairs

  private static func checkTurns(_ roles: [String]) throws(ModelFailure) {
    guard roles.first == "user" else {
      throw .refused("A conversation must start with a user message. Try again with a conversation that starts with a user message.")
    }
    for index in roles.indices.dropFirst() where roles[index] == roles[index - 1] {
      throw .refused(
        "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and "
          + "assistant roles and try again. (messages.\(index - 1) and messages.\(index) are both of role \(roles[index]).)")
    }
    guard roles.last == "user" else {
      throw .refused("This model does not support assistant message prefill. The conversation must end with a user message.")
    }
  }

  /// Every toolUse of a message is answered in the next one, by the same ids, once each and no others.
  private static func checkPairs(_ messages: [JSONValue]) throws(ModelFailure) {
    var expected: [String] = []
    for (index, message) in messages.enumerated() {
      let answered = identifiers(message, "toolResult")
      if Set(answered).count != answered.count {
        throw .refused("The toolResult blocks at messages.\(index).content contain duplicate Ids: \(duplicates(answered)).")
      }
      let missing = expected.filter { !answered.contains($0) }
      if !missing.isEmpty {
        throw .refused("Expected toolResult blocks at messages.\(index).content for the following Ids: \(missing.joined(separator: ", "))")
      }
      let extra = answered.filter { !expected.contains($0) }
      if !extra.isEmpty {
        throw .refused(
          "The number of toolResult blocks at messages.\(index).content exceeds the number of toolUse blocks of previous turn. "
            + "Ids without a toolUse: \(extra.joined(separator: ", "))")
      }
      expected = identifiers(message, "toolUse")
      if Set(expected).count != expected.count {
        throw .refused("The toolUse blocks at messages.\(index).content contain duplicate Ids: \(duplicates(expected)).")
      }
    }
  }

  private static func identifiers(_ message: JSONValue, _ kind: String) -> [String] {
    (message["content"]?.arrayValue ?? []).compactMap { $0[kind]?["toolUseId"]?.stringValue }
  }

  private static func duplicates(_ identifiers: [String]) -> String {
    var seen: Set<String> = []
    return identifiers.filter { !seen.insert($0).inserted }.joined(separator: ", ")
  }

  // MARK: Configuration

  private static func checkSystem(_ system: JSONValue?) throws(ModelFailure) {
    guard let system else { return }
    guard let blocks = system.arrayValue, !blocks.isEmpty else { throw .refused("The system field must be an array that is not empty.") }
    for (index, block) in blocks.enumerated() {
      guard let object = block.objectValue, object.count == 1, let (kind, value) = object.members.first, systemBlocks.contains(kind) else {
        throw .refused(
          "The block at system.\(index) must be an object with exactly one of: \(systemBlocks.sorted().joined(separator: ", ")).")
      }
      if kind == "text", value.stringValue?.isEmpty ?? true {
        throw .refused("The text field in the ContentBlock object at system.\(index) is blank. Add text to the text field, and try again.")
      }
    }
  }

  private static func checkInference(_ configuration: JSONValue?) throws(ModelFailure) {
    guard let configuration else { return }
    guard let object = configuration.objectValue else {
      throw .refused("inferenceConfig is \(configuration.kindDescription), not an object.")
    }
    for key in object.keys where !["maxTokens", "temperature", "topP", "stopSequences"].contains(key) {
      throw .refused("Unknown member '\(key)' at inferenceConfig.")
    }
    if let value = object["maxTokens"], (value.intValue ?? 0) < 1 {
      throw .refused(
        "1 validation error detected: Value '\(value.text)' at 'inferenceConfig.maxTokens' failed to satisfy constraint: "
          + "Member must have value greater than or equal to 1")
    }
    for name in ["temperature", "topP"] {
      guard let value = object[name] else { continue }
      guard let number = value.doubleValue, number >= 0, number <= 1 else {
        throw .refused(
          "1 validation error detected: Value '\(value.text)' at 'inferenceConfig.\(name)' failed to satisfy constraint: "
            + "Member must have value between 0 and 1")
      }
    }
  }

  private static func checkTools(_ configuration: JSONValue?) throws(ModelFailure) {
    guard let configuration else { return }
    guard let tools = configuration["tools"]?.arrayValue, !tools.isEmpty else {
      throw .refused("1 validation error detected: Value at 'toolConfig.tools' failed to satisfy constraint: Member must not be empty")
    }
    var names: Set<String> = []
    for (index, tool) in tools.enumerated() {
      let path = "toolConfig.tools.\(index)"
      guard let object = tool.objectValue, object.count == 1, let (kind, value) = object.members.first else {
        throw .refused("The tool at \(path) must be an object with exactly one member.")
      }
      guard kind == "toolSpec" else {
        guard kind == "cachePoint" || kind == "systemTool" else { throw .refused("Unknown tool '\(kind)' at \(path).") }
        continue
      }
      for key in value.objectValue?.keys ?? [] where !["name", "description", "inputSchema", "strict"].contains(key) {
        throw .refused("Unknown member '\(key)' at \(path).toolSpec.")
      }
      let name = try checkIdentifier(value["name"], path: "\(path).toolSpec.name", extra: "_-", pattern: "[a-zA-Z0-9_-]+")
      guard names.insert(name).inserted else { throw .refused("The tool \(name) is already defined at toolConfig.tools.") }
      if let description = value["description"], description.stringValue?.isEmpty ?? true {
        throw .refused(
          "1 validation error detected: Value at '\(path).toolSpec.description' failed to satisfy constraint: "
            + "Member must have length greater than or equal to 1")
      }
      guard let schema = value["inputSchema"]?["json"]?.objectValue else {
        throw .refused("The toolSpec at \(path) needs an inputSchema.json that is a JSON object.")
      }
      guard schema["type"] == "object" else {
        throw .refused("The value at \(path).toolSpec.inputSchema.json.type must be one of the following: object.")
      }
    }
    try checkToolChoice(configuration["toolChoice"], names: names)
  }

  private static func checkToolChoice(_ choice: JSONValue?, names: Set<String>) throws(ModelFailure) {
    guard let choice else { return }
    guard let object = choice.objectValue, object.count == 1, let (kind, value) = object.members.first,
      ["auto", "any", "tool"].contains(kind)
    else { throw .refused("toolConfig.toolChoice must be an object with exactly one of: any, auto, tool.") }
    if kind == "tool", !names.contains(value["name"]?.stringValue ?? "") {
      throw .refused("The tool '\(value["name"]?.stringValue ?? "")' of toolConfig.toolChoice is not defined at toolConfig.tools.")
    }
  }

  private static func checkMetadata(_ metadata: JSONValue?) throws(ModelFailure) {
    guard let metadata else { return }
    guard let object = metadata.objectValue, object.count <= 16 else {
      throw .refused("requestMetadata must be an object of at most 16 members.")
    }
    for member in object where member.value.stringValue.map({ $0.utf8.count > 256 }) ?? true {
      throw .refused("The value of requestMetadata.\(member.key) must be a string of at most 256 characters.")
    }
  }

  @discardableResult
  private static func checkIdentifier(_ value: JSONValue?, path: String, extra: String, pattern: String) throws(ModelFailure) -> String {
    guard let text = value?.stringValue else {
      throw .refused("1 validation error detected: Value at '\(path)' failed to satisfy constraint: Member must not be null")
    }
    let extra = Set(extra.utf8)
    let valid = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || extra.contains(byte)
    }
    guard valid, !text.isEmpty else {
      throw .refused(
        "1 validation error detected: Value '\(text)' at '\(path)' failed to satisfy constraint: "
          + "Member must satisfy regular expression pattern: \(pattern)")
    }
    guard text.utf8.count <= 64 else {
      throw .refused(
        "1 validation error detected: Value '\(text)' at '\(path)' failed to satisfy constraint: Member must have length less than or equal to 64"
      )
    }
    return text
  }
}
