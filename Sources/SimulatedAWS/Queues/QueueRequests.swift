import AWSClient
import JSON

/// The input of any operation of SQS that is known here; what an operation does not have is nil or empty.
struct QueueRequest: JSONDecodable {
  var queueURL: String?
  var message = QueueEntry()
  var entries: [QueueEntry]?
  var maximumMessages: Int?
  var waitSeconds: Int?
  var attributeNames: [String] = []
  var systemAttributeNames: [String] = []
  var messageAttributeNames: [String] = []

  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "QueueUrl": queueURL = try reader.readOptionalString()
      case "Entries": entries = try reader.readIfNull() ? nil : try reader.readArray(of: QueueEntry.self)
      case "MaxNumberOfMessages": maximumMessages = try reader.readOptionalInt()
      case "WaitTimeSeconds": waitSeconds = try reader.readOptionalInt()
      case "AttributeNames": attributeNames = try reader.readTexts()
      case "MessageSystemAttributeNames": systemAttributeNames = try reader.readTexts()
      case "MessageAttributeNames": messageAttributeNames = try reader.readTexts()
      default: if try !message.read(key, from: &reader) { try reader.skipValue() }
      }
    }
  }
}

/// A message or a receipt, alone or as an entry of a batch.
struct QueueEntry: JSONDecodable {
  var id = ""
  var body: String?
  var delaySeconds: Int?
  var attributes: [String: MessageAttributeValue] = [:]
  var systemAttributes: [String: MessageAttributeValue] = [:]
  var deduplicationID: String?
  var groupID: String?
  var receipt: String?
  var visibilityTimeoutSeconds: Int?

  init() {}

  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextMember() { if try !read(key, from: &reader) { try reader.skipValue() } }
  }

  /// Reads a member of this name; false when there is none.
  mutating func read(_ key: JSONKey, from reader: inout JSONReader) throws(JSONError) -> Bool {
    switch key {
    case "Id": id = try reader.readString()
    case "MessageBody": body = try reader.readOptionalString()
    case "DelaySeconds": delaySeconds = try reader.readOptionalInt()
    case "MessageAttributes": attributes = try QueueEntry.attributes(&reader)
    case "MessageSystemAttributes": systemAttributes = try QueueEntry.attributes(&reader)
    case "MessageDeduplicationId": deduplicationID = try reader.readOptionalString()
    case "MessageGroupId": groupID = try reader.readOptionalString()
    case "ReceiptHandle": receipt = try reader.readOptionalString()
    case "VisibilityTimeout": visibilityTimeoutSeconds = try reader.readOptionalInt()
    default: return false
    }
    return true
  }

  private static func attributes(_ reader: inout JSONReader) throws(JSONError) -> [String: MessageAttributeValue] {
    var attributes: [String: MessageAttributeValue] = [:]
    if try reader.readIfNull() { return attributes }
    try reader.beginObject()
    while let name = try reader.nextKey() { attributes[name] = try MessageAttributeValue(from: &reader) }
    return attributes
  }
}
