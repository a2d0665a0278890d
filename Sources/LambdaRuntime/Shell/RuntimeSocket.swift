internal import Glibc

/// The one keep-alive connection to the Runtime API; blocks its thread.
struct RuntimeSocket: ~Copyable {
  /// Bytes asked of one read: most events fit, and larger ones come in few calls.
  private static let bufferSize = 256 << 10
  private let address: RuntimeAddress
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 16)
  private var descriptor: Int32?

  init(_ address: RuntimeAddress) { self.address = address }

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

  /// Writes head and body in one system call where the kernel takes them so.
  func send(_ request: RuntimeRequest) -> SystemError? {
    guard let descriptor else { return SystemError("send without a connection") }
    return request.head.withUnsafeBytes { head in
      request.body.withUnsafeBytes { body in
        var sent = 0
        let total = head.count + body.count
        while sent < total {
          var parts = [
            part(of: head, from: min(sent, head.count)),
            part(of: body, from: max(0, sent - head.count)),
          ]
          let count = parts.withUnsafeMutableBufferPointer { parts in
            var message = msghdr()
            message.msg_iov = parts.baseAddress
            message.msg_iovlen = parts.count
            // Without this flag, a closed connection would kill the process by SIGPIPE.
            return retryingInterrupts { sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL)) }
          }
          guard count > 0 else { return SystemError("send") }
          sent += count
        }
        return nil
      }
    }
  }

  private func part(of bytes: UnsafeRawBufferPointer, from offset: Int) -> iovec {
    iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress.map { $0 + offset }), iov_len: bytes.count - offset)
  }

  /// The bytes that came, valid until the next call; empty when the other side closed the connection.
  func receive() -> Result<UnsafeRawBufferPointer, SystemError> {
    guard let descriptor else { return .failure(SystemError("read without a connection")) }
    let count = retryingInterrupts { read(descriptor, buffer.baseAddress, buffer.count) }
    guard count >= 0 else { return .failure(SystemError("read")) }
    return .success(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }
}
