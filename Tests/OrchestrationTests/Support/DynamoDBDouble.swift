import AWSClient
import JSON
import Synchronization

/// The part of DynamoDB that the ledger uses, in memory: one string key a table, conditions and updates evaluated as the service does.
///
/// An expression that it does not understand is a ValidationException, as it would be at the service.
final class DynamoDBDouble: HTTPTransport {
  typealias Item = [String: JSONValue]

  /// Whether cancelled transactions are first answered with a conflict, and how often.
  private let conflicts = Mutex(0)
  private let keyNames: [String: String]
  private let tables = Mutex<[String: [String: Item]]>([:])

  /// - Parameter keyNames: the name of each table's key attribute.
  init(keyNames: [String: String]) { self.keyNames = keyNames }

  /// A client that talks to this double.
  var client: DynamoDBClient {
    get throws {
      let configuration = try AWSConfiguration.fromEnvironment([
        "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
      ])
      return DynamoDBClient(AWSClient(configuration: configuration, transport: self))
    }
  }

  /// Answers the next transactions as if another one held the same items.
  func conflictNext(_ count: Int) { conflicts.withLock { $0 = count } }

  func item(_ table: String, _ key: String) -> Item? { tables.withLock { $0[table]?[key] } }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let operation = (request.headers["x-amz-target"] ?? "").split(separator: ".").last.map(String.init) ?? ""
    let input = try JSONValue(parsing: request.body)
    do {
      return HTTPResponse(status: 200, body: try perform(operation, input).json)
    } catch let failure as Failure {
      return HTTPResponse(status: 400, body: failure.body.json)
    }
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse { throw Failure("UnknownOperationException", "stream") }

  // MARK: Operations

  private struct Failure: Error {
    var body: JSONValue
    init(_ code: String, _ message: String, _ more: JSONObject = [:]) {
      var object: JSONObject = ["__type": .string("com.amazonaws.dynamodb.v20120810#\(code)"), "message": .string(message)]
      for member in more { object[member.key] = member.value }
      body = .object(object)
    }
  }

  private func perform(_ operation: String, _ input: JSONValue) throws -> JSONValue {
    switch operation {
    case "GetItem":
      let (table, key) = try place(input["TableName"], input["Key"])
      guard let item = item(table, key) else { return [:] }
      return ["Item": .object(JSONObject(item.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))]
    case "PutItem", "UpdateItem":
      return try tables.withLock { tables in
        var answer: JSONObject = [:]
        let outcome = try self.write(input, operation, &tables)
        if let refused = outcome.refused {
          var more: JSONObject = [:]
          if input["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD", let old = refused.old { more["Item"] = Self.object(old) }
          throw Failure("ConditionalCheckFailedException", "The conditional request failed", more)
        }
        if input["ReturnValues"] == "ALL_NEW" { answer["Attributes"] = Self.object(outcome.new) }
        return .object(answer)
      }
    case "TransactWriteItems": return try transact(input)
    default: throw Failure("UnknownOperationException", operation)
    }
  }

  private func transact(_ input: JSONValue) throws -> JSONValue {
    let isConflict = conflicts.withLock { count in
      defer { count = max(0, count - 1) }
      return count > 0
    }
    let actions = input["TransactItems"]?.arrayValue ?? []
    return try tables.withLock { tables in
      var copy = tables
      var reasons: [JSONValue] = []
      var isCancelled = isConflict
      for action in actions {
        guard let member = action.objectValue?.members.first else { throw Failure("ValidationException", "an empty action") }
        if isConflict {
          reasons.append(["Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"])
          continue
        }
        let outcome = try self.write(member.value, member.key, &copy)
        guard let refused = outcome.refused else {
          reasons.append(["Code": "None"])
          continue
        }
        isCancelled = true
        var reason: JSONObject = ["Code": "ConditionalCheckFailed", "Message": "The conditional request failed"]
        if member.value["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD", let old = refused.old { reason["Item"] = Self.object(old) }
        reasons.append(.object(reason))
      }
      if isCancelled {
        throw Failure("TransactionCanceledException", "Transaction cancelled", ["CancellationReasons": .array(reasons)])
      }
      tables = copy
      return [:]
    }
  }

  private struct Outcome {
    var new: Item = [:]
    var refused: (old: Item?, Void)?
  }

  /// One conditional write, or the check of one.
  private func write(_ input: JSONValue, _ kind: String, _ tables: inout [String: [String: Item]]) throws -> Outcome {
    let isPut = kind == "Put" || kind == "PutItem"
    let (table, key) = try place(input["TableName"], isPut ? input["Item"] : input["Key"])
    let old = tables[table]?[key]
    var evaluator = DynamoDBExpression(input, item: old ?? [:])
    do {
      if let condition = input["ConditionExpression"]?.stringValue, try !evaluator.condition(condition) {
        return Outcome(refused: (old, ()))
      }
      if kind == "ConditionCheck" { return Outcome() }
      var new = old ?? [:]
      if isPut {
        new = input["Item"]?.objectValue?.dictionary ?? [:]
      } else {
        if old == nil { new = input["Key"]?.objectValue?.dictionary ?? [:] }
        new = try evaluator.update(input["UpdateExpression"]?.stringValue ?? "", of: new)
      }
      tables[table, default: [:]][key] = new
      return Outcome(new: new)
    } catch let error as DynamoDBExpression.Problem {
      throw Failure("ValidationException", error.message)
    }
  }

  private func place(_ table: JSONValue?, _ attributes: JSONValue?) throws -> (table: String, key: String) {
    guard let table = table?.stringValue, let keyName = keyNames[table] else {
      throw Failure("ResourceNotFoundException", "Requested resource not found")
    }
    guard let key = attributes?[keyName]?["S"]?.stringValue, !key.isEmpty else {
      throw Failure("ValidationException", "The provided key element does not match the schema")
    }
    return (table, key)
  }

  private static func object(_ item: Item) -> JSONValue { .object(JSONObject(item.map { ($0.key, $0.value) })) }
}

/// Evaluates the expressions of one request against one item.
struct DynamoDBExpression {
  struct Problem: Error { let message: String }

  private let names: [String: String]
  private let values: [String: JSONValue]
  private let item: [String: JSONValue]
  private var tokens: [String] = []
  private var position = 0

  init(_ input: JSONValue, item: [String: JSONValue]) {
    names = input["ExpressionAttributeNames"]?.objectValue?.dictionary.compactMapValues(\.stringValue) ?? [:]
    values = input["ExpressionAttributeValues"]?.objectValue?.dictionary ?? [:]
    self.item = item
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
    return try token.split(separator: ".").map { part in
      guard part.hasPrefix("#") else { return String(part) }
      guard let name = names[String(part)] else {
        throw Problem(message: "An expression attribute name used in the document path is not defined: \(part)")
      }
      return name
    }
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
