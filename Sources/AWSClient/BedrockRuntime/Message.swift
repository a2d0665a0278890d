public import JSON
internal import Synchronization

/// One message of a conversation. Members that this version does not know are kept and sent back.
/// Source: Bedrock Runtime API, `Message`.
public struct Message: Sendable {
  /// Who speaks; open to additions of the service.
  public struct Role: Sendable, Hashable, RawRepresentable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let user = Role(rawValue: "user")
    public static let assistant = Role(rawValue: "assistant")
  }

  /// One reference, so that conversations are copied and dropped fast.
  private var storage: Storage

  /// Never changes; whoever changes a message makes another.
  private final class Storage: Sendable {
    let role: Role
    let content: [ContentBlock]
    let otherMembers: JSONObject
    /// Size of the message's JSON in bytes; negative until somebody has asked.
    let byteCount = Atomic<Int>(-1)

    init(_ role: Role, _ content: [ContentBlock], _ otherMembers: JSONObject) {
      self.role = role
      self.content = content
      self.otherMembers = otherMembers
    }
  }

  public var role: Role {
    get { storage.role }
    set { storage = Storage(newValue, content, otherMembers) }
  }

  public var content: [ContentBlock] {
    get { storage.content }
    set { storage = Storage(role, newValue, otherMembers) }
  }

  /// Members other than role and content, untouched.
  public var otherMembers: JSONObject {
    get { storage.otherMembers }
    set { storage = Storage(role, content, newValue) }
  }

  public init(role: Role, content: [ContentBlock], otherMembers: JSONObject = [:]) {
    storage = Storage(role, content, otherMembers)
  }

  /// Size of the message's JSON in bytes. It is counted once, for all copies too: whoever budgets a conversation asks for it before each call.
  public var byteCount: Int {
    let known = storage.byteCount.load(ordering: .relaxed)
    if known >= 0 { return known }
    let byteCount = json.count
    storage.byteCount.store(byteCount, ordering: .relaxed)
    return byteCount
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

extension Message: Hashable {
  public static func == (left: Message, right: Message) -> Bool {
    left.storage === right.storage || left.role == right.role && left.content == right.content && left.otherMembers == right.otherMembers
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(role)
    hasher.combine(content)
    hasher.combine(otherMembers)
  }
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
