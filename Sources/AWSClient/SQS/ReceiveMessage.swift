public import JSON

/// Takes up to 10 messages; they stay invisible to others until they are deleted or their visibility ends.
public struct ReceiveMessageInput: Sendable, Hashable, JSONEncodable {
  public var queueURL: String
  /// 1 to 10; nil for 1.
  public var maxNumberOfMessages: Int?
  /// 0 to 43200 seconds; nil for the queue's own.
  public var visibilityTimeoutSeconds: Int?
  /// How long to wait for a first message, 0 to 20 seconds; nil for the queue's own.
  public var waitTimeSeconds: Int?
  /// Names of message attributes to bring along, or "All".
  public var messageAttributeNames: [String]
  /// Names of system attributes to bring along, such as "ApproximateReceiveCount", or "All".
  public var messageSystemAttributeNames: [String]

  public init(
    queueURL: String, maxNumberOfMessages: Int? = nil, visibilityTimeoutSeconds: Int? = nil, waitTimeSeconds: Int? = nil,
    messageAttributeNames: [String] = [], messageSystemAttributeNames: [String] = []
  ) {
    self.queueURL = queueURL
    self.maxNumberOfMessages = maxNumberOfMessages
    self.visibilityTimeoutSeconds = visibilityTimeoutSeconds
    self.waitTimeSeconds = waitTimeSeconds
    self.messageAttributeNames = messageAttributeNames
    self.messageSystemAttributeNames = messageSystemAttributeNames
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("QueueUrl", queueURL)
    writer.member(ifPresent: "MaxNumberOfMessages", maxNumberOfMessages)
    writer.member(ifPresent: "VisibilityTimeout", visibilityTimeoutSeconds)
    writer.member(ifPresent: "WaitTimeSeconds", waitTimeSeconds)
    writer.member(ifAny: "MessageAttributeNames", messageAttributeNames)
    writer.member(ifAny: "MessageSystemAttributeNames", messageSystemAttributeNames)
    writer.endObject()
  }
}

public struct ReceiveMessageOutput: Sendable, Hashable, JSONDecodable {
  /// Empty when there was none in the time given.
  public var messages: [SQSMessage]

  public init(messages: [SQSMessage] = []) { self.messages = messages }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Messages": messages = try reader.readIfNull() ? [] : try reader.readArray(of: SQSMessage.self)
      default: try reader.skipValue()
      }
    }
  }
}

/// A message as it was received.
public struct SQSMessage: Sendable, Hashable, JSONDecodable {
  public var messageID: String
  /// What deletes this receipt of the message.
  public var receiptHandle: String
  public var body: String
  /// System attributes, as text.
  public var attributes: [String: String]
  public var messageAttributes: [String: MessageAttributeValue]

  public init(
    messageID: String, receiptHandle: String, body: String, attributes: [String: String] = [:],
    messageAttributes: [String: MessageAttributeValue] = [:]
  ) {
    self.messageID = messageID
    self.receiptHandle = receiptHandle
    self.body = body
    self.attributes = attributes
    self.messageAttributes = messageAttributes
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init(messageID: "", receiptHandle: "", body: "")
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "MessageId": messageID = try reader.readString()
      case "ReceiptHandle": receiptHandle = try reader.readString()
      case "Body": body = try reader.readString()
      case "Attributes": attributes = try reader.readStringMap()
      case "MessageAttributes":
        if try reader.readIfNull() { continue }
        try reader.beginObject()
        while let name = try reader.nextKey() { messageAttributes[name] = try MessageAttributeValue(from: &reader) }
      default: try reader.skipValue()
      }
    }
  }
}
