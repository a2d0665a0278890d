/// Any JSON value, as RFC 8259 defines it.
///
/// Numbers keep their exact text and objects their order, so that reading and writing loses nothing.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

extension JSONValue {
  /// Parses one JSON text.
  /// - Throws: `JSONError` with the byte offset and what was expected.
  public init(parsing bytes: [UInt8], maximumDepth: Int = JSONReader.defaultMaximumDepth) throws(JSONError) {
    self = try JSONReader.parse(bytes, maximumDepth: maximumDepth)
  }

  /// Parses one JSON text.
  /// - Throws: `JSONError` with the byte offset (in UTF-8) and what was expected.
  public init(parsing text: String) throws(JSONError) {
    self = try JSONReader.parse(Array(text.utf8), maximumDepth: JSONReader.defaultMaximumDepth)
  }

  /// The compact JSON text of the value, in UTF-8.
  public var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.value(self)
    return writer.bytes
  }

  /// The compact JSON text of the value.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
  public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var numberValue: JSONNumber? { if case .number(let value) = self { value } else { nil } }
  /// The value as a 64-bit integer; nil when it is no number, has a fraction, or is out of range.
  public var int64Value: Int64? { numberValue?.int64 }
  /// The value as an integer; nil when it is no number, has a fraction, or is out of range.
  public var intValue: Int? { numberValue?.int64.map(Int.init) }
  public var doubleValue: Double? { numberValue?.double }
  public var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  public var objectValue: JSONObject? { if case .object(let value) = self { value } else { nil } }
  public var isNull: Bool { self == .null }

  /// The member of an object; nil when this is no object or has no such member.
  public subscript(key: String) -> JSONValue? { objectValue?[key] }

  /// The element of an array; nil when this is no array or the index is out of bounds.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// "an object", "a string": what the value is, for messages.
  public var kindDescription: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(nilLiteral: ()) { self = .null }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
  public init(floatLiteral value: Double) { self = JSONNumber(value).map(JSONValue.number) ?? .null }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}

extension JSONValue {
  public static func number(_ value: Int64) -> JSONValue { .number(JSONNumber(value)) }
  public static func number(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }
}

extension JSONValue: CustomStringConvertible {
  public var description: String { text }
}
