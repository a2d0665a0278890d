import Glibc
import Synchronization

/// Answers HTTP requests; called on a connection's own thread, so it may block.
public protocol WebHandler: Sendable {
  /// Answers exactly one request through `responder`.
  /// - Throws: to close the connection without a (complete) answer.
  func handle(_ request: WebRequest, _ responder: WebResponder) throws
}

/// A small HTTP/1.1 server on 127.0.0.1: one thread a connection, keep-alive, whole or chunked responses.
///
/// It serves programs on the same machine, of which a few hundred may call at once; it is no server for the open network.
public final class WebServer: Sendable {
  private struct State {
    var connections: [Int32: Socket] = [:]
    var stopped = false
  }

  /// The port it listens on.
  public let port: UInt16
  private let listener: Socket
  private let handler: any WebHandler
  private let state = Mutex(State())

  /// Binds the port and starts to serve.
  /// - Parameter port: 0 lets the system choose one.
  /// - Throws: `LocalCloudError` of code `portTaken` when another program listens there.
  public init(port: UInt16, handler: any WebHandler) throws {
    listener = try Socket.listen(port: port)
    self.port = listener.localPort
    self.handler = handler
    guard startThread({ self.acceptConnections() }) else {
      listener.close()
      throw LocalCloudError(.network, "no thread could be started to accept connections: the limit of processes is reached (ulimit -u)")
    }
  }

  /// Stops listening and closes every connection, whether idle or not.
  public func stop() {
    let connections: [Socket]? = state.withLock { state in
      guard !state.stopped else { return nil }
      state.stopped = true
      return Array(state.connections.values)
    }
    guard let connections else { return }
    listener.shutdown()
    for connection in connections { connection.shutdown() }
  }

  private func acceptConnections() {
    while let connection = listener.accept() {
      let admitted = state.withLock { state in
        guard !state.stopped else { return false }
        state.connections[connection.descriptor] = connection
        return true
      }
      guard admitted else {
        connection.close()
        continue
      }
      // Served here, an idle connection would keep every other out; the client sees a closed one and may try again.
      if !startThread({ self.serve(connection) }) { drop(connection) }
    }
    listener.close()
  }

  private func drop(_ connection: Socket) {
    // Out of the table first: once closed, the number may belong to a new connection.
    state.withLock { _ = $0.connections.removeValue(forKey: connection.descriptor) }
    connection.close()
  }

  private func serve(_ connection: Socket) {
    defer { drop(connection) }
    var reader = WebStreamReader(connection)
    do {
      while let request = try reader.nextRequest(onContinue: { try connection.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }) {
        let keepAlive = request.headers["Connection"]?.lowercased() != "close"
        let responder = WebResponder(connection, keepAlive: keepAlive, head: request.method == "HEAD")
        try handler.handle(request, responder)
        guard keepAlive, responder.isComplete else { return }
      }
    } catch let error as LocalCloudError where error.code == .protocolViolation {
      let body = Array("\(error.message)\n".utf8)
      try? WebResponder(connection, keepAlive: false, head: false).send(WebResponse(status: 400, body: body))
    } catch {
      // The peer went away, or the handler chose to drop the connection.
    }
  }
}

/// Sends the answer to one request: whole by `send`, or in parts by `beginStream`, `write`, `endStream`.
public final class WebResponder: Sendable {
  private enum Progress { case notBegun, streaming, complete }
  private let socket: Socket
  private let keepAlive: Bool
  private let head: Bool
  private let progress = Mutex(Progress.notBegun)

  init(_ socket: Socket, keepAlive: Bool, head: Bool) {
    self.socket = socket
    self.keepAlive = keepAlive
    self.head = head
  }

  var isComplete: Bool { progress.withLock { $0 == .complete } }

  public func send(_ response: WebResponse) throws {
    var headers = response.headers
    headers["Content-Length"] = String(response.body.count)
    try socket.write(headBytes(response.status, headers) + (head ? [] : response.body))
    progress.withLock { $0 = .complete }
  }

  /// Sends the head of a response whose body follows in chunks.
  public func beginStream(status: Int, headers: WebHeaders) throws {
    var headers = headers
    headers["Transfer-Encoding"] = "chunked"
    try socket.write(headBytes(status, headers))
    progress.withLock { $0 = .streaming }
  }

  public func write(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    try socket.write(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A])
  }

  public func endStream() throws {
    try socket.write(Array("0\r\n\r\n".utf8))
    progress.withLock { $0 = .complete }
  }

  private func headBytes(_ status: Int, _ headers: WebHeaders) -> [UInt8] {
    var text = "HTTP/1.1 \(status) \(reasonPhrase(status))\r\n"
    for field in headers.fields { text += "\(field.name): \(field.value)\r\n" }
    text += keepAlive ? "\r\n" : "Connection: close\r\n\r\n"
    return Array(text.utf8)
  }
}

/// Runs `body` on a new detached thread; false when the system has none left.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  // Deep JSON recurses: two megabytes hold 512 levels also in a debug build.
  pthread_attr_setstacksize(&attributes, 2 * 1024 * 1024)
  var thread = pthread_t()
  let box = Unmanaged.passRetained(Box(body))
  let result = pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument else { return nil }
      Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
      return nil
    }, box.toOpaque())
  pthread_attr_destroy(&attributes)
  if result != 0 { box.release() }
  return result == 0
}
