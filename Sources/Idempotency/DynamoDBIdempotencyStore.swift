public import AWSClient

/// Keeps records in a DynamoDB table with the string key `id`. Let the table's time to live look at `expiration`, so that DynamoDB removes
/// what has expired.
///
/// The attributes have the names and meanings of Powertools for AWS Lambda, and one more, `owner`: functions in other languages may share the
/// table, and see each other's records as long as they make the same keys.
public struct DynamoDBIdempotencyStore: IdempotencyStore {
  private let client: DynamoDBClient
  private let table: String
  private let keyName: String

  /// - Parameter keyName: the name of the table's partition key, a string.
  public init(client: DynamoDBClient, table: String, keyName: String = "id") {
    self.client = client
    self.table = table
    self.keyName = keyName
  }

  /// Names of attributes; placeholders stand for them in expressions, since DynamoDB reserves some.
  private enum Name {
    static let status = "status"
    static let owner = "owner"
    /// Seconds since the Unix epoch, which is what time to live takes.
    static let expiration = "expiration"
    /// Milliseconds since the Unix epoch.
    static let inProgressExpiration = "in_progress_expiration"
    static let validation = "validation"
    static let data = "data"
    static let droppedBytes = "dropped_response_bytes"
  }

  /// Rows that vanish between two calls are rare; more than a few say that something is wrong.
  private static let attempts = 3

  public func begin(_ record: IdempotencyRecord, nowMilliseconds: Int64) async throws -> IdempotencyRecord? {
    let input = PutItemInput(
      tableName: table, item: item(of: record),
      conditionExpression: """
        attribute_not_exists(#id) OR #expiration <= :now OR #status = :in_progress AND #in_progress_expiration <= :now_milliseconds
        """,
      expressionAttributeNames: [
        "#id": keyName, "#expiration": Name.expiration, "#status": Name.status, "#in_progress_expiration": Name.inProgressExpiration,
      ],
      expressionAttributeValues: [
        ":now": .number(nowMilliseconds / 1_000), ":now_milliseconds": .number(nowMilliseconds),
        ":in_progress": .string(IdempotencyRecord.Status.inProgress.rawValue),
      ],
      returnValuesOnConditionCheckFailure: .allOld)
    var attempt = 1
    while true {
      do {
        _ = try await client.putItem(input)
        return nil
      } catch let error as AWSError where error.isConditionalCheckFailed {
        if let item = error.item { return try self.record(of: item, key: record.key) }
        let output = try await client.getItem(
          GetItemInput(tableName: table, key: [keyName: .string(record.key)], consistentRead: true))
        if let item = output.item { return try self.record(of: item, key: record.key) }
        guard attempt < Self.attempts else { throw error }
        attempt += 1
      }
    }
  }

  public func complete(_ record: IdempotencyRecord) async throws -> Bool {
    let input = PutItemInput(
      tableName: table, item: item(of: record), conditionExpression: "attribute_not_exists(#id) OR #owner = :owner",
      expressionAttributeNames: ["#id": keyName, "#owner": Name.owner], expressionAttributeValues: [":owner": .string(record.owner)])
    do {
      _ = try await client.putItem(input)
      return true
    } catch let error as AWSError where error.isConditionalCheckFailed {
      return false
    }
  }

  public func remove(key: String, owner: String) async throws {
    let input = DeleteItemInput(
      tableName: table, key: [keyName: .string(key)], conditionExpression: "#owner = :owner AND #status = :in_progress",
      expressionAttributeNames: ["#owner": Name.owner, "#status": Name.status],
      expressionAttributeValues: [
        ":owner": .string(owner), ":in_progress": .string(IdempotencyRecord.Status.inProgress.rawValue),
      ])
    do { _ = try await client.deleteItem(input) } catch let error as AWSError where error.isConditionalCheckFailed {}
  }

  // MARK: Items

  private func item(of record: IdempotencyRecord) -> [String: AttributeValue] {
    var item: [String: AttributeValue] = [
      keyName: .string(record.key), Name.status: .string(record.status.rawValue), Name.owner: .string(record.owner),
      // Rounded up: a record must not be gone before its time.
      Name.expiration: .number((record.expiryMilliseconds + 999) / 1_000),
      Name.inProgressExpiration: .number(record.inProgressExpiryMilliseconds),
    ]
    item[Name.validation] = record.payloadHash.map(AttributeValue.string)
    item[Name.droppedBytes] = record.droppedResponseBytes.map(AttributeValue.number)
    item[Name.data] = record.response.map { bytes in
      // Text is kept as text, which people can read.
      let text = String(decoding: bytes, as: UTF8.self)
      return text.utf8.elementsEqual(bytes) ? .string(text) : .binary(bytes)
    }
    return item
  }

  private func record(of item: [String: AttributeValue], key: String) throws(IdempotencyError) -> IdempotencyRecord {
    func unreadable(_ name: String, _ expected: String) -> IdempotencyError {
      .recordUnreadable(
        key: key, problem: "attribute '\(name)' of table \(table) is \(item[name]?.kindDescription ?? "missing"); expected \(expected)")
    }
    guard let status = item[Name.status]?.stringValue.flatMap({ IdempotencyRecord.Status(rawValue: $0) }) else {
      throw unreadable(Name.status, "\"INPROGRESS\" or \"COMPLETED\"")
    }
    guard let expiration = item[Name.expiration]?.int64Value, expiration < .max / 1_000 else {
      throw unreadable(Name.expiration, "seconds since 1970")
    }
    // Records of others may have none: they are under way until they expire.
    let inProgressExpiration = item[Name.inProgressExpiration]?.int64Value ?? .max
    return IdempotencyRecord(
      key: key, status: status, owner: item[Name.owner]?.stringValue ?? "", expiryMilliseconds: expiration * 1_000,
      inProgressExpiryMilliseconds: inProgressExpiration, payloadHash: item[Name.validation]?.stringValue,
      response: item[Name.data]?.binaryValue ?? item[Name.data]?.stringValue.map { Array($0.utf8) },
      droppedResponseBytes: item[Name.droppedBytes]?.intValue)
  }
}
