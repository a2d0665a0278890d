import JSON

/// DynamoDB, over the AWS JSON protocol 1.0 (API version 2012-08-10).
///
/// Every method throws `AWSError` or, when the task is cancelled, `CancellationError`.
public struct DynamoDBClient: Sendable {
  private let client: AWSClient

  public init(_ client: AWSClient) { self.client = client }

  /// The client's time and chance, for callers that repeat what the client does not.
  public var clock: any AWSClock { client.clock }

  public func getItem(_ input: GetItemInput) async throws -> GetItemOutput { try await call("GetItem", input) }
  public func putItem(_ input: PutItemInput) async throws -> PutItemOutput { try await call("PutItem", input) }
  public func updateItem(_ input: UpdateItemInput) async throws -> UpdateItemOutput { try await call("UpdateItem", input) }
  public func deleteItem(_ input: DeleteItemInput) async throws -> DeleteItemOutput { try await call("DeleteItem", input) }

  /// One page of a query; `queryPages` goes on by itself.
  public func query(_ input: QueryInput) async throws -> QueryOutput { try await call("Query", input) }

  /// One page of a scan; `scanPages` goes on by itself.
  public func scan(_ input: ScanInput) async throws -> ScanOutput { try await call("Scan", input) }

  /// Writes all items or none; the error of a cancelled transaction has one reason for each item.
  public func transactWriteItems(_ input: TransactWriteItemsInput) async throws -> TransactWriteItemsOutput {
    var input = input
    // With a token, a retry after a lost answer does not write twice.
    if input.clientRequestToken == nil { input.clientRequestToken = RandomID.uuid(client.clock) }
    return try await call("TransactWriteItems", input)
  }

  /// The pages of a query, fetched as they are asked for.
  public func queryPages(_ input: QueryInput) -> PageSequence<QueryOutput> {
    PageSequence { [self] (last: QueryOutput?) in
      var input = input
      if let last {
        guard let key = last.lastEvaluatedKey, !key.isEmpty else { return nil }
        input.exclusiveStartKey = key
      }
      return try await query(input)
    }
  }

  /// The pages of a scan, fetched as they are asked for.
  public func scanPages(_ input: ScanInput) -> PageSequence<ScanOutput> {
    PageSequence { [self] (last: ScanOutput?) in
      var input = input
      if let last {
        guard let key = last.lastEvaluatedKey, !key.isEmpty else { return nil }
        input.exclusiveStartKey = key
      }
      return try await scan(input)
    }
  }

  /// Reads items by their keys; asks again for what DynamoDB leaves out of an answer.
  /// - Throws: `AWSError` with code `UnprocessedKeys` when five answers in a row left every key unprocessed.
  public func batchGetItem(_ input: BatchGetItemInput) async throws -> BatchGetItemOutput {
    var output = BatchGetItemOutput()
    var remaining = input
    var answersWithoutProgress = 0
    while true {
      let page: BatchGetItemOutput = try await call("BatchGetItem", remaining)
      for (table, items) in page.responses { output.responses[table, default: []] += items }
      if page.unprocessedKeys.isEmpty { return output }
      // Keys are left out when 16 MB are full or when the table is throttled. A key that was looked up is done, whether an item came or not.
      let left = page.unprocessedKeys.keyCount
      answersWithoutProgress = left < remaining.requestItems.keyCount ? 0 : answersWithoutProgress + 1
      guard answersWithoutProgress < 5 else {
        throw AWSError(
          code: "UnprocessedKeys",
          message: "\(answersWithoutProgress) answers in a row left all of \(left) keys unprocessed; the table is throttled",
          service: AWSService.dynamoDB.serviceID, operation: "BatchGetItem", isRetryable: true, isThrottling: true)
      }
      // Also after progress, if shorter: a throttled table that does a key at a time must not be asked without a pause.
      try await client.pauseForThrottling(attempt: answersWithoutProgress)
      remaining.requestItems = page.unprocessedKeys
    }
  }

  /// Writes and deletes items; sends again what DynamoDB leaves undone.
  /// - Throws: `AWSError` with code `UnprocessedItems` when five answers in a row left every request undone. To send the whole batch again is
  ///   safe: a put or a delete that was done already changes nothing.
  public func batchWriteItem(_ input: BatchWriteItemInput) async throws -> BatchWriteItemOutput {
    var remaining = input
    var answersWithoutProgress = 0
    while true {
      let page: BatchWriteItemOutput = try await call("BatchWriteItem", remaining)
      let left = page.unprocessedItems.values.reduce(0) { $0 + $1.count }
      if left == 0 { return BatchWriteItemOutput() }
      let asked = remaining.requestItems.values.reduce(0) { $0 + $1.count }
      answersWithoutProgress = left < asked ? 0 : answersWithoutProgress + 1
      guard answersWithoutProgress < 5 else {
        throw AWSError(
          code: "UnprocessedItems",
          message: "\(answersWithoutProgress) answers in a row left all of \(left) writes undone; the table is throttled",
          service: AWSService.dynamoDB.serviceID, operation: "BatchWriteItem", isRetryable: true, isThrottling: true)
      }
      try await client.pauseForThrottling(attempt: answersWithoutProgress)
      remaining.requestItems = page.unprocessedItems
    }
  }

  private func call<Input: JSONEncodable, Output: JSONDecodable>(_ operation: String, _ input: Input) async throws -> Output {
    try await client.callJSON(.dynamoDB, operation, target: "DynamoDB_20120810.\(operation)", input)
  }
}

extension [String: KeysAndAttributes] {
  /// Keys of all tables.
  fileprivate var keyCount: Int { values.reduce(0) { $0 + $1.keys.count } }
}
