public import JSON

/// Deletes one received message.
public struct DeleteMessageInput: Sendable, Hashable, JSONEncodable {
  public var queueURL: String
  /// From the receipt of the message, not its id.
  public var receiptHandle: String

  public init(queueURL: String, receiptHandle: String) {
    self.queueURL = queueURL
    self.receiptHandle = receiptHandle
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("QueueUrl", queueURL)
    writer.member("ReceiptHandle", receiptHandle)
    writer.endObject()
  }
}

public struct DeleteMessageOutput: Sendable, Hashable {
  public init() {}
}
