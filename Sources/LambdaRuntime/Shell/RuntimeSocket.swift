internal import Glibc

/// A keep-alive connection to the Runtime API; blocks its thread.
struct RuntimeSocket: ~Copyable {
  enum Sent {
    case sent
    /// The other side has answered, or closed the connection, before it had taken everything.
    case cut
    case failed(SystemError)
  }

  private let address: RuntimeAddress
  private let buffer: UnsafeMutableRawBufferPointer
  private var descriptor: Int32?

  /// - Parameter bufferSize: bytes asked of one read; most events fit into the standard size, and larger ones come in few calls.
  init(_ address: RuntimeAddress, bufferSize: Int = 256 << 10) {
    self.address = address
    buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 16)
  }

  deinit {
    if let descriptor { close(descriptor) }
    buffer.deallocate()
  }

  mutating func open() -> SystemError? {
    disconnect()
    switch address.connect() {
    case .success(let descriptor):
      self.descriptor = descriptor
      return nil
    case .failure(let error): return error
    }
  }

  mutating func disconnect() {
    if let descriptor { close(descriptor) }
    descriptor = nil
  }

  /// Leaves the connection open for the life of the process.
  mutating func abandon() { descriptor = nil }

  /// Lets a read fail that waits for longer than this.
  func limitReads(seconds: Int) {
    guard let descriptor else { return }
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  /// True when there is something to read, or the other side has closed the connection.
  var hasInput: Bool {
    guard let descriptor else { return false }
    return Self.poll(descriptor, for: POLLIN, timeout: 0)
  }

  /// Writes head, body and tail in one system call where the kernel takes them so.
  func send(_ request: RuntimeRequest) -> Sent {
    guard let descriptor else { return .failed(SystemError("send without a connection")) }
    return request.head.withUnsafeBytes { head in
      request.body.withUnsafeBytes { body in
        request.tail.withUnsafeBytes { tail in
          withUnsafeTemporaryAllocation(of: iovec.self, capacity: 3) { parts in
            var sent = 0
            let total = head.count + body.count + tail.count
            while sent < total {
              parts.initializeElement(at: 0, to: Self.part(of: head, from: sent))
              parts.initializeElement(at: 1, to: Self.part(of: body, from: sent - head.count))
              parts.initializeElement(at: 2, to: Self.part(of: tail, from: sent - head.count - body.count))
              var message = msghdr()
              message.msg_iov = parts.baseAddress
              message.msg_iovlen = parts.count
              // Without the first flag, a closed connection would kill the process by SIGPIPE. Without the second, a server that answers
              // and reads no further would keep us here for ever.
              let count = retryingInterrupts { sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) }
              if count > 0 {
                sent += count
              } else if errno == EAGAIN {
                if Self.poll(descriptor, for: POLLIN | POLLOUT, timeout: -1) { return .cut }
              } else {
                return .failed(SystemError("send"))
              }
            }
            return .sent
          }
        }
      }
    }
  }

  private static func part(of bytes: UnsafeRawBufferPointer, from offset: Int) -> iovec {
    let offset = max(0, min(offset, bytes.count))
    return iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress.map { $0 + offset }), iov_len: bytes.count - offset)
  }

  /// Waits for one of the events; true when there is something to read or the connection has ended.
  private static func poll(_ descriptor: Int32, for events: Int32, timeout: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    let count = retryingInterrupts { Glibc.poll(&entry, 1, timeout) }
    return count > 0 && Int32(entry.revents) & (POLLIN | POLLHUP | POLLERR) != 0
  }

  /// The bytes that came, valid until the next call; empty when the other side closed the connection.
  func receive() -> Result<UnsafeRawBufferPointer, SystemError> {
    guard let descriptor else { return .failure(SystemError("read without a connection")) }
    let count = retryingInterrupts { read(descriptor, buffer.baseAddress, buffer.count) }
    guard count >= 0 else { return .failure(SystemError("read")) }
    return .success(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }
}
