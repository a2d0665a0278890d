import AgentKit
import JSON
import Orchestration

/// Where two JSON values differ, for a model that has to mend one of them.
enum ValueDifference {
  /// The first place at which a value is not the expected one; nil where they are equal. Numbers are compared by value, members in any order.
  static func first(_ value: JSONValue, expected: JSONValue, at path: String = "") -> String? {
    switch (value, expected) {
    case (.number(let found), .number(let wanted)) where areEqual(found, wanted): return nil
    case (.array(let found), .array(let wanted)):
      for (index, pair) in zip(found, wanted).enumerated() {
        if let difference = first(pair.0, expected: pair.1, at: "\(path)/\(index)") { return difference }
      }
      return found.count == wanted.count ? nil : "\(place(path)) has \(found.count) elements, expected \(wanted.count)"
    case (.object(let found), .object(let wanted)):
      let members = found.dictionary
      for (name, element) in wanted {
        guard let member = members[name] else { return "\(place(path)) has no member '\(name)', expected \(shown(element))" }
        if let difference = first(member, expected: element, at: "\(path)/\(name)") { return difference }
      }
      let names = wanted.dictionary
      return found.keys.first { names[$0] == nil }.map { "\(place(path)) has a member '\($0)' that was not expected" }
    default: return value == expected ? nil : "\(place(path)) is \(shown(value)), expected \(shown(expected))"
    }
  }

  private static func areEqual(_ left: JSONNumber, _ right: JSONNumber) -> Bool {
    if left == right { return true }
    // Modules compute with doubles; a text that no double tells from another is the same number to them.
    return left.double == right.double
  }

  private static func place(_ path: String) -> String { path.isEmpty ? "the result" : "'\(path)'" }

  static func shown(_ value: JSONValue, toByteCount limit: Int = 300) -> String { value.text.shortened(toByteCount: limit) }
}
