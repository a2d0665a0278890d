public import JSON

/// One message of a batch that SQS hands to a function.
/// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
public struct SQSRecord: Sendable, Equatable {
  public let messageID: String
  public let receiptHandle: String
  public let body: String
  /// What SQS says of the message: ApproximateReceiveCount, SentTimestamp, AWSTraceHeader and others.
  public let attributes: [String: String]
  /// What the sender said of it.
  public let messageAttributes: [String: MessageAttribute]
  public let eventSourceARN: String

  /// A sender's attribute; one of the two values is set.
  public struct MessageAttribute: Sendable, Equatable {
    /// "String", "Number" or "Binary", perhaps with a suffix of the sender's after a dot.
    public let dataType: String
    public let stringValue: String?
    /// Base64.
    public let binaryValue: String?

    public init(dataType: String, stringValue: String? = nil, binaryValue: String? = nil) {
      self.dataType = dataType
      self.stringValue = stringValue
      self.binaryValue = binaryValue
    }
  }

  public init(
    messageID: String, receiptHandle: String = "", body: String, attributes: [String: String] = [:],
    messageAttributes: [String: MessageAttribute] = [:], eventSourceARN: String = ""
  ) {
    self.messageID = messageID
    self.receiptHandle = receiptHandle
    self.body = body
    self.attributes = attributes
    self.messageAttributes = messageAttributes
    self.eventSourceARN = eventSourceARN
  }

  /// How often the message was handed out, this time included; 1 when SQS does not say.
  public var approximateReceiveCount: Int { attributes["ApproximateReceiveCount"].flatMap { Int($0) } ?? 1 }
  /// When the message was sent, in milliseconds since the Unix epoch.
  public var sentMilliseconds: Int64? { attributes["SentTimestamp"].flatMap { Int64($0) } }
  /// The X-Ray trace that the sender was part of.
  public var traceHeader: String? { attributes["AWSTraceHeader"] }
  /// The group of a FIFO queue's message.
  public var messageGroupID: String? { attributes["MessageGroupId"] }
  /// True for messages of a FIFO queue, which must be done in order.
  public var isFromFIFOQueue: Bool { eventSourceARN.hasSuffix(".fifo") }
}

extension SQSRecord: JSONDecodable {
  /// - Throws: `JSONError` that names the field that is missing or wrong.
  public init(from reader: inout JSONReader) throws(JSONError) {
    var messageID: String?
    var receiptHandle = ""
    var body: String?
    var attributes: [String: String] = [:]
    var messageAttributes: [String: MessageAttribute] = [:]
    var eventSourceARN = ""
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "messageId": messageID = try reader.readString()
      case "receiptHandle": receiptHandle = try reader.readString()
      case "body": body = try reader.readString()
      case "attributes":
        try reader.beginObject()
        while let name = try reader.nextKey() { attributes[name] = try reader.readString() }
      case "messageAttributes":
        try reader.beginObject()
        while let name = try reader.nextKey() { messageAttributes[name] = try MessageAttribute(from: &reader) }
      case "eventSourceARN": eventSourceARN = try reader.readString()
      default: try reader.skipValue()
      }
    }
    guard let messageID, !messageID.isEmpty else { throw .missing("messageId", expected: "a non-empty string", at: begin) }
    guard let body else { throw .missing("body", expected: "a string", at: begin) }
    self.init(
      messageID: messageID, receiptHandle: receiptHandle, body: body, attributes: attributes, messageAttributes: messageAttributes,
      eventSourceARN: eventSourceARN)
  }
}

extension SQSRecord.MessageAttribute: JSONDecodable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var dataType: String?
    var stringValue: String?
    var binaryValue: String?
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "dataType": dataType = try reader.readString()
      case "stringValue": stringValue = try reader.readIfNull() ? nil : try reader.readString()
      case "binaryValue": binaryValue = try reader.readIfNull() ? nil : try reader.readString()
      default: try reader.skipValue()
      }
    }
    guard let dataType else { throw .missing("dataType", expected: "a string", at: begin) }
    self.init(dataType: dataType, stringValue: stringValue, binaryValue: binaryValue)
  }
}
