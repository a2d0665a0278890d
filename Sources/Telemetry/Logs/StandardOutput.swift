internal import Glibc
internal import Synchronization

extension Logger {
  /// Writes a line to standard output, one at a time, so that lines of several threads never mix.
  @Sendable public static func standardOutput(_ line: [UInt8]) { write(line, to: 1) }

  /// A pipe takes more than 4096 bytes in pieces, between which another thread's line might stand.
  private static let isWriting = Mutex(())

  static func write(_ line: [UInt8], to descriptor: Int32) {
    isWriting.withLock { _ in
      line.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
          let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
          if count < 0, errno == EINTR { continue }
          // Nobody can be told of a log that takes nothing.
          guard count > 0 else { return }
          rest = rest.dropFirst(count)
        }
      }
    }
  }

  /// Milliseconds since the Unix epoch by the machine's clock.
  @Sendable public static func systemTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
