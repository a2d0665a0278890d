import JSON

/// Finds values in tool results, which are JSON, text that is JSON, or prose with JSON in it.
enum ScenarioValue {
  /// Follows the steps of a JSON pointer; a string on the way is read as JSON.
  static func find(_ steps: [String], in root: JSONValue) throws(ScenarioTemplate.Failure) -> JSONValue {
    var value = root
    for (depth, step) in steps.enumerated() {
      let place = "/" + steps[..<depth].joined(separator: "/")
      if let text = value.stringValue {
        guard let entered = parse(text) else {
          throw ScenarioTemplate.Failure(message: "the value at '\(place)' is the text '\(text.prefix(80))', which holds no JSON")
        }
        value = entered
      }
      switch value {
      case .object(let object):
        guard let member = object[step] else {
          throw ScenarioTemplate.Failure(message: "'\(place)' has no member '\(step)': it has \(object.keys.joined(separator: ", "))")
        }
        value = member
      case .array(let elements):
        guard let index = Int(step), elements.indices.contains(index) else {
          throw ScenarioTemplate.Failure(message: "'\(place)' has no element '\(step)': it has \(elements.count)")
        }
        value = elements[index]
      default: throw ScenarioTemplate.Failure(message: "'\(place)' is \(value.kindDescription) and has no '\(step)'")
      }
    }
    return value
  }

  /// The JSON that a text is, or the first JSON object or array in it.
  static func parse(_ text: String) -> JSONValue? {
    if let value = try? JSONValue(parsing: text) { return value }
    let bytes = Array(text.utf8)
    var position = 0
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "{") || bytes[position] == UInt8(ascii: "["), let end = balancedEnd(bytes, from: position),
        let value = try? JSONValue(parsing: Array(bytes[position..<end]))
      {
        return value
      }
      position += 1
    }
    return nil
  }

  /// Where the bracket that opens at `start` is closed.
  private static func balancedEnd(_ bytes: [UInt8], from start: Int) -> Int? {
    var depth = 0
    var quoted = false
    var position = start
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\\") where quoted: position += 1
      case UInt8(ascii: "\""): quoted.toggle()
      case UInt8(ascii: "{") where !quoted, UInt8(ascii: "[") where !quoted: depth += 1
      case UInt8(ascii: "}") where !quoted, UInt8(ascii: "]") where !quoted:
        depth -= 1
        if depth == 0 { return position + 1 }
      default: break
      }
      position += 1
    }
    return nil
  }
}
