public import JSON

/// One record of a Kinesis data stream.
/// https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
public struct KinesisRecord: Sendable, Equatable {
  /// "shardId-000000000006:49590338271490256608559692538361571095921575989136588898".
  public let eventID: String
  public let partitionKey: String
  public let sequenceNumber: String
  /// What the producer sent; at most 10 MB.
  public let data: [UInt8]
  /// When Kinesis took the record, in milliseconds since the Unix epoch; nil when the event does not say.
  public let arrivalMilliseconds: Int64?
  public let eventSourceARN: String

  public init(
    eventID: String = "", partitionKey: String = "", sequenceNumber: String, data: [UInt8], arrivalMilliseconds: Int64? = nil,
    eventSourceARN: String = ""
  ) {
    self.eventID = eventID
    self.partitionKey = partitionKey
    self.sequenceNumber = sequenceNumber
    self.data = data
    self.arrivalMilliseconds = arrivalMilliseconds
    self.eventSourceARN = eventSourceARN
  }
}

extension KinesisRecord: JSONDecodable {
  /// - Throws: `JSONError` that names the field that is missing or wrong.
  public init(from reader: inout JSONReader) throws(JSONError) {
    var eventID = ""
    var eventSourceARN = ""
    var kinesis: JSONValue?
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "eventID": eventID = try reader.readString()
      case "eventSourceARN": eventSourceARN = try reader.readString()
      case "kinesis": kinesis = try reader.readValue()
      default: try reader.skipValue()
      }
    }
    guard let kinesis, let sequenceNumber = kinesis["sequenceNumber"]?.stringValue else {
      throw .missing("kinesis.sequenceNumber", expected: "a string", at: begin)
    }
    guard let text = kinesis["data"]?.stringValue, let data = Base64Decoder.decode(text) else {
      throw .missing("kinesis.data", expected: "Base64", at: begin)
    }
    self.init(
      eventID: eventID, partitionKey: kinesis["partitionKey"]?.stringValue ?? "", sequenceNumber: sequenceNumber, data: data,
      arrivalMilliseconds: StreamTime.milliseconds(kinesis["approximateArrivalTimestamp"]), eventSourceARN: eventSourceARN)
  }
}

/// The times of streams: seconds since the Unix epoch, perhaps with a fraction.
enum StreamTime {
  static func milliseconds(_ value: JSONValue?) -> Int64? {
    value?.doubleValue.flatMap { Int64(exactly: ($0 * 1_000).rounded()) }
  }
}

/// Reads Base64 with padding (RFC 4648 section 4).
enum Base64Decoder {
  /// The bytes; nil when the text is no Base64.
  static func decode(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 4 * 3)
    var group: UInt32 = 0
    var digits = 0
    var padding = 0
    for byte in text.utf8 {
      let value: UInt8
      switch byte {
      case 0x41...0x5A: value = byte - 0x41
      case 0x61...0x7A: value = byte - 0x61 + 26
      case 0x30...0x39: value = byte - 0x30 + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "="):
        padding += 1
        continue
      default: return nil
      }
      guard padding == 0 else { return nil }
      group = group << 6 | UInt32(value)
      digits += 1
      guard digits % 4 == 0 else { continue }
      for shift in [16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: group >> shift)) }
      group = 0
    }
    switch (digits % 4, padding) {
    case (0, 0): break
    case (2, 2): bytes.append(UInt8(truncatingIfNeeded: group >> 4))
    case (3, 1):
      bytes.append(UInt8(truncatingIfNeeded: group >> 10))
      bytes.append(UInt8(truncatingIfNeeded: group >> 2))
    default: return nil
    }
    return bytes
  }
}
