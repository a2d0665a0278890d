import AWSClient
import AWSDoubles
import CostOptimizer
import JSON
import SimulatedAWS
import Synchronization
import Testing

/// DynamoDB without the journal's table, until somebody makes it.
private final class TablelessDynamoDB: HTTPTransport {
  private struct State {
    var requests: [(operation: String, body: JSONValue)] = []
    var looksUntilActive: Int
    var isMade = false
  }

  private let tables = DynamoDBDouble([.journal])
  private let state: Mutex<State>
  private let refusals: [String: String]

  /// - Parameters:
  ///   - looks: looks at the table that find it in the making, or not at all.
  ///   - refusals: codes of errors by operation.
  init(looks: Int = 2, refusals: [String: String] = [:]) {
    state = Mutex(State(looksUntilActive: looks))
    self.refusals = refusals
  }

  var operations: [String] { state.withLock { $0.requests.map(\.operation) } }
  func body(of operation: String) -> JSONValue? { state.withLock { $0.requests.first { $0.operation == operation }?.body } }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let operation = (request.headers["x-amz-target"] ?? "").split(separator: ".").last.map(String.init) ?? ""
    let body = try JSONValue(parsing: request.body)
    if let code = refusals[operation] { return Self.error(code) }
    let answer: HTTPResponse? = state.withLock { state in
      state.requests.append((operation, body))
      switch operation {
      case "CreateTable":
        if state.isMade { return Self.error("ResourceInUseException") }
        state.isMade = true
        return Self.ok(["TableDescription": ["TableStatus": "CREATING"]])
      case "DescribeTable":
        state.looksUntilActive -= 1
        if state.looksUntilActive == 1 { return Self.error("ResourceNotFoundException") }
        return Self.ok(["Table": ["TableStatus": state.looksUntilActive < 0 ? "ACTIVE" : "CREATING"]])
      case "UpdateTimeToLive": return Self.ok(["TimeToLiveSpecification": ["Enabled": true, "AttributeName": "ttl"]])
      default: return state.isMade && state.looksUntilActive < 0 ? nil : Self.error("ResourceNotFoundException")
      }
    }
    if let answer { return answer }
    return try await tables.send(request)
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse { throw CancellationError() }

  private static func ok(_ body: JSONValue) -> HTTPResponse { HTTPResponse(status: 200, body: body.bytes) }
  private static func error(_ code: String) -> HTTPResponse {
    let body: JSONValue = ["__type": .string("com.amazonaws.dynamodb.v20120810#\(code)"), "message": .string("said by the test: \(code)")]
    return HTTPResponse(status: 400, body: body.bytes)
  }
}

private struct InstantAWSClock: AWSClock {
  let nowMilliseconds: Int64 = 1_800_000_000_000
  func sleep(milliseconds: Int64) async throws { try Task.checkCancellation() }
  func randomFraction() -> Double { 0.5 }
}

@Suite struct JournalTableMakerTests {
  private func store(_ transport: TablelessDynamoDB, makes: Bool = true) throws -> DynamoDBJournalStore {
    let configuration = try AWSConfiguration.fromEnvironment([
      "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    ])
    let client = AWSClient(configuration: configuration, transport: transport, clock: InstantAWSClock())
    return DynamoDBJournalStore(
      client: DynamoDBClient(client), tableName: "journal", tableMaker: makes ? DynamoDBJournalTableMaker(client: client) : nil)
  }

  private func journal(_ store: DynamoDBJournalStore) -> Journal {
    let time = TestTime()
    return Journal(store: store, sessionID: "s", agentRun: "run", clock: time, pause: time.pause)
  }

  @Test func `the table is made with its index and its expiry, and the write that failed is made again`() async throws {
    let transport = TablelessDynamoDB()
    let journal = journal(try store(transport))
    #expect(await journal.begin() == .began)
    #expect(
      transport.operations == [
        "UpdateItem", "CreateTable", "DescribeTable", "DescribeTable", "DescribeTable", "UpdateTimeToLive", "UpdateItem", "UpdateItem",
        "UpdateItem",
      ])
    let definition = try #require(transport.body(of: "CreateTable"))
    #expect(definition["TableName"] == "journal")
    #expect(definition["BillingMode"] == "PAY_PER_REQUEST")
    #expect(
      definition["KeySchema"] == [
        ["AttributeName": "PK", "KeyType": "HASH"], ["AttributeName": "SK", "KeyType": "RANGE"],
      ])
    let index = try #require(definition["GlobalSecondaryIndexes"]?[0])
    #expect(index["IndexName"] == "status-date-index")
    #expect(
      index["KeySchema"] == [
        ["AttributeName": "status", "KeyType": "HASH"], ["AttributeName": "timestamp", "KeyType": "RANGE"],
      ])
    #expect(
      transport.body(of: "UpdateTimeToLive") == [
        "TableName": "journal", "TimeToLiveSpecification": ["Enabled": true, "AttributeName": "ttl"],
      ])
    #expect(await journal.gaps.isEmpty)
  }

  @Test func `without permission for the expiry the table is used, and the gap told`() async throws {
    let transport = TablelessDynamoDB(refusals: ["UpdateTimeToLive": "AccessDeniedException"])
    let journal = journal(try store(transport))
    #expect(await journal.begin() == .began)
    #expect(await journal.gaps.map(\.message.count).first ?? 0 > 0)
    #expect(await journal.gaps.first?.message.hasPrefix("the rows of the table 'journal' do not expire by themselves") == true)
  }

  @Test func `without permission to make it the journal is left out`() async throws {
    let transport = TablelessDynamoDB(refusals: ["CreateTable": "AccessDeniedException"])
    let journal = journal(try store(transport))
    guard case .unavailable(let problem) = await journal.begin() else {
      Issue.record("the session began")
      return
    }
    #expect(problem.hasPrefix("TABLE_NOT_FOUND: "))
    #expect(problem.contains("it could not be made: DynamoDB CreateTable: AccessDeniedException"))
  }

  @Test func `a table that is not wanted is not made`() async throws {
    let transport = TablelessDynamoDB()
    let journal = journal(try store(transport, makes: false))
    _ = await journal.begin()
    #expect(transport.operations == ["UpdateItem"])
    #expect(await journal.gaps.first?.message.contains("CREATE_JOURNAL_TABLE is not true") == true)
  }
}
