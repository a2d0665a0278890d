import JSON

/// A compiled schema; other schemas are named by their index, so that references may form loops.
enum SchemaNode: Sendable {
  case always
  case never
  case rules([SchemaRule])
}

/// A rule of a schema.
enum SchemaRule: Sendable {
  case type(JSONTypes)
  case enumeration([JSONValue], texts: Set<String>)
  case constant(JSONValue, text: String)

  case required([String])
  case properties(named: [String: Int], patterns: [(pattern: Pattern, schema: Int)], additional: Int?)
  case propertyNames(Int)
  case propertiesAtLeast(Int)
  case propertiesAtMost(Int)
  case dependentRequired([(name: String, required: [String])])
  case dependentSchemas([(name: String, schema: Int)])

  case items(prefix: [Int], rest: Int?)
  case contains(Int, minimum: Int, maximum: Int?)
  case itemsAtLeast(Int)
  case itemsAtMost(Int)
  case uniqueItems

  case lengthAtLeast(Int)
  case lengthAtMost(Int)
  case pattern(Pattern)

  case minimum(ExactDecimal, isExclusive: Bool)
  case maximum(ExactDecimal, isExclusive: Bool)
  case multipleOf(ExactDecimal)

  case allOf([Int])
  case anyOf([Int])
  case oneOf([Int])
  case not(Int)
  case conditional(condition: Int, then: Int?, otherwise: Int?)
  case reference(Int)

  /// The schemas that look at the same value, not at a part of it.
  var inPlaceSchemas: [Int] {
    switch self {
    case .allOf(let schemas), .anyOf(let schemas), .oneOf(let schemas): schemas
    case .not(let schema), .reference(let schema): [schema]
    case .conditional(let condition, let then, let otherwise): [condition] + [then, otherwise].compactMap(\.self)
    case .dependentSchemas(let schemas): schemas.map(\.schema)
    default: []
    }
  }
}

/// The types of JSON Schema, of which "integer" is part of "number".
struct JSONTypes: OptionSet, Sendable {
  let rawValue: UInt8
  static let null = JSONTypes(rawValue: 1)
  static let boolean = JSONTypes(rawValue: 2)
  static let integer = JSONTypes(rawValue: 4)
  /// Numbers that are no integers.
  static let fraction = JSONTypes(rawValue: 8)
  static let string = JSONTypes(rawValue: 16)
  static let array = JSONTypes(rawValue: 32)
  static let object = JSONTypes(rawValue: 64)

  private static let named: [(String, JSONTypes)] = [
    ("null", .null), ("boolean", .boolean), ("number", [.integer, .fraction]), ("integer", .integer), ("string", .string),
    ("array", .array), ("object", .object),
  ]

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init?(name: String) {
    guard let types = Self.named.first(where: { $0.0 == name })?.1 else { return nil }
    self = types
  }

  init(of value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool: self = .boolean
    case .number(let number):
      // A number without fraction is an integer, also when it is written 1.0 (validation, section 6.1.1).
      self =
        number.text.utf8.allSatisfy { $0 != 0x2E && $0 | 0x20 != 0x65 } || ExactDecimal(number)?.isInteger == true ? .integer : .fraction
    case .string: self = .string
    case .array: self = .array
    case .object: self = .object
    }
  }

  /// "string or null".
  var description: String {
    var names: [String] = []
    for (name, types) in Self.named where isSuperset(of: types) && !(name == "integer" && contains(.fraction)) { names.append(name) }
    return names.joined(separator: " or ")
  }
}

/// A text that two JSON values share exactly when JSON Schema calls them equal: members in any order, numbers by value.
enum CanonicalJSON {
  static func text(of value: JSONValue) -> String {
    var writer = JSONWriter()
    write(value, to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func write(_ value: JSONValue, to writer: inout JSONWriter) {
    switch value {
    case .number(let number):
      if let text = ExactDecimal(number)?.text { writer.raw(Array(text.utf8)) } else { writer.number(number) }
    case .array(let elements):
      writer.beginArray()
      for element in elements { write(element, to: &writer) }
      writer.endArray()
    case .object(let object):
      writer.beginObject()
      for (key, value) in object.dictionary.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        writer.key(key)
        write(value, to: &writer)
      }
      writer.endObject()
    default: writer.value(value)
    }
  }
}
