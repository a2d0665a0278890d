import Glibc

/// A server on loopback that answers its requests from a list, one connection after another, on a thread of its own.
final class ScriptedServer: @unchecked Sendable {  // Sendable because `received` is read only after the thread has been joined.
  enum Step {
    /// Reads one request and answers with these bytes.
    case answer(String)
    /// Reads one request and closes the connection.
    case hangUp
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
      if connection < 0 { connection = accept(listener, nil, nil) }
      received.append(readRequest(connection))
      switch step {
      case .answer(let text):
        let bytes = Array(text.utf8)
        // In small writes, so that the other side sees split reads.
        for start in stride(from: 0, to: bytes.count, by: 1000) {
          let piece = Array(bytes[start..<min(start + 1000, bytes.count)])
          _ = piece.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        }
      case .hangUp:
        close(connection)
        connection = -1
      }
    }
    close(connection)
    close(listener)
  }

  private func readRequest(_ connection: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      if let head = text.range(of: "\r\n\r\n") {
        let length = text[..<head.lowerBound].split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
          .flatMap { Int($0.dropFirst("Content-Length: ".count)) }
        if text[head.upperBound...].utf8.count >= length ?? 0 { return text }
      }
      let count = read(connection, &buffer, buffer.count)
      if count <= 0 { return text }
      bytes.append(contentsOf: buffer[..<count])
    }
  }
}

extension StringProtocol {
  /// The first place where `text` stands; comparing bytes, so that CR LF is no single character.
  fileprivate func range(of text: String) -> Range<Index>? {
    let needle = Array(text.utf8)
    var start = utf8.startIndex
    while start < utf8.endIndex {
      if utf8[start...].starts(with: needle) { return start..<utf8.index(start, offsetBy: needle.count) }
      start = utf8.index(after: start)
    }
    return nil
  }
}
