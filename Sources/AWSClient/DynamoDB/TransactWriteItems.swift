public import JSON

/// Writes up to 100 items, all or none.
public struct TransactWriteItemsInput: Sendable, Hashable, JSONEncodable {
  /// 1 to 100 actions on as many distinct items, 4 MB together.
  public var items: [TransactWriteItem]
  /// Makes the same request count once for 10 minutes; 1 to 36 characters. Nil for one of the client's own, kept over its retries.
  public var clientRequestToken: String?

  public init(items: [TransactWriteItem], clientRequestToken: String? = nil) {
    self.items = items
    self.clientRequestToken = clientRequestToken
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("TransactItems", items)
    writer.member(ifPresent: "ClientRequestToken", clientRequestToken)
    writer.endObject()
  }
}

public struct TransactWriteItemsOutput: Sendable, Hashable, JSONDecodable {
  public init() {}
  public init(from reader: inout JSONReader) throws(JSONError) { try reader.skipValue() }
}

extension TransactWriteItemsOutput: EmptyOutput {}

/// One action of a transaction.
public enum TransactWriteItem: Sendable, Hashable, JSONEncodable {
  case put(TransactPut)
  case update(TransactUpdate)
  case delete(TransactDelete)
  case conditionCheck(TransactConditionCheck)

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    switch self {
    case .put(let action): writer.member("Put", action)
    case .update(let action): writer.member("Update", action)
    case .delete(let action): writer.member("Delete", action)
    case .conditionCheck(let action): writer.member("ConditionCheck", action)
    }
    writer.endObject()
  }
}

/// Writes an item, over one that has the same key.
public struct TransactPut: Sendable, Hashable, JSONEncodable {
  public var tableName: String
  public var item: [String: AttributeValue]
  public var conditionExpression: String?
  public var expressionAttributeNames: [String: String]
  public var expressionAttributeValues: [String: AttributeValue]
  /// `allOld` puts the item that failed the condition into the error.
  public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?

  public init(
    tableName: String, item: [String: AttributeValue], conditionExpression: String? = nil,
    expressionAttributeNames: [String: String] = [:], expressionAttributeValues: [String: AttributeValue] = [:],
    returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil
  ) {
    self.tableName = tableName
    self.item = item
    self.conditionExpression = conditionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.expressionAttributeValues = expressionAttributeValues
    self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("TableName", tableName)
    writer.member("Item", item)
    writer.member(ifPresent: "ConditionExpression", conditionExpression)
    writer.member(ifAny: "ExpressionAttributeNames", expressionAttributeNames)
    writer.member(ifAny: "ExpressionAttributeValues", expressionAttributeValues)
    writer.member(ifPresent: "ReturnValuesOnConditionCheckFailure", returnValuesOnConditionCheckFailure?.rawValue)
    writer.endObject()
  }
}

/// Changes attributes of an item, or creates it.
public struct TransactUpdate: Sendable, Hashable, JSONEncodable {
  public var tableName: String
  public var key: [String: AttributeValue]
  public var updateExpression: String
  public var conditionExpression: String?
  public var expressionAttributeNames: [String: String]
  public var expressionAttributeValues: [String: AttributeValue]
  /// `allOld` puts the item that failed the condition into the error.
  public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?

  public init(
    tableName: String, key: [String: AttributeValue], updateExpression: String, conditionExpression: String? = nil,
    expressionAttributeNames: [String: String] = [:], expressionAttributeValues: [String: AttributeValue] = [:],
    returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil
  ) {
    self.tableName = tableName
    self.key = key
    self.updateExpression = updateExpression
    self.conditionExpression = conditionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.expressionAttributeValues = expressionAttributeValues
    self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("TableName", tableName)
    writer.member("Key", key)
    writer.member("UpdateExpression", updateExpression)
    writer.member(ifPresent: "ConditionExpression", conditionExpression)
    writer.member(ifAny: "ExpressionAttributeNames", expressionAttributeNames)
    writer.member(ifAny: "ExpressionAttributeValues", expressionAttributeValues)
    writer.member(ifPresent: "ReturnValuesOnConditionCheckFailure", returnValuesOnConditionCheckFailure?.rawValue)
    writer.endObject()
  }
}

/// Deletes an item by its key.
public struct TransactDelete: Sendable, Hashable, JSONEncodable {
  public var tableName: String
  public var key: [String: AttributeValue]
  public var conditionExpression: String?
  public var expressionAttributeNames: [String: String]
  public var expressionAttributeValues: [String: AttributeValue]
  /// `allOld` puts the item that failed the condition into the error.
  public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?

  public init(
    tableName: String, key: [String: AttributeValue], conditionExpression: String? = nil,
    expressionAttributeNames: [String: String] = [:], expressionAttributeValues: [String: AttributeValue] = [:],
    returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil
  ) {
    self.tableName = tableName
    self.key = key
    self.conditionExpression = conditionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.expressionAttributeValues = expressionAttributeValues
    self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("TableName", tableName)
    writer.member("Key", key)
    writer.member(ifPresent: "ConditionExpression", conditionExpression)
    writer.member(ifAny: "ExpressionAttributeNames", expressionAttributeNames)
    writer.member(ifAny: "ExpressionAttributeValues", expressionAttributeValues)
    writer.member(ifPresent: "ReturnValuesOnConditionCheckFailure", returnValuesOnConditionCheckFailure?.rawValue)
    writer.endObject()
  }
}

/// Checks a condition on an item that the transaction does not write.
public struct TransactConditionCheck: Sendable, Hashable, JSONEncodable {
  public var tableName: String
  public var key: [String: AttributeValue]
  public var conditionExpression: String
  public var expressionAttributeNames: [String: String]
  public var expressionAttributeValues: [String: AttributeValue]
  /// `allOld` puts the item that failed the condition into the error.
  public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?

  public init(
    tableName: String, key: [String: AttributeValue], conditionExpression: String, expressionAttributeNames: [String: String] = [:],
    expressionAttributeValues: [String: AttributeValue] = [:],
    returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil
  ) {
    self.tableName = tableName
    self.key = key
    self.conditionExpression = conditionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.expressionAttributeValues = expressionAttributeValues
    self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("TableName", tableName)
    writer.member("Key", key)
    writer.member("ConditionExpression", conditionExpression)
    writer.member(ifAny: "ExpressionAttributeNames", expressionAttributeNames)
    writer.member(ifAny: "ExpressionAttributeValues", expressionAttributeValues)
    writer.member(ifPresent: "ReturnValuesOnConditionCheckFailure", returnValuesOnConditionCheckFailure?.rawValue)
    writer.endObject()
  }
}
