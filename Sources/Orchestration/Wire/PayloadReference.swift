public import JSON

/// Points to a payload that was too large to travel inside its message (the claim-check pattern).
public struct PayloadReference: Sendable, Equatable, JSONDecodable, JSONEncodable {
  /// Key in the code bucket, below `payloads/` or `conversations/`.
  public let key: String
  /// Size of the payload in bytes.
  public let byteCount: Int

  /// S3's limit.
  private static let longestKeyBytes = 1024

  public init(key: String, byteCount: Int) {
    self.key = key
    self.byteCount = byteCount
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    var key: String?
    var byteCount = 0
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name {
      case "key": key = try reader.readString()
      case "bytes": byteCount = try reader.readInt()
      default: try reader.skipValue()
      }
    }
    guard let key, (1...Self.longestKeyBytes).contains(key.utf8.count) else {
      throw .missing("key", expected: "the key of an object that holds the payload, 1 to \(Self.longestKeyBytes) bytes")
    }
    self.init(key: key, byteCount: byteCount)
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("key", key)
    writer.member("bytes", byteCount)
    writer.endObject()
  }
}
