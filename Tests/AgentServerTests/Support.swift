import Glibc
import JSON
import Synchronization
import Telemetry

@testable import AgentServer

/// Runs what blocks on a thread of its own: the pool's threads are the server's tasks' as well.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    let started = startThread { continuation.resume(with: Swift.Result { try body() }) }
    if !started { continuation.resume(throwing: ClientError(description: "no thread")) }
  }
}

struct ClientError: Error, CustomStringConvertible { let description: String }

struct Reply: Sendable, Equatable {
  var status: Int
  var headers: [String: String]
  var body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }
  var json: JSONValue? { try? JSONValue(parsing: body) }
}

/// A client's connection, which reads and writes bytes as it is told to.
final class Client: Sendable {
  private let socket: Int32
  private let rest = Mutex<[UInt8]>([])

  init(port: UInt16) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
    // A server that never answers fails the test instead of keeping it.
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard status == 0 else { throw ClientError(description: "no connection: \(errno)") }
  }

  deinit { close(socket) }

  /// False when the server reads no more.
  @discardableResult func send(_ bytes: [UInt8]) -> Bool {
    var first = 0
    while first < bytes.count {
      let count = bytes[first...].withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      first += count
    }
    return true
  }

  @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }
  func closeWriting() { shutdown(socket, Int32(SHUT_WR)) }

  /// Empty at the end.
  private func receive() throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(socket, &buffer, buffer.count, 0)
    if count < 0, errno == ECONNRESET { return [] }
    guard count >= 0 else { throw ClientError(description: "no answer: \(errno)") }
    return Array(buffer[..<count])
  }

  /// What comes until the server closes.
  func readToEnd() throws -> [UInt8] {
    var bytes = rest.withLock { $0 }
    while case let more = try receive(), !more.isEmpty { bytes += more }
    return bytes
  }

  /// One response; its body by Content-Length, chunks or the end of the connection.
  func read() throws -> Reply {
    var bytes = rest.withLock { $0 }
    var head: Int?
    while head == nil {
      head = bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) }
      if head == nil {
        let more = try receive()
        guard !more.isEmpty else { throw ClientError(description: "closed in the head: \(String(decoding: bytes, as: UTF8.self))") }
        bytes += more
      }
    }
    let lines = String(decoding: bytes[..<head!], as: UTF8.self).split(separator: "\r\n")
    var reply = Reply(status: Int(lines[0].split(separator: " ")[1]) ?? 0, headers: [:], body: [])
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      reply.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
    }
    bytes.removeFirst(head! + 4)
    if let length = reply.headers["content-length"].flatMap({ Int($0) }) {
      while bytes.count < length {
        let more = try receive()
        guard !more.isEmpty else { throw ClientError(description: "closed in the body") }
        bytes += more
      }
      reply.body = Array(bytes[..<length])
      bytes.removeFirst(length)
    } else if reply.headers["transfer-encoding"] == "chunked" {
      while true {
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: [13, 10]) }) else {
          let more = try receive()
          guard !more.isEmpty else { throw ClientError(description: "closed in the chunks") }
          bytes += more
          continue
        }
        let size = Int(String(decoding: bytes[..<end], as: UTF8.self), radix: 16) ?? 0
        while bytes.count < end + 2 + size + 2 {
          let more = try receive()
          guard !more.isEmpty else { throw ClientError(description: "closed in a chunk") }
          bytes += more
        }
        reply.body += bytes[(end + 2)..<(end + 2 + size)]
        bytes.removeFirst(end + 2 + size + 2)
        if size == 0 { break }
      }
    }
    rest.withLock { $0 = bytes }
    return reply
  }
}

func post(_ body: String, headers: [String] = []) -> String {
  let head = ["POST /invocations HTTP/1.1", "Host: a", "Content-Type: application/json", "Content-Length: \(body.utf8.count)"] + headers
  return head.joined(separator: "\r\n") + "\r\n\r\n" + body
}

func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n" }

/// One request on a connection of its own.
func exchange(_ port: UInt16, _ request: String) async throws -> Reply {
  try await blocking {
    let client = try Client(port: port)
    client.send(request)
    return try client.read()
  }
}

/// Answers as a closure says.
struct ClosureHandler: AgentHandler {
  let body: @Sendable (AgentRequest) async throws -> AgentResponse
  init(_ body: @escaping @Sendable (AgentRequest) async throws -> AgentResponse) { self.body = body }
  func handle(_ request: AgentRequest) async throws -> AgentResponse { try await body(request) }
}

/// Log lines, kept.
final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  var text: String { all.joined() }
  func logger(_ threshold: LogLevel = .trace) -> Logger {
    Logger(threshold: threshold, output: { line in self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } })
  }
}

/// A server for one test; it is stopped on a thread of its own, since that waits for tasks.
func withServer<Result: Sendable>(
  _ change: (inout AgentServerSettings) -> Void = { _ in }, logger: Logger = .silent,
  nowSeconds: @escaping @Sendable () -> Int64 = { 1_000 },
  handler: @escaping @Sendable (AgentRequest) async throws -> AgentResponse = { .json($0.payload) },
  _ body: (AgentServer) async throws -> Result
) async throws -> Result {
  var settings = AgentServerSettings()
  settings.host = "127.0.0.1"
  settings.port = 0
  settings.graceMilliseconds = 50
  change(&settings)
  let server = try AgentServer(settings, handler: ClosureHandler(handler), logger: logger, nowSeconds: nowSeconds)
  let result: Swift.Result<Result, any Error>
  do { result = .success(try await body(server)) } catch { result = .failure(error) }
  _ = try await blocking { server.stop() }
  return try result.get()
}
