internal import Synchronization

/// HTTP/1.1 through libcurl: one thread and one set of connections, both made by the first request.
///
/// A process that sends nothing pays nothing; connections are kept and used again.
public final class CurlTransport: HTTPTransport {
  private let certificateAuthorityFile: String?
  private let environment: Environment
  private let loop = Mutex<CurlEventLoop?>(nil)

  /// - Parameters:
  ///   - certificateAuthorityFile: a PEM file; nil for the first of the system's usual places that exists.
  ///   - environment: where `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` stand.
  public init(certificateAuthorityFile: String? = nil, environment: Environment = .current) {
    self.certificateAuthorityFile = certificateAuthorityFile
    self.environment = environment
  }

  deinit { loop.withLock { $0?.stop() } }

  public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let loop = try startedLoop()
    let transfer = CurlTransfer(request)
    return try await withTaskCancellationHandler {
      try Task.checkCancellation()
      return try await withCheckedThrowingContinuation { continuation in
        transfer.sink = .whole(continuation)
        loop.start(transfer)
      }
    } onCancel: {
      loop.cancel(transfer)
    }
  }

  public func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
    let loop = try startedLoop()
    let transfer = CurlTransfer(request)
    let (body, bodyContinuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
    // Also when the reader walks away half way. Until then the body holds the transport, which would end every transfer with itself.
    bodyContinuation.onTermination = { [self] _ in withExtendedLifetime(self) { loop.cancel(transfer) } }
    return try await withTaskCancellationHandler {
      try Task.checkCancellation()
      let head = try await withCheckedThrowingContinuation { continuation in
        transfer.sink = .streaming(head: continuation, body: bodyContinuation)
        loop.start(transfer)
      }
      return HTTPStreamingResponse(status: head.status, headers: head.headers, body: body)
    } onCancel: {
      loop.cancel(transfer)
    }
  }

  private func startedLoop() throws -> CurlEventLoop {
    try loop.withLock { loop in
      if let loop { return loop }
      let started = try CurlEventLoop(
        certificateAuthorityFile: certificateAuthorityFile ?? CurlTransport.systemCertificateFile(), proxies: ProxySettings(environment))
      loop = started
      return started
    }
  }

  /// The usual places of Debian, Amazon Linux and Alpine; a trimmed file beside the function comes first.
  private static func systemCertificateFile() -> String? {
    let task = Environment.current["LAMBDA_TASK_ROOT"].map { ["\($0)/cacert.pem"] } ?? []
    return (task + ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]).first(
      where: FileReader.exists)
  }
}
