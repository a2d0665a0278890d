public import JSON

/// Changes attributes of one item, or creates it.
public struct UpdateItemInput: Sendable, Hashable, JSONEncodable {
  public var tableName: String
  public var key: [String: AttributeValue]
  public var updateExpression: String?
  public var conditionExpression: String?
  public var expressionAttributeNames: [String: String]
  public var expressionAttributeValues: [String: AttributeValue]
  public var returnValues: ReturnValues?
  /// `allOld` puts the item that failed the condition into the error.
  public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?

  public init(
    tableName: String, key: [String: AttributeValue], updateExpression: String? = nil, conditionExpression: String? = nil,
    expressionAttributeNames: [String: String] = [:], expressionAttributeValues: [String: AttributeValue] = [:],
    returnValues: ReturnValues? = nil, returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil
  ) {
    self.tableName = tableName
    self.key = key
    self.updateExpression = updateExpression
    self.conditionExpression = conditionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.expressionAttributeValues = expressionAttributeValues
    self.returnValues = returnValues
    self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("TableName", tableName)
    writer.member("Key", key)
    writer.member(ifPresent: "UpdateExpression", updateExpression)
    writer.member(ifPresent: "ConditionExpression", conditionExpression)
    writer.member(ifAny: "ExpressionAttributeNames", expressionAttributeNames)
    writer.member(ifAny: "ExpressionAttributeValues", expressionAttributeValues)
    writer.member(ifPresent: "ReturnValues", returnValues?.rawValue)
    writer.member(ifPresent: "ReturnValuesOnConditionCheckFailure", returnValuesOnConditionCheckFailure?.rawValue)
    writer.endObject()
  }
}

public struct UpdateItemOutput: Sendable, Hashable, JSONDecodable {
  /// The attributes that `returnValues` asked for.
  public var attributes: [String: AttributeValue]?

  public init(attributes: [String: AttributeValue]? = nil) { self.attributes = attributes }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Attributes": attributes = try reader.readIfNull() ? nil : try reader.readAttributes()
      default: try reader.skipValue()
      }
    }
  }
}
