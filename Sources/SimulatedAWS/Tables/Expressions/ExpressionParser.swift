/// Parses the expressions of DynamoDB.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
struct ExpressionParser {
  /// Bytes of an expression, and operators and functions in it.
  static let maximumBytes = 4_096
  static let maximumOperators = 300
  /// Operands of one IN.
  static let maximumMembers = 100

  private var tokens: ExpressionTokens
  private let slot: ExpressionSlot
  private var names: [String] = []
  private var values: [String] = []
  private var operators = 0

  static func parse(_ text: String, _ slot: ExpressionSlot) throws(TableFailure) -> ParsedExpression {
    guard text.utf8.count <= maximumBytes else {
      throw slot.failure("Expression size has exceeded the maximum allowed size; expression size: \(text.utf8.count)")
    }
    var parser = try ExpressionParser(text, slot)
    guard !parser.tokens.isAtEnd else { throw slot.failure("The expression can not be empty;") }
    let body: ParsedExpression.Body
    switch slot {
    case .condition, .filter, .keyCondition: body = .condition(try parser.disjunction())
    case .update: body = .update(try parser.update())
    case .projection: body = .projection(try parser.projection())
    }
    guard parser.tokens.isAtEnd else { throw parser.tokens.unexpected() }
    guard parser.operators <= maximumOperators else {
      throw slot.failure("The expression contains too many operators; operator count: \(parser.operators)")
    }
    return ParsedExpression(slot: slot, names: parser.names, values: parser.values, body: body)
  }

  private init(_ text: String, _ slot: ExpressionSlot) throws(TableFailure) {
    tokens = try ExpressionTokens(text, slot: slot)
    self.slot = slot
  }

  // MARK: Conditions

  private mutating func disjunction() throws(TableFailure) -> Condition {
    var left = try conjunction()
    while tokens.take(keyword: "OR") {
      operators += 1
      left = .or(left, try conjunction())
    }
    return left
  }

  private mutating func conjunction() throws(TableFailure) -> Condition {
    var left = try negation()
    while tokens.take(keyword: "AND") {
      operators += 1
      left = .and(left, try negation())
    }
    return left
  }

  private mutating func negation() throws(TableFailure) -> Condition {
    if tokens.take(keyword: "NOT") {
      operators += 1
      return .not(try negation())
    }
    if tokens.next == .sign("("), let condition = try parenthesized() { return condition }
    return try predicate()
  }

  /// A condition in parentheses; nil, at the parenthesis, where what stands in it is an operand.
  private mutating func parenthesized() throws(TableFailure) -> Condition? {
    let begin = self
    tokens.position += 1
    let isNested = tokens.next == .sign("(")
    let inner = tokens.position
    let condition: Condition
    do {
      condition = try disjunction()
      try tokens.expect(sign: ")")
    } catch {
      let failed = self
      // `(a) = :b`: what is no condition may be an operand.
      self = begin
      tokens.position += 1
      if (try? operand()) != nil, tokens.take(sign: ")"), isComparison(tokens.next) {
        self = begin
        return nil
      }
      self = failed
      throw error
    }
    if isNested, wrapsAll(from: inner, to: tokens.position - 1) { throw slot.failure("The expression has redundant parentheses;") }
    return condition
  }

  /// True when the parenthesis at `from` closes directly before `to`.
  private func wrapsAll(from: Int, to: Int) -> Bool {
    var depth = 0
    for index in from..<to {
      if tokens.tokens[index] == .sign("(") { depth += 1 }
      if tokens.tokens[index] == .sign(")") { depth -= 1 }
      if depth == 0 { return index == to - 1 }
    }
    return false
  }

  private func isComparison(_ token: ExpressionTokens.Token) -> Bool {
    switch token {
    case .sign(let text): Comparator(rawValue: text) != nil
    case .name(let text): ["BETWEEN", "IN"].contains(text.uppercased())
    default: false
    }
  }

  private mutating func predicate() throws(TableFailure) -> Condition {
    if case .name(let function) = tokens.next, tokens.peek(1) == .sign("("), function != "size" { return try functionCall(function) }
    let left = try operand()
    operators += 1
    if tokens.take(keyword: "BETWEEN") {
      let low = try operand()
      guard tokens.take(keyword: "AND") else { throw tokens.unexpected() }
      return .between(left, low, try operand())
    }
    if tokens.take(keyword: "IN") {
      try tokens.expect(sign: "(")
      var members = [try operand()]
      while tokens.take(sign: ",") { members.append(try operand()) }
      try tokens.expect(sign: ")")
      guard members.count <= ExpressionParser.maximumMembers else {
        throw slot.failure(
          "The IN operator is provided with too many operands; number of operands: \(members.count)")
      }
      return .membership(left, members)
    }
    guard case .sign(let sign) = tokens.next, let comparator = Comparator(rawValue: sign) else { throw tokens.unexpected() }
    tokens.position += 1
    return .comparison(comparator, left, try operand())
  }

  private mutating func functionCall(_ function: String) throws(TableFailure) -> Condition {
    operators += 1
    tokens.position += 2
    switch function {
    case "attribute_exists", "attribute_not_exists":
      let path = try functionPath(function)
      try tokens.expect(sign: ")")
      return .attributeExists(path, wanted: function == "attribute_exists")
    case "attribute_type":
      let path = try functionPath(function)
      try tokens.expect(sign: ",")
      let type = try operand()
      try tokens.expect(sign: ")")
      return .attributeType(path, type)
    case "begins_with", "contains":
      let first = try operand()
      guard tokens.take(sign: ",") else { throw wrongCount(function) }
      let second = try operand()
      guard tokens.take(sign: ")") else { throw wrongCount(function) }
      return function == "contains" ? .contains(first, second) : .beginsWith(first, second)
    case "if_not_exists", "list_append":
      throw slot.failure("The function is not allowed in this context; function: \(function)")
    default: throw slot.failure("Invalid function name; function: \(function)")
    }
  }

  private func wrongCount(_ function: String) -> TableFailure {
    if case .sign(",") = tokens.next {
      return slot.failure("Incorrect number of operands for operator or function; operator or function: \(function), number of operands: 3")
    }
    if case .sign(")") = tokens.next {
      return slot.failure("Incorrect number of operands for operator or function; operator or function: \(function), number of operands: 1")
    }
    return tokens.unexpected()
  }

  private mutating func functionPath(_ function: String) throws(TableFailure) -> DocumentPath {
    if case .valuePlaceholder = tokens.next {
      throw slot.failure("Operator or function requires a document path; operator or function: \(function)")
    }
    return try path()
  }

  // MARK: Operands

  private mutating func operand() throws(TableFailure) -> Operand {
    switch tokens.next {
    case .valuePlaceholder(let name):
      tokens.position += 1
      return .value(place(of: name, in: &values))
    case .sign("("):
      tokens.position += 1
      let operand = slot == .update ? try arithmetic() : try operand()
      try tokens.expect(sign: ")")
      return operand
    case .name(let function) where tokens.peek(1) == .sign("("): return try operandFunction(function)
    default: return .path(try path())
    }
  }

  private mutating func operandFunction(_ function: String) throws(TableFailure) -> Operand {
    switch (function, slot == .update) {
    case ("size", false):
      operators += 1
      tokens.position += 2
      let path = try functionPath(function)
      try tokens.expect(sign: ")")
      return .size(path)
    case ("if_not_exists", true):
      operators += 1
      tokens.position += 2
      let path = try functionPath(function)
      try tokens.expect(sign: ",")
      let fallback = try operand()
      try tokens.expect(sign: ")")
      return .ifNotExists(path, fallback)
    case ("list_append", true):
      operators += 1
      tokens.position += 2
      let first = try operand()
      try tokens.expect(sign: ",")
      let second = try operand()
      try tokens.expect(sign: ")")
      return .listAppend(first, second)
    case ("size", true), ("attribute_exists", _), ("attribute_not_exists", _), ("attribute_type", _), ("begins_with", _), ("contains", _),
      ("if_not_exists", false), ("list_append", false):
      throw slot.failure("The function is not allowed in this context; function: \(function)")
    default: throw slot.failure("Invalid function name; function: \(function)")
    }
  }

  private mutating func path() throws(TableFailure) -> DocumentPath {
    var steps = [try name()]
    while true {
      if tokens.take(sign: ".") {
        steps.append(try name())
      } else if tokens.take(sign: "[") {
        guard case .number(let text) = tokens.next, let index = Int(text) else { throw tokens.unexpected() }
        tokens.position += 1
        try tokens.expect(sign: "]")
        guard index < 1_000_000 else { throw slot.failure("List index is not within the allowable range; index: [\(text)]") }
        steps.append(.index(index))
      } else {
        break
      }
    }
    return DocumentPath(steps: steps)
  }

  private mutating func name() throws(TableFailure) -> DocumentPath.Step {
    switch tokens.next {
    case .namePlaceholder(let name):
      tokens.position += 1
      return .placeholder(place(of: name, in: &names))
    case .name(let name):
      guard !ReservedWords.contains(name) else {
        // Words of the language are read as such.
        if ["AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"].contains(name.uppercased()) {
          throw tokens.unexpected()
        }
        throw slot.failure("Attribute name is a reserved keyword; reserved keyword: \(name)")
      }
      tokens.position += 1
      return .name(name)
    default: throw tokens.unexpected()
    }
  }

  private func place(of placeholder: String, in list: inout [String]) -> Int {
    if let index = list.firstIndex(of: placeholder) { return index }
    list.append(placeholder)
    return list.count - 1
  }

  // MARK: Updates and projections

  private mutating func update() throws(TableFailure) -> UpdateTree {
    var tree = UpdateTree()
    var seen: Set<String> = []
    while !tokens.isAtEnd {
      guard let section = ["SET", "REMOVE", "ADD", "DELETE"].first(where: { tokens.nextIs(keyword: $0) }) else { throw tokens.unexpected() }
      tokens.position += 1
      guard seen.insert(section).inserted else {
        throw slot.failure("The \"\(section)\" section can only be used once in an update expression;")
      }
      repeat {
        operators += 1
        let path = try path()
        switch section {
        case "SET":
          try tokens.expect(sign: "=")
          tree.assignments.append((path, try arithmetic()))
        case "REMOVE": tree.removals.append(path)
        default:
          guard case .valuePlaceholder(let name) = tokens.next else { throw tokens.unexpected() }
          tokens.position += 1
          let value = place(of: name, in: &values)
          if section == "ADD" { tree.additions.append((path, value)) } else { tree.deletions.append((path, value)) }
        }
      } while tokens.take(sign: ",")
    }
    return tree
  }

  /// An operand, or the sum or difference of two.
  private mutating func arithmetic() throws(TableFailure) -> Operand {
    let left = try operand()
    let isDifference = tokens.next == .sign("-")
    guard isDifference || tokens.next == .sign("+") else { return left }
    operators += 1
    tokens.position += 1
    return .sum(left, try operand(), isDifference: isDifference)
  }

  private mutating func projection() throws(TableFailure) -> [DocumentPath] {
    var paths = [try path()]
    while tokens.take(sign: ",") { paths.append(try path()) }
    return paths
  }
}
