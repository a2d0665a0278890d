internal import AgentKit
internal import JSON

/// The members of one JSON object of a report, read by name: errors tell which member is wrong, and where in the report it is.
///
/// Unknown members are passed over, so that a report of a later program of the same schema version can be read.
struct ReportMembers {
  private var values: [String: JSONValue]
  private let path: String

  /// - Throws: `JSONError` when the value is no object.
  init(_ value: JSONValue, path: String) throws(JSONError) {
    guard let object = value.objectValue else { throw Self.mismatch(path, "an object", value) }
    values = object.dictionary
    self.path = path
  }

  private func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  private static func mismatch(_ place: String, _ expected: String, _ value: JSONValue) -> JSONError {
    JSONError(.typeMismatch, byteOffset: nil, expected: "\(expected), not \(value.kindDescription)", field: place.isEmpty ? nil : place)
  }

  private func invalid(_ name: String, _ expected: String) -> JSONError {
    JSONError(.invalidValue, byteOffset: nil, expected: expected, field: place(name))
  }

  /// The member; nil when it is absent or null.
  private func optional(_ name: String) -> JSONValue? {
    guard let value = values[name], !value.isNull else { return nil }
    return value
  }

  private func required(_ name: String, _ expected: String) throws(JSONError) -> JSONValue {
    guard let value = optional(name) else { throw .missing(place(name), expected: expected) }
    return value
  }

  func string(_ name: String) throws(JSONError) -> String {
    let value = try required(name, "a string")
    guard let text = value.stringValue else { throw Self.mismatch(place(name), "a string", value) }
    return text
  }

  func optionalString(_ name: String) throws(JSONError) -> String? { optional(name) == nil ? nil : try string(name) }

  func integer(_ name: String) throws(JSONError) -> Int64 {
    let value = try required(name, "a whole number")
    guard let number = value.numberValue else { throw Self.mismatch(place(name), "a whole number", value) }
    guard let integer = number.int64 else { throw invalid(name, "a whole number of at most 64 bits") }
    return integer
  }

  func optionalInteger(_ name: String) throws(JSONError) -> Int64? { optional(name) == nil ? nil : try integer(name) }

  func count(_ name: String) throws(JSONError) -> Int { Int(try integer(name)) }

  func optionalCount(_ name: String) throws(JSONError) -> Int? { try optionalInteger(name).map { Int($0) } }

  /// A time as ISO 8601 text, in milliseconds since the Unix epoch.
  func time(_ name: String) throws(JSONError) -> Int64 {
    guard let milliseconds = ISO8601.milliseconds(try string(name)) else {
      throw invalid(name, "a time such as 2026-11-20T07:19:00.000Z")
    }
    return milliseconds
  }

  /// Money or another decimal as text; nil when it is absent or null.
  func optionalDecimal(_ name: String) throws(JSONError) -> ExactDecimal? {
    guard let text = try optionalString(name) else { return nil }
    guard let decimal = ExactDecimal(text) else { throw invalid(name, "a decimal number as text, such as \"12.34\"") }
    return decimal
  }

  func decimal(_ name: String) throws(JSONError) -> ExactDecimal {
    guard let value = try optionalDecimal(name) else { throw .missing(place(name), expected: "a decimal number as text") }
    return value
  }

  /// A word of a fixed list.
  func word<Word: RawRepresentable>(_ name: String, of words: [Word]) throws(JSONError) -> Word where Word.RawValue == String {
    let text = try string(name)
    guard let word = Word(rawValue: text) else {
      throw invalid(name, "one of " + words.map { "\"\($0.rawValue)\"" }.joined(separator: ", ") + ", not \"\(text.prefix(40))\"")
    }
    return word
  }

  func object(_ name: String) throws(JSONError) -> ReportMembers {
    try ReportMembers(try required(name, "an object"), path: place(name))
  }

  func optionalObject(_ name: String) throws(JSONError) -> ReportMembers? { optional(name) == nil ? nil : try object(name) }

  func strings(_ name: String) throws(JSONError) -> [String] {
    var strings: [String] = []
    for (index, value) in try array(name).enumerated() {
      guard let text = value.stringValue else { throw Self.mismatch("\(place(name))[\(index)]", "a string", value) }
      strings.append(text)
    }
    return strings
  }

  func objects<Element>(
    _ name: String, _ read: (ReportMembers) throws(JSONError) -> Element
  ) throws(JSONError) -> [Element] {
    var elements: [Element] = []
    for (index, value) in try array(name).enumerated() {
      elements.append(try read(try ReportMembers(value, path: "\(place(name))[\(index)]")))
    }
    return elements
  }

  private func array(_ name: String) throws(JSONError) -> [JSONValue] {
    let value = try required(name, "an array")
    guard let array = value.arrayValue else { throw Self.mismatch(place(name), "an array", value) }
    return array
  }

  /// The error of a member whose value cannot be.
  func refusal(_ name: String, expected: String) -> JSONError { invalid(name, expected) }
}
