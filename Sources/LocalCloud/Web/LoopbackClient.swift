/// Calls HTTP endpoints on 127.0.0.1, blocking; one keep-alive connection an instance.
///
/// For health checks and tests: no TLS, no redirects, no proxies.
public struct LoopbackClient {
  private let port: UInt16
  private let timeoutMilliseconds: Int
  private var connection: (socket: Socket, reader: WebStreamReader)?

  /// - Parameter timeoutMilliseconds: longest wait for the next bytes of an answer.
  public init(port: UInt16, timeoutMilliseconds: Int = 30_000) {
    self.port = port
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Sends one request and reads its whole answer.
  /// - Throws: `LocalCloudError` when nothing listens on the port, or the connection breaks.
  public mutating func send(_ method: String, _ target: String, headers: WebHeaders = [], body: [UInt8] = []) throws -> WebResponse {
    var text = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Length: \(body.count)\r\n"
    for field in headers.fields { text += "\(field.name): \(field.value)\r\n" }
    let bytes = Array((text + "\r\n").utf8) + body
    let socket: Socket
    var reader: WebStreamReader
    if let connection {
      (socket, reader) = connection
    } else {
      socket = try Socket.connect(port: port)
      socket.setReceiveTimeout(milliseconds: timeoutMilliseconds)
      reader = WebStreamReader(socket)
    }
    connection = nil
    do {
      try socket.write(bytes)
      let response = try reader.nextResponse()
      if response.headers["Connection"]?.lowercased() == "close" {
        socket.close()
      } else {
        connection = (socket, reader)
      }
      return response
    } catch {
      socket.close()
      throw error
    }
  }

  /// Closes the connection, if one is open.
  public mutating func close() {
    connection?.socket.close()
    connection = nil
  }
}
