import JSON
import Synchronization

/// Takes what a logger or metrics write.
final class Lines: Sendable {
  private let lines = Mutex<[[UInt8]]>([])

  @Sendable func take(_ line: [UInt8]) { lines.withLock { $0.append(line) } }

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
