@testable import AWSClient

/// Writes frames of an event stream, for tests that read them.
struct EventStreamFrame {
  var headers: [(String, EventStreamDecoder.HeaderValue)]
  var payload: [UInt8] = []

  static func event(_ type: String, _ payload: String) -> EventStreamFrame {
    EventStreamFrame(
      headers: [(":event-type", .string(type)), (":content-type", .string("application/json")), (":message-type", .string("event"))],
      payload: Array(payload.utf8))
  }

  static func exception(_ type: String, _ payload: String) -> EventStreamFrame {
    EventStreamFrame(headers: [(":exception-type", .string(type)), (":message-type", .string("exception"))], payload: Array(payload.utf8))
  }

  var bytes: [UInt8] {
    var encoded: [UInt8] = []
    for (name, value) in headers {
      encoded.append(UInt8(name.utf8.count))
      encoded += name.utf8
      encoded += value.encoded
    }
    var frame = UInt32(16 + encoded.count + payload.count).bigEndianBytes + UInt32(encoded.count).bigEndianBytes
    frame += CRC32.checksum(frame).bigEndianBytes
    frame += encoded + payload
    return frame + CRC32.checksum(frame).bigEndianBytes
  }
}

extension EventStreamDecoder.HeaderValue {
  fileprivate var encoded: [UInt8] {
    func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
    switch self {
    case .bool(let value): return [value ? 0 : 1]
    case .byte(let value): return [2] + bigEndian(value)
    case .int16(let value): return [3] + bigEndian(value)
    case .int32(let value): return [4] + bigEndian(value)
    case .int64(let value): return [5] + bigEndian(value)
    case .bytes(let value): return [6] + bigEndian(UInt16(value.count)) + value
    case .string(let value): return [7] + bigEndian(UInt16(value.utf8.count)) + Array(value.utf8)
    case .timestamp(let value): return [8] + bigEndian(value)
    case .uuid(let value): return [9] + value
    }
  }
}
