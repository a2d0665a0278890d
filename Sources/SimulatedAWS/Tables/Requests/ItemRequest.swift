import AWSClient
import JSON

/// A request about one item, or an action of a transaction.
struct ItemRequest: JSONDecodable {
  var tableName = ""
  var key: [String: AttributeValue]?
  var item: [String: AttributeValue]?
  var conditionExpression: String?
  var updateExpression: String?
  var projectionExpression: String?
  var attributes = ExpressionAttributes()
  var returnValues = "NONE"
  var returnsItemOnFailure = false
  var isConsistent = false

  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let member = try reader.nextKey() {
      switch member {
      case "TableName": tableName = try reader.readString()
      case "Key": key = try reader.readAttributes()
      case "Item": item = try reader.readAttributes()
      case "ConditionExpression": conditionExpression = try reader.readOptionalString()
      case "UpdateExpression": updateExpression = try reader.readOptionalString()
      case "ProjectionExpression": projectionExpression = try reader.readOptionalString()
      case "ExpressionAttributeNames": attributes.names = try reader.readNames()
      case "ExpressionAttributeValues": attributes.values = try reader.readValues()
      case "ReturnValues": returnValues = try reader.readOptionalString() ?? "NONE"
      case "ReturnValuesOnConditionCheckFailure": returnsItemOnFailure = try reader.readOptionalString() == "ALL_OLD"
      case "ConsistentRead": isConsistent = try reader.readFlag() ?? false
      default: try reader.skipValue()
      }
    }
  }
}

/// A request for a page of items.
struct PageRequest: JSONDecodable {
  var tableName = ""
  var indexName: String?
  var keyConditionExpression: String?
  var filterExpression: String?
  var projectionExpression: String?
  var attributes = ExpressionAttributes()
  var isConsistent = false
  var isForward = true
  var limit: Int?
  var select: String?
  var segment: Int?
  var totalSegments: Int?
  var exclusiveStartKey: [String: AttributeValue]?

  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let member = try reader.nextKey() {
      switch member {
      case "TableName": tableName = try reader.readString()
      case "IndexName": indexName = try reader.readOptionalString()
      case "KeyConditionExpression": keyConditionExpression = try reader.readOptionalString()
      case "FilterExpression": filterExpression = try reader.readOptionalString()
      case "ProjectionExpression": projectionExpression = try reader.readOptionalString()
      case "ExpressionAttributeNames": attributes.names = try reader.readNames()
      case "ExpressionAttributeValues": attributes.values = try reader.readValues()
      case "ConsistentRead": isConsistent = try reader.readFlag() ?? false
      case "ScanIndexForward": isForward = try reader.readFlag() ?? true
      case "Limit": limit = try reader.readIfNull() ? nil : try reader.readInt()
      case "Select": select = try reader.readOptionalString()
      case "Segment": segment = try reader.readIfNull() ? nil : try reader.readInt()
      case "TotalSegments": totalSegments = try reader.readIfNull() ? nil : try reader.readInt()
      case "ExclusiveStartKey": exclusiveStartKey = try reader.readIfNull() ? nil : try reader.readAttributes()
      default: try reader.skipValue()
      }
    }
  }
}

/// A transaction.
struct TransactionRequest: JSONDecodable {
  enum Kind: String {
    case put = "Put"
    case update = "Update"
    case delete = "Delete"
    case check = "ConditionCheck"
  }

  var actions: [(kind: Kind, request: ItemRequest)] = []
  var token: String?

  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let member = try reader.nextKey() {
      switch member {
      case "ClientRequestToken": token = try reader.readOptionalString()
      case "TransactItems":
        try reader.beginArray()
        while try reader.nextElement() {
          try reader.beginObject()
          while let name = try reader.nextKey() {
            guard let kind = Kind(rawValue: name) else {
              try reader.skipValue()
              continue
            }
            actions.append((kind, try ItemRequest(from: &reader)))
          }
        }
      default: try reader.skipValue()
      }
    }
  }
}

extension JSONReader {
  /// The placeholders of names, in the order in which they came.
  fileprivate mutating func readNames() throws(JSONError) -> [(placeholder: String, name: String)] {
    var names: [(placeholder: String, name: String)] = []
    if try readIfNull() { return names }
    try beginObject()
    while let placeholder = try nextKey() { names.append((placeholder, try readString())) }
    return names
  }

  fileprivate mutating func readValues() throws(JSONError) -> [(placeholder: String, value: AttributeValue)] {
    var values: [(placeholder: String, value: AttributeValue)] = []
    if try readIfNull() { return values }
    try beginObject()
    while let placeholder = try nextKey() { values.append((placeholder, try AttributeValue(from: &self))) }
    return values
  }

  /// True or false; nil for null.
  fileprivate mutating func readFlag() throws(JSONError) -> Bool? { try readIfNull() ? nil : try readBool() }
}
