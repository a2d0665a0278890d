internal import Glibc

/// One connection of the runtime: what has been read and not used, what is to be written, and nothing that blocks.
final class Connection {
  let identifier: Int
  let descriptor: Int32
  var parser = RequestParser()
  /// True when the connection ends once all is written.
  var endsAfterWriting = false
  /// True when the request at hand is the last that the other side sends.
  var closesAfterAnswer = false
  /// True when it is broken or over, and to be removed.
  var isClosed = false

  private var bytes: UnsafeMutableRawBufferPointer
  private var begin = 0
  private var end = 0
  private var pending: [(bytes: [UInt8], offset: Int)] = []

  private static let usualCapacity = 512 << 10

  init(_ identifier: Int, descriptor: Int32) {
    self.identifier = identifier
    self.descriptor = descriptor
    bytes = .allocate(byteCount: Self.usualCapacity, alignment: 16)
  }

  deinit {
    bytes.deallocate()
    close(descriptor)
  }

  // MARK: Reading

  enum ReadResult { case some, nothingMore, closed }

  /// Reads once what is there.
  func read() -> ReadResult {
    if begin == end {
      begin = 0
      end = 0
    } else if begin > 0, let base = bytes.baseAddress {
      memmove(base, base + begin, end - begin)
      end -= begin
      begin = 0
    }
    if end == bytes.count { grow() }
    while true {
      let room = bytes.count - end
      let count = recv(descriptor, bytes.baseAddress.map { $0 + end }, room, Int32(MSG_DONTWAIT))
      if count > 0 {
        end += count
        return count < room ? .nothingMore : .some
      }
      if count == 0 { return .closed }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .nothingMore
      default: return .closed
      }
    }
  }

  /// What has been read and not consumed.
  var unused: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[begin..<end]) }

  func consume(_ count: Int) { begin += count }

  /// Only a head beyond all measure needs it, and the parser refuses those beyond its own.
  private func grow() {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count * 2, alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(bytes))
    bytes.deallocate()
    bytes = larger
  }

  // MARK: Writing

  var hasPending: Bool { !pending.isEmpty }

  /// Writes what goes at once; the rest when the socket takes it. False when the connection is broken.
  func write(_ head: [UInt8], _ body: [UInt8]) -> Bool {
    guard pending.isEmpty else {
      pending.append((head, 0))
      if !body.isEmpty { pending.append((body, 0)) }
      return true
    }
    let written = head.withUnsafeBytes { head in
      body.withUnsafeBytes { body in
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { parts -> Int in
          parts[0] = iovec(iov_base: UnsafeMutableRawPointer(mutating: head.baseAddress), iov_len: head.count)
          parts[1] = iovec(iov_base: UnsafeMutableRawPointer(mutating: body.baseAddress), iov_len: body.count)
          var message = msghdr()
          message.msg_iov = parts.baseAddress
          message.msg_iovlen = body.isEmpty ? 1 : 2
          while true {
            let count = sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            if count < 0, errno == EINTR { continue }
            return count
          }
        }
      }
    }
    guard written >= 0 || errno == EAGAIN else { return false }
    let done = max(0, written)
    if done < head.count { pending.append((head, done)) }
    if done < head.count + body.count, !body.isEmpty { pending.append((body, max(0, done - head.count))) }
    return true
  }

  /// Writes more of what is left. False when the connection is broken.
  func writePending() -> Bool {
    while let first = pending.first {
      let count = first.bytes.withUnsafeBytes { bytes in
        send(descriptor, bytes.baseAddress.map { $0 + first.offset }, bytes.count - first.offset, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
      }
      if count < 0 {
        if errno == EINTR { continue }
        return errno == EAGAIN
      }
      if first.offset + count == first.bytes.count { pending.removeFirst() } else { pending[0].offset += count }
    }
    return true
  }
}
