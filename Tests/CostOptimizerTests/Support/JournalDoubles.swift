import AWSClient
import AWSDoubles
import CostOptimizer
import SimulatedAWS
import Synchronization
import Testing

extension TableDefinition {
  /// The journal's table (infra/constructs/cost_storage.py).
  static let journal = TableDefinition(
    name: "journal", partitionKey: KeyAttribute("PK"), sortKey: KeyAttribute("SK"),
    indexes: [
      IndexDefinition(name: "status-date-index", partitionKey: KeyAttribute("status"), sortKey: KeyAttribute("timestamp"))
    ])
}

/// A journal's store with a way to look at, and to write, its rows as others do.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
  let name: String
  let store: any JournalStore
  /// Writes the session's row as the workflow does: INITIATED, with its own times.
  let initiate: @Sendable (_ sessionID: String, _ time: String) async throws -> Void
  /// Ends the session as the workflow does whose patience is over.
  let failFromOutside: @Sendable (_ sessionID: String, _ time: String) async throws -> Void

  var testDescription: String { name }

  static let kinds = ["DynamoDB", "memory"]

  static func make(_ kind: String, pageSize: Int = 1_000) throws -> StoreUnderTest {
    kind == "DynamoDB" ? try dynamoDB(DynamoDBDouble([.journal], pageSize: pageSize)) : memory(InMemoryJournalStore())
  }

  static func dynamoDB(_ double: DynamoDBDouble) throws -> StoreUnderTest {
    let client = try double.client
    return StoreUnderTest(
      name: "DynamoDB", store: DynamoDBJournalStore(client: client, tableName: "journal"),
      initiate: { sessionID, time in
        _ = try await client.putItem(
          PutItemInput(
            tableName: "journal",
            item: [
              "PK": .string(sessionID), "SK": "SESSION", "status": "INITIATED", "created_at": .string(time), "start_time": .string(time),
              "timestamp": .string(time), "execution_arn": "arn:aws:states:us-east-1:111122223333:execution:cost:1",
            ]))
      },
      failFromOutside: { sessionID, time in
        _ = try await client.updateItem(
          UpdateItemInput(
            tableName: "journal", key: ["PK": .string(sessionID), "SK": "SESSION"],
            updateExpression: "SET #s = :failed, #e = :error, end_time = :time",
            expressionAttributeNames: ["#s": "status", "#e": "error_message"],
            expressionAttributeValues: [":failed": "FAILED", ":error": "no sign of life", ":time": .string(time)]))
      })
  }

  static func memory(_ store: InMemoryJournalStore) -> StoreUnderTest {
    StoreUnderTest(
      name: "memory", store: store,
      initiate: { sessionID, time in
        var row = SessionRecord(sessionID: sessionID, status: .initiated)
        row.createdAt = time
        row.startTime = time
        row.timestamp = time
        store.put(row)
      },
      failFromOutside: { sessionID, time in
        var row = try await store.session(sessionID, nowSeconds: 0) ?? SessionRecord(sessionID: sessionID, status: .failed)
        row.status = .failed
        row.errorMessage = "no sign of life"
        row.endTime = time
        store.put(row)
      })
  }
}

/// A store whose calls fail as a test orders.
final class FaultyStore: JournalStore {
  enum Fault: Sendable {
    /// Nothing is written.
    case refused(AWSError)
    /// It is written, and the answer is lost.
    case lost(AWSError)
  }

  static let throttled = AWSError(
    code: "ProvisionedThroughputExceededException", message: "too fast", service: "DynamoDB", httpStatus: 400, isRetryable: true,
    isThrottling: true)
  static let denied = AWSError(code: "AccessDeniedException", message: "not yours", service: "DynamoDB", httpStatus: 400)
  static let noTable = AWSError(code: "ResourceNotFoundException", message: "no such table", service: "DynamoDB", httpStatus: 400)

  private let store: any JournalStore
  private let fault: @Sendable (_ call: String, _ number: Int) -> Fault?
  private let made = Mutex<[String]>([])
  private let creation: (@Sendable () async throws -> Void)?

  /// - Parameter fault: asked for each call, with its name and its number, 1 for the first.
  init(
    _ store: any JournalStore, creation: (@Sendable () async throws -> Void)? = nil,
    fault: @escaping @Sendable (_ call: String, _ number: Int) -> Fault?
  ) {
    self.store = store
    self.creation = creation
    self.fault = fault
  }

  /// The names of all calls.
  var calls: [String] { made.withLock { $0 } }

  private func guarded<Value>(_ call: String, _ operation: () async throws -> Value) async throws -> Value {
    let number = made.withLock { made in
      made.append(call)
      return made.count
    }
    switch fault(call, number) {
    case .refused(let error)?: throw error
    case .lost(let error)?:
      _ = try await operation()
      throw error
    case nil: return try await operation()
    }
  }

  func begin(_ begin: SessionBegin) async throws -> SessionBeginning { try await guarded("begin") { try await store.begin(begin) } }
  func beat(sessionID: String, agentRun: String, time: String) async throws -> Bool {
    try await guarded("beat") { try await store.beat(sessionID: sessionID, agentRun: agentRun, time: time) }
  }
  func finish(_ end: SessionEnd) async throws -> SessionRecord {
    try await guarded("finish \(end.status.rawValue)") { try await store.finish(end) }
  }
  func write(_ task: TaskRecord, sessionID: String) async throws -> Bool {
    try await guarded("\(task.phaseName) \(task.status.rawValue)") { try await store.write(task, sessionID: sessionID) }
  }
  func session(_ sessionID: String, nowSeconds: Int64) async throws -> SessionRecord? {
    try await guarded("session") { try await store.session(sessionID, nowSeconds: nowSeconds) }
  }
  func journal(of sessionID: String, nowSeconds: Int64) async throws -> SessionJournal? {
    try await guarded("journal") { try await store.journal(of: sessionID, nowSeconds: nowSeconds) }
  }
  func createTable() async throws {
    made.withLock { $0.append("createTable") }
    guard let creation else { throw JournalTableNotAllowed("not allowed here") }
    try await creation()
  }
}
