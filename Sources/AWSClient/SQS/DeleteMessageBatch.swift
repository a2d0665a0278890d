public import JSON

/// Deletes 1 to 10 received messages; each succeeds or fails by itself.
public struct DeleteMessageBatchInput: Sendable, Hashable, JSONEncodable {
  public var queueURL: String
  public var entries: [DeleteMessageBatchEntry]

  public init(queueURL: String, entries: [DeleteMessageBatchEntry]) {
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
public struct DeleteMessageBatchEntry: Sendable, Hashable, JSONEncodable {
  /// The caller's name for the entry in this batch: 1 to 80 letters, digits, '-' and '_'.
  public var id: String
  /// From the receipt of the message, not its id.
  public var receiptHandle: String

  public init(id: String, receiptHandle: String) {
    self.id = id
    self.receiptHandle = receiptHandle
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("Id", id)
    writer.member("ReceiptHandle", receiptHandle)
    writer.endObject()
  }
}

/// Which entries were deleted, by their ids in the batch, and which were not.
public struct DeleteMessageBatchOutput: Sendable, Hashable, JSONDecodable {
  public var successful: [String]
  public var failed: [BatchFailure]

  public init(successful: [String] = [], failed: [BatchFailure] = []) {
    self.successful = successful
    self.failed = failed
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "Successful":
        if try reader.readIfNull() { continue }
        try reader.beginArray()
        while try reader.nextElement() {
          try reader.beginObject()
          while let member = try reader.nextKey() {
            if member == "Id" { successful.append(try reader.readString()) } else { try reader.skipValue() }
          }
        }
      case "Failed": failed = try reader.readIfNull() ? [] : try reader.readArray(of: BatchFailure.self)
      default: try reader.skipValue()
      }
    }
  }
}
