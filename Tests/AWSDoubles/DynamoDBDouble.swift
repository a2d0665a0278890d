public import AWSClient
public import JSON
public import SimulatedAWS
internal import Synchronization

/// DynamoDB in memory behind a client, for tests that ask from many tasks at once, with faults that a test orders.
public final class DynamoDBDouble: HTTPTransport {
  public typealias Item = [String: JSONValue]

  private struct State: ~Copyable {
    // Never leaves the lock.
    let tables: SimulatedTables
    let chance: OrderedFaults
    var lostAnswers: [String: Int] = [:]
    var counts: [String: Int] = [:]
  }

  private let definitions: [TableDefinition]
  private let state: Mutex<State>

  /// - Parameters:
  ///   - pageSize: items of one page of a query or a scan.
  public init(_ definitions: [TableDefinition], pageSize: Int = 1_000) {
    self.definitions = definitions
    let chance = OrderedFaults()
    let tables = SimulatedTables(definitions, chance: chance)
    tables.maximumItemsOfPage = pageSize
    state = Mutex(State(tables: tables, chance: chance))
  }

  /// Tables that have one key attribute each, of strings.
  /// - Parameter keyNames: the names of the key attributes, by table.
  public convenience init(keyNames: [String: String], pageSize: Int = 1_000) {
    self.init(keyNames.map { TableDefinition(name: $0.key, partitionKey: KeyAttribute($0.value)) }, pageSize: pageSize)
  }

  /// The two tables of the ledger.
  public static func ledger() -> DynamoDBDouble { DynamoDBDouble([.orchestrations(), .workerState()]) }

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
  /// - Parameter reason: why an item of a transaction is refused: "TransactionConflict" or "ThrottlingError".
  public func conflictNext(_ count: Int, on operation: String = "TransactWriteItems", reason: String = "TransactionConflict") {
    state.withLock { $0.chance.order(reason == "ThrottlingError" ? .throttling : .transactionConflict, count, on: operation) }
  }

  /// Does what the next requests of this operation ask for, and loses the connection before it answers.
  public func loseAnswers(_ count: Int, of operation: String) { state.withLock { $0.lostAnswers[operation] = count } }

  /// An item by its key, of a table whose key is one string; the values are DynamoDB's JSON.
  public func item(_ table: String, _ key: String) -> Item? {
    guard let keyName = keyName(of: table) else { return nil }
    let attributes = state.withLock { $0.tables.item([keyName: .string(key)], in: table) }
    return attributes?.compactMapValues { try? JSONValue(parsing: $0.json) }
  }

  /// Puts an item whose values are DynamoDB's JSON; one that is none is a mistake of the test, which then does not find it.
  public func put(_ item: Item, into table: String) {
    guard let attributes = try? AttributeValue.attributes(ofImage: JSONObject(item.map { ($0.key, $0.value) })) else { return }
    state.withLock { try? $0.tables.put(attributes, into: table) }
  }

  /// How often the operation was asked for, repetitions included.
  public func count(of operation: String) -> Int { state.withLock { $0.counts[operation] ?? 0 } }

  private func keyName(of table: String) -> String? { definitions.first { $0.name == table }?.partitionKey.name }

  // MARK: Transport

  public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let operation = (request.headers["x-amz-target"] ?? "").split(separator: ".").last.map(String.init) ?? ""
    return try state.withLock { state in
      state.counts[operation, default: 0] += 1
      state.chance.operation = operation
      let response = state.tables.answer(request, nowMilliseconds: InstantClock().nowMilliseconds)
      guard let lost = state.lostAnswers[operation], lost > 0 else { return response }
      state.lostAnswers[operation] = lost - 1
      throw AWSError(code: AWSError.lostCode, message: "the connection was lost", isRetryable: true)
    }
  }

  public func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
    throw AWSError(code: AWSError.invalidInputCode, message: "DynamoDB streams no answers")
  }
}

/// Faults that occur when they have been ordered, and no others.
private final class OrderedFaults: ServiceChance {
  private struct Order: Hashable {
    let fault: ServiceFault
    let operation: String
  }

  /// What the request that is being answered asks for.
  var operation = ""
  private var left: [Order: Int] = [:]

  func order(_ fault: ServiceFault, _ count: Int, on operation: String) { left[Order(fault: fault, operation: operation)] = count }

  func occurs(_ fault: ServiceFault) -> Bool {
    let order = Order(fault: fault, operation: operation)
    guard let count = left[order], count > 0 else { return false }
    left[order] = count - 1
    return true
  }

  /// The last: throttling then is a reason of a transaction's, and none of the whole request's.
  func number(in range: ClosedRange<Int64>) -> Int64 { range.upperBound }
}

/// A clock on which waiting takes no time.
struct InstantClock: AWSClock {
  let nowMilliseconds: Int64 = 1_800_000_000_000
  func sleep(milliseconds: Int64) async throws {}
  func randomFraction() -> Double { 0.5 }
}
