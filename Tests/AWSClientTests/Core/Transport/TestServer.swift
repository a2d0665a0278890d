import Glibc
import Synchronization

/// A server on 127.0.0.1 that answers each request as a closure says; one thread a connection.
final class TestServer: Sendable {
  struct Request: Sendable {
    var connection: Int
    var head: String
    var body: [UInt8]
    var requestLine: String { String(head.prefix { !$0.isNewline }) }
    func header(_ name: String) -> String? {
      for line in head.split(whereSeparator: \.isNewline).dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.first?.lowercased() == name { return parts.last.map { String($0.drop { $0 == " " }) } }
      }
      return nil
    }
  }
  enum Step: Sendable {
    case send([UInt8])
    /// Holds the connection open until the client leaves it.
    case waitForClient
    case close
    /// The server's own slowness; no test waits for it to pass.
    case pause(milliseconds: UInt32)
  }

  let port: UInt16
  private let listener: Int32
  private let received = Mutex<[Request]>([])
  private let answer: @Sendable (Request) -> [Step]

  var requests: [Request] { received.withLock { $0 } }
  var url: String { "http://127.0.0.1:\(port)" }

  init(_ answer: @escaping @Sendable (Request) -> [Step]) {
    self.answer = answer
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    port = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = bind(listener, address, length)
        _ = listen(listener, 128)
        _ = getsockname(listener, address, &length)
      }
      return UInt16(bigEndian: pointer.pointee.sin_port)
    }
    startThread { [self] in acceptConnections() }
  }

  /// An answer with a length.
  static func response(_ body: [UInt8], status: Int = 200, headers: String = "") -> [Step] {
    [.send(Array("HTTP/1.1 \(status) X\r\nContent-Length: \(body.count)\r\n\(headers)\r\n".utf8) + body)]
  }

  /// The thread that accepts closes the listener: closed here, its number could be another server's before that thread asks again, which
  /// would then take the other's connections.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func acceptConnections() {
    defer { close(listener) }
    var number = 0
    while true {
      let connection = accept(listener, nil, nil)
      if connection < 0, errno == EINTR || errno == ECONNABORTED { continue }
      guard connection >= 0 else { return }
      number += 1
      startThread { [self, number] in
        serve(connection, number)
        close(connection)
      }
    }
  }

  private func serve(_ connection: Int32, _ number: Int) {
    var buffer: [UInt8] = []
    while let request = read(connection, number, &buffer) {
      received.withLock { $0.append(request) }
      for step in answer(request) {
        switch step {
        case .send(let bytes):
          var sent = 0
          while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            sent += count
          }
        case .waitForClient:
          var byte: UInt8 = 0
          _ = recv(connection, &byte, 1, 0)
          return
        case .close: return
        case .pause(let milliseconds): usleep(milliseconds * 1_000)
        }
      }
    }
  }

  private func read(_ connection: Int32, _ number: Int, _ buffer: inout [UInt8]) -> Request? {
    func more() -> Bool {
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { return false }
      buffer += chunk[..<count]
      return true
    }
    let blankLine = Array("\r\n\r\n".utf8)
    var searched = 0
    while true {
      if let start = (searched..<max(searched, buffer.count - 3)).first(where: { buffer[$0..<($0 + 4)].elementsEqual(blankLine) }) {
        var request = Request(connection: number, head: String(decoding: buffer[..<start], as: UTF8.self), body: [])
        let length = request.header("content-length").flatMap { Int($0) } ?? 0
        while buffer.count < start + 4 + length { guard more() else { return nil } }
        request.body = Array(buffer[(start + 4)..<(start + 4 + length)])
        buffer.removeFirst(start + 4 + length)
        return request
      }
      searched = max(0, buffer.count - 3)
      guard more() else { return nil }
    }
  }
}

/// A port of 127.0.0.1 where nobody accepts and the queue of connections is full, so that no connection is made.
struct FullServer {
  let port: UInt16
  private var descriptors: [Int32] = []
  var url: String { "http://127.0.0.1:\(port)" }

  struct Failure: Error {}

  init() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    descriptors = [listener]
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 0) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard bound else { throw Failure() }
    port = UInt16(bigEndian: address.sin_port)
    for _ in 0..<4 {
      let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
      descriptors.append(client)
      _ = withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, length) } }
    }
  }

  func stop() { for descriptor in descriptors { close(descriptor) } }
}

func startThread(_ body: @escaping @Sendable () -> Void) {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
      return nil
    }, Unmanaged.passRetained(Box(body)).toOpaque())
  pthread_detach(thread)
}
