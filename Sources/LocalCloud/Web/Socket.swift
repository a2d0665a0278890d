import Glibc

/// A connected TCP socket with blocking reads and writes; closed by its owner exactly once.
struct Socket: Sendable {
  let descriptor: Int32

  /// Connects to a port of the loopback interface.
  static func connect(port: UInt16) throws -> Socket {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure("socket") }
    let result = withLoopbackAddress(port) { address, length in Glibc.connect(descriptor, address, length) }
    guard result == 0 else {
      let error = failure("connect to 127.0.0.1:\(port)")
      Glibc.close(descriptor)
      throw error
    }
    let socket = Socket(descriptor: descriptor)
    socket.sendAtOnce()
    return socket
  }

  /// Listens on a port of the loopback interface; port 0 lets the system choose.
  static func listen(port: UInt16) throws -> Socket {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure("socket") }
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    guard withLoopbackAddress(port, { address, length in bind(descriptor, address, length) }) == 0 else {
      let taken = errno == EADDRINUSE
      let error = failure("bind to 127.0.0.1:\(port)")
      Glibc.close(descriptor)
      if taken {
        throw LocalCloudError(
          .portTaken, "port \(port) on 127.0.0.1 is taken by another program: stop that program, or choose another port with --port")
      }
      throw error
    }
    guard Glibc.listen(descriptor, 1024) == 0 else {
      let error = failure("listen on 127.0.0.1:\(port)")
      Glibc.close(descriptor)
      throw error
    }
    return Socket(descriptor: descriptor)
  }

  /// The next connection, or nil once the listening socket is shut down.
  func accept() -> Socket? {
    while true {
      let accepted = Glibc.accept(descriptor, nil, nil)
      if accepted >= 0 {
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        let socket = Socket(descriptor: accepted)
        socket.sendAtOnce()
        return socket
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EMFILE, ENFILE: usleep(10_000)  // No descriptor is free: a connection that closes gives one back.
      default: return nil
      }
    }
  }

  /// The port that the socket is bound to.
  var localPort: UInt16 {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return UInt16(bigEndian: address.sin_port)
  }

  /// Reads what is there into `buffer`; 0 at the end of the stream.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count >= 0 { return count }
      if errno != EINTR { throw Socket.failure("receive") }
    }
  }

  /// Writes all of the bytes.
  func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count {
        let count = send(descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
        if count >= 0 {
          sent += count
        } else if errno != EINTR {
          throw Socket.failure("send")
        }
      }
    }
  }

  /// Ends both directions, so that a thread blocked on the socket returns.
  func shutdown() { _ = Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }

  func close() { Glibc.close(descriptor) }

  /// Reads fail with an error after so long without a byte.
  func setReceiveTimeout(milliseconds: Int) {
    var timeout = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Without this, Nagle's algorithm and delayed acknowledgements hold a small response back for 40 ms.
  private func sendAtOnce() {
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func withLoopbackAddress(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  static func failure(_ call: String) -> LocalCloudError {
    LocalCloudError(.network, "could not \(call): \(String(cString: strerror(errno)))")
  }
}
