public import JSON

/// Sends 1 to 10 messages, at most 1 MiB together; each succeeds or fails by itself.
public struct SendMessageBatchInput: Sendable, Hashable, JSONEncodable {
  public var queueURL: String
  public var entries: [SendMessageBatchEntry]

  public init(queueURL: String, entries: [SendMessageBatchEntry]) {
    self.queueURL = queueURL
    self.entries = entries
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("QueueUrl", queueURL)
    writer.member("Entries", entries)
    writer.endObject()
  }
}

/// One message of a batch.
public struct SendMessageBatchEntry: Sendable, Hashable, JSONEncodable {
  /// The caller's name for the entry in this batch: 1 to 80 letters, digits, '-' and '_'.
  public var id: String
  public var messageBody: String
  /// 0 to 900 seconds; nil for the queue's own delay.
  public var delaySeconds: Int?
  public var messageAttributes: [String: MessageAttributeValue]
  /// Only "AWSTraceHeader" is known to SQS.
  public var messageSystemAttributes: [String: MessageAttributeValue]
  public var messageDeduplicationID: String?
  public var messageGroupID: String?

  public init(
    id: String, messageBody: String, delaySeconds: Int? = nil, messageAttributes: [String: MessageAttributeValue] = [:],
    messageSystemAttributes: [String: MessageAttributeValue] = [:], messageDeduplicationID: String? = nil, messageGroupID: String? = nil
  ) {
    self.id = id
    self.messageBody = messageBody
    self.delaySeconds = delaySeconds
    self.messageAttributes = messageAttributes
    self.messageSystemAttributes = messageSystemAttributes
    self.messageDeduplicationID = messageDeduplicationID
    self.messageGroupID = messageGroupID
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("Id", id)
    writer.member("MessageBody", messageBody)
    writer.member(ifPresent: "DelaySeconds", delaySeconds)
    writer.member(ifAny: "MessageAttributes", messageAttributes)
    writer.member(ifAny: "MessageSystemAttributes", messageSystemAttributes)
    writer.member(ifPresent: "MessageDeduplicationId", messageDeduplicationID)
    writer.member(ifPresent: "MessageGroupId", messageGroupID)
    writer.endObject()
  }
}

/// Which entries were sent and which were not: HTTP 200 says nothing about either.
public struct SendMessageBatchOutput: Sendable, Hashable, JSONDecodable {
  public var successful: [SendMessageBatchSuccess]
  public var failed: [BatchFailure]

  public init(successful: [SendMessageBatchSuccess] = [], failed: [BatchFailure] = []) {
    self.successful = successful
    self.failed = failed
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Successful": successful = try reader.readIfNull() ? [] : try reader.readArray(of: SendMessageBatchSuccess.self)
      case "Failed": failed = try reader.readIfNull() ? [] : try reader.readArray(of: BatchFailure.self)
      default: try reader.skipValue()
      }
    }
  }
}

/// An entry that was sent.
public struct SendMessageBatchSuccess: Sendable, Hashable, JSONDecodable {
  /// The id that the entry had in the batch.
  public var id: String
  public var messageID: String
  public var sequenceNumber: String?

  public init(id: String, messageID: String, sequenceNumber: String? = nil) {
    self.id = id
    self.messageID = messageID
    self.sequenceNumber = sequenceNumber
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init(id: "", messageID: "")
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Id": id = try reader.readString()
      case "MessageId": messageID = try reader.readString()
      case "SequenceNumber": sequenceNumber = try reader.readOptionalString()
      default: try reader.skipValue()
      }
    }
  }
}

/// An entry that was not sent, and why.
public struct BatchFailure: Sendable, Hashable, JSONDecodable {
  /// The id that the entry had in the batch.
  public var id: String
  public var code: String
  public var message: String?
  /// True when the entry itself is wrong, so that sending it again does not help.
  public var isSenderFault: Bool

  public init(id: String, code: String, message: String? = nil, isSenderFault: Bool = false) {
    self.id = id
    self.code = code
    self.message = message
    self.isSenderFault = isSenderFault
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init(id: "", code: "")
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Id": id = try reader.readString()
      case "Code": code = try reader.readString()
      case "Message": message = try reader.readOptionalString()
      case "SenderFault": isSenderFault = try reader.readBool()
      default: try reader.skipValue()
      }
    }
  }
}
