import JSON

/// When a rule or a fault of a scenario applies. All of what is given must hold; an empty condition always holds.
struct ScenarioCondition: Sendable {
  static let members = "model, system, user, lastUser, tools, withoutTools, turn, results, withoutResults, failedResults, operation"

  /// Texts that the model id, the system prompt, the first and the last user text must contain, whatever the case.
  let model: [String]
  let system: [String]
  let user: [String]
  let lastUser: [String]
  /// Tools that must be, and must not be, on offer.
  let tools: [String]
  let withoutTools: [String]
  /// How many times the model has spoken: one of these numbers.
  let turns: [Int]
  /// Tools of which a result must be, and must not be, in the conversation.
  let results: [String]
  let withoutResults: [String]
  /// Tools whose latest result must have the status "error".
  let failedResults: [String]
  /// "Converse" or "ConverseStream".
  let operation: String?

  init(_ value: JSONValue?, path: String) throws(LocalCloudError) {
    var fields = try ScenarioFields(value ?? [:], path: path)
    model = try fields.strings("model")
    system = try fields.strings("system")
    user = try fields.strings("user")
    lastUser = try fields.strings("lastUser")
    tools = try fields.strings("tools")
    withoutTools = try fields.strings("withoutTools")
    turns = try fields.integers("turn")
    results = try fields.strings("results")
    withoutResults = try fields.strings("withoutResults")
    failedResults = try fields.strings("failedResults")
    operation = try fields.string("operation")
    if let operation, ConverseCall.Operation(rawValue: operation) == nil {
      throw ScenarioFields.error("\(path).operation", "must be Converse or ConverseStream, not '\(operation)'")
    }
    try fields.finish(known: Self.members)
  }

  /// Nil when the condition holds; else what does not, as a phrase.
  func obstacle(_ view: ConversationView) -> String? {
    if let text = Self.missing(model, in: view.call.modelId) { return "model does not contain '\(text)'" }
    if let text = Self.missing(system, in: view.systemText) { return "system does not contain '\(text)'" }
    if let text = Self.missing(user, in: view.firstUserText) { return "user does not contain '\(text)'" }
    if let text = Self.missing(lastUser, in: view.lastUserText) { return "lastUser does not contain '\(text)'" }
    if let name = tools.first(where: { !view.tools.contains($0) }) { return "tool '\(name)' is not on offer" }
    if let name = withoutTools.first(where: { view.tools.contains($0) }) { return "tool '\(name)' is on offer" }
    if !turns.isEmpty, !turns.contains(view.turn) { return "turn is not \(turns.map(String.init).joined(separator: " or "))" }
    if let name = results.first(where: { view.results[$0] == nil }) { return "no result of '\(name)'" }
    if let name = withoutResults.first(where: { view.results[$0] != nil }) { return "there is a result of '\(name)'" }
    if let name = failedResults.first(where: { !(view.results[$0]?.last?.isError ?? false) }) { return "no failed result of '\(name)'" }
    if let operation, operation != view.call.operation.rawValue { return "operation is not \(operation)" }
    return nil
  }

  private static func missing(_ texts: [String], in whole: String) -> String? {
    guard !texts.isEmpty else { return nil }
    let lowercased = whole.lowercased()
    return texts.first { !contains(lowercased, $0.lowercased()) }
  }

  private static func contains(_ whole: String, _ part: String) -> Bool {
    firstRange(of: Array(part.utf8), in: Array(whole.utf8)) != nil
  }
}

/// Where `part` first stands in `whole`.
func firstRange(of part: [UInt8], in whole: [UInt8], from start: Int = 0) -> Range<Int>? {
  guard !part.isEmpty else { return start..<start }
  guard whole.count - start >= part.count else { return nil }
  for index in start...(whole.count - part.count) where whole[index] == part[0] && whole[index..<index + part.count].elementsEqual(part) {
    return index..<index + part.count
  }
  return nil
}

/// What conditions and templates ask of a call, found once a request.
struct ConversationView {
  let call: ConverseCall
  let firstUserText: String
  let lastUserText: String
  let systemText: String
  let tools: Set<String>
  let turn: Int
  /// The results of each tool, oldest first.
  let results: [String: [NamedToolResult]]

  init(_ call: ConverseCall) {
    self.call = call
    firstUserText = call.firstUserText
    lastUserText = call.lastUserText
    systemText = call.systemText
    tools = Set(call.toolNames)
    turn = call.turn
    results = Dictionary(grouping: call.toolResults, by: \.toolName)
  }

  /// What the request looks like, for the error of a request that no rule fits.
  var description: String {
    let offered = tools.sorted().joined(separator: ", ")
    let present = results.keys.sorted().joined(separator: ", ")
    return "model '\(call.modelId)', turn \(turn), tools [\(offered)], results [\(present)], user '\(Self.excerpt(firstUserText))', "
      + "last user '\(Self.excerpt(lastUserText))', system '\(Self.excerpt(systemText))'"
  }

  private static func excerpt(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count > 120 ? line.prefix(120) + "…" : line
  }
}
