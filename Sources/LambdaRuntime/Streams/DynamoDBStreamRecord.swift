public import JSON

/// One change of an item, as a DynamoDB stream tells of it.
/// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
public struct DynamoDBStreamRecord: Sendable, Equatable {
  public enum Change: String, Sendable {
    case insert = "INSERT"
    case modify = "MODIFY"
    case remove = "REMOVE"
  }

  public let eventID: String
  public let change: Change
  public let sequenceNumber: String
  /// The item's key, in DynamoDB's own JSON: `{"id":{"S":"o-1"}}`.
  public let keys: JSONObject
  /// The item after the change, in DynamoDB's own JSON; nil where the stream does not have it.
  public let newImage: JSONObject?
  /// The item before the change, in DynamoDB's own JSON; nil where the stream does not have it.
  public let oldImage: JSONObject?
  /// When the item was changed, in milliseconds since the Unix epoch, to the second; nil when the event does not say.
  public let createdMilliseconds: Int64?
  /// True when DynamoDB itself removed the item because its time to live was over.
  public let isExpiry: Bool
  public let eventSourceARN: String

  public init(
    eventID: String = "", change: Change, sequenceNumber: String, keys: JSONObject = [:], newImage: JSONObject? = nil,
    oldImage: JSONObject? = nil, createdMilliseconds: Int64? = nil, isExpiry: Bool = false, eventSourceARN: String = ""
  ) {
    self.eventID = eventID
    self.change = change
    self.sequenceNumber = sequenceNumber
    self.keys = keys
    self.newImage = newImage
    self.oldImage = oldImage
    self.createdMilliseconds = createdMilliseconds
    self.isExpiry = isExpiry
    self.eventSourceARN = eventSourceARN
  }
}

extension DynamoDBStreamRecord: JSONDecodable {
  /// - Throws: `JSONError` that names the field that is missing or wrong.
  public init(from reader: inout JSONReader) throws(JSONError) {
    let begin = reader.valueOffset()
    let value = try reader.readValue()
    guard let change = value["eventName"]?.stringValue.flatMap({ Change(rawValue: $0) }) else {
      throw .missing("eventName", expected: "\"INSERT\", \"MODIFY\" or \"REMOVE\"", at: begin)
    }
    guard let sequenceNumber = value["dynamodb"]?["SequenceNumber"]?.stringValue else {
      throw .missing("dynamodb.SequenceNumber", expected: "a string", at: begin)
    }
    guard let keys = value["dynamodb"]?["Keys"]?.objectValue else { throw .missing("dynamodb.Keys", expected: "an object", at: begin) }
    let identity = value["userIdentity"]
    self.init(
      eventID: value["eventID"]?.stringValue ?? "", change: change, sequenceNumber: sequenceNumber, keys: keys,
      newImage: value["dynamodb"]?["NewImage"]?.objectValue, oldImage: value["dynamodb"]?["OldImage"]?.objectValue,
      createdMilliseconds: StreamTime.milliseconds(value["dynamodb"]?["ApproximateCreationDateTime"]),
      isExpiry: identity?["type"] == "Service" && identity?["principalId"] == "dynamodb.amazonaws.com",
      eventSourceARN: value["eventSourceARN"]?.stringValue ?? "")
  }
}
