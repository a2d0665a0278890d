/// A JSON object: members in the order they were written.
///
/// Looking up a name that occurs twice finds the last one, as most parsers do (RFC 8259 section 4 leaves it open).
/// Look-up is linear: the objects of AWS's wire formats have a handful of members.
public struct JSONObject: Sendable {
  public typealias Member = (key: String, value: JSONValue)
  public private(set) var members: [Member]

  public init() { members = [] }
  public init(_ members: [(String, JSONValue)]) { self.members = members.map { (key: $0.0, value: $0.1) } }
  init(members: [Member]) { self.members = members }

  public var isEmpty: Bool { members.isEmpty }
  public var count: Int { members.count }
  public var keys: [String] { members.map(\.key) }

  public subscript(key: String) -> JSONValue? {
    get { members.last { $0.key == key }?.value }
    set {
      if let newValue {
        if let index = members.lastIndex(where: { $0.key == key }) {
          members[index].value = newValue
        } else {
          members.append((key: key, value: newValue))
        }
      } else {
        members.removeAll { $0.key == key }
      }
    }
  }
}

extension JSONObject: Hashable {
  /// Two objects are equal when they have the same members, in any order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    guard left.members.count == right.members.count else { return false }
    return left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
      || left.dictionary == right.dictionary
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(dictionary) }

  /// The members as a dictionary; of a name that occurs twice, the last one.
  public var dictionary: [String: JSONValue] { Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }) }
}

extension JSONObject: Sequence {
  public func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
