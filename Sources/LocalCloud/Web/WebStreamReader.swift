/// Reads HTTP/1.1 messages from a socket, keeping what belongs to the next one.
struct WebStreamReader {
  /// Largest head and largest body that are read, in bytes.
  static let maximumHeadBytes = 64 * 1024
  static let maximumBodyBytes = 64 * 1024 * 1024

  private let socket: Socket
  private var buffer: [UInt8] = []
  private var start = 0
  private var chunk = [UInt8](repeating: 0, count: 64 * 1024)

  init(_ socket: Socket) { self.socket = socket }

  /// The next request; nil when the peer closed the connection between two requests.
  mutating func nextRequest(onContinue: () throws -> Void) throws -> WebRequest? {
    guard let head = try readHead() else { return nil }
    let parts = head.startLine.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[2].hasPrefix("HTTP/1.") else {
      throw LocalCloudError(.protocolViolation, "the request line '\(head.startLine)' is not 'METHOD target HTTP/1.1'")
    }
    if head.headers["Expect"]?.lowercased() == "100-continue" { try onContinue() }
    let body = try readBody(head.headers, untilClose: false)
    let target = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return WebRequest(
      method: String(parts[0]), path: String(target[0]), query: target.count > 1 ? String(target[1]) : "", headers: head.headers, body: body
    )
  }

  /// The next response with its whole body.
  mutating func nextResponse() throws -> WebResponse {
    guard let head = try readHead() else { throw LocalCloudError(.network, "the server closed the connection before it answered") }
    let parts = head.startLine.split(separator: " ", maxSplits: 2)
    guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let status = Int(parts[1]) else {
      throw LocalCloudError(.protocolViolation, "the status line '\(head.startLine)' is not 'HTTP/1.1 status reason'")
    }
    let untilClose = status != 204 && status != 304
    return WebResponse(status: status, headers: head.headers, body: try readBody(head.headers, untilClose: untilClose))
  }

  // MARK: Head

  private mutating func readHead() throws -> (startLine: String, headers: WebHeaders)? {
    var startLine = try readLine(allowingEnd: true)
    // RFC 9112 section 2.2: an empty line before the request line is skipped.
    if startLine == "" { startLine = try readLine(allowingEnd: true) }
    guard let startLine else { return nil }
    var headers = WebHeaders()
    var total = startLine.utf8.count
    while let line = try readLine(allowingEnd: false), !line.isEmpty {
      total += line.utf8.count
      guard total <= Self.maximumHeadBytes else {
        throw LocalCloudError(.protocolViolation, "the message head is longer than \(Self.maximumHeadBytes) bytes")
      }
      guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else {
        throw LocalCloudError(.protocolViolation, "the header line '\(line)' has no colon")
      }
      headers.append(String(line[..<colon]), trimmed(line[line.utf8.index(after: colon)...]))
    }
    return (startLine, headers)
  }

  private mutating func readLine(allowingEnd: Bool) throws -> String? {
    var searched = 0
    while true {
      if let newline = buffer[(start + searched)...].firstIndex(of: UInt8(ascii: "\n")) {
        var end = newline
        if end > start, buffer[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        let line = String(decoding: buffer[start..<end], as: UTF8.self)
        start = newline + 1
        return line
      }
      searched = buffer.count - start
      guard searched <= Self.maximumHeadBytes else {
        throw LocalCloudError(.protocolViolation, "a line of the message head is longer than \(Self.maximumHeadBytes) bytes")
      }
      guard try fill() else {
        if allowingEnd, buffer.count == start { return nil }
        throw LocalCloudError(.network, "the connection ended inside a message head")
      }
    }
  }

  // MARK: Body

  private mutating func readBody(_ headers: WebHeaders, untilClose: Bool) throws -> [UInt8] {
    if let encoding = headers["Transfer-Encoding"], encoding.lowercased() != "identity" {
      guard encoding.lowercased() == "chunked" else {
        throw LocalCloudError(.protocolViolation, "Transfer-Encoding '\(encoding)' is not served: use chunked or Content-Length")
      }
      return try readChunks()
    }
    if let text = headers["Content-Length"] {
      guard let length = Int(text), length >= 0 else {
        throw LocalCloudError(.protocolViolation, "Content-Length '\(text)' is not a number of bytes")
      }
      return try read(length)
    }
    guard untilClose else { return [] }
    while try fill() {}
    defer { start = buffer.count }
    return Array(buffer[start...])
  }

  private mutating func readChunks() throws -> [UInt8] {
    var body: [UInt8] = []
    while true {
      let line = try readLine(allowingEnd: false) ?? ""
      let size = trimmed(line.prefix { $0 != ";" })
      guard let length = Int(size, radix: 16), length >= 0 else {
        throw LocalCloudError(.protocolViolation, "the chunk size '\(line)' is not hexadecimal")
      }
      if length == 0 { break }
      body.append(contentsOf: try read(length))
      guard body.count <= Self.maximumBodyBytes else { throw bodyTooLarge(body.count) }
      _ = try readLine(allowingEnd: false)
    }
    while let trailer = try readLine(allowingEnd: false), !trailer.isEmpty {}
    return body
  }

  private mutating func read(_ length: Int) throws -> [UInt8] {
    guard length <= Self.maximumBodyBytes else { throw bodyTooLarge(length) }
    while buffer.count - start < length {
      guard try fill() else {
        throw LocalCloudError(.network, "the connection ended after \(buffer.count - start) of \(length) bytes of a body")
      }
    }
    defer { start += length }
    return Array(buffer[start..<start + length])
  }

  private func bodyTooLarge(_ length: Int) -> LocalCloudError {
    LocalCloudError(.protocolViolation, "a body of \(length) bytes is larger than \(Self.maximumBodyBytes)")
  }

  /// Reads more bytes; false at the end of the stream.
  private mutating func fill() throws -> Bool {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    let count = try chunk.withUnsafeMutableBytes { try socket.read(into: $0) }
    buffer.append(contentsOf: chunk[..<count])
    return count > 0
  }
}

/// The text without the white space around it.
func trimmed(_ text: some StringProtocol) -> String {
  let space: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
  guard let first = text.firstIndex(where: { !space($0) }), let last = text.lastIndex(where: { !space($0) }) else { return "" }
  return String(text[first...last])
}
