import AWSClient

/// The digests that SQS sends along, so that a client can see that its message arrived whole.
enum MessageDigest {
  /// The digest of attributes; nil when there are none.
  /// Source: SQS developer guide, "Calculating the MD5 message digest for message attributes".
  static func hexadecimal(_ attributes: [String: MessageAttributeValue]) -> String? {
    guard !attributes.isEmpty else { return nil }
    var bytes: [UInt8] = []
    func append(_ part: some Collection<UInt8>) {
      bytes += UInt32(truncatingIfNeeded: part.count).bigEndianBytes
      bytes += part
    }
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      append(name.utf8)
      append(value.dataType.utf8)
      if let binary = value.binaryValue {
        bytes.append(2)
        append(binary)
      } else {
        bytes.append(1)
        append((value.stringValue ?? "").utf8)
      }
    }
    return MD5.hexadecimal(bytes)
  }
}

extension QueuedMessage {
  /// The MD5 digest of the body, in hexadecimal digits.
  public var bodyDigest: String { MD5.hexadecimal(body.utf8) }
}
