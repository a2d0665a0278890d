/// Puts HTTP/1.1 responses together from bytes as they come; no I/O inside.
///
/// After an error the parser must not be used again: the connection has lost its framing.
struct HTTPResponseParser {
  /// Sizes in bytes that no response of the Runtime API comes near.
  struct Limits {
    var head = 64 << 10
    var body = 64 << 20
  }

  private enum State {
    case head
    case fixed(HTTPHead, remaining: Int)
    case chunkSize(HTTPHead)
    case chunk(HTTPHead, remaining: Int)
    case chunkEnd(HTTPHead)
    case trailers(HTTPHead)
    case untilClose(HTTPHead)
  }

  private let limits: Limits
  private var state = State.head
  /// A head, or a line between chunks, that has not come whole yet.
  private var pending: [UInt8] = []
  private var body: [UInt8] = []

  init(limits: Limits = Limits()) { self.limits = limits }

  /// True when nothing of a response has come yet.
  var isIdle: Bool {
    if case .head = state { pending.isEmpty } else { false }
  }

  /// Takes bytes from the connection; returns the response that they complete.
  /// Bytes beyond that response make it one that does not keep the connection: nobody asked for them.
  mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(HTTPProtocolError) -> HTTPResponse? {
    var rest = bytes[...]
    while true {
      switch state {
      case .head:
        guard let head = try takeHead(from: &rest) else { return nil }
        if let response = try begin(head, rest: rest) { return response }
      case .fixed(let head, let remaining):
        let count = min(remaining, rest.count)
        body.append(contentsOf: rest.prefix(count))
        rest = rest.dropFirst(count)
        if count == remaining { return complete(head, rest: rest) }
        state = .fixed(head, remaining: remaining - count)
        return nil
      case .chunkSize(let head):
        guard let line = try takeLine(from: &rest) else { return nil }
        let size = try chunkSize(line)
        state = size == 0 ? .trailers(head) : .chunk(head, remaining: size)
      case .chunk(let head, let remaining):
        let count = min(remaining, rest.count)
        body.append(contentsOf: rest.prefix(count))
        rest = rest.dropFirst(count)
        state = count == remaining ? .chunkEnd(head) : .chunk(head, remaining: remaining - count)
        if count < remaining { return nil }
      case .chunkEnd(let head):
        guard let line = try takeLine(from: &rest) else { return nil }
        guard line.isEmpty else { throw HTTPProtocolError("the end of a chunk", found: line) }
        state = .chunkSize(head)
      case .trailers(let head):
        guard let line = try takeLine(from: &rest) else { return nil }
        if line.isEmpty { return complete(head, rest: rest) }
      case .untilClose:
        guard body.count + rest.count <= limits.body else { throw tooLarge(body.count + rest.count) }
        body.append(contentsOf: rest)
        return nil
      }
    }
  }

  /// The response that the end of the connection completes; nil when there is none, or when it stays incomplete.
  mutating func finish() -> HTTPResponse? {
    guard case .untilClose(let head) = state else { return nil }
    return complete(head, rest: UnsafeRawBufferPointer(start: nil, count: 0)[...])
  }

  // MARK: Parts

  /// Decides how the body is framed (RFC 9112 section 6.3).
  private mutating func begin(_ head: HTTPHead, rest: Slice<UnsafeRawBufferPointer>) throws(HTTPProtocolError) -> HTTPResponse? {
    body = []
    if (100..<200).contains(head.status) {
      state = .head
    } else if head.status == 204 || head.status == 304 {
      return complete(head, rest: rest)
    } else if let coding = try head.only("transfer-encoding") {
      guard coding.lowercased() == "chunked" else { throw HTTPProtocolError("the transfer coding 'chunked'", found: "'\(coding)'") }
      state = .chunkSize(head)
    } else if let text = try head.only("content-length") {
      guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(text) else {
        throw HTTPProtocolError("a length in bytes", found: "Content-Length '\(text)'")
      }
      guard length <= limits.body else { throw tooLarge(length) }
      // The length is the server's word: it is not trusted with much memory before the bytes come.
      body.reserveCapacity(min(length, 8 << 20))
      state = .fixed(head, remaining: length)
    } else {
      state = .untilClose(head)
    }
    return nil
  }

  private mutating func complete(_ head: HTTPHead, rest: Slice<UnsafeRawBufferPointer>) -> HTTPResponse {
    let connection = head["connection"]?.lowercased()
    var keeps = head.isPersistentByDefault ? connection != "close" : connection == "keep-alive"
    if case .untilClose = state { keeps = false }
    let response = HTTPResponse(status: head.status, head: head, body: body, keepsConnection: keeps && rest.isEmpty)
    state = .head
    body = []
    return response
  }

  private mutating func takeHead(from rest: inout Slice<UnsafeRawBufferPointer>) throws(HTTPProtocolError) -> HTTPHead? {
    // The empty line may straddle two reads, so the search begins a little before the new bytes.
    let searched = max(0, pending.count - 3)
    let before = pending.count
    let room = limits.head - before
    pending.append(contentsOf: rest.prefix(room))
    guard let end = endOfHead(from: searched) else {
      guard rest.count < room else { throw HTTPProtocolError("a head of at most \(limits.head) bytes", found: pending) }
      // Junk is refused at its first bytes; it may never end.
      try refuseJunk()
      rest = rest.dropFirst(rest.count)
      return nil
    }
    let head = try HTTPHead(parsing: Array(pending[..<end.head]))
    rest = rest.dropFirst(end.next - before)
    pending.removeAll(keepingCapacity: true)
    return head
  }

  private func endOfHead(from start: Int) -> (head: Int, next: Int)? {
    var index = start
    let count = pending.count
    while index + 3 < count {
      if pending[index + 3] == 0x0A {
        if pending[index] == 0x0D, pending[index + 1] == 0x0A, pending[index + 2] == 0x0D { return (index, index + 4) }
        index += 2
      } else if pending[index + 3] == 0x0D {
        index += 1
      } else {
        index += 4
      }
    }
    return nil
  }

  private func refuseJunk() throws(HTTPProtocolError) {
    let prefix: StaticString = "HTTP/1."
    for (index, byte) in pending.prefix(prefix.utf8CodeUnitCount).enumerated() where byte != prefix.utf8Start[index] {
      throw HTTPProtocolError("a status line such as 'HTTP/1.1 200 OK'", found: pending)
    }
  }

  private mutating func takeLine(from rest: inout Slice<UnsafeRawBufferPointer>) throws(HTTPProtocolError) -> [UInt8]? {
    let end = rest.firstIndex(of: UInt8(ascii: "\n"))
    pending.append(contentsOf: rest[..<(end ?? rest.endIndex)])
    guard pending.count <= limits.head else { throw HTTPProtocolError("a line of at most \(limits.head) bytes", found: pending) }
    guard let end else {
      rest = rest.dropFirst(rest.count)
      return nil
    }
    rest = rest[(end + 1)...]
    var line = pending
    pending.removeAll(keepingCapacity: true)
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return line
  }

  private func chunkSize(_ line: [UInt8]) throws(HTTPProtocolError) -> Int {
    // Extensions after ';' have no meaning to us (RFC 9112 section 7.1.1).
    let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
    // A sign is no digit, though Int would read it.
    guard !digits.isEmpty, digits.count <= 8, digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
      let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
    else {
      throw HTTPProtocolError("a chunk size in hexadecimal", found: line)
    }
    guard body.count + size <= limits.body else { throw tooLarge(body.count + size) }
    return size
  }

  private func tooLarge(_ count: Int) -> HTTPProtocolError {
    HTTPProtocolError("a body of at most \(limits.body) bytes", found: "a body of \(count) bytes")
  }
}
