public import AWSClient
import AgentKit

/// The journal in a table of DynamoDB: partition key `PK` (the session's id), sort key `SK` (`SESSION`, or a `TaskKey`).
///
/// Every write is an update of its own attributes under a condition, so that what the workflow or an operator put there stays.
public struct DynamoDBJournalStore: JournalStore {
  /// The sort key of the session's own row.
  static let sessionKey = "SESSION"
  /// How long one write may take with the client's own repetitions, in milliseconds.
  private static let limitMilliseconds: Int64 = 5_000

  private let client: DynamoDBClient
  private let tableName: String
  private let tableMaker: (any JournalTableMaker)?

  /// - Parameter tableMaker: makes a table that is missing; nil where this is not allowed.
  public init(client: DynamoDBClient, tableName: String, tableMaker: (any JournalTableMaker)? = nil) {
    self.client = client
    self.tableName = tableName
    self.tableMaker = tableMaker
  }

  // MARK: The session

  public func begin(_ begin: SessionBegin) async throws -> SessionBeginning {
    while true {
      var update = JournalUpdate(begin.sessionID, Self.sessionKey)
      update.set("status", .string(SessionStatus.busy.rawValue))
      update.set("timestamp", .string(begin.time))
      update.setIfAbsent("created_at", .string(begin.time))
      update.setIfAbsent("start_time", .string(begin.time))
      update.set("agent_start_time", .string(begin.time))
      update.set("heartbeat", .string(begin.time))
      update.set("agent_run", .string(begin.agentRun))
      update.set("ttl", .number(begin.expiresAtSeconds))
      update.condition = "#status IN (:initiated, :waiting)"
      update.values[":initiated"] = .string(SessionStatus.initiated.rawValue)
      update.values[":waiting"] = .string(SessionStatus.started.rawValue)
      switch try await apply(update) {
      case .done(let item): return .began(try JournalItems.session(item, begin.sessionID))
      case .refused(let item?) where item["status"] != nil:
        let row = try JournalItems.session(item, begin.sessionID)
        // The answer of the write that began it was lost.
        if row.status == .busy, row.agentRun == begin.agentRun { return .began(row) }
        return row.status.isFinal ? .alreadyFinished(row) : .alreadyRunning(row)
      case .refused: try await open(begin)
      }
    }
  }

  /// Writes the row of a session that no workflow has opened; one that is there is left as it is.
  private func open(_ begin: SessionBegin) async throws {
    var update = JournalUpdate(begin.sessionID, Self.sessionKey)
    update.set("status", .string(SessionStatus.started.rawValue))
    update.set("timestamp", .string(begin.time))
    update.setIfAbsent("created_at", .string(begin.time))
    update.setIfAbsent("start_time", .string(begin.time))
    update.set("ttl", .number(begin.expiresAtSeconds))
    update.condition = "attribute_not_exists(#status)"
    _ = try await apply(update)
  }

  public func beat(sessionID: String, agentRun: String, time: String) async throws -> Bool {
    var update = JournalUpdate(sessionID, Self.sessionKey)
    update.set("heartbeat", .string(time))
    update.names["#status"] = "status"
    update.names["#agent_run"] = "agent_run"
    update.values[":busy"] = .string(SessionStatus.busy.rawValue)
    update.values[":run"] = .string(agentRun)
    update.condition = "#status = :busy AND #agent_run = :run"
    if case .done = try await apply(update) { return true }
    return false
  }

  public func finish(_ end: SessionEnd) async throws -> SessionRecord {
    var update = JournalUpdate(end.sessionID, Self.sessionKey)
    update.set("status", .string(end.status.rawValue))
    update.set("timestamp", .string(end.endTime))
    update.setIfAbsent("created_at", .string(end.agentStartTime))
    update.setIfAbsent("start_time", .string(end.agentStartTime))
    update.setIfAbsent("agent_start_time", .string(end.agentStartTime))
    update.set("end_time", .string(end.endTime))
    update.set("duration_seconds", .number(JournalTime.seconds(milliseconds: end.durationMilliseconds)))
    if let errorMessage = end.errorMessage { update.set("error_message", .string(errorMessage)) }
    update.set("agent_run", .string(end.agentRun))
    update.set("resource_count", .number(end.totals.resourceCount))
    update.set("recommendation_count", .number(end.totals.recommendationCount))
    update.set("phase_seconds", .map(end.totals.phaseMilliseconds.mapValues { .number(JournalTime.seconds(milliseconds: $0)) }))
    update.set("ttl", .number(end.expiresAtSeconds))
    update.values[":completed"] = .string(SessionStatus.completed.rawValue)
    update.values[":failed"] = .string(SessionStatus.failed.rawValue)
    update.condition = """
      attribute_not_exists(#status) OR \
      (NOT #status IN (:completed, :failed) AND (attribute_not_exists(#agent_run) OR #agent_run = :agent_run))
      """
    switch try await apply(update) {
    case .done(let item): return try JournalItems.session(item, end.sessionID)
    case .refused(let item): return try JournalItems.session(item ?? [:], end.sessionID)
    }
  }

  // MARK: Phases

  public func write(_ task: TaskRecord, sessionID: String) async throws -> Bool {
    var update = JournalUpdate(sessionID, task.key.text)
    update.set("phase_name", .string(task.phaseName))
    update.set("status", .string(task.status.rawValue))
    update.set("timestamp", .string(task.timestamp))
    update.set("start_time", .string(task.startTime))
    if let endTime = task.endTime { update.set("end_time", .string(endTime)) }
    if let durationSeconds = task.durationSeconds { update.set("duration_seconds", .number(durationSeconds)) }
    if let resourceCount = task.resourceCount { update.set("resource_count", .number(resourceCount)) }
    if let recommendationCount = task.recommendationCount { update.set("recommendation_count", .number(recommendationCount)) }
    if let errorMessage = task.errorMessage { update.set("error_message", .string(errorMessage)) }
    if let expiresAtSeconds = task.expiresAtSeconds { update.set("ttl", .number(expiresAtSeconds)) }
    update.values[":open"] = .string(TaskStatus.inProgress.rawValue)
    update.condition = "attribute_not_exists(#status) OR #status = :open"
    switch try await apply(update) {
    case .done: return true
    case .refused(let item): return item?["status"]?.stringValue == task.status.rawValue
    }
  }

  // MARK: Reading

  public func session(_ sessionID: String, nowSeconds: Int64) async throws -> SessionRecord? {
    let input = GetItemInput(
      tableName: tableName, key: ["PK": .string(sessionID), "SK": .string(Self.sessionKey)], consistentRead: true)
    guard let item = try await limited({ try await client.getItem(input) }).item else { return nil }
    let row = try JournalItems.session(item, sessionID)
    return JournalTime.hasPassed(row.expiresAtSeconds, nowSeconds: nowSeconds) ? nil : row
  }

  public func journal(of sessionID: String, nowSeconds: Int64) async throws -> SessionJournal? {
    var journal = SessionJournal(session: nil, tasks: [])
    let input = QueryInput(
      tableName: tableName, keyConditionExpression: "PK = :session", expressionAttributeValues: [":session": .string(sessionID)],
      consistentRead: true)
    for try await page in client.queryPages(input) {
      for item in page.items {
        let key = item["SK"]?.stringValue ?? ""
        if key == Self.sessionKey {
          let row = try JournalItems.session(item, sessionID)
          if !JournalTime.hasPassed(row.expiresAtSeconds, nowSeconds: nowSeconds) { journal.session = row }
        } else if key.hasPrefix(TaskKey.prefix) {
          let task = try JournalItems.task(item, key)
          if !JournalTime.hasPassed(task.expiresAtSeconds, nowSeconds: nowSeconds) { journal.tasks.append(task) }
        }
      }
    }
    return journal.session == nil && journal.tasks.isEmpty ? nil : journal
  }

  public func createTable() async throws {
    guard let tableMaker else {
      throw JournalTableNotAllowed("the table '\(tableName)' is not made, since CREATE_JOURNAL_TABLE is not true")
    }
    try await tableMaker.makeTable(named: tableName)
  }

  // MARK: Requests

  private enum Applied {
    /// The item as it is now.
    case done([String: AttributeValue])
    /// The condition was not met; the item as it is.
    case refused([String: AttributeValue]?)
  }

  private func apply(_ update: JournalUpdate) async throws -> Applied {
    do {
      let input = update.input(tableName: tableName)
      return .done(try await limited { try await client.updateItem(input) }.attributes ?? [:])
    } catch let error as AWSError where error.isConditionalCheckFailed {
      return .refused(error.item)
    }
  }

  /// A table that does not answer holds nobody for long.
  private func limited<Output>(_ operation: () async throws -> Output) async throws -> Output {
    let limit = client.clock.nowMilliseconds.saturatingAdd(Self.limitMilliseconds)
    let deadline = RequestContext.deadlineMilliseconds.map { min($0, limit) } ?? limit
    return try await RequestContext.$deadlineMilliseconds.withValue(deadline, operation: operation)
  }
}

/// Makes the table of a journal.
public protocol JournalTableMaker: Sendable {
  /// Makes the table with its index and its expiry, and returns when it can be written to; a table that is there already will do.
  func makeTable(named name: String) async throws
}
