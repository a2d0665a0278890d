import JSON

/// Credentials of an EC2 instance's role, from its metadata service: version 2, in which a token is fetched first.
final class InstanceMetadataCredentialsProvider: CredentialsProvider {
  private let baseURL: String
  private let isDisabled: Bool
  private let allowsVersion1: Bool
  private let timeoutMilliseconds: Int64
  private let maximumAttempts: Int
  private let kept = RefreshingCredentials()

  private static let tokenLifetimeSeconds = 21_600
  private static let rolePath = "/latest/meta-data/iam/security-credentials/"

  /// - Throws: `AWSError` with code `InvalidConfiguration` for settings of the service's address that cannot be used.
  init(_ settings: ConfigurationSettings) throws {
    isDisabled = settings.environment.value("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true"
    // A host that answers without a token lets any program that can be made to fetch a URL have the credentials: only when told to.
    allowsVersion1 = try settings.flag("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled") == false
    timeoutMilliseconds = try settings.milliseconds("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout") ?? 1_000
    maximumAttempts = try settings.count("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts") ?? 1
    let mode = try settings.choice(
      "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode", among: ["ipv4", "ipv6"])
    if let (url, origin) = settings.text("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint") {
      let endpoint = try Endpoint(url: url, source: origin)
      baseURL = "\(endpoint.scheme)://\(endpoint.authority)\(endpoint.basePath)"
    } else if try mode == "ipv6" || mode == nil && settings.flag("AWS_IMDS_USE_IPV6", "imds_use_ipv6") == true {
      baseURL = "http://[fd00:ec2::254]"
    } else {
      baseURL = "http://169.254.169.254"
    }
  }

  func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
    guard !isDisabled else { throw InstanceMetadataCredentialsProvider.failure("is not to be asked (AWS_EC2_METADATA_DISABLED)") }
    return try await kept.credentials(clock: clock) { [self] in try await fetch(transport, clock) }
  }

  private static func failure(_ what: String) -> AWSError { .noCredentials("the instance's metadata service \(what)") }

  private func fetch(_ transport: any HTTPTransport, _ clock: any AWSClock) async throws -> Credentials {
    var token = try await token(transport)
    var hasRenewedToken = false
    while true {
      do throws(Stale) {
        let path = InstanceMetadataCredentialsProvider.rolePath
        let role =
          try await get(path, token, transport).text.map { String($0.utf8.prefix { $0 != 0x0A && $0 != 0x0D })?.trimmed ?? "" } ?? ""
        guard !role.isEmpty, role.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }) else {
          throw Stale.other(InstanceMetadataCredentialsProvider.failure("names no role: the instance has none"))
        }
        return try InstanceMetadataCredentialsProvider.credentials(try await get(path + role, token, transport).bytes, clock)
      } catch {
        switch error {
        case .token:
          guard !hasRenewedToken else { throw InstanceMetadataCredentialsProvider.failure("refuses its own token (HTTP 401)") }
          hasRenewedToken = true
          token = try await self.token(transport)
        case .other(let error): throw error
        }
      }
    }
  }

  /// Why a question got no answer.
  private enum Stale: Error {
    /// HTTP 401: the token is no longer known, or one is wanted.
    case token
    case other(any Error)
  }

  private struct Answer {
    let bytes: [UInt8]
    var text: String? { String(validating: bytes, as: UTF8.self) }
  }

  /// The token of version 2; nil where version 1 is to serve instead.
  private func token(_ transport: any HTTPTransport) async throws -> String? {
    var request = request("PUT", "/latest/api/token")
    request.headers.append("x-aws-ec2-metadata-token-ttl-seconds", String(InstanceMetadataCredentialsProvider.tokenLifetimeSeconds))
    var last = InstanceMetadataCredentialsProvider.failure("gave no token")
    attempts: for _ in 0..<maximumAttempts {
      do {
        let response = try await transport.send(request)
        switch response.status {
        case 200:
          guard let token = String(validating: response.body, as: UTF8.self)?.trimmed, !token.isEmpty,
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
          else { throw InstanceMetadataCredentialsProvider.failure("answered what is no token") }
          return token
        case 400: throw InstanceMetadataCredentialsProvider.failure("refuses to give a token (HTTP 400)")
        case 403, 404, 405:
          last = InstanceMetadataCredentialsProvider.failure("gives no token (HTTP \(response.status))")
          break attempts
        default: last = InstanceMetadataCredentialsProvider.failure("answered HTTP \(response.status)")
        }
      } catch let error as AWSError where error.code != AWSError.credentialsCode {
        last = InstanceMetadataCredentialsProvider.failure("did not answer: \(error.message)")
      }
    }
    guard allowsVersion1 else { throw last }
    return nil
  }

  private func get(_ path: String, _ token: String?, _ transport: any HTTPTransport) async throws(Stale) -> Answer {
    var request = request("GET", path)
    if let token { request.headers.append("x-aws-ec2-metadata-token", token) }
    var last = InstanceMetadataCredentialsProvider.failure("did not answer")
    for _ in 0..<maximumAttempts {
      let response: HTTPResponse
      do {
        response = try await transport.send(request)
      } catch let error as AWSError {
        last = InstanceMetadataCredentialsProvider.failure("did not answer: \(error.message)")
        continue
      } catch {
        throw .other(error)
      }
      if response.status == 401 { throw .token }
      if response.status == 200, !response.body.isEmpty { return Answer(bytes: response.body) }
      last =
        response.status == 404 && path == InstanceMetadataCredentialsProvider.rolePath
        ? InstanceMetadataCredentialsProvider.failure("knows no role: the instance has none")
        : InstanceMetadataCredentialsProvider.failure("answered HTTP \(response.status)")
    }
    throw .other(last)
  }

  private func request(_ method: String, _ path: String) -> HTTPRequest {
    var request = HTTPRequest(
      method: method, url: baseURL + path, timeoutMilliseconds: timeoutMilliseconds, connectTimeoutMilliseconds: timeoutMilliseconds)
    // The service is on this machine's own link, and knows it by that.
    request.bypassesProxy = true
    return request
  }

  private static func credentials(_ body: [UInt8], _ clock: any AWSClock) throws(Stale) -> Credentials {
    do {
      let credentials = try Credentials(json: body)
      guard credentials.sessionToken != nil, let end = credentials.expirationMilliseconds else {
        throw failure("answered credentials without Token or Expiration")
      }
      return Credentials(
        accessKeyID: credentials.accessKeyID, secretAccessKey: credentials.secretAccessKey, sessionToken: credentials.sessionToken,
        expirationMilliseconds: extended(end, clock))
    } catch let error as JSONError {
      // The service tells of a role that cannot be assumed with HTTP 200.
      let answer = try? JSONValue(parsing: body)
      if let code = answer?["Code"]?.stringValue, code != "Success" {
        throw .other(failure("has no credentials: \(code): \(answer?["Message"]?.stringValue ?? "")"))
      }
      throw .other(failure("answered what are no credentials: \(error)"))
    } catch {
      throw .other(error)
    }
  }

  /// The time until which credentials serve: the service goes on giving them while it cannot renew them itself, and AWS goes on taking
  /// them. Such are asked for again after 2 to 10 minutes, spread by chance (botocore's figures).
  private static func extended(_ end: Int64, _ clock: any AWSClock) -> Int64 {
    let until = RefreshingCredentials.advisoryWindowMilliseconds + 120_000 + Int64(clock.randomFraction() * 480_000)
    return clock.nowMilliseconds >= end - until ? clock.nowMilliseconds + until : end
  }
}
