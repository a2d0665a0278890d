import AWSClient
import JSON

extension SimulatedTables {
  private static let maximumActions = 100
  private static let maximumBytes = 4_194_304

  /// TransactWriteItems.
  func transact(_ request: TransactionRequest) throws(TableFailure) -> [UInt8] {
    let isThrottled = chance.occurs(.throttling)
    // Of a table that is growing, the transaction itself is told.
    let isThrottledByAction = isThrottled && chance.number(in: 0...1) == 1
    if isThrottled, !isThrottledByAction { throw .throttled }
    guard (1...Self.maximumActions).contains(request.actions.count) else {
      throw .validation(
        "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length "
          + (request.actions.isEmpty ? "greater than or equal to 1" : "less than or equal to 100"))
    }
    if let token = request.token {
      guard (1...36).contains(token.utf8.count) else {
        throw .validation(
          "1 validation error detected: Value '\(token)' at 'clientRequestToken' failed to satisfy constraint: Member must have length "
            + (token.isEmpty ? "greater than or equal to 1" : "less than or equal to 36"))
      }
      if let isSame = tokens.isSame(request, token: token, nowMilliseconds: nowMilliseconds) {
        guard isSame else {
          throw TableFailure(
            code: "IdempotentParameterMismatchException",
            message: "The request uses the same client token as a previous, but non-identical request. "
              + "Do not reuse a client token with different requests, unless the requests are identical")
        }
        // Whoever is told now that it has happened sees all of it.
        for table in tables.values { table.settle() }
        return Array("{}".utf8)
      }
    }
    var writes: [PreparedWrite] = []
    writes.reserveCapacity(request.actions.count)
    for action in request.actions {
      if action.kind == .check, action.request.conditionExpression == nil {
        throw .validation("The ConditionExpression of a ConditionCheck must not be null")
      }
      if action.kind == .update, action.request.updateExpression == nil {
        throw .validation("The UpdateExpression of an Update must not be null")
      }
      writes.append(try prepare(action.kind, action.request))
    }
    try checkDistinct(writes)
    if isThrottledByAction {
      throw cancelled(
        writes.count, "ThrottlingError",
        "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly."
      )
    }
    if chance.occurs(.transactionConflict) {
      throw cancelled(writes.count, "TransactionConflict", "Transaction is ongoing for the item")
    }
    let changes = try decide(writes)
    commit(changes)
    if changes.count > 1, chance.occurs(.staleRead) { settleLater(changes) }
    if let token = request.token { tokens.note(request, token: token, nowMilliseconds: nowMilliseconds) }
    return Array("{}".utf8)
  }

  /// Lets readers see a part of a transaction alone until its answer is there.
  ///
  /// What is promised is that each item is read as it was before or after; who wants to see several of them at one time must use TransactGetItems.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-isolation
  private func settleLater(_ changes: [Change]) {
    let milliseconds = chance.number(in: settlingMilliseconds)
    let first = Int(chance.number(in: 0...Int64(changes.count - 1)))
    for (index, change) in changes.enumerated() where index != first {
      change.table.settle(change.key, atMilliseconds: nowMilliseconds + milliseconds)
    }
    answerDelayMilliseconds = milliseconds
  }

  private func checkDistinct(_ writes: [PreparedWrite]) throws(TableFailure) {
    struct Place: Hashable {
      let table: ObjectIdentifier
      let key: ItemKey
    }
    guard writes.count > 1 else { return }
    var seen: Set<Place> = []
    for write in writes where !seen.insert(Place(table: ObjectIdentifier(write.table), key: write.key)).inserted {
      throw .validation("Transaction request cannot include multiple operations on one item")
    }
  }

  /// A transaction that one of its actions, whichever, keeps from happening.
  private func cancelled(_ count: Int, _ code: String, _ message: String) -> TableFailure {
    var reasons = [TableFailure.Reason](repeating: TableFailure.Reason(), count: count)
    reasons[Int(chance.number(in: 0...Int64(count - 1)))] = TableFailure.Reason(code: code, message: message)
    return .cancelled(reasons)
  }

  private func decide(_ writes: [PreparedWrite]) throws(TableFailure) -> [Change] {
    var changes: [Change] = []
    var reasons: [TableFailure.Reason] = []
    var isCancelled = false
    var bytes = 0
    for write in writes {
      var reason = TableFailure.Reason()
      do throws(TableFailure) {
        switch try decide(write) {
        case .refused(let item):
          reason = TableFailure.Reason(
            code: "ConditionalCheckFailed", message: "The conditional request failed",
            item: write.returnsItemOnFailure ? item?.attributes : nil)
          isCancelled = true
        case .change(let change):
          bytes += change.new?.size ?? 0
          if write.kind != .check { changes.append(change) }
        }
      } catch {
        reason = TableFailure.Reason(code: "ValidationError", message: error.message)
        isCancelled = true
      }
      reasons.append(reason)
    }
    if isCancelled { throw .cancelled(reasons) }
    guard bytes <= Self.maximumBytes else { throw .validation("Transaction request exceeds the 4MB transaction size limit") }
    return changes
  }
}

/// The transactions that have happened, by their tokens.
struct TransactionTokens {
  /// Milliseconds for which a token stands for its transaction.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html (ClientRequestToken)
  private static let lifetimeMilliseconds: Int64 = 600_000

  private var requests: [String: (request: TransactionRequest, atMilliseconds: Int64)] = [:]
  /// Tokens in the order in which they came.
  private var order: [(token: String, atMilliseconds: Int64)] = []

  /// Whether the token's transaction is this one; nil when there was none in the last ten minutes.
  mutating func isSame(_ request: TransactionRequest, token: String, nowMilliseconds: Int64) -> Bool? {
    guard let known = requests[token], nowMilliseconds - known.atMilliseconds < Self.lifetimeMilliseconds else { return nil }
    return known.request.isSame(as: request)
  }

  mutating func note(_ request: TransactionRequest, token: String, nowMilliseconds: Int64) {
    let old = order.prefix { nowMilliseconds - $0.atMilliseconds >= Self.lifetimeMilliseconds }
    for (token, time) in old where requests[token]?.atMilliseconds == time { requests[token] = nil }
    if !old.isEmpty { order.removeFirst(old.count) }
    requests[token] = (request, nowMilliseconds)
    order.append((token, nowMilliseconds))
  }
}

extension TransactionRequest {
  func isSame(as other: TransactionRequest) -> Bool {
    actions.count == other.actions.count
      && zip(actions, other.actions).allSatisfy { $0.kind == $1.kind && $0.request.isSame(as: $1.request) }
  }
}

extension ItemRequest {
  fileprivate func isSame(as other: ItemRequest) -> Bool {
    tableName == other.tableName && key == other.key && item == other.item && conditionExpression == other.conditionExpression
      && updateExpression == other.updateExpression && returnsItemOnFailure == other.returnsItemOnFailure
      && Dictionary(attributes.names.map { ($0.placeholder, $0.name) }, uniquingKeysWith: { $1 })
        == Dictionary(other.attributes.names.map { ($0.placeholder, $0.name) }, uniquingKeysWith: { $1 })
      && Dictionary(attributes.values.map { ($0.placeholder, $0.value) }, uniquingKeysWith: { $1 })
        == Dictionary(other.attributes.values.map { ($0.placeholder, $0.value) }, uniquingKeysWith: { $1 })
  }
}
