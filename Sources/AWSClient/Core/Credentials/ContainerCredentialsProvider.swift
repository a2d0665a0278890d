import Glibc
public import JSON

/// Credentials from the endpoint that a container's agent serves (ECS, EKS Pod Identity, AgentCore).
final class ContainerCredentialsProvider: CredentialsProvider {
  private let url: String
  private let tokenFile: String?
  private let token: String?
  private let kept = RefreshingCredentials()

  static func isConfigured(_ environment: Environment) -> Bool {
    environment.value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") != nil || environment.value("AWS_CONTAINER_CREDENTIALS_FULL_URI") != nil
  }

  /// - Returns: nil when the environment names no endpoint.
  /// - Throws: `AWSError` for an address that must not get the token: plain HTTP to a host that is neither this machine nor a known agent.
  init?(environment: Environment) throws {
    if let relative = environment.value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      guard relative.hasPrefix("/") else {
        throw AWSError.configuration("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is '\(relative)': expected a path that begins with '/'")
      }
      url = "http://169.254.170.2\(relative)"
    } else if let full = environment.value("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
      let withoutQuery = full.split(separator: "?", maxSplits: 1).first.map(String.init) ?? full
      let endpoint = try Endpoint(url: withoutQuery, source: "AWS_CONTAINER_CREDENTIALS_FULL_URI")
      guard endpoint.scheme == "https" || endpoint.isLoopback || ContainerCredentialsProvider.agents.contains(endpoint.host) else {
        throw AWSError.configuration(
          "AWS_CONTAINER_CREDENTIALS_FULL_URI names the host '\(endpoint.host)' over plain HTTP: expected https, a loopback address, "
            + "169.254.170.2, 169.254.170.23 or [fd00:ec2::23]")
      }
      url = full
    } else {
      return nil
    }
    tokenFile = environment.value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    token = environment.value("AWS_CONTAINER_AUTHORIZATION_TOKEN")
  }

  /// Where the agents of ECS and EKS answer (the AWS SDKs' reference guide, "Container credential provider").
  private static let agents = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]

  func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
    try await kept.credentials(clock: clock) { [self] in try await fetch(using: transport, clock: clock) }
  }

  private func fetch(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
    var attempt = 1
    while true {
      do {
        return try await fetchOnce(using: transport)
      } catch let error as AWSError where error.isRetryable && attempt < 3 {
        attempt += 1
        try await clock.sleep(milliseconds: Int64(clock.randomFraction() * 1_000))
      }
    }
  }

  private func fetchOnce(using transport: any HTTPTransport) async throws -> Credentials {
    var request = HTTPRequest(method: "GET", url: url, timeoutMilliseconds: 2_000, connectTimeoutMilliseconds: 2_000)
    request.bypassesProxy = true
    request.headers.append("accept", "application/json")
    if let authorization = try authorization() { request.headers.append("authorization", authorization) }
    let response: HTTPResponse
    do {
      response = try await transport.send(request)
    } catch let error as AWSError {
      throw failure("the container's endpoint did not answer: \(error.message)", isRetryable: error.isRetryable)
    }
    guard response.status == 200 else {
      throw failure("the container's endpoint answered HTTP \(response.status)", isRetryable: response.status >= 500)
    }
    do throws(JSONError) {
      return try Credentials(json: response.body)
    } catch {
      throw failure("the container's endpoint answered what are no credentials: \(error)", isRetryable: false)
    }
  }

  private func authorization() throws -> String? {
    if tokenFile == nil, token == nil { return nil }
    let (text, source) = try tokenText()
    let value = text.trimmed
    guard !value.isEmpty else { throw failure("\(source) is empty", isRetryable: false) }
    // A line break in it would begin another header field.
    guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
      throw failure("\(source) has more than one line or characters other than ASCII", isRetryable: false)
    }
    return value
  }

  /// The token, and what errors call it. A file is read each time: its token is renewed in place.
  private func tokenText() throws -> (text: String, source: String) {
    guard let tokenFile else { return (token ?? "", "AWS_CONTAINER_AUTHORIZATION_TOKEN") }
    guard let bytes = FileReader.read(tokenFile) else {
      throw failure("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names '\(tokenFile)', which cannot be read", isRetryable: false)
    }
    return (String(decoding: bytes, as: UTF8.self), "the token file '\(tokenFile)'")
  }

  private func failure(_ message: String, isRetryable: Bool) -> AWSError {
    AWSError(code: AWSError.credentialsCode, message: message, isRetryable: isRetryable)
  }
}

extension Credentials: JSONDecodable {
  /// Reads the answer of a container's endpoint.
  public init(from reader: inout JSONReader) throws(JSONError) {
    var id: String?
    var secret: String?
    var token: String?
    var expiration: String?
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "AccessKeyId": id = try reader.readOptionalString()
      case "SecretAccessKey": secret = try reader.readOptionalString()
      case "Token", "SessionToken": token = try reader.readOptionalString()
      case "Expiration": expiration = try reader.readOptionalString()
      default: try reader.skipValue()
      }
    }
    guard let id else { throw .missing("AccessKeyId", expected: "a string", at: begin) }
    guard let secret else { throw .missing("SecretAccessKey", expected: "a string", at: begin) }
    var expirationMilliseconds: Int64?
    if let expiration {
      guard let milliseconds = ISO8601.milliseconds(expiration) else {
        throw JSONError(.invalidValue, byteOffset: nil, expected: "an ISO 8601 time such as 2026-11-20T10:00:00Z", field: "Expiration")
      }
      expirationMilliseconds = milliseconds
    }
    self.init(accessKeyID: id, secretAccessKey: secret, sessionToken: token, expirationMilliseconds: expirationMilliseconds)
  }
}
