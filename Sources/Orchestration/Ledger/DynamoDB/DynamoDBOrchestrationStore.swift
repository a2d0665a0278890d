public import AWSClient
public import AgentKit

/// The ledger in the two tables of the seed.
public struct DynamoDBOrchestrationStore: OrchestrationStore {
  private let client: DynamoDBClient
  private let orchestrationTable: String
  private let workerStateTable: String
  private let ids: any IDSource
  private let retryingConflicts: ConflictRetry

  public init(client: DynamoDBClient, orchestrationTable: String, workerStateTable: String, ids: any IDSource) {
    self.client = client
    self.orchestrationTable = orchestrationTable
    self.workerStateTable = workerStateTable
    self.ids = ids
    retryingConflicts = ConflictRetry(clock: client.clock)
  }

  // MARK: Orchestrations

  public func create(_ record: OrchestrationRecord) async throws -> CreateOutcome {
    let writeID = ids.makeID()
    var item = record.attributes
    item["write_id"] = .string(writeID)
    let input = PutItemInput(
      tableName: orchestrationTable, item: item, conditionExpression: "attribute_not_exists(orchestrationId)",
      returnValuesOnConditionCheckFailure: .allOld)
    do {
      _ = try await retryingConflicts { try await client.putItem(input) }
      return .created(record)
    } catch let error as AWSError where error.isConditionalCheckFailed {
      if error.item?["write_id"]?.stringValue == writeID { return .created(record) }
      guard let existing = try await load(record.id) else { throw error }
      return .exists(existing)
    }
  }

  public func load(_ id: String) async throws -> OrchestrationRecord? {
    let output = try await client.getItem(
      GetItemInput(tableName: orchestrationTable, key: ["orchestrationId": .string(id)], consistentRead: true))
    return try output.item.map { item in try OrchestrationRecord(attributes: item, table: orchestrationTable) }
  }

  public func update(_ old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    let writeID = ids.makeID()
    let (update, written) = versionedUpdate(old, to: new, writeID: writeID)
    let input = UpdateItemInput(
      tableName: orchestrationTable, key: ["orchestrationId": .string(old.id)], updateExpression: update.expression,
      conditionExpression: update.condition, expressionAttributeNames: update.names, expressionAttributeValues: update.values,
      returnValuesOnConditionCheckFailure: .allOld)
    do {
      _ = try await retryingConflicts { try await client.updateItem(input) }
      return written
    } catch let error as AWSError where error.isConditionalCheckFailed {
      // A retry after a lost answer meets the row that the first attempt wrote.
      return error.item?["write_id"]?.stringValue == writeID ? written : nil
    }
  }

  public func begin(
    _ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord
  ) async throws -> OrchestrationRecord? {
    let writeID = ids.makeID()
    let (update, written) = versionedUpdate(old, to: new, writeID: writeID)
    let input = TransactWriteItemsInput(
      items: [
        .update(
          TransactUpdate(
            tableName: orchestrationTable, key: ["orchestrationId": .string(old.id)], updateExpression: update.expression,
            conditionExpression: update.condition, expressionAttributeNames: update.names, expressionAttributeValues: update.values)),
        .put(
          TransactPut(
            tableName: workerStateTable, item: round.attributes, conditionExpression: "attribute_not_exists(requestId)")),
      ], clientRequestToken: writeID)
    return try await retryingConflicts {
      do {
        _ = try await client.transactWriteItems(input)
        return written
      } catch let error as AWSError where error.cancellationReasons.contains(where: { $0.code == "ConditionalCheckFailed" }) {
        return nil
      }
    }
  }

  public func due(atMilliseconds: Int64, limit: Int) async throws -> [String] {
    try await withThrowingTaskGroup(of: [(wakeAt: Int64, id: String)].self) { group in
      for shard in 0..<OrchestrationRecord.wakeShardCount {
        group.addTask { try await self.due(in: OrchestrationRecord.wakeShard(shard), atMilliseconds: atMilliseconds, limit: limit) }
      }
      var found: [(wakeAt: Int64, id: String)] = []
      for try await part in group { found += part }
      return found.sorted { ($0.wakeAt, $0.id) < ($1.wakeAt, $1.id) }.prefix(limit).map(\.id)
    }
  }

  private func due(in shard: String, atMilliseconds: Int64, limit: Int) async throws -> [(wakeAt: Int64, id: String)] {
    let output = try await client.query(
      QueryInput(
        tableName: orchestrationTable, indexName: OrchestrationRecord.wakeIndex,
        keyConditionExpression: "wakeShard = :shard AND wakeAt <= :now",
        expressionAttributeValues: [":shard": .string(shard), ":now": .number(atMilliseconds)], limit: limit))
    return output.items.compactMap { item in
      guard let id = item["orchestrationId"]?.stringValue, let wakeAt = item["wakeAt"]?.int64Value else { return nil }
      return (wakeAt, id)
    }
  }

  // MARK: Rounds

  public func loadRound(_ requestID: String) async throws -> RoundRecord? {
    let output = try await client.getItem(
      GetItemInput(tableName: workerStateTable, key: ["requestId": .string(requestID)], consistentRead: true))
    return try output.item.map { item in try RoundRecord(attributes: item, table: workerStateTable) }
  }

  public func close(
    _ toolUseID: String, of requestID: String, state: TaskEntry.State, result: TaskResult
  ) async throws -> CloseOutcome {
    let input = UpdateItemInput(
      tableName: workerStateTable, key: ["requestId": .string(requestID)],
      updateExpression: "SET #tasks.#task.#state = :closed, #data.#task = :result, #pending = #pending - :one",
      conditionExpression: "#tasks.#task.#state = :open",
      expressionAttributeNames: ["#tasks": "tasks", "#task": toolUseID, "#state": "state", "#data": "data", "#pending": "pending"],
      expressionAttributeValues: [
        ":closed": .string(state.rawValue), ":open": .string(TaskEntry.State.pending.rawValue), ":result": result.attribute, ":one": 1,
      ],
      returnValues: .allNew, returnValuesOnConditionCheckFailure: .allOld)
    return try await retryingConflicts {
      do {
        let output = try await client.updateItem(input)
        guard let item = output.attributes else { return .unknownRound }
        return .closed(try RoundRecord(attributes: item, table: workerStateTable))
      } catch let error as AWSError where error.isConditionalCheckFailed {
        let round: RoundRecord?
        if let item = error.item {
          round = try RoundRecord(attributes: item, table: workerStateTable)
        } else {
          round = try await loadRound(requestID)
        }
        guard let round else { return .unknownRound }
        return round.task(toolUseID) == nil ? .unknownTask(round) : .alreadyClosed(round)
      }
    }
  }

  public func markSent(_ toolUseIDs: [String], of requestID: String, atMilliseconds: Int64) async throws {
    guard !toolUseIDs.isEmpty else { return }
    var names = ["#tasks": "tasks"]
    var assignments: [String] = []
    for (index, toolUseID) in toolUseIDs.enumerated() {
      names["#task\(index)"] = toolUseID
      assignments.append("#tasks.#task\(index).sent_at = :now")
    }
    let input = UpdateItemInput(
      tableName: workerStateTable, key: ["requestId": .string(requestID)],
      updateExpression: "SET " + assignments.joined(separator: ", "), conditionExpression: "attribute_exists(requestId)",
      expressionAttributeNames: names, expressionAttributeValues: [":now": .number(atMilliseconds)])
    try await retryingConflicts { _ = try await client.updateItem(input) }
  }

  // MARK: Expressions

  private struct Update {
    var expression: String
    var condition: String
    var names: [String: String]
    var values: [String: AttributeValue]
  }

  /// Sets what differs and removes what is gone, and leaves attributes that this version does not know alone.
  private func versionedUpdate(
    _ old: OrchestrationRecord, to new: OrchestrationRecord, writeID: String
  ) -> (Update, OrchestrationRecord) {
    var written = new
    written.version = old.version + 1
    let before = old.attributesWithoutConversation
    var after = written.attributesWithoutConversation
    after["write_id"] = .string(writeID)
    var update = Update(
      expression: "", condition: "#version = :expected", names: ["#version": "version"], values: [":expected": .number(old.version)])
    if old.version == 0 {
      // A row that the original wrote has no version.
      update.condition = "attribute_exists(orchestrationId) AND attribute_not_exists(#version)"
      update.values = [:]
    }
    var assignments: [String] = []
    var removals: [String] = []
    func name(_ attribute: String) -> String {
      if attribute == "version" { return "#version" }
      let placeholder = "#n\(update.names.count)"
      update.names[placeholder] = attribute
      return placeholder
    }
    if old.conversation != written.conversation {
      // A conversation mostly grows, and only what it grows by is written.
      let isLonger = written.conversation.starts(with: old.conversation)
      let messages = written.conversation.dropFirst(isLonger ? old.conversation.count : 0).map(\.attribute)
      let target = name("conversation")
      update.values[":v0"] = .list(messages)
      assignments.append(isLonger ? "\(target) = list_append(\(target), :v0)" : "\(target) = :v0")
    }
    for (attribute, value) in after.sorted(by: { $0.key < $1.key }) where before[attribute] != value {
      let placeholder = ":v\(update.values.count)"
      let target = name(attribute)
      update.values[placeholder] = value
      assignments.append("\(target) = \(placeholder)")
    }
    for attribute in before.keys.sorted() where after[attribute] == nil { removals.append(name(attribute)) }
    update.expression = "SET " + assignments.joined(separator: ", ")
    if !removals.isEmpty { update.expression += " REMOVE " + removals.joined(separator: ", ") }
    return (update, written)
  }
}
