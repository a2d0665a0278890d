public import AWSClient
import JSON

/// Claims as rows of the worker state table, beside the tracking records of the rounds.
public struct DynamoDBClaimStore: ClaimStore {
  private static let attempts = 8

  private let client: DynamoDBClient
  private let table: String
  private let pause: @Sendable (Int64) async throws -> Void

  /// - Parameter pause: waits so many milliseconds; tests give one that does not.
  public init(
    client: DynamoDBClient, workerStateTable: String,
    pause: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }
  ) {
    self.client = client
    table = workerStateTable
    self.pause = pause
  }

  public func claim(_ task: TaskKey, owner: String, untilMilliseconds: Int64, nowMilliseconds: Int64) async throws -> ClaimOutcome {
    // What a dead attempt had noted as spent is added to what was spent before it.
    let claim = TransactUpdate(
      tableName: table, key: ["requestId": .string(task.claimID)],
      updateExpression: """
        SET orchestration_id = :orchestration, claim_state = :running, claim_owner = :owner, claimed_until = :until, \
        spent_earlier = if_not_exists(spent_earlier, :zero) + if_not_exists(spent, :zero), spent = :zero
        """,
      conditionExpression:
        "attribute_not_exists(requestId) OR (claim_state = :running AND (claim_owner = :owner OR claimed_until < :now))",
      expressionAttributeValues: [
        ":orchestration": .string(task.orchestrationID), ":running": .string("running"), ":owner": .string(owner),
        ":until": .number(untilMilliseconds), ":now": .number(nowMilliseconds), ":zero": 0,
      ],
      returnValuesOnConditionCheckFailure: .allOld)
    guard let requestID = task.requestID else { return try await write(claim, task) }
    let isPending = TransactConditionCheck(
      tableName: table, key: ["requestId": .string(requestID)], conditionExpression: "#tasks.#task.#state = :pending",
      expressionAttributeNames: ["#tasks": "tasks", "#task": task.toolUseID, "#state": "state"],
      expressionAttributeValues: [":pending": .string(TaskEntry.State.pending.rawValue)])
    let input = TransactWriteItemsInput(items: [.conditionCheck(isPending), .update(claim)])
    var attempt = 0
    while true {
      attempt += 1
      do {
        _ = try await client.transactWriteItems(input)
        return .claimed
      } catch let error as AWSError where error.isTransactionConditionFailed {
        let reasons = error.cancellationReasons
        guard reasons.count == 2, reasons[1].code == "ConditionalCheckFailed" else { return .notPending }
        return try await outcome(of: reasons[1].item, task)
      } catch let error as AWSError where error.isTransactionConflict && attempt < Self.attempts {
        // Other tasks of the round are being closed in the same row, which says nothing about this one.
        try await pause(Int64.random(in: 1...(Int64(10) << Int64(attempt))))
      }
    }
  }

  private func write(_ claim: TransactUpdate, _ task: TaskKey) async throws -> ClaimOutcome {
    do {
      _ = try await client.updateItem(
        UpdateItemInput(
          tableName: claim.tableName, key: claim.key, updateExpression: claim.updateExpression,
          conditionExpression: claim.conditionExpression, expressionAttributeValues: claim.expressionAttributeValues,
          returnValuesOnConditionCheckFailure: .allOld))
      return .claimed
    } catch let error as AWSError where error.isConditionalCheckFailed {
      return try await outcome(of: error.item, task)
    }
  }

  /// What a row that stands in the way says.
  private func outcome(of item: [String: AttributeValue]?, _ task: TaskKey) async throws -> ClaimOutcome {
    var item = item
    if item == nil {
      item = try await client.getItem(
        GetItemInput(tableName: table, key: ["requestId": .string(task.claimID)], consistentRead: true)
      ).item
    }
    let row = AttributeReader(table: table, key: task.claimID, attributes: item ?? [:])
    guard try row.text("claim_state") == "finished" else {
      return .inProgress(untilMilliseconds: try row.integer("claimed_until"))
    }
    let text = try row.text("answer")
    do {
      return .finished(try TaskCompletion(detail: try JSONValue(parsing: text)))
    } catch {
      throw LedgerError(
        table: table, key: task.claimID, problem: WireError(field: "answer", value: text, expected: "a completion (\(error))"))
    }
  }

  public func isPending(_ task: TaskKey) async throws -> Bool {
    guard let requestID = task.requestID else { return true }
    let output = try await client.getItem(
      GetItemInput(
        tableName: table, key: ["requestId": .string(requestID)], consistentRead: true, projectionExpression: "#tasks.#task.#state",
        expressionAttributeNames: ["#tasks": "tasks", "#task": task.toolUseID, "#state": "state"]))
    return output.item?["tasks"]?[task.toolUseID]?["state"]?.stringValue == TaskEntry.State.pending.rawValue
  }

  public func reserve(_ task: TaskKey, owner: String, atMostMicroUSD: Int64) async throws -> Int64? {
    do {
      let output = try await client.updateItem(
        UpdateItemInput(
          tableName: table, key: ["requestId": .string(task.claimID)], updateExpression: "SET spent = :spent",
          conditionExpression: "claim_owner = :owner AND claim_state = :running",
          expressionAttributeValues: [":spent": .number(atMostMicroUSD), ":owner": .string(owner), ":running": .string("running")],
          returnValues: .allNew))
      return output.attributes?["spent_earlier"]?.int64Value ?? 0
    } catch let error as AWSError where error.isConditionalCheckFailed {
      return nil
    }
  }

  public func finish(_ task: TaskKey, owner: String, answer: TaskCompletion) async throws -> Bool {
    do {
      _ = try await client.updateItem(
        UpdateItemInput(
          tableName: table, key: ["requestId": .string(task.claimID)],
          updateExpression: "SET claim_state = :finished, answer = :answer", conditionExpression: "claim_owner = :owner",
          expressionAttributeValues: [
            ":finished": .string("finished"), ":answer": .string(String(decoding: answer.json, as: UTF8.self)), ":owner": .string(owner),
          ]))
      return true
    } catch let error as AWSError where error.isConditionalCheckFailed {
      return false
    }
  }
}
