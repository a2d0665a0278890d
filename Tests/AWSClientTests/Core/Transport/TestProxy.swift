import Glibc
import Synchronization

/// A proxy on 127.0.0.1 that knows CONNECT: it answers and then carries bytes both ways.
final class TestProxy: Sendable {
  let port: UInt16
  private let listener: Int32
  private let heads = Mutex<[String]>([])
  /// What it answers to CONNECT; anything but 200 ends the connection.
  private let status: Int

  var requests: [String] { heads.withLock { $0 } }
  var url: String { "http://127.0.0.1:\(port)" }

  init(status: Int = 200) {
    self.status = status
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = TestProxy.address(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    port = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = bind(listener, address, length)
        _ = listen(listener, 16)
        _ = getsockname(listener, address, &length)
      }
      return UInt16(bigEndian: pointer.pointee.sin_port)
    }
    startThread { [self] in
      // Closed by this thread alone, as TestServer says why.
      defer { close(listener) }
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0, errno == EINTR || errno == ECONNABORTED { continue }
        guard connection >= 0 else { return }
        startThread { [self] in serve(connection) }
      }
    }
  }

  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard recv(connection, &byte, 1, 0) == 1 else { return }
      head.append(byte)
    }
    let text = String(decoding: head, as: UTF8.self)
    heads.withLock { $0.append(text) }
    // "CONNECT 127.0.0.1:443 HTTP/1.1"
    let target = text.split(separator: " ")[1].split(separator: ":").last.flatMap { UInt16($0) }
    let answer = Array("HTTP/1.1 \(status) X\r\n\r\n".utf8)
    _ = answer.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard status == 200, let target else { return }
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(server) }
    var address = TestProxy.address(target)
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard isConnected == 0 else { return }
    var ends = [pollfd(fd: connection, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0)]
    while poll(&ends, 2, -1) > 0 {
      for (from, to) in [(0, 1), (1, 0)] where ends[from].revents != 0 {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = recv(ends[from].fd, &chunk, chunk.count, 0)
        guard count > 0, send(ends[to].fd, chunk, count, Int32(MSG_NOSIGNAL)) == count else { return }
      }
    }
  }
}
