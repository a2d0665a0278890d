import JSON

/// Evaluates the expressions of one request against one item.
struct DynamoDBExpression {
  struct Problem: Error { let message: String }

  private let names: [String: String]
  private let values: [String: JSONValue]
  private let item: [String: JSONValue]
  private var tokens: [String] = []
  private var position = 0
  /// Placeholders that no expression has used so far.
  private(set) var unused: Set<String>

  init(_ input: JSONValue, item: [String: JSONValue]) {
    names = input["ExpressionAttributeNames"]?.objectValue?.dictionary.compactMapValues(\.stringValue) ?? [:]
    values = input["ExpressionAttributeValues"]?.objectValue?.dictionary ?? [:]
    self.item = item
    unused = Set(names.keys).union(values.keys)
  }

  // MARK: Conditions

  mutating func condition(_ text: String) throws -> Bool {
    begin(text)
    let result = try disjunction()
    guard position == tokens.count else { throw Problem(message: "Syntax error near '\(tokens[position])' in '\(text)'") }
    return result
  }

  private mutating func disjunction() throws -> Bool {
    var result = try conjunction()
    while take("OR") { result = try conjunction() || result }
    return result
  }

  private mutating func conjunction() throws -> Bool {
    var result = try negation()
    while take("AND") { result = try negation() && result }
    return result
  }

  private mutating func negation() throws -> Bool {
    if take("NOT") { return try !negation() }
    if take("(") {
      let result = try disjunction()
      try expect(")")
      return result
    }
    for (function, wanted) in [("attribute_exists", true), ("attribute_not_exists", false)] where take(function) {
      try expect("(")
      let path = try path()
      try expect(")")
      return (value(at: path) != nil) == wanted
    }
    let left = try operand(of: item)
    guard let sign = next() else { throw Problem(message: "a comparison is missing") }
    let right = try operand(of: item)
    guard let left, let right else { return false }
    switch sign {
    case "=": return left == right
    case "<>": return left != right
    case "<": return try number(left) < number(right)
    case "<=": return try number(left) <= number(right)
    case ">": return try number(left) > number(right)
    case ">=": return try number(left) >= number(right)
    default: throw Problem(message: "'\(sign)' is no comparison")
    }
  }

  private func number(_ value: JSONValue) throws -> Int64 {
    guard let number = value["N"]?.stringValue.flatMap({ Int64($0) }) else { throw Problem(message: "\(value) is no number") }
    return number
  }

  // MARK: Updates

  mutating func update(_ text: String, of item: [String: JSONValue]) throws -> [String: JSONValue] {
    begin(text)
    var result = JSONValue.object(JSONObject(item.map { ($0.key, $0.value) }))
    while let clause = next() {
      switch clause {
      case "SET":
        repeat {
          let path = try path()
          try expect("=")
          var value = try operand(of: item)
          while let sign = ["+", "-"].first(where: { take($0) }) {
            guard let left = value, let right = try operand(of: item) else { throw Problem(message: "an operand does not exist") }
            value = ["N": .string(String(try number(left) + (sign == "+" ? number(right) : -number(right))))]
          }
          guard let value else { throw Problem(message: "The provided expression refers to an attribute that does not exist in the item") }
          result = try Self.setting(value, at: path[...], in: result, isTop: true)
        } while take(",")
      case "REMOVE":
        repeat {
          let path = try path()
          guard path.count == 1, var object = result.objectValue else { throw Problem(message: "only whole attributes are removed here") }
          object[path[0]] = nil
          result = .object(object)
        } while take(",")
      case "ADD":
        repeat {
          let path = try path()
          let added = try operand(of: item)?["SS"]?.arrayValue
          guard path.count == 1, let added, var object = result.objectValue else {
            throw Problem(message: "only sets of strings are added here, to whole attributes")
          }
          let old = object[path[0]]?["SS"]?.arrayValue ?? []
          object[path[0]] = ["SS": .array(old + added.filter { !old.contains($0) })]
          result = .object(object)
        } while take(",")
      default: throw Problem(message: "Syntax error near '\(clause)'")
      }
    }
    return result.objectValue?.dictionary ?? [:]
  }

  private static func setting(_ value: JSONValue, at path: ArraySlice<String>, in tree: JSONValue, isTop: Bool) throws -> JSONValue {
    guard let name = path.first else { return value }
    let map = isTop ? tree : tree["M"] ?? .null
    guard var object = map.objectValue, path.count == 1 || object[name] != nil else {
      throw Problem(message: "The document path provided in the update expression is invalid for update")
    }
    object[name] = try setting(value, at: path.dropFirst(), in: object[name] ?? .null, isTop: false)
    return isTop ? .object(object) : ["M": .object(object)]
  }

  // MARK: Parts

  private mutating func operand(of item: [String: JSONValue]) throws -> JSONValue? {
    guard let token = peek() else { throw Problem(message: "an operand is missing") }
    if token.hasPrefix(":") {
      position += 1
      guard let value = values[token] else {
        throw Problem(message: "An expression attribute value used in expression is not defined: \(token)")
      }
      unused.remove(token)
      return value
    }
    if take("if_not_exists") {
      try expect("(")
      let path = try path()
      try expect(",")
      let fallback = try operand(of: item)
      try expect(")")
      return value(at: path) ?? fallback
    }
    if take("list_append") {
      try expect("(")
      let first = try operand(of: item)
      try expect(",")
      let second = try operand(of: item)
      try expect(")")
      guard let first = first?["L"]?.arrayValue, let second = second?["L"]?.arrayValue else {
        throw Problem(message: "list_append needs lists")
      }
      return ["L": .array(first + second)]
    }
    return value(at: try path())
  }

  private mutating func path() throws -> [String] {
    guard let token = next() else { throw Problem(message: "a path is missing") }
    var path: [String] = []
    for part in token.split(separator: ".") {
      guard part.hasPrefix("#") else {
        path.append(String(part))
        continue
      }
      guard let name = names[String(part)] else {
        throw Problem(message: "An expression attribute name used in the document path is not defined: \(part)")
      }
      unused.remove(String(part))
      path.append(name)
    }
    return path
  }

  private func value(at path: [String]) -> JSONValue? {
    var value = path.first.flatMap { item[$0] }
    for name in path.dropFirst() { value = value?["M"]?[name] }
    return value
  }

  // MARK: Tokens

  private mutating func begin(_ text: String) {
    tokens = []
    position = 0
    var token = ""
    func finish() {
      if !token.isEmpty { tokens.append(token) }
      token = ""
    }
    for character in text {
      switch character {
      case " ", "\n": finish()
      case "(", ")", ",", "+", "-":
        finish()
        tokens.append(String(character))
      case "<", ">", "=":
        if let last = tokens.last, token.isEmpty, last == "<" || last == ">", character != "<" {
          tokens[tokens.count - 1] += String(character)
        } else {
          finish()
          tokens.append(String(character))
        }
      default: token.append(character)
      }
    }
    finish()
  }

  private func peek() -> String? { position < tokens.count ? tokens[position] : nil }

  private mutating func next() -> String? {
    defer { position += 1 }
    return peek()
  }

  private mutating func take(_ token: String) -> Bool {
    guard peek() == token else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ token: String) throws {
    guard take(token) else { throw Problem(message: "'\(token)' expected, found '\(peek() ?? "the end")'") }
  }
}
