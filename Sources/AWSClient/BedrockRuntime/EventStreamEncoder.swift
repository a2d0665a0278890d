/// Frames messages of `application/vnd.amazon.eventstream`, as a server of the protocol does.
///
/// A message is: total length and header length (4 bytes each, big endian), CRC-32 of those 8 bytes, headers, payload, CRC-32 of all that.
/// Source: Amazon event stream encoding (Smithy, `aws.protocols` event streams).
package enum EventStreamEncoder {
  package static func message(headers: [(name: String, value: String)], payload: [UInt8]) -> [UInt8] {
    var headerBytes: [UInt8] = []
    for header in headers {
      headerBytes.append(UInt8(truncatingIfNeeded: header.name.utf8.count))
      headerBytes.append(contentsOf: header.name.utf8)
      headerBytes.append(7)  // The value is a string.
      append(UInt16(truncatingIfNeeded: header.value.utf8.count), to: &headerBytes)
      headerBytes.append(contentsOf: header.value.utf8)
    }
    var message: [UInt8] = []
    message.reserveCapacity(16 + headerBytes.count + payload.count)
    append(UInt32(16 + headerBytes.count + payload.count), to: &message)
    append(UInt32(headerBytes.count), to: &message)
    append(CRC32.checksum(message), to: &message)
    message.append(contentsOf: headerBytes)
    message.append(contentsOf: payload)
    append(CRC32.checksum(message), to: &message)
    return message
  }

  private static func append(_ integer: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
