public import JSON

/// One message of a conversation. Members that this version does not know are kept and sent back.
/// Source: Bedrock Runtime API, `Message`.
public struct Message: Sendable, Hashable {
  /// Who speaks; open to additions of the service.
  public struct Role: Sendable, Hashable, RawRepresentable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let user = Role(rawValue: "user")
    public static let assistant = Role(rawValue: "assistant")
  }

  public var role: Role
  public var content: [ContentBlock]
  /// Members other than role and content, untouched.
  public var otherMembers: JSONObject

  public init(role: Role, content: [ContentBlock], otherMembers: JSONObject = [:]) {
    self.role = role
    self.content = content
    self.otherMembers = otherMembers
  }

  public static func user(_ content: ContentBlock...) -> Message { Message(role: .user, content: content) }
  public static func user(_ text: String) -> Message { Message(role: .user, content: [.text(text)]) }
  public static func assistant(_ content: ContentBlock...) -> Message { Message(role: .assistant, content: content) }

  /// The tool uses, in the order the model asked for them.
  public var toolUses: [ToolUse] { content.compactMap(\.toolUse) }
  /// The tool results, in the order they were written.
  public var toolResults: [ToolResult] { content.compactMap(\.toolResult) }
  /// The text blocks, joined by newlines.
  public var text: String { content.compactMap(\.text).joined(separator: "\n") }
}

extension Message: JSONDecodable, JSONEncodable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    let begin = reader.valueOffset()
    let object = try readObject(&reader, "a message")
    do throws(JSONError) { try self.init(object) } catch { throw error.at(begin) }
  }

  /// A message from its JSON object.
  /// - Throws: `JSONError` that names the member that is missing or wrong.
  public init(_ object: JSONObject) throws(JSONError) {
    guard let role = object["role"]?.stringValue else { throw .missing("role", expected: "\"user\" or \"assistant\"") }
    guard let blocks = object["content"]?.arrayValue else { throw .missing("content", expected: "an array of content blocks") }
    var content: [ContentBlock] = []
    content.reserveCapacity(blocks.count)
    for (index, block) in blocks.enumerated() {
      guard let block = block.objectValue else {
        throw JSONError(.typeMismatch, byteOffset: nil, expected: "an object, not \(block.kindDescription)", field: "content[\(index)]")
      }
      content.append(ContentBlock(block))
    }
    var others = object
    others["role"] = nil
    others["content"] = nil
    self.init(role: Role(rawValue: role), content: content, otherMembers: others)
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("role", role.rawValue)
    writer.member("content", content)
    for member in otherMembers { writer.member(member.key, member.value) }
    writer.endObject()
  }

  /// The message as a JSON tree.
  public var jsonValue: JSONValue {
    var object: JSONObject = ["role": .string(role.rawValue), "content": .array(content.map { .object($0.object) })]
    for member in otherMembers { object[member.key] = member.value }
    return .object(object)
  }
}
