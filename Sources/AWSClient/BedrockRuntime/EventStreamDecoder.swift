/// Decodes the binary frames of `application/vnd.amazon.eventstream`, as a state machine over bytes in pieces of any size.
///
/// A frame is: total length, length of the headers, CRC-32 of these 8 bytes, headers, payload, CRC-32 of everything before it; all
/// integers are big-endian (Smithy's "Amazon Event Stream specification").
struct EventStreamDecoder: Sendable {
  struct Message: Sendable, Hashable {
    var headers: [String: HeaderValue]
    var payload: [UInt8]

    /// The text of a header such as ":event-type"; nil when it is missing or no text.
    func text(_ name: String) -> String? { if case .string(let text) = headers[name] { text } else { nil } }
  }

  enum HeaderValue: Sendable, Hashable {
    case bool(Bool)
    case byte(Int8)
    case int16(Int16)
    case int32(Int32)
    case int64(Int64)
    case bytes([UInt8])
    case string(String)
    /// Milliseconds since the Unix epoch.
    case timestamp(Int64)
    case uuid([UInt8])
  }

  /// What was wrong with the stream; nothing after it can be decoded.
  struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Offset of the frame in the stream, in bytes.
    let frameOffset: Int
    let reason: String
    var description: String { "event stream: frame at byte \(frameOffset): \(reason)" }
  }

  private static let preludeBytes = 12
  private static let overheadBytes = 16
  /// The specification's limits: 24 MB for a frame's payload, 128 KB for its headers.
  private static let maximumPayloadBytes = 25_165_824
  private static let maximumHeaderBytes = 131_072

  private var buffer: [UInt8] = []
  /// Start in `buffer` of the next frame.
  private var start = 0
  private var streamOffset = 0

  /// Takes the next piece and answers with the frames that it completes.
  mutating func receive(_ bytes: some Collection<UInt8>) throws(Failure) -> [Message] {
    buffer.append(contentsOf: bytes)
    var messages: [Message] = []
    while let message = try next() { messages.append(message) }
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    return messages
  }

  /// Checks that the stream did not end inside a frame.
  func finish() throws(Failure) {
    guard buffer.isEmpty else { throw failure("the stream ended after \(buffer.count) bytes of it") }
  }

  private func failure(_ reason: String) -> Failure { Failure(frameOffset: streamOffset, reason: reason) }

  private func integer(at offset: Int) -> UInt32 {
    UInt32(buffer[offset]) << 24 | UInt32(buffer[offset + 1]) << 16 | UInt32(buffer[offset + 2]) << 8 | UInt32(buffer[offset + 3])
  }

  private mutating func next() throws(Failure) -> Message? {
    guard buffer.count - start >= EventStreamDecoder.preludeBytes else { return nil }
    guard CRC32.checksum(buffer[start..<(start + 8)]) == integer(at: start + 8) else {
      throw failure("the checksum of its first 8 bytes is wrong")
    }
    let total = Int(integer(at: start))
    let headerBytes = Int(integer(at: start + 4))
    guard headerBytes <= EventStreamDecoder.maximumHeaderBytes,
      (0...EventStreamDecoder.maximumPayloadBytes).contains(total - EventStreamDecoder.overheadBytes - headerBytes)
    else { throw failure("a length of \(total) bytes with \(headerBytes) of headers is not possible") }
    guard buffer.count - start >= total else { return nil }
    let end = start + total
    guard CRC32.checksum(buffer[start..<(end - 4)]) == integer(at: end - 4) else { throw failure("the checksum of its bytes is wrong") }
    let payloadStart = start + EventStreamDecoder.preludeBytes + headerBytes
    let headers = try readHeaders(buffer[(start + EventStreamDecoder.preludeBytes)..<payloadStart])
    let message = Message(headers: headers, payload: Array(buffer[payloadStart..<(end - 4)]))
    start = end
    streamOffset += total
    return message
  }

  private func readHeaders(_ bytes: ArraySlice<UInt8>) throws(Failure) -> [String: HeaderValue] {
    var rest = bytes
    var headers: [String: HeaderValue] = [:]
    func take(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
      guard rest.count >= count else { throw failure("a header ends after the frame's headers") }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
    func number(_ count: Int) throws(Failure) -> UInt64 { try take(count).reduce(0) { $0 << 8 | UInt64($1) } }
    while !rest.isEmpty {
      let nameLength = Int(try number(1))
      guard nameLength > 0, let name = String(validating: try take(nameLength), as: UTF8.self) else {
        throw failure("a header has no name in UTF-8")
      }
      guard headers[name] == nil else { throw failure("the header '\(name)' occurs twice") }
      let type = try number(1)
      switch type {
      case 0: headers[name] = .bool(true)
      case 1: headers[name] = .bool(false)
      case 2: headers[name] = .byte(Int8(truncatingIfNeeded: try number(1)))
      case 3: headers[name] = .int16(Int16(truncatingIfNeeded: try number(2)))
      case 4: headers[name] = .int32(Int32(truncatingIfNeeded: try number(4)))
      case 5: headers[name] = .int64(Int64(truncatingIfNeeded: try number(8)))
      case 6: headers[name] = .bytes(Array(try take(Int(try number(2)))))
      case 7:
        guard let text = String(validating: try take(Int(try number(2))), as: UTF8.self) else {
          throw failure("the header '\(name)' is no UTF-8")
        }
        headers[name] = .string(text)
      case 8: headers[name] = .timestamp(Int64(truncatingIfNeeded: try number(8)))
      case 9: headers[name] = .uuid(Array(try take(16)))
      default: throw failure("the header '\(name)' is of the unknown type \(type)")
      }
    }
    return headers
  }
}
