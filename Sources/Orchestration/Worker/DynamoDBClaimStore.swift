public import AWSClient
import AgentKit
import JSON

/// Claims as rows of the worker state table, beside the tracking records of the rounds.
public struct DynamoDBClaimStore: ClaimStore {
  private let client: DynamoDBClient
  private let table: String
  private let retryingConflicts: ConflictRetry

  public init(client: DynamoDBClient, workerStateTable: String) {
    self.client = client
    table = workerStateTable
    retryingConflicts = ConflictRetry(clock: client.clock)
  }

  // MARK: Claims

  public func claim(_ task: TaskKey, owner: String, untilMilliseconds: Int64, nowMilliseconds: Int64) async throws -> ClaimOutcome {
    // A claim that is won too late to do the task is worth less than one that comes again: a fifth of the time is kept.
    let patience = untilMilliseconds - (untilMilliseconds - nowMilliseconds) / 5
    var dead: Row?
    while true {
      let claim = update(task, owner: owner, untilMilliseconds: untilMilliseconds, inPlaceOf: dead)
      switch try await retryingConflicts(until: patience, { try await write(claim, task) }) {
      case .written: return .claimed(spentEarlierMicroUSD: dead?.spentMicroUSD ?? 0)
      case .notPending: return .notPending
      case .refused(let item):
        guard let row = try await item == nil ? self.row(task) : Row(item ?? [:], task, table) else {
          // The row went between the two calls; only a person removes one.
          dead = nil
          continue
        }
        if let answer = row.answer { return .finished(answer) }
        // The first attempt of this call was written, and its answer lost.
        if row.owner == owner { return .claimed(spentEarlierMicroUSD: row.spentEarlierMicroUSD) }
        guard row.untilMilliseconds < nowMilliseconds else { return .inProgress(untilMilliseconds: row.untilMilliseconds) }
        dead = row
      }
    }
  }

  /// The write of a claim: where there is none, or in place of one that has expired and is still as it was read.
  private func update(_ task: TaskKey, owner: String, untilMilliseconds: Int64, inPlaceOf dead: Row?) -> TransactUpdate {
    var update = TransactUpdate(
      tableName: table, key: ["requestId": .string(task.claimID)],
      updateExpression: """
        SET orchestration_id = :orchestration, claim_state = :running, claim_owner = :owner, claimed_until = :until, \
        spent_earlier = :earlier, spent = :zero
        """,
      conditionExpression: "attribute_not_exists(requestId)",
      expressionAttributeValues: [
        ":orchestration": .string(task.orchestrationID), ":running": "running", ":owner": .string(owner),
        ":until": .number(untilMilliseconds), ":earlier": .number(dead?.spentMicroUSD ?? 0), ":zero": 0,
      ],
      returnValuesOnConditionCheckFailure: .allOld)
    guard let dead else { return update }
    // A worker that is late, and not dead, may have noted another call since the row was read.
    update.conditionExpression =
      "claim_state = :running AND claim_owner = :dead AND claimed_until = :expired AND "
      + (dead.notedMicroUSD == 0 ? "(spent = :noted OR attribute_not_exists(spent))" : "spent = :noted")
    update.expressionAttributeValues[":dead"] = .string(dead.owner)
    update.expressionAttributeValues[":expired"] = .number(dead.untilMilliseconds)
    update.expressionAttributeValues[":noted"] = .number(dead.notedMicroUSD)
    return update
  }

  private enum WriteOutcome {
    case written
    case notPending
    /// Another row stands in the way: what it held, where the service said so.
    case refused(item: [String: AttributeValue]?)
  }

  /// Writes the claim; where the task names its round, in one transaction with the condition that the round waits for it.
  private func write(_ claim: TransactUpdate, _ task: TaskKey) async throws -> WriteOutcome {
    guard let requestID = task.requestID else {
      do {
        _ = try await client.updateItem(
          UpdateItemInput(
            tableName: claim.tableName, key: claim.key, updateExpression: claim.updateExpression,
            conditionExpression: claim.conditionExpression, expressionAttributeValues: claim.expressionAttributeValues,
            returnValuesOnConditionCheckFailure: .allOld))
        return .written
      } catch let error as AWSError where error.isConditionalCheckFailed {
        return .refused(item: error.item)
      }
    }
    let isPending = TransactConditionCheck(
      tableName: table, key: ["requestId": .string(requestID)], conditionExpression: "#tasks.#task.#state = :pending",
      expressionAttributeNames: ["#tasks": "tasks", "#task": task.toolUseID, "#state": "state"],
      expressionAttributeValues: [":pending": .string(TaskEntry.State.pending.rawValue)])
    do {
      _ = try await client.transactWriteItems(TransactWriteItemsInput(items: [.conditionCheck(isPending), .update(claim)]))
      return .written
    } catch let error as AWSError where error.isTransactionConditionFailed {
      let reasons = error.cancellationReasons
      guard reasons.count == 2, reasons[1].code == "ConditionalCheckFailed" else { return .notPending }
      return .refused(item: reasons[1].item)
    }
  }

  private func row(_ task: TaskKey) async throws -> Row? {
    let output = try await client.getItem(
      GetItemInput(tableName: table, key: ["requestId": .string(task.claimID)], consistentRead: true))
    return try output.item.map { item in try Row(item, task, table) }
  }

  // MARK: While the task is worked on

  public func isPending(_ task: TaskKey) async throws -> Bool {
    guard let requestID = task.requestID else { return true }
    let output = try await client.getItem(
      GetItemInput(
        tableName: table, key: ["requestId": .string(requestID)], consistentRead: true, projectionExpression: "#tasks.#task.#state",
        expressionAttributeNames: ["#tasks": "tasks", "#task": task.toolUseID, "#state": "state"]))
    return output.item?["tasks"]?[task.toolUseID]?["state"]?.stringValue == TaskEntry.State.pending.rawValue
  }

  public func reserve(_ task: TaskKey, owner: String, atMostMicroUSD: Int64, untilMilliseconds: Int64) async throws -> Int64? {
    // An earlier note whose request hung may arrive after this one: what is noted only grows, so that neither lowers the other.
    let input = UpdateItemInput(
      tableName: table, key: ["requestId": .string(task.claimID)], updateExpression: "SET spent = :spent",
      conditionExpression: "claim_owner = :owner AND claim_state = :running AND (spent <= :spent OR attribute_not_exists(spent))",
      expressionAttributeValues: [":spent": .number(atMostMicroUSD), ":owner": .string(owner), ":running": "running"],
      returnValues: .allNew, returnValuesOnConditionCheckFailure: .allOld)
    do {
      // The claim of a duplicate delivery is a transaction on this row, and must not cost the task.
      let output = try await retryingConflicts(until: untilMilliseconds) { try await client.updateItem(input) }
      return output.attributes?["spent_earlier"]?.int64Value ?? 0
    } catch let error as AWSError where error.isConditionalCheckFailed {
      guard let row = try await error.item == nil ? self.row(task) : Row(error.item ?? [:], task, table), row.owner == owner,
        row.answer == nil, row.notedMicroUSD > atMostMicroUSD
      else { return nil }
      return row.spentEarlierMicroUSD
    }
  }

  public func finish(_ task: TaskKey, owner: String, answer: TaskCompletion, untilMilliseconds: Int64) async throws -> Bool {
    let input = UpdateItemInput(
      tableName: table, key: ["requestId": .string(task.claimID)],
      updateExpression: "SET claim_state = :finished, answer = :answer", conditionExpression: "claim_owner = :owner",
      expressionAttributeValues: [
        ":finished": "finished", ":answer": .string(String(decoding: answer.json, as: UTF8.self)), ":owner": .string(owner),
      ])
    do {
      _ = try await retryingConflicts(until: untilMilliseconds) { try await client.updateItem(input) }
      return true
    } catch let error as AWSError where error.isConditionalCheckFailed {
      return false
    }
  }
}

extension DynamoDBClaimStore {
  /// What a claim's row says.
  private struct Row {
    var owner: String
    var untilMilliseconds: Int64
    /// nil while the task is worked on.
    var answer: TaskCompletion?
    /// What this owner noted before its last model call, in millionths of a US dollar.
    var notedMicroUSD: Int64
    /// What owners before this one spent at most, in millionths of a US dollar.
    var spentEarlierMicroUSD: Int64

    /// What a later owner must take as spent.
    var spentMicroUSD: Int64 { spentEarlierMicroUSD.saturatingAdd(notedMicroUSD) }

    init(_ item: [String: AttributeValue], _ task: TaskKey, _ table: String) throws(LedgerError) {
      let row = AttributeReader(table: table, key: task.claimID, attributes: item)
      owner = try row.text("claim_owner")
      untilMilliseconds = try row.integer("claimed_until")
      notedMicroUSD = try row.integer("spent", default: 0)
      spentEarlierMicroUSD = try row.integer("spent_earlier", default: 0)
      switch try row.text("claim_state") {
      case "running": break
      case "finished":
        let text = try row.text("answer")
        do { answer = try TaskCompletion(detail: try JSONValue(parsing: text)) } catch {
          throw LedgerError(
            table: table, key: task.claimID, problem: WireError(field: "answer", value: text, expected: "a completion (\(error))"))
        }
      default: throw row.error("claim_state", "\"running\" or \"finished\"")
      }
    }
  }
}
