import JSON

/// What an operator has changed in a row's configuration since its version was activated.
struct ConfigurationEdits: Equatable {
  /// Members that belong to the code: the evidence of a version is for these, and no others.
  private static let bound: Set<String> = ["kind", "filename", "sha256", "schema", "tools", "capabilities", "action", "prompt"]

  /// Members that stay as the operator wants them under any version; nil for one that was removed.
  private(set) var kept: [(name: String, value: JSONValue?)] = []
  /// Names of members that only an operator may replace.
  private(set) var bound: [String] = []

  static func == (left: Self, right: Self) -> Bool {
    left.bound == right.bound && left.kept.elementsEqual(right.kept) { $0.name == $1.name && $0.value == $1.value }
  }

  static let none = ConfigurationEdits()

  private init() {}

  /// - Parameters:
  ///   - row: the configuration as the row has it.
  ///   - published: the configuration of the version that the row names.
  init(row: JSONObject, published: JSONObject) {
    for name in Set(row.keys).union(published.keys).sorted() where name != "version" {
      let (now, then) = (row[name], published[name])
      if let now, let then, Self.isSame(now, then) { continue }
      if Self.bound.contains(name) { bound.append(name) } else { kept.append((name, now)) }
    }
  }

  /// A version's configuration with the edits that stay.
  func applied(to config: JSONObject) -> JSONObject {
    var config = config
    for (name, value) in kept { config[name] = value }
    return config
  }

  /// Equal but for the way in which numbers are written, which DynamoDB changes.
  private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch (left, right) {
    case (.number(let left), .number(let right)): left == right || left.double == right.double
    case (.array(let left), .array(let right)): left.elementsEqual(right, by: isSame)
    case (.object(let left), .object(let right)):
      left.count == right.count && left.allSatisfy { member in right[member.key].map { isSame(member.value, $0) } ?? false }
    default: left == right
    }
  }
}
