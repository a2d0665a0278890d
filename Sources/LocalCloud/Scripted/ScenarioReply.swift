import AWSClient
import JSON

/// What a rule answers: texts, tool uses and raw blocks with templates in their strings.
struct ScenarioReply: Sendable {
  /// The only member of an object that stands for one string, as it is.
  static let literalMember = "$literal"

  /// A JSON value whose strings are templates. `{"$lines": ["…", "…"]}` stands for one string of several lines, `{"$literal": "…"}` for one
  /// that is no template.
  indirect enum Template: Sendable {
    case string(ScenarioTemplate)
    case array([Template])
    case object([(key: String, value: Template)])
    case constant(JSONValue)

    init(_ value: JSONValue, path: String) throws(LocalCloudError) {
      switch value {
      case .string(let text): self = .string(try ScenarioTemplate(text, path: path))
      case .array(let elements):
        var templates: [Template] = []
        for (index, element) in elements.enumerated() { templates.append(try Template(element, path: "\(path)[\(index)]")) }
        self = .array(templates)
      case .object(let object):
        if object.count == 1, let lines = object["$lines"] {
          let texts = (lines.arrayValue ?? []).compactMap(\.stringValue)
          guard !texts.isEmpty, texts.count == lines.arrayValue?.count else {
            throw ScenarioFields.error("\(path).$lines", "must be an array of strings, one a line of the text")
          }
          self = .string(try ScenarioTemplate(texts.joined(separator: "\n"), path: path))
          return
        }
        if object.count == 1, let literal = object[ScenarioReply.literalMember] {
          guard literal.stringValue != nil else {
            throw ScenarioFields.error("\(path).$literal", "must be a string, not \(literal.kindDescription)")
          }
          self = .constant(literal)
          return
        }
        var members: [(key: String, value: Template)] = []
        for member in object { members.append((member.key, try Template(member.value, path: "\(path).\(member.key)"))) }
        self = .object(members)
      default: self = .constant(value)
      }
    }

    func value(_ view: ConversationView, index: Int) throws(ScenarioTemplate.Failure) -> JSONValue {
      switch self {
      case .string(let template): return try template.value(view, index: index)
      case .constant(let value): return value
      case .array(let templates):
        var elements: [JSONValue] = []
        for template in templates { elements.append(try template.value(view, index: index)) }
        return .array(elements)
      case .object(let members):
        var object = JSONObject()
        for member in members { object[member.key] = try member.value.value(view, index: index) }
        return .object(object)
      }
    }
  }

  private struct ToolUseTemplate: Sendable {
    let name: String
    let input: Template
    let id: Template?
    /// How many times the tool is asked for; `{{ index }}` counts from 0.
    let count: Int
  }

  private let text: ScenarioTemplate?
  private let toolUses: [ToolUseTemplate]
  private let blocks: Template?
  private let stopReason: StopReason
  private let usage: TokenUsage?
  let delayMilliseconds: Int

  init(_ value: JSONValue, path: String) throws(LocalCloudError) {
    var fields = try ScenarioFields(value, path: path)
    if let text = try fields.string("text") {
      self.text = try ScenarioTemplate(text, path: "\(path).text")
    } else if let lines = fields.value("lines") {
      let texts = (lines.arrayValue ?? []).compactMap(\.stringValue)
      guard !texts.isEmpty, texts.count == lines.arrayValue?.count else {
        throw ScenarioFields.error("\(path).lines", "must be an array of strings, one a line of the text")
      }
      text = try ScenarioTemplate(texts.joined(separator: "\n"), path: "\(path).lines")
    } else {
      text = nil
    }
    toolUses = try fields.array("toolUses") { (value, path) throws(LocalCloudError) in try Self.toolUse(value, path: path) }
    let blocks = fields.value("content")
    if let blocks {
      guard blocks.arrayValue?.allSatisfy({ $0.objectValue != nil }) ?? false else {
        throw ScenarioFields.error("\(path).content", "must be an array of content blocks (objects)")
      }
      self.blocks = try Template(blocks, path: "\(path).content")
    } else {
      self.blocks = nil
    }
    stopReason = try fields.string("stopReason").map(StopReason.init(rawValue:)) ?? (toolUses.isEmpty ? .endTurn : .toolUse)
    if let usage = fields.value("usage") {
      guard let usage = TokenUsage(usage) else {
        throw ScenarioFields.error("\(path).usage", "must be an object with whole numbers inputTokens and outputTokens")
      }
      self.usage = usage
    } else {
      usage = nil
    }
    delayMilliseconds = try fields.integer("delayMilliseconds") ?? 0
    try fields.finish(known: "text or lines, toolUses, content, stopReason, usage, delayMilliseconds")
    if text == nil, toolUses.isEmpty, blocks == nil {
      throw ScenarioFields.error(path, "has nothing to answer: give text, lines, toolUses or content")
    }
  }

  private static func toolUse(_ value: JSONValue, path: String) throws(LocalCloudError) -> ToolUseTemplate {
    var fields = try ScenarioFields(value, path: path)
    guard let name = try fields.string("name") else { throw ScenarioFields.error("\(path).name", "is missing: give a tool's name") }
    let toolUse = ToolUseTemplate(
      name: name, input: try Template(fields.value("input") ?? [:], path: "\(path).input"),
      id: try fields.string("id").map { (text) throws(LocalCloudError) in try Template(.string(text), path: "\(path).id") },
      count: try fields.integer("repeat", minimum: 1) ?? 1)
    try fields.finish(known: "name, input, id, repeat")
    return toolUse
  }

  /// The answer to a call; tool uses without an id of their own get one of `uniqueId`.
  func response(_ view: ConversationView, uniqueId: () -> String) throws(ScenarioTemplate.Failure) -> ConverseResponse {
    var content: [ContentBlock] = []
    if let text { content.append(.text(try text.text(view, index: 0))) }
    for toolUse in toolUses {
      for index in 0..<toolUse.count {
        let id = try toolUse.id?.value(view, index: index).stringValue ?? uniqueId()
        content.append(.toolUse(id: id, name: toolUse.name, input: try toolUse.input.value(view, index: index)))
      }
    }
    if let blocks { content += (try blocks.value(view, index: 0).arrayValue ?? []).compactMap { $0.objectValue.map(ContentBlock.init) } }
    let message = Message(role: .assistant, content: content)
    return ConverseResponse(
      message: message, stopReason: stopReason, usage: usage ?? Self.estimate(view.call, message),
      metrics: ["latencyMs": .number(max(1, delayMilliseconds))])
  }

  /// Four bytes of JSON are taken for a token, which is about what tokenizers make of English.
  private static func estimate(_ call: ConverseCall, _ message: Message) -> TokenUsage {
    TokenUsage(inputTokens: max(1, call.byteCount / 4), outputTokens: max(1, message.json.count / 4))
  }
}
