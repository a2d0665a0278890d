public import AWSClient
internal import Synchronization

/// Reads pages of the Web for agents, from the hosts of an allow-list.
///
/// It has a connection of its own for each request, made by a transport of its own: no connection, credential or cookie of the process is
/// shared. The transport is made by the first request. Proxies are not used, whatever the environment says: a proxy would look the name up by itself,
/// and nobody here could tell which address it connects to.
public final class WebReader: Sendable {
  /// Redirections that are followed.
  static let maximumRedirections = 3
  /// The longest body, in bytes.
  static let maximumBodyBytes = 1_000_000
  /// The longest time for everything, in milliseconds.
  static let maximumMilliseconds: Int64 = 30_000
  private static let connectMilliseconds: Int64 = 5_000

  public let allowList: HTTPAllowList
  private let certificateAuthorityFile: String?
  // A reader is made at a function's start, where an optional of a protocol would cost metadata that is made when it is first used.
  private let ownTransport: (@Sendable () -> any HTTPTransport)?
  private let transport = Mutex<CurlTransport?>(nil)

  /// Reads by libcurl.
  /// - Parameter certificateAuthorityFile: a PEM file; nil for the operating system's, since the one that comes with the functions trusts
  ///   AWS's own authorities only.
  public init(allowList: HTTPAllowList, certificateAuthorityFile: String? = nil) {
    self.allowList = allowList
    self.certificateAuthorityFile = certificateAuthorityFile
    ownTransport = nil
  }

  /// - Parameter transport: sends the requests, in place of libcurl.
  public init(allowList: HTTPAllowList, transport: any HTTPTransport) {
    self.allowList = allowList
    certificateAuthorityFile = nil
    ownTransport = { transport }
  }

  /// - Parameter environment: optionally HTTP_ALLOW_LIST, entries with commas between, and HTTP_GET_CA_FILE, a PEM file.
  /// - Throws: `HTTPAllowList.Problem` that names the entry.
  public convenience init(environment: Environment) throws(HTTPAllowList.Problem) {
    let file = environment["HTTP_GET_CA_FILE"].flatMap { $0.isEmpty ? nil : $0 }
    self.init(allowList: try HTTPAllowList(environment: environment), certificateAuthorityFile: file)
  }

  /// The answer to a GET, whatever its status, after its redirections.
  /// - Parameter deadlineMilliseconds: milliseconds since the Unix epoch; nil for no other limit than the reader's own.
  /// - Throws: `ToolError` that says what was wrong, and which hosts there are; `CancellationError`.
  func get(_ text: String, deadlineMilliseconds: Int64?, clock: any Clock) async throws -> (url: WebURL, response: HTTPResponse) {
    let end = min(clock.nowMilliseconds + Self.maximumMilliseconds, deadlineMilliseconds ?? .max)
    var url: WebURL
    do throws(WebURL.Problem) { url = try WebURL(text) } catch {
      throw ToolError("invalid_url", "The URL cannot be used: \(error.message).")
    }
    for _ in 0...Self.maximumRedirections {
      let response = try await send(url, milliseconds: end - clock.nowMilliseconds)
      guard [301, 302, 303, 307, 308].contains(response.status), let location = response.headers["location"] else { return (url, response) }
      do throws(WebURL.Problem) { url = try url.redirected(to: location) } catch {
        throw ToolError("bad_redirection", "'\(url.host)' redirects to an address that cannot be used: \(error.message).")
      }
    }
    throw ToolError("too_many_redirections", "More than \(Self.maximumRedirections) redirections followed on one another.")
  }

  private func send(_ url: WebURL, milliseconds: Int64) async throws -> HTTPResponse {
    guard let rule = allowList.rule(for: url) else {
      let port = url.port == url.standardPort ? "" : ":\(url.port)"
      throw ToolError(
        "host_not_allowed",
        "\(url.scheme)://\(url.host)\(port) is not on the list of hosts that may be read. The list: \(allowList.description).")
    }
    guard milliseconds > 0 else { throw Self.timedOut(url) }
    var request = HTTPRequest(
      method: "GET", url: url.text,
      headers: ["user-agent": "arbiter-http-get/1", "accept": "application/json, text/*;q=0.9, */*;q=0.5"],
      timeoutMilliseconds: milliseconds, connectTimeoutMilliseconds: min(milliseconds, Self.connectMilliseconds))
    request.addresses = rule
    request.maximumBodyBytes = Self.maximumBodyBytes
    request.bypassesProxy = true
    do { return try await startedTransport().send(request) } catch let error as AWSError {
      throw Self.toolError(error, url)
    }
  }

  /// What libcurl's failures mean for an agent; nothing of the machine is in them.
  private static func toolError(_ error: AWSError, _ url: WebURL) -> ToolError {
    switch error.code {
    case AWSError.addressRefusedCode:
      ToolError(
        "address_refused",
        "'\(url.host)' leads to an address that is not on the public Internet, and such an address has to be on the list itself.")
    case AWSError.responseTooLargeCode:
      ToolError("too_large", "The answer of '\(url.host)' has more than \(maximumBodyBytes) bytes.")
    case AWSError.timeoutCode, AWSError.deadlineCode: timedOut(url)
    case AWSError.certificateCode: ToolError("certificate_refused", "The certificate of '\(url.host)' could not be trusted.")
    default: ToolError("unreachable", "'\(url.host)' could not be reached, or broke off.")
    }
  }

  private static func timedOut(_ url: WebURL) -> ToolError {
    ToolError("timeout", "'\(url.host)' did not answer in time.")
  }

  private func startedTransport() throws(ToolError) -> any HTTPTransport {
    if let ownTransport { return ownTransport() }
    guard let file = certificateAuthorityFile ?? Self.systemCertificateFile() else {
      throw ToolError(
        "no_certificates", "This machine has no file of trusted certificate authorities; HTTP_GET_CA_FILE names one to the function.")
    }
    return transport.withLock { transport in
      if let transport { return transport }
      // Without variables there are no proxies.
      let started = CurlTransport(certificateAuthorityFile: file, environment: [:])
      transport = started
      return started
    }
  }

  /// The usual places of Amazon Linux, Debian and Alpine.
  private static func systemCertificateFile() -> String? {
    ["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem"].first(where: FileReader.exists)
  }
}
