import Glibc
import JSON
import Synchronization

/// Takes what a logger or metrics write.
final class Lines: Sendable {
  private let lines = Mutex<[[UInt8]]>([])

  @Sendable func take(_ line: [UInt8]) { lines.withLock { $0.append(line) } }

  func removeAll() { lines.withLock { $0 = [] } }

  var all: [String] { lines.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }

  /// Each line as JSON; every one must be a whole line.
  func objects() throws -> [JSONValue] {
    try all.map { line in
      guard line.last == "\n", !line.dropLast().contains("\n") else { throw NotALine(text: line) }
      return try JSONValue(parsing: line)
    }
  }

  struct NotALine: Error { let text: String }
}

/// Reads a pipe to its end on a thread of its own: those of the pool may all be waiting for room in it.
final class PipeReader: @unchecked Sendable {  // Sendable because `content` is read only after the thread has been joined.
  private let descriptor: Int32
  private var thread = pthread_t()
  private var content: [UInt8] = []

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<PipeReader>.fromOpaque(context).takeRetainedValue().read() }
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
  }

  private func read() {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = Glibc.read(descriptor, &buffer, buffer.count), count > 0 { content += buffer[..<count] }
    close(descriptor)
  }

  /// Everything, once the other end is closed.
  func bytes() -> [UInt8] {
    pthread_join(thread, nil)
    return content
  }
}
