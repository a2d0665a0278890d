import AWSClient
import JSON

/// How a message stands in the list `conversation`: as a native map, which clients of the original can read, wherever DynamoDB gives
/// back exactly what it was given; as JSON text otherwise.
extension StoredMessage {
  private static let textMember = "json_text"
  private static let referenceMember = "content_ref"

  var attribute: AttributeValue {
    switch self {
    case .spilled(let role, let reference):
      return .map(["role": .string(role.rawValue), Self.referenceMember: reference.attribute])
    case .inline(let message):
      let json = message.jsonValue
      if Self.survives(json), let value = try? AttributeValue(json) { return value }
      return .map(["role": .string(message.role.rawValue), Self.textMember: .string(json.text)])
    }
  }

  init(_ value: AttributeValue, _ row: AttributeReader, index: Int) throws(LedgerError) {
    func unreadable(_ problem: String) -> LedgerError {
      LedgerError(
        table: row.table, key: row.key, problem: WireError(field: "conversation[\(index)]", value: problem, expected: "a Converse message"))
    }
    guard let map = value.mapValue else { throw unreadable(value.kindDescription) }
    let message = AttributeReader(table: row.table, key: row.key, attributes: map, path: "conversation[\(index)].")
    if let reference = try message.optionalReference(Self.referenceMember) {
      self = .spilled(role: Message.Role(rawValue: try message.text("role")), reference)
      return
    }
    do {
      let json = try map[Self.textMember]?.stringValue.map { try JSONValue(parsing: $0) } ?? value.toJSON()
      guard let object = json.objectValue else { throw unreadable(json.kindDescription) }
      self = .inline(try Message(object))
    } catch let error as LedgerError {
      throw error
    } catch {
      throw unreadable("\(error)")
    }
  }

  /// Levels of nesting that a message may have. DynamoDB takes 32, and the message stands in a list of the row.
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
  private static let maximumDepth = 30

  /// True when DynamoDB takes the value and gives it back unchanged: it is not nested too deeply, every number is written as DynamoDB
  /// writes it, and no object has a member twice or one without a name.
  private static func survives(_ value: JSONValue, depth: Int = 1) -> Bool {
    guard depth <= maximumDepth else { return false }
    switch value {
    case .null, .bool, .string: return true
    case .number(let number):
      let text = number.text.utf8
      if text.contains(UInt8(ascii: "e")) || text.contains(UInt8(ascii: "E")) || number.text == "-0" { return false }
      guard text.contains(UInt8(ascii: ".")) else { return text.count <= 38 }
      return text.count <= 39 && text.last != UInt8(ascii: "0")
    case .array(let elements): return elements.allSatisfy { survives($0, depth: depth + 1) }
    case .object(let object):
      let names = Set(object.keys)
      return names.count == object.count && !names.contains("") && object.allSatisfy { survives($0.value, depth: depth + 1) }
    }
  }
}
