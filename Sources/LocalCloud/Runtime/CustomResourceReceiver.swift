import Synchronization

/// Takes the answers of a custom resource in CloudFormation's place: what is put to its URL is kept.
public final class CustomResourceReceiver: Sendable {
  private final class Endpoint: WebHandler {
    let answers = Mutex<[[UInt8]]>([])

    func handle(_ request: WebRequest, _ responder: WebResponder) throws {
      guard request.method == "PUT" else { return try responder.send(WebResponse(status: 405)) }
      answers.withLock { $0.append(request.body) }
      try responder.send(WebResponse(status: 200))
    }
  }

  private let endpoint = Endpoint()
  private let server: WebServer

  /// Listens on 127.0.0.1 until `stop`.
  /// - Throws: `LocalCloudError` when the system has no port or thread left.
  public init() throws { server = try WebServer(port: 0, handler: endpoint) }

  /// For the event's `ResponseURL`.
  public var url: String { "http://127.0.0.1:\(server.port)/answer" }

  /// What was put so far, oldest first.
  public var answers: [[UInt8]] { endpoint.answers.withLock { $0 } }

  public func stop() { server.stop() }
}
