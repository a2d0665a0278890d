internal import JSON

/// A batch of a stream's records, each of which can be told apart even when it cannot be read.
struct StreamEvent {
  /// A record as it came.
  struct Entry {
    let sequenceNumber: String
    let json: [UInt8]
    /// Where the record stands in the event, to which an error's offset refers.
    let byteOffset: Int

    /// The record, read as a type.
    /// - Throws: `JSONError` with the offset in the event.
    func read<Record: JSONDecodable>(as type: Record.Type) throws(JSONError) -> Record {
      do throws(JSONError) { return try Record(json: json) } catch {
        throw JSONError(
          error.code, byteOffset: byteOffset + (error.byteOffset ?? 0), expected: error.expected, field: error.field)
      }
    }
  }

  /// - Parameter number: where a record has its sequence number.
  /// - Throws: `InvalidEventError` when this is no batch, or a record has no sequence number, by which alone its failure could be reported.
  static func entries(of event: [UInt8], number: JSONPointer, called noun: String) throws(InvalidEventError) -> [Entry] {
    do throws(JSONError) {
      return try JSONReader.withReader(event) { (reader: inout JSONReader) throws(JSONError) in
        var entries: [Entry]?
        let begin = reader.valueOffset()
        try reader.beginObject()
        while let key = try reader.nextKey() {
          guard key == "Records" else {
            try reader.skipValue()
            continue
          }
          entries = try readEntries(&reader, number)
        }
        guard let entries else { throw .missing("Records", expected: "an array of records", at: begin) }
        return entries
      }
    } catch {
      throw InvalidEventError("the event is no batch of \(noun): \(error)")
    }
  }

  private static func readEntries(_ reader: inout JSONReader, _ number: JSONPointer) throws(JSONError) -> [Entry] {
    var entries: [Entry] = []
    try reader.beginArray()
    while try reader.nextElement() {
      let begin = reader.valueOffset()
      let json = try reader.readRaw()
      guard let sequenceNumber = number.value(in: json)?.stringValue, !sequenceNumber.isEmpty else {
        throw .missing("Records[\(entries.count)]\(number)", expected: "a non-empty string", at: begin)
      }
      entries.append(Entry(sequenceNumber: sequenceNumber, json: json, byteOffset: begin))
    }
    return entries
  }
}
