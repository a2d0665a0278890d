import AWSClient
import JSON

/// Reads the attributes of one row, and says which attribute was wrong when one is.
struct AttributeReader {
  let table: String
  let key: String
  let attributes: [String: AttributeValue]
  /// Dotted path of the map that is read, with a trailing dot; empty for the row itself.
  var path = ""

  func error(_ name: String, _ expected: String) -> LedgerError {
    let found = attributes[name]
    return LedgerError(
      table: table, key: key,
      problem: WireError(
        field: path + name, value: found.map { found in found.stringValue ?? found.numberText ?? found.kindDescription } ?? "absent",
        expected: expected))
  }

  func optionalText(_ name: String) throws(LedgerError) -> String? {
    guard let value = attributes[name], !value.isNull else { return nil }
    guard let text = value.stringValue else { throw error(name, "a string") }
    return text
  }

  func text(_ name: String) throws(LedgerError) -> String {
    guard let text = try optionalText(name) else { throw error(name, "a string") }
    return text
  }

  func optionalInteger(_ name: String) throws(LedgerError) -> Int64? {
    guard let value = attributes[name], !value.isNull else { return nil }
    guard let number = value.int64Value else { throw error(name, "a whole number") }
    return number
  }

  func integer(_ name: String, default fallback: Int64? = nil) throws(LedgerError) -> Int64 {
    if let number = try optionalInteger(name) { return number }
    guard let fallback else { throw error(name, "a whole number") }
    return fallback
  }

  /// A count that is left out of the row when it is zero.
  func count(_ name: String) throws(LedgerError) -> Int { Int(try integer(name, default: 0)) }

  func optionalMap(_ name: String) throws(LedgerError) -> AttributeReader? {
    guard let value = attributes[name], !value.isNull else { return nil }
    guard let map = value.mapValue else { throw error(name, "a map") }
    return AttributeReader(table: table, key: key, attributes: map, path: "\(path)\(name).")
  }

  func map(_ name: String) throws(LedgerError) -> AttributeReader {
    guard let map = try optionalMap(name) else { throw error(name, "a map") }
    return map
  }

  func list(_ name: String) throws(LedgerError) -> [AttributeValue] {
    guard let value = attributes[name] else { throw error(name, "a list") }
    guard let list = value.listValue else { throw error(name, "a list") }
    return list
  }

  func optionalReference(_ name: String) throws(LedgerError) -> PayloadReference? {
    guard let map = try optionalMap(name) else { return nil }
    return PayloadReference(key: try map.text("key"), byteCount: Int(try map.integer("bytes", default: 0)))
  }
}

extension PayloadReference {
  var attribute: AttributeValue { .map(["key": .string(key), "bytes": .number(byteCount)]) }
}

extension [String: AttributeValue] {
  /// Adds a number unless it is zero, which is what an absent count means.
  mutating func setCount(_ name: String, _ value: Int) { if value != 0 { self[name] = .number(value) } }
  mutating func set(_ name: String, _ value: Int64?) { if let value { self[name] = .number(value) } }
  mutating func set(_ name: String, _ value: String?) { if let value { self[name] = .string(value) } }
  mutating func set(_ name: String, _ value: PayloadReference?) { if let value { self[name] = value.attribute } }
}
