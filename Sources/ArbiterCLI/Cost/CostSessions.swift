import AWSClient
import AgentKit
import CostOptimizer

/// A deployment's journal as the command line reads it.
struct CostSessions: Sendable {
  let store: any JournalStore
  private let client: DynamoDBClient
  private let table: String

  init(client: DynamoDBClient, table: String) {
    self.client = client
    self.table = table
    store = DynamoDBJournalStore(client: client, tableName: table)
  }

  /// - Throws: `CommandError` when the cost optimizer is not deployed.
  init(_ deployment: Deployment) throws(CommandError) {
    let table: String
    do throws(CommandError) { table = try deployment.journalTable } catch {
      throw CommandError(
        "\(error.message); the cost optimizer is part of a deployment where costOptimizer.enabled is true in infra/config",
        exitCode: error.exitCode)
    }
    self.init(client: DynamoDBClient(deployment.client), table: table)
  }

  static var nowMilliseconds: Int64 { AgentKit.SystemClock().nowMilliseconds }

  /// The session and its phases; nil when nothing is there.
  func journal(of session: String) async throws -> SessionJournal? {
    do {
      return try await store.journal(of: session, nowSeconds: Self.nowMilliseconds / 1_000)
    } catch let error as AWSError where error.code == "ResourceNotFoundException" {
      throw CommandError("there is no table '\(table)': is the cost optimizer deployed here?", exitCode: .notFound)
    }
  }

  /// What a list tells of a session.
  struct Summary: Sendable, Hashable {
    let session: String
    let status: String
    /// Of the last change of status, ISO 8601 text.
    let timestamp: String
    let createdAt: String?
    /// Seconds, as decimal text.
    let durationSeconds: String?
    let resourceCount: Int?
    let recommendationCount: Int?
    let errorMessage: String?

    init?(_ item: [String: AttributeValue]) {
      guard let session = item["PK"]?.stringValue, let status = item["status"]?.stringValue else { return nil }
      self.session = session
      self.status = status
      timestamp = item["timestamp"]?.stringValue ?? ""
      createdAt = item["created_at"]?.stringValue ?? item["start_time"]?.stringValue
      durationSeconds = item["duration_seconds"]?.numberText
      resourceCount = item["resource_count"]?.intValue
      recommendationCount = item["recommendation_count"]?.intValue
      errorMessage = item["error_message"]?.stringValue
    }

    /// The time by which a list is in order: of the beginning, where that is known.
    var orderTime: String { createdAt ?? timestamp }
  }

  /// Sessions in some states, the newest first, through the index by status and time; whether there may be more.
  /// - Parameter limit: the most of them.
  func newest(_ statuses: [SessionStatus], limit: Int) async throws -> (sessions: [Summary], isCut: Bool) {
    var found: [Summary] = []
    var isCut = false
    for status in statuses {
      var ofStatus: [Summary] = []
      // Phases are in the index too, and have some of the same statuses.
      let input = QueryInput(
        tableName: table, indexName: "status-date-index", keyConditionExpression: "#status = :status",
        filterExpression: "SK = :session AND (attribute_not_exists(#ttl) OR #ttl > :now)",
        expressionAttributeNames: ["#status": "status", "#ttl": "ttl"],
        expressionAttributeValues: [
          ":status": .string(status.rawValue), ":session": "SESSION", ":now": .number(Self.nowMilliseconds / 1_000),
        ], scanIndexForward: false)
      for try await page in client.queryPages(input) {
        ofStatus += page.items.compactMap(Summary.init)
        if ofStatus.count > limit { break }
      }
      found += ofStatus
    }
    found.sort { ($0.orderTime, $0.session) > ($1.orderTime, $1.session) }
    isCut = found.count > limit
    return (Array(found.prefix(limit)), isCut)
  }
}
