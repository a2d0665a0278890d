/// Credentials of a role, assumed with those of another source and again before they end.
final class AssumeRoleCredentialsProvider: CredentialsProvider {
  private let role: CredentialsSource.AssumedRole
  private let configuration: AWSConfiguration
  private let kept = RefreshingCredentials()

  /// - Parameter configuration: how STS is reached.
  init(_ role: CredentialsSource.AssumedRole, source: any CredentialsProvider, configuration: AWSConfiguration) {
    self.role = role
    var configuration = configuration
    configuration.credentials = source
    self.configuration = configuration
  }

  func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
    try await kept.credentials(clock: clock) { [self] in
      do {
        let sts = STSClient(AWSClient(configuration: configuration, transport: transport, clock: clock))
        return try await sts.assumeRole(
          AssumeRoleInput(
            roleARN: role.arn, roleSessionName: RoleSessionName.named(role.sessionName, clock), durationSeconds: role.durationSeconds,
            externalID: role.externalID)
        ).credentials
      } catch let error as AWSError {
        throw error.asCredentialsFailure("the role \(role.arn) of the profile '\(role.profile)' could not be assumed")
      }
    }
  }
}

/// Credentials of a role for who holds a token of an identity provider, such as a pod of Kubernetes.
final class WebIdentityCredentialsProvider: CredentialsProvider {
  private let identity: CredentialsSource.WebIdentity
  private let configuration: AWSConfiguration
  private let kept = RefreshingCredentials()

  /// - Parameter configuration: how STS is reached.
  init(_ identity: CredentialsSource.WebIdentity, configuration: AWSConfiguration) {
    self.identity = identity
    self.configuration = configuration
  }

  func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
    try await kept.credentials(clock: clock) { [self] in
      do {
        let sts = STSClient(AWSClient(configuration: configuration, transport: transport, clock: clock))
        return try await sts.assumeRoleWithWebIdentity(
          AssumeRoleWithWebIdentityInput(
            roleARN: identity.roleARN, roleSessionName: RoleSessionName.named(identity.sessionName, clock), webIdentityToken: try token())
        ).credentials
      } catch let error as AWSError {
        throw error.asCredentialsFailure("the role \(identity.roleARN) could not be assumed with the token of \(identity.tokenFile)")
      }
    }
  }

  /// The file is read each time: its token is renewed in place.
  private func token() throws -> String {
    switch FileReader.contents(identity.tokenFile) {
    case .missing: throw AWSError.noCredentials("there is no such file (AWS_WEB_IDENTITY_TOKEN_FILE, web_identity_token_file)")
    case .unreadable(let reason): throw AWSError.noCredentials("the file cannot be read: \(reason)")
    case .bytes(let bytes):
      guard let token = String(validating: bytes, as: UTF8.self)?.trimmed, !token.isEmpty else {
        throw AWSError.noCredentials("the file holds no token")
      }
      return token
    }
  }
}

/// What a session is called that nobody has named.
enum RoleSessionName {
  static func named(_ name: String?, _ clock: any AWSClock) -> String {
    guard let name, !name.isEmpty else { return "arbiter-session-\(clock.nowMilliseconds / 1_000)" }
    return name
  }
}

extension String {
  /// Without blanks, line ends and other control characters of ASCII at both ends.
  var trimmed: String {
    guard let begin = utf8.firstIndex(where: { $0 > 0x20 }), let last = utf8.lastIndex(where: { $0 > 0x20 }) else { return "" }
    return String(decoding: utf8[begin...last], as: UTF8.self)
  }
}
