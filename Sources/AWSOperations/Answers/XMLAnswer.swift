import AWSClient
import JSON

/// Answers in XML, as the JSON that the same answer would be: lists are arrays, numbers numbers, booleans booleans.
struct XMLAnswer {
  let model: ServiceModel

  func structure(_ element: XMLElement, _ members: [Shape.Member]) -> JSONObject {
    var object = JSONObject()
    for member in members where member.flags.isDisjoint(with: .elsewhere) {
      guard let value = member.flags.contains(.attribute) ? attribute(of: element) : value(of: member, in: element) else { continue }
      object[member.name] = member.flags.contains(.secret) ? AnswerReader.redacted(value) : value
    }
    return object
  }

  private func value(of member: Shape.Member, in parent: XMLElement) -> JSONValue? {
    if member.flags.contains(.flattened), case .shape(let number) = member.type {
      let elements = parent.children.filter { $0.name == member.wire }
      guard !elements.isEmpty else { return nil }
      switch model.shapes[number] {
      case .list(let type, let flags, _): return .array(elements.map { self.element($0, type, flags) })
      case .map(let type, let flags, let key, let value): return .object(map(elements, type, flags, key, value))
      case .structure: break
      }
    }
    return parent[member.wire].map { value($0, member.type) }
  }

  func value(_ element: XMLElement, _ type: ValueType) -> JSONValue {
    guard case .shape(let number) = type else { return Self.scalar(element.text, type) }
    switch model.shapes[number] {
    case .structure(let members, _): return .object(structure(element, members))
    case .list(let type, let flags, let name):
      return .array(element.children.filter { $0.name == name }.map { self.element($0, type, flags) })
    case .map(let type, let flags, let key, let value):
      return .object(map(element.children.filter { $0.name == "entry" }, type, flags, key, value))
    }
  }

  private func element(_ element: XMLElement, _ type: ValueType, _ flags: MemberFlags) -> JSONValue {
    flags.contains(.secret) ? AnswerReader.replacement : value(element, type)
  }

  private func map(_ entries: [XMLElement], _ type: ValueType, _ flags: MemberFlags, _ key: String, _ value: String) -> JSONObject {
    JSONObject(
      entries.compactMap { entry in
        guard let name = entry[key]?.text else { return nil }
        guard let element = entry[value] else { return (name, .null) }
        return (name, self.element(element, type, flags))
      })
  }

  /// The attribute `xsi:type` of S3's grantees, the only attribute there is: it follows from what the grantee is named by.
  /// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Grantee.html
  private func attribute(of element: XMLElement) -> JSONValue? {
    if element["URI"] != nil { return "Group" }
    if element["EmailAddress"] != nil { return "AmazonCustomerByEmail" }
    return element["ID"] != nil ? "CanonicalUser" : nil
  }

  /// A scalar's text as JSON; text that is no number where a number should be stays text.
  static func scalar(_ text: String, _ type: ValueType) -> JSONValue {
    switch type {
    case .integer, .decimal: JSONNumber(text: text).map(JSONValue.number) ?? .string(text)
    case .boolean: text == "true" ? true : text == "false" ? false : .string(text)
    default: .string(text)
    }
  }
}
