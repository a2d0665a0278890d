import AWSClient

/// An update of one row: the attributes that it sets, each under a name of its own, since some are words of DynamoDB's.
struct JournalUpdate {
  let key: [String: AttributeValue]
  var names: [String: String] = [:]
  var values: [String: AttributeValue] = [:]
  var condition = ""
  private var assignments: [String] = []

  init(_ sessionID: String, _ sortKey: String) { key = ["PK": .string(sessionID), "SK": .string(sortKey)] }

  mutating func set(_ name: String, _ value: AttributeValue) {
    note(name, value)
    assignments.append("#\(name) = :\(name)")
  }

  /// Keeps what another writer put there.
  mutating func setIfAbsent(_ name: String, _ value: AttributeValue) {
    note(name, value)
    assignments.append("#\(name) = if_not_exists(#\(name), :\(name))")
  }

  private mutating func note(_ name: String, _ value: AttributeValue) {
    names["#\(name)"] = name
    values[":\(name)"] = value
  }

  func input(tableName: String) -> UpdateItemInput {
    UpdateItemInput(
      tableName: tableName, key: key, updateExpression: "SET " + assignments.joined(separator: ", "), conditionExpression: condition,
      expressionAttributeNames: names, expressionAttributeValues: values, returnValues: .allNew,
      returnValuesOnConditionCheckFailure: .allOld)
  }
}

/// Reads rows of the journal's table.
enum JournalItems {
  static func session(_ item: [String: AttributeValue], _ sessionID: String) throws -> SessionRecord {
    guard let status = item["status"]?.stringValue.flatMap(SessionStatus.init) else {
      throw unreadable(item, DynamoDBJournalStore.sessionKey, SessionStatus.allCases.map(\.rawValue))
    }
    var row = SessionRecord(sessionID: sessionID, status: status)
    row.timestamp = item["timestamp"]?.stringValue
    row.createdAt = item["created_at"]?.stringValue
    row.startTime = item["start_time"]?.stringValue
    row.agentStartTime = item["agent_start_time"]?.stringValue
    row.endTime = item["end_time"]?.stringValue
    row.heartbeat = item["heartbeat"]?.stringValue
    row.durationSeconds = item["duration_seconds"]?.numberText
    row.errorMessage = item["error_message"]?.stringValue
    row.agentRun = item["agent_run"]?.stringValue
    row.expiresAtSeconds = item["ttl"]?.int64Value
    if let resources = item["resource_count"]?.intValue, let recommendations = item["recommendation_count"]?.intValue {
      row.totals = SessionTotals(
        resourceCount: resources, recommendationCount: recommendations,
        phaseMilliseconds: (item["phase_seconds"]?.mapValue ?? [:]).compactMapValues { $0.numberText.flatMap(JournalTime.milliseconds) })
    }
    return row
  }

  static func task(_ item: [String: AttributeValue], _ key: String) throws -> TaskRecord {
    guard let status = item["status"]?.stringValue.flatMap(TaskStatus.init) else {
      throw unreadable(item, key, TaskStatus.allCases.map(\.rawValue))
    }
    var task = TaskRecord(
      key: TaskKey(text: key), phaseName: item["phase_name"]?.stringValue ?? "", status: status,
      timestamp: item["timestamp"]?.stringValue ?? "", startTime: item["start_time"]?.stringValue ?? "")
    task.endTime = item["end_time"]?.stringValue
    task.durationSeconds = item["duration_seconds"]?.numberText
    task.resourceCount = item["resource_count"]?.intValue
    task.recommendationCount = item["recommendation_count"]?.intValue
    task.errorMessage = item["error_message"]?.stringValue
    task.expiresAtSeconds = item["ttl"]?.int64Value
    return task
  }

  private static func unreadable(_ item: [String: AttributeValue], _ key: String, _ statuses: [String]) -> AWSError {
    let found = item["status"].map { $0.stringValue.map { "'\($0)'" } ?? $0.kindDescription } ?? "absent"
    return AWSError(
      code: AWSError.invalidResponseCode,
      message: "the status of the journal's row '\(key)' is \(found); expected one of \(statuses.joined(separator: ", "))",
      service: "DynamoDB")
  }
}
