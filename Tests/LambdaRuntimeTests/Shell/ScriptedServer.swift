import Glibc

/// A server on loopback that answers its requests from a list, one connection after another, on a thread of its own.
final class ScriptedServer: @unchecked Sendable {  // Sendable because `received` is read only after the thread has been joined.
  enum Step {
    /// Reads one request and answers with these bytes.
    case answer(String)
    /// Reads one request and closes the connection.
    case hangUp
    /// Reads the head of a request, no more than that if it can, answers, and closes the connection.
    case answerHeadAndHangUp(String)
    /// Reads so many bytes of a request's body, as its framing counts them, and closes the connection.
    case hangUpAfter(bodyBytes: Int)
  }

  let port: UInt16
  private let listener: Int32
  private var thread = pthread_t()
  private let steps: [Step]
  private var received: [String] = []

  init(_ steps: [Step]) throws {
    self.steps = steps
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let bound = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(descriptor, generic, length) == 0 && listen(descriptor, 8) == 0 && getsockname(descriptor, generic, &length) == 0
      }
    }
    guard bound else { throw Failure() }
    port = UInt16(bigEndian: name.sin_port)
    let context = Unmanaged.passRetained(self).toOpaque()
    pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<ScriptedServer>.fromOpaque(context).takeRetainedValue().serve() }
        return nil
      }, context)
  }

  struct Failure: Error {}

  /// The requests that came, once the script has ended.
  func requests() -> [String] {
    pthread_join(thread, nil)
    return received
  }

  private func serve() {
    var connection: Int32 = -1
    for step in steps {
      if connection < 0 || isClosed(connection) {
        if connection >= 0 { close(connection) }
        connection = accept(listener, nil, nil)
      }
      switch step {
      case .answerHeadAndHangUp(let text):
        received.append(readRequest(connection) { $0.hasHead })
        _ = Array(text.utf8).withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        // Closing would lose the answer together with what has not been read.
        shutdown(connection, Int32(SHUT_WR))
        var buffer = [UInt8](repeating: 0, count: 65536)
        while read(connection, &buffer, buffer.count) > 0 {}
        close(connection)
        connection = -1
      case .hangUpAfter(let count):
        received.append(readRequest(connection) { $0.content.body.count >= count })
        close(connection)
        connection = -1
      case .answer(let text):
        received.append(readRequest(connection))
        let bytes = Array(text.utf8)
        // In small writes, so that the other side sees split reads.
        for start in stride(from: 0, to: bytes.count, by: 1000) {
          let piece = Array(bytes[start..<min(start + 1000, bytes.count)])
          _ = piece.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        }
      case .hangUp:
        received.append(readRequest(connection))
        close(connection)
        connection = -1
      }
    }
    close(connection)
    close(listener)
  }

  /// Waits for the next request; true when the other side closes the connection instead.
  private func isClosed(_ connection: Int32) -> Bool {
    var byte: UInt8 = 0
    return recv(connection, &byte, 1, Int32(MSG_PEEK)) <= 0
  }

  /// Reads one request, its chunks and trailers included; less where the other side closes the connection, or `enough` says so.
  private func readRequest(_ connection: Int32, enough: (TestRequest) -> Bool = { _ in false }) -> String {
    var request = TestRequest()
    var buffer = [UInt8](repeating: 0, count: 65536)
    while !request.isComplete, !enough(request) {
      let count = read(connection, &buffer, buffer.count)
      if count <= 0 { break }
      request.bytes.append(contentsOf: buffer[..<count])
    }
    return request.text
  }
}

/// The bytes of a request that have come so far.
struct TestRequest {
  var bytes: [UInt8] = []

  var text: String { String(decoding: bytes, as: UTF8.self) }

  private static func end(of text: String, in bytes: ArraySlice<UInt8>) -> Int? {
    let needle = Array(text.utf8)
    guard bytes.count >= needle.count else { return nil }
    for start in bytes.startIndex...(bytes.endIndex - needle.count) where bytes[start...].starts(with: needle) {
      return start + needle.count
    }
    return nil
  }

  private var headEnd: Int? { Self.end(of: "\r\n\r\n", in: bytes[...]) }

  var hasHead: Bool { headEnd != nil }

  private var head: String { String(decoding: bytes[..<(headEnd ?? bytes.count)], as: UTF8.self) }

  private func field(_ name: String) -> String? {
    head.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
  }

  /// The body as its chunks or its length frame it, as far as it has come; with the trailers when it is whole.
  var content: (body: [UInt8], trailers: [String: String]?) {
    guard let headEnd else { return ([], nil) }
    guard field("Transfer-Encoding") == "chunked" else {
      let length = field("Content-Length").flatMap { Int($0) } ?? 0
      let body = bytes[headEnd...].prefix(length)
      return (Array(body), body.count == length ? [:] : nil)
    }
    var body: [UInt8] = []
    var rest = bytes[headEnd...]
    while let lineEnd = Self.end(of: "\r\n", in: rest) {
      guard let size = Int(String(decoding: rest[..<(lineEnd - 2)], as: UTF8.self), radix: 16) else { return (body, nil) }
      if size == 0 {
        guard let end = Self.end(of: "\r\n\r\n", in: rest) else { return (body, nil) }
        var trailers: [String: String] = [:]
        for line in String(decoding: rest[lineEnd..<end], as: UTF8.self).split(separator: "\r\n") {
          let parts = line.split(separator: ": ", maxSplits: 1)
          trailers[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        return (body, trailers)
      }
      guard rest.endIndex >= lineEnd + size + 2 else { return (body, nil) }
      body.append(contentsOf: rest[lineEnd..<(lineEnd + size)])
      rest = rest[(lineEnd + size + 2)...]
    }
    return (body, nil)
  }

  var isComplete: Bool { content.trailers != nil }

  init(_ text: String = "") { bytes = Array(text.utf8) }
}
