public import AWSClient
public import JSON
internal import Synchronization

/// The part of DynamoDB that our stores use, in memory: one string key a table, conditions and updates evaluated as the
/// service does.
///
/// An expression that it does not understand is a ValidationException, as it would be at the service.
public final class DynamoDBDouble: HTTPTransport {
  public typealias Item = [String: JSONValue]

  private struct State {
    var cancellationReason = "TransactionConflict"
    var tables: [String: [String: Item]] = [:]
    /// Tokens of the transactions that have been made.
    var tokens: Set<String> = []
    var faults: [String: Faults] = [:]
    var requests: [(operation: String, input: JSONValue)] = []
  }

  private struct Faults {
    var conflicts = 0
    var lostAnswers = 0
  }

  private let keyNames: [String: String]
  private let indexes: [String: (partition: String, sort: String)]
  private let pageSize: Int
  private let state = Mutex(State())

  /// - Parameters:
  ///   - keyNames: the name of each table's key attribute.
  ///   - indexes: the attributes of each index, which holds the items that have both.
  ///   - pageSize: items of one page of a scan.
  public init(keyNames: [String: String], indexes: [String: (partition: String, sort: String)] = [:], pageSize: Int = 1_000) {
    self.keyNames = keyNames
    self.indexes = indexes
    self.pageSize = pageSize
  }

  /// The two tables of the ledger.
  public static func ledger() -> DynamoDBDouble {
    DynamoDBDouble(
      keyNames: ["orchestrations": "orchestrationId", "worker-state": "requestId"], indexes: ["wake-index": ("wakeShard", "wakeAt")])
  }

  /// A client that talks to this double and repeats requests without waiting.
  public var client: DynamoDBClient { get throws { try client(clock: InstantClock()) } }

  /// A client that talks to this double, and waits by the clock.
  public func client(clock: any AWSClock) throws -> DynamoDBClient {
    let configuration = try AWSConfiguration.fromEnvironment([
      "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    ])
    return DynamoDBClient(AWSClient(configuration: configuration, transport: self, clock: clock))
  }

  // MARK: Faults, and a look inside

  /// Answers the next requests of this operation as if a transaction were at work on the same items.
  /// - Parameter reason: why each item of a transaction is refused.
  public func conflictNext(_ count: Int, on operation: String = "TransactWriteItems", reason: String = "TransactionConflict") {
    state.withLock { state in
      state.faults[operation, default: Faults()].conflicts = count
      state.cancellationReason = reason
    }
  }

  /// Does what the next requests of this operation ask for, and loses the connection before it answers.
  public func loseAnswers(_ count: Int, of operation: String) {
    state.withLock { $0.faults[operation, default: Faults()].lostAnswers = count }
  }

  public func item(_ table: String, _ key: String) -> Item? { state.withLock { $0.tables[table]?[key] } }
  public func put(_ item: Item, into table: String) {
    guard let keyName = keyNames[table], let key = item[keyName]?["S"]?.stringValue else { return }
    state.withLock { $0.tables[table, default: [:]][key] = item }
  }

  /// How often the operation was asked for, repetitions included.
  public func count(of operation: String) -> Int { state.withLock { $0.requests.count { $0.operation == operation } } }

  // MARK: Transport

  public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let operation = (request.headers["x-amz-target"] ?? "").split(separator: ".").last.map(String.init) ?? ""
    let input = try JSONValue(parsing: request.body)
    return try state.withLock { state in
      state.requests.append((operation, input))
      let response: HTTPResponse
      do {
        response = HTTPResponse(status: 200, body: try perform(operation, input, &state).json)
      } catch let failure as Failure {
        response = HTTPResponse(status: 400, body: failure.body.json)
      }
      guard state.faults[operation]?.lostAnswers ?? 0 > 0 else { return response }
      state.faults[operation]?.lostAnswers -= 1
      throw AWSError(code: AWSError.lostCode, message: "the connection was lost", isRetryable: true)
    }
  }

  public func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse { throw Failure("UnknownOperationException", "stream") }

  private struct Failure: Error {
    var body: JSONValue
    init(_ code: String, _ message: String, _ more: JSONObject = [:]) {
      var object: JSONObject = ["__type": .string("com.amazonaws.dynamodb.v20120810#\(code)"), "message": .string(message)]
      for member in more { object[member.key] = member.value }
      body = .object(object)
    }
  }

  private func perform(_ operation: String, _ input: JSONValue, _ state: inout State) throws -> JSONValue {
    let isConflict = state.faults[operation]?.conflicts ?? 0 > 0
    if isConflict { state.faults[operation]?.conflicts -= 1 }
    switch operation {
    case "GetItem":
      let (table, key) = try place(input["TableName"], input["Key"])
      guard let item = state.tables[table]?[key] else { return [:] }
      return ["Item": Self.object(item)]
    case "Query": return try query(input, state)
    case "Scan": return try scan(input, state)
    case "PutItem", "UpdateItem", "DeleteItem":
      if isConflict { throw Failure("TransactionConflictException", "Transaction is ongoing for the item") }
      let outcome = try write(input, operation, &state.tables)
      if let refused = outcome.refused {
        var more: JSONObject = [:]
        if input["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD", let old = refused.old { more["Item"] = Self.object(old) }
        throw Failure("ConditionalCheckFailedException", "The conditional request failed", more)
      }
      return input["ReturnValues"] == "ALL_NEW" ? ["Attributes": Self.object(outcome.new)] : [:]
    case "TransactWriteItems": return try transact(input, isConflict: isConflict, &state)
    default: throw Failure("UnknownOperationException", operation)
    }
  }

  // MARK: Reads

  private func query(_ input: JSONValue, _ state: State) throws -> JSONValue {
    guard let table = input["TableName"]?.stringValue, let index = input["IndexName"]?.stringValue.flatMap({ indexes[$0] }),
      let condition = input["KeyConditionExpression"]?.stringValue
    else { throw Failure("ValidationException", "The table does not have the specified index") }
    let items = try (state.tables[table] ?? [:]).values.filter { item in
      guard item[index.partition]?["S"] != nil, item[index.sort]?["N"] != nil else { return false }
      var expression = DynamoDBExpression(input, item: item)
      return try expression.condition(condition)
    }
    func sortKey(_ item: Item) -> Int64 { item[index.sort]?["N"]?.stringValue.flatMap { Int64($0) } ?? 0 }
    let sorted = items.sorted { sortKey($0) < sortKey($1) }.prefix(input["Limit"]?.intValue ?? .max)
    // An index of keys holds nothing else.
    let names = [index.partition, index.sort, keyNames[table] ?? ""]
    return [
      "Items": .array(sorted.map { Self.object($0.filter { names.contains($0.key) }) }), "Count": .number(sorted.count),
      "ScannedCount": .number(sorted.count),
    ]
  }

  private func scan(_ input: JSONValue, _ state: State) throws -> JSONValue {
    guard let table = input["TableName"]?.stringValue, let keyName = keyNames[table] else {
      throw Failure("ResourceNotFoundException", "Requested resource not found")
    }
    let start = input["ExclusiveStartKey"]?[keyName]?["S"]?.stringValue
    let items = (state.tables[table] ?? [:]).sorted { $0.key < $1.key }.filter { item in start.map { item.key > $0 } ?? true }
    let page = items.prefix(pageSize)
    var answer: JSONObject = ["Items": .array(page.map { Self.object($0.value) }), "Count": .number(page.count)]
    if page.count < items.count, let last = page.last { answer["LastEvaluatedKey"] = [keyName: ["S": .string(last.key)]] }
    return .object(answer)
  }

  // MARK: Writes

  private func transact(_ input: JSONValue, isConflict: Bool, _ state: inout State) throws -> JSONValue {
    let token = input["ClientRequestToken"]?.stringValue
    // The same request again is answered like the first, and not done again.
    if let token, state.tokens.contains(token) { return [:] }
    let actions = input["TransactItems"]?.arrayValue ?? []
    var tables = state.tables
    var reasons: [JSONValue] = []
    var isCancelled = isConflict
    for action in actions {
      guard let member = action.objectValue?.members.first else { throw Failure("ValidationException", "an empty action") }
      if isConflict {
        reasons.append(["Code": .string(state.cancellationReason), "Message": "try again"])
        continue
      }
      let outcome = try write(member.value, member.key, &tables)
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
    state.tables = tables
    if let token { state.tokens.insert(token) }
    return [:]
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
    var expression = DynamoDBExpression(input, item: old ?? [:])
    do {
      if let condition = input["ConditionExpression"]?.stringValue, try !expression.condition(condition) {
        return Outcome(refused: (old, ()))
      }
      if kind == "ConditionCheck" { return Outcome() }
      if kind == "DeleteItem" {
        try checkUse(of: expression)
        tables[table]?[key] = nil
        return Outcome()
      }
      var new = old ?? [:]
      if isPut {
        new = input["Item"]?.objectValue?.dictionary ?? [:]
      } else {
        if old == nil { new = input["Key"]?.objectValue?.dictionary ?? [:] }
        new = try expression.update(input["UpdateExpression"]?.stringValue ?? "", of: new)
      }
      try checkUse(of: expression)
      tables[table, default: [:]][key] = new
      return Outcome(new: new)
    } catch let error as DynamoDBExpression.Problem {
      throw Failure("ValidationException", error.message)
    }
  }

  private func checkUse(of expression: DynamoDBExpression) throws {
    guard expression.unused.isEmpty else {
      throw Failure("ValidationException", "Value provided in ExpressionAttribute… unused in expressions: \(expression.unused.sorted())")
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

  private static func object(_ item: Item) -> JSONValue {
    .object(JSONObject(item.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
  }
}

/// A clock on which waiting takes no time.
struct InstantClock: AWSClock {
  let nowMilliseconds: Int64 = 1_800_000_000_000
  func sleep(milliseconds: Int64) async throws {}
  func randomFraction() -> Double { 0.5 }
}
