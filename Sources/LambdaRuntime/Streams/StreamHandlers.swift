internal import JSON

/// Serves batches of a Kinesis data stream record by record.
///
/// The event source mapping must report batch item failures (`FunctionResponseTypes: [ReportBatchItemFailures]`). A shard keeps its order, so
/// behind a record that fails, cannot be read, or is not begun in time, none is begun: Lambda goes on with that record. Give the
/// mapping a maximum of attempts and a destination for what still fails; otherwise one bad record holds up its shard until it expires.
public struct KinesisHandler: LambdaHandler, Sendable {
  private let options: BatchOptions
  private let remaining: @Sendable (LambdaContext) -> Int64
  private let body: @Sendable (KinesisRecord, LambdaContext) async throws -> Void

  public init(
    _ options: BatchOptions = BatchOptions(), _ body: @escaping @Sendable (KinesisRecord, LambdaContext) async throws -> Void
  ) {
    self.init(options, remaining: { $0.remainingMilliseconds }, body)
  }

  init(
    _ options: BatchOptions, remaining: @escaping @Sendable (LambdaContext) -> Int64,
    _ body: @escaping @Sendable (KinesisRecord, LambdaContext) async throws -> Void
  ) {
    self.options = options
    self.remaining = remaining
    self.body = body
  }

  /// - Throws: `InvalidEventError` for an event that is no batch of records, before anything has begun; `WholeBatchError` where the options ask
  ///   for it and the first record failed.
  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
    let entries = try StreamEvent.entries(of: event, number: JSONPointer("kinesis", "sequenceNumber"), called: "Kinesis records")
    let run = BatchRun(
      noun: "a Kinesis record", identifierName: "sequenceNumber", options: options.sequential, context: context, remaining: remaining)
    return try await run(
      entries.map { entry in
        BatchRun.Entry(identifier: entry.sequenceNumber, group: nil) { [body] in
          try await body(try entry.read(as: KinesisRecord.self), context)
        }
      }, order: .wholeBatch, isStream: true)
  }
}

/// Serves batches of a DynamoDB stream record by record, as `KinesisHandler` does those of Kinesis.
public struct DynamoDBStreamHandler: LambdaHandler, Sendable {
  private let options: BatchOptions
  private let remaining: @Sendable (LambdaContext) -> Int64
  private let body: @Sendable (DynamoDBStreamRecord, LambdaContext) async throws -> Void

  public init(
    _ options: BatchOptions = BatchOptions(), _ body: @escaping @Sendable (DynamoDBStreamRecord, LambdaContext) async throws -> Void
  ) {
    self.init(options, remaining: { $0.remainingMilliseconds }, body)
  }

  init(
    _ options: BatchOptions, remaining: @escaping @Sendable (LambdaContext) -> Int64,
    _ body: @escaping @Sendable (DynamoDBStreamRecord, LambdaContext) async throws -> Void
  ) {
    self.options = options
    self.remaining = remaining
    self.body = body
  }

  /// - Throws: `InvalidEventError` for an event that is no batch of records, before anything has begun; `WholeBatchError` where the options ask
  ///   for it and the first record failed.
  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
    let entries = try StreamEvent.entries(of: event, number: JSONPointer("dynamodb", "SequenceNumber"), called: "DynamoDB stream records")
    let run = BatchRun(
      noun: "a DynamoDB stream record", identifierName: "sequenceNumber", options: options.sequential, context: context,
      remaining: remaining)
    return try await run(
      entries.map { entry in
        BatchRun.Entry(identifier: entry.sequenceNumber, group: nil) { [body] in
          try await body(try entry.read(as: DynamoDBStreamRecord.self), context)
        }
      }, order: .wholeBatch, isStream: true)
  }
}

extension BatchOptions {
  fileprivate var sequential: BatchOptions {
    var options = self
    options.concurrency = 1
    return options
  }
}
