public import JSON

/// A batch of messages, each of which can be told apart even when it cannot be read.
public struct SQSEvent: Sendable, JSONDecodable {
  /// One record, or why it is none.
  public struct Entry: Sendable {
    public let messageID: String
    /// The group of a FIFO queue's message; nil when it has none, or cannot be read.
    public let messageGroupID: String?
    public let record: Result<SQSRecord, JSONError>
  }

  public let entries: [Entry]

  /// The records that can be read.
  public var records: [SQSRecord] { entries.compactMap { try? $0.record.get() } }

  /// - Throws: `JSONError` when this is no batch at all, or a record has no messageId, by which alone its failure could be reported.
  public init(from reader: inout JSONReader) throws(JSONError) {
    var entries: [Entry]?
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      guard key == "Records" else {
        try reader.skipValue()
        continue
      }
      var found: [Entry] = []
      try reader.beginArray()
      while try reader.nextElement() {
        let begin = reader.valueOffset()
        found.append(try Self.entry(try reader.readRaw(), index: found.count, begin: begin))
      }
      entries = found
    }
    guard let entries else { throw .missing("Records", expected: "an array of SQS messages", at: begin) }
    self.entries = entries
  }

  /// - Parameter begin: where the record stands in the event, to which an error's offset refers.
  private static func entry(_ json: [UInt8], index: Int, begin: Int) throws(JSONError) -> Entry {
    do throws(JSONError) {
      let record = try SQSRecord(json: json)
      return Entry(messageID: record.messageID, messageGroupID: record.messageGroupID, record: .success(record))
    } catch {
      let value = try JSONValue(parsing: json)
      guard let messageID = value["messageId"]?.stringValue, !messageID.isEmpty else {
        throw .missing("Records[\(index)].messageId", expected: "a non-empty string", at: begin)
      }
      let failure = JSONError(
        error.code, byteOffset: begin + (error.byteOffset ?? 0), expected: error.expected, field: error.field)
      let group = value["attributes"]?["MessageGroupId"]?.stringValue
      return Entry(messageID: messageID, messageGroupID: group, record: .failure(failure))
    }
  }
}
