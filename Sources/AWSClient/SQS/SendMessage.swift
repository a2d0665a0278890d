public import JSON

/// Sends one message.
public struct SendMessageInput: Sendable, Hashable, JSONEncodable {
  public var queueURL: String
  /// 1 byte to 1 MiB of characters that XML 1.0 allows, attributes included.
  public var messageBody: String
  /// 0 to 900 seconds; nil for the queue's own delay.
  public var delaySeconds: Int?
  public var messageAttributes: [String: MessageAttributeValue]
  /// Only "AWSTraceHeader" is known to SQS.
  public var messageSystemAttributes: [String: MessageAttributeValue]
  /// FIFO queues only.
  public var messageDeduplicationID: String?
  public var messageGroupID: String?

  public init(
    queueURL: String, messageBody: String, delaySeconds: Int? = nil, messageAttributes: [String: MessageAttributeValue] = [:],
    messageSystemAttributes: [String: MessageAttributeValue] = [:], messageDeduplicationID: String? = nil, messageGroupID: String? = nil
  ) {
    self.queueURL = queueURL
    self.messageBody = messageBody
    self.delaySeconds = delaySeconds
    self.messageAttributes = messageAttributes
    self.messageSystemAttributes = messageSystemAttributes
    self.messageDeduplicationID = messageDeduplicationID
    self.messageGroupID = messageGroupID
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("QueueUrl", queueURL)
    writer.member("MessageBody", messageBody)
    writer.member(ifPresent: "DelaySeconds", delaySeconds)
    writer.member(ifAny: "MessageAttributes", messageAttributes)
    writer.member(ifAny: "MessageSystemAttributes", messageSystemAttributes)
    writer.member(ifPresent: "MessageDeduplicationId", messageDeduplicationID)
    writer.member(ifPresent: "MessageGroupId", messageGroupID)
    writer.endObject()
  }
}

public struct SendMessageOutput: Sendable, Hashable, JSONDecodable {
  public var messageID: String
  /// FIFO queues only: a number of 128 bits as text.
  public var sequenceNumber: String?

  public init(messageID: String, sequenceNumber: String? = nil) {
    self.messageID = messageID
    self.sequenceNumber = sequenceNumber
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    var messageID: String?
    var sequenceNumber: String?
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "MessageId": messageID = try reader.readOptionalString()
      case "SequenceNumber": sequenceNumber = try reader.readOptionalString()
      default: try reader.skipValue()
      }
    }
    guard let messageID else { throw .missing("MessageId", expected: "a string", at: begin) }
    self.init(messageID: messageID, sequenceNumber: sequenceNumber)
  }
}
