public import JSON

/// A value that cannot go from JSON to DynamoDB or back without losing something.
public struct AttributeValueError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where the value stands, such as "$.items[2].price".
  public let path: String
  /// What was wrong with it.
  public let reason: String
  public var description: String { "\(path): \(reason)" }
}

extension AttributeValue {
  /// The value that holds exactly what the JSON value holds.
  /// - Throws: `AttributeValueError` for a number of more than 38 significant digits or outside DynamoDB's range, and for a member that occurs twice.
  public init(_ json: JSONValue) throws(AttributeValueError) { try self.init(json, path: "$") }

  private init(_ json: JSONValue, path: String) throws(AttributeValueError) {
    switch json {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .string(let value): self = .string(value)
    case .number(let number):
      if let reason = AttributeValue.whyNoNumber(number.text) { throw AttributeValueError(path: path, reason: reason) }
      self = .number(number.text)
    case .array(let elements):
      var list: [AttributeValue] = []
      list.reserveCapacity(elements.count)
      for (index, element) in elements.enumerated() { list.append(try AttributeValue(element, path: "\(path)[\(index)]")) }
      self = .list(list)
    case .object(let object):
      var map: [String: AttributeValue] = [:]
      map.reserveCapacity(object.count)
      for member in object {
        let memberPath = "\(path).\(member.key)"
        guard map[member.key] == nil else { throw AttributeValueError(path: memberPath, reason: "the member occurs twice") }
        map[member.key] = try AttributeValue(member.value, path: memberPath)
      }
      self = .map(map)
    }
  }

  /// The JSON value that holds exactly what this value holds; the members of maps are in the order of their names.
  /// - Throws: `AttributeValueError` for binary data and sets, which JSON does not have.
  public func toJSON() throws(AttributeValueError) -> JSONValue { try toJSON(path: "$") }

  private func toJSON(path: String) throws(AttributeValueError) -> JSONValue {
    switch self {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .string(let value): return .string(value)
    case .number(let text):
      guard let number = JSONNumber(text: text) else { throw AttributeValueError(path: path, reason: "'\(text)' is no JSON number") }
      return .number(number)
    case .list(let elements):
      var array: [JSONValue] = []
      array.reserveCapacity(elements.count)
      for (index, element) in elements.enumerated() { array.append(try element.toJSON(path: "\(path)[\(index)]")) }
      return .array(array)
    case .map(let members):
      var object: [(String, JSONValue)] = []
      object.reserveCapacity(members.count)
      for (name, value) in members.sorted(by: { $0.key < $1.key }) { object.append((name, try value.toJSON(path: "\(path).\(name)"))) }
      return .object(JSONObject(object))
    case .binary, .stringSet, .numberSet, .binarySet:
      throw AttributeValueError(path: path, reason: "JSON has no value for \(kindDescription)")
    }
  }

  /// Why DynamoDB would refuse or round a number (38 significant digits, 1E-130 to 9.99E+125); nil when it holds it exactly.
  private static func whyNoNumber(_ text: String) -> String? {
    var digits: [UInt8] = []
    // Where the decimal point stands, counted in digits from the first one kept.
    var pointShift = 0
    var seenPoint = false
    var rest = text.utf8[...]
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    while let byte = rest.first, byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
      rest.removeFirst()
      if byte == UInt8(ascii: ".") {
        seenPoint = true
      } else {
        digits.append(byte)
        if seenPoint { pointShift -= 1 }
      }
    }
    var exponent = 0
    if !rest.isEmpty {
      guard let value = Int(String(Substring(rest.dropFirst()))), value.magnitude < 1_000_000 else {
        return "the exponent of \(text) is outside the range of a DynamoDB number"
      }
      exponent = value
    }
    while digits.last == UInt8(ascii: "0") {
      digits.removeLast()
      pointShift += 1
    }
    let significant = digits.drop { $0 == UInt8(ascii: "0") }
    guard !significant.isEmpty else { return nil }
    guard significant.count <= 38 else { return "\(text) has \(significant.count) significant digits; a DynamoDB number has at most 38" }
    let magnitude = significant.count - 1 + pointShift + exponent
    guard (-130...125).contains(magnitude) else { return "\(text) is outside 1E-130 to 9.99E+125, the range of a DynamoDB number" }
    return nil
  }
}
