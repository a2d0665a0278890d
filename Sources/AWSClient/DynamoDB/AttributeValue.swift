import JSON

/// A value of a DynamoDB item.
public enum AttributeValue: Sendable, Hashable {
  case string(String)
  /// A number as text, up to 38 significant digits.
  case number(String)
  case binary([UInt8])
  case bool(Bool)
  case null
  case list([AttributeValue])
  case map([String: AttributeValue])
  case stringSet([String])
  case numberSet([String])
  case binarySet([[UInt8]])
}

extension AttributeValue {
  public static func number(_ value: Int64) -> AttributeValue { .number(String(value)) }
  public static func number(_ value: Int) -> AttributeValue { .number(String(value)) }
  /// A number from a double; nil for infinities and NaN, which DynamoDB does not have.
  public static func number(_ value: Double) -> AttributeValue? { JSONNumber(value).map { .number($0.text) } }

  public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
  /// The text of a number, every digit of it.
  public var numberText: String? { if case .number(let value) = self { value } else { nil } }
  /// A number without a fraction in the range of `Int64`.
  public var int64Value: Int64? { numberText.flatMap { JSONNumber(text: $0)?.int64 } }
  public var intValue: Int? { int64Value.map(Int.init) }
  public var doubleValue: Double? { numberText.flatMap { JSONNumber(text: $0)?.double } }
  public var binaryValue: [UInt8]? { if case .binary(let value) = self { value } else { nil } }
  public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var listValue: [AttributeValue]? { if case .list(let value) = self { value } else { nil } }
  public var mapValue: [String: AttributeValue]? { if case .map(let value) = self { value } else { nil } }
  public var stringSetValue: [String]? { if case .stringSet(let value) = self { value } else { nil } }
  public var numberSetValue: [String]? { if case .numberSet(let value) = self { value } else { nil } }
  public var binarySetValue: [[UInt8]]? { if case .binarySet(let value) = self { value } else { nil } }
  public var isNull: Bool { self == .null }

  /// The member of a map; nil when this is no map or has no such member.
  public subscript(key: String) -> AttributeValue? { mapValue?[key] }

  /// "a string", "a map": what the value is, for messages.
  public var kindDescription: String {
    switch self {
    case .string: "a string"
    case .number: "a number"
    case .binary: "binary data"
    case .bool: "a boolean"
    case .null: "null"
    case .list: "a list"
    case .map: "a map"
    case .stringSet: "a set of strings"
    case .numberSet: "a set of numbers"
    case .binarySet: "a set of binary data"
    }
  }
}

extension AttributeValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: AttributeValue...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (String, AttributeValue)...) {
    self = .map(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
}
