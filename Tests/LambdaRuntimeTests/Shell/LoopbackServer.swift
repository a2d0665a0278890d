import Glibc
import Synchronization

@testable import LambdaRuntime

/// A Runtime API for functions with several connections: answers each request by a function, on a thread a connection.
final class LoopbackServer: Sendable {
  struct Failure: Error {}

  let port: UInt16

  /// `answer` gets a request and returns the response, or nil to close the connection. It may wait.
  init(_ answer: @escaping @Sendable (String) -> String?) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(listener, generic, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, generic, &length) == 0
      }
    }
    guard bound else { throw Failure() }
    port = UInt16(bigEndian: name.sin_port)
    _ = startThread {
      while case let connection = accept(listener, nil, nil), connection >= 0 {
        _ = startThread { Self.serve(connection, answer) }
      }
    }
  }

  private static func serve(_ connection: Int32, _ answer: (String) -> String?) {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      var request = TestRequest()
      while !request.isComplete {
        let count = read(connection, &buffer, buffer.count)
        if count <= 0 {
          close(connection)
          return
        }
        request.bytes.append(contentsOf: buffer[..<count])
      }
      guard let text = answer(request.text) else { break }
      _ = Array(text.utf8).withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
    close(connection)
  }
}

/// Runs what blocks on a thread of its own: the concurrency runtime has few, and handlers under test may need them.
func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    let started = startThread { continuation.resume(with: Result { try body() }) }
    if !started { continuation.resume(throwing: LoopbackServer.Failure()) }
  }
}
