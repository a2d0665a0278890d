public import JSON

/// One block of a message: an object with exactly one member, which says what the block is.
///
/// The block is its JSON. Blocks that this version does not know (reasoning, citations, blocks of tomorrow) are therefore sent
/// back exactly as they came, which Bedrock demands of reasoning signatures.
/// Source: Bedrock Runtime API, `ContentBlock`.
public struct ContentBlock: Sendable, Hashable {
  /// The block as the service wrote it.
  public let object: JSONObject

  public init(_ object: JSONObject) { self.object = object }

  /// A block of text.
  public static func text(_ text: String) -> ContentBlock { ContentBlock(["text": .string(text)]) }

  /// A model's request to use a tool.
  /// - Parameters:
  ///   - id: 1 to 64 of `[a-zA-Z0-9_.:-]`.
  ///   - name: 1 to 64 of `[a-zA-Z0-9_-]`.
  ///   - input: an object; Bedrock refuses anything else.
  public static func toolUse(id: String, name: String, input: JSONValue) -> ContentBlock {
    ContentBlock(["toolUse": ["toolUseId": .string(id), "name": .string(name), "input": input]])
  }

  /// The answer to a tool use. Without a status Bedrock assumes success.
  public static func toolResult(id: String, content: [ToolResultContent], status: ToolResult.Status? = nil) -> ContentBlock {
    var result: JSONObject = ["toolUseId": .string(id), "content": .array(content.map { .object($0.object) })]
    if let status { result["status"] = .string(status.rawValue) }
    return ContentBlock(["toolResult": .object(result)])
  }

  /// A mark that what stands before it may be cached (at least 1 024 tokens, by model).
  public static let cachePoint = ContentBlock(["cachePoint": ["type": "default"]])

  /// The text of a text block.
  public var text: String? { object["text"]?.stringValue }

  /// The tool use of a tool-use block; nil for other blocks and when id or name is missing.
  public var toolUse: ToolUse? { object["toolUse"].flatMap(ToolUse.init) }

  /// The result of a tool-result block; nil for other blocks and when the id is missing.
  public var toolResult: ToolResult? { object["toolResult"].flatMap(ToolResult.init) }

  /// The name of the block's member: "text", "toolUse", "reasoningContent"; nil for an empty object.
  public var kind: String? { object.members.first?.key }
}

/// A model's request to use a tool.
public struct ToolUse: Sendable, Hashable {
  public let id: String
  public let name: String
  /// An object when the model behaved; whatever it wrote otherwise.
  public let input: JSONValue

  public init(id: String, name: String, input: JSONValue) {
    self.id = id
    self.name = name
    self.input = input
  }

  init?(_ value: JSONValue) {
    guard let id = value["toolUseId"]?.stringValue, let name = value["name"]?.stringValue else { return nil }
    self.init(id: id, name: name, input: value["input"] ?? .null)
  }
}

/// The answer to a tool use.
public struct ToolResult: Sendable, Hashable {
  /// How a tool use ended; open to additions of the service.
  public struct Status: Sendable, Hashable, RawRepresentable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let success = Status(rawValue: "success")
    public static let error = Status(rawValue: "error")
  }

  public let id: String
  public let content: [ToolResultContent]
  public let status: Status?

  init?(_ value: JSONValue) {
    guard let id = value["toolUseId"]?.stringValue else { return nil }
    self.id = id
    content = (value["content"]?.arrayValue ?? []).compactMap { $0.objectValue.map(ToolResultContent.init) }
    status = value["status"]?.stringValue.map(Status.init(rawValue:))
  }
}

/// One part of a tool result: text, JSON, or a block this version does not know.
public struct ToolResultContent: Sendable, Hashable {
  /// The part as it stands on the wire.
  public let object: JSONObject

  public init(_ object: JSONObject) { self.object = object }

  public static func text(_ text: String) -> ToolResultContent { ToolResultContent(["text": .string(text)]) }
  /// A JSON part. Several models accept only an object here.
  public static func json(_ value: JSONValue) -> ToolResultContent { ToolResultContent(["json": value]) }

  public var text: String? { object["text"]?.stringValue }
  public var json: JSONValue? { object["json"] }
}

extension ContentBlock: JSONDecodable, JSONEncodable {
  public init(from reader: inout JSONReader) throws(JSONError) { self.init(try readObject(&reader, "a content block")) }
  public func write(to writer: inout JSONWriter) { writer.value(.object(object)) }
}

/// Reads one object as a tree, and says what it should have been when it is none.
func readObject(_ reader: inout JSONReader, _ expected: String) throws(JSONError) -> JSONObject {
  let offset = reader.valueOffset()
  guard case .object(let object) = try reader.readValue() else {
    throw JSONError(.typeMismatch, byteOffset: offset, expected: "\(expected) (an object)")
  }
  return object
}
