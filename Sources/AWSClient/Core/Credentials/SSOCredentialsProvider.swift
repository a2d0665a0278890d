internal import Synchronization

/// Credentials of a role of IAM Identity Center, for who has signed on with `aws sso login`.
final class SSOCredentialsProvider: CredentialsProvider {
  private let profile: CredentialsSource.SSOProfile
  private let configuration: AWSConfiguration
  private let tokenFile: String
  private let kept = RefreshingCredentials()
  /// The last renewed token, in case that it could not be written.
  private let renewed = Mutex<SSOToken?>(nil)

  /// From here on before its end, a token is renewed, in milliseconds (botocore's).
  private static let renewalWindowMilliseconds: Int64 = 900_000

  /// - Parameter configuration: how the sign-on's services are reached.
  /// - Throws: `AWSError` with code `InvalidConfiguration` when nobody knows where tokens are kept.
  init(_ profile: CredentialsSource.SSOProfile, environment: Environment, configuration: AWSConfiguration) throws {
    self.profile = profile
    self.configuration = configuration
    guard let folder = UserPath.expand("~/.aws/sso/cache", environment) else {
      throw AWSError.configuration("the profile '\(profile.profile)' needs the token in ~/.aws/sso/cache, and HOME is not set")
    }
    guard let hash = SHA1.hash(Array((profile.session ?? profile.startURL).utf8)) else {
      throw AWSError.configuration("libcrypto has no SHA-1, which names the files in \(folder)")
    }
    tokenFile = "\(folder)/\(Hexadecimal.encode(hash)).json"
  }

  func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
    try await kept.credentials(clock: clock) { [self] in
      let client = SSOClient(configuration, region: profile.region, transport: transport, clock: clock)
      let token = try await token(client, clock)
      do {
        return try await client.getRoleCredentials(accountID: profile.accountID, roleName: profile.roleName, accessToken: token)
      } catch let error as AWSError {
        if error.httpStatus == 401 { throw signOn("is over") }
        throw error.asCredentialsFailure(
          "the role \(profile.roleName) of the account \(profile.accountID) (profile '\(profile.profile)') could not be had")
      }
    }
  }

  private func signOn(_ state: String) -> AWSError {
    .noCredentials("the sign-on session of the profile '\(profile.profile)' \(state): run 'aws sso login --profile \(profile.profile)'")
  }

  private func token(_ client: SSOClient, _ clock: any AWSClock) async throws -> String {
    let token = try latestToken()
    let left = token.expirationMilliseconds - clock.nowMilliseconds
    // A session that a profile describes itself has no renewal.
    if profile.session != nil, left < SSOCredentialsProvider.renewalWindowMilliseconds,
      let renewal = token.renewal(nowMilliseconds: clock.nowMilliseconds)
    {
      do {
        let answer = try await client.createToken(
          clientID: renewal.clientID, clientSecret: renewal.clientSecret, refreshToken: renewal.refreshToken)
        let next = token.renewed(answer, startURL: profile.startURL, region: profile.region, nowMilliseconds: clock.nowMilliseconds)
        renewed.withLock { $0 = next }
        // This process can go on without the file; the next one signs on again.
        try? next.write(to: tokenFile)
        return next.accessToken
      } catch let error as AWSError {
        // The old one still serves for a while.
        guard left > 0 else { throw error.asCredentialsFailure(signOn("is over, and was not renewed").message) }
      }
    }
    guard left > 0 else { throw signOn("is over") }
    return token.accessToken
  }

  private func latestToken() throws -> SSOToken {
    let kept = renewed.withLock { $0 }
    switch FileReader.contents(tokenFile) {
    case .bytes(let bytes):
      guard let token = SSOToken(parsing: bytes) ?? kept else { throw signOn("cannot be read from \(tokenFile)") }
      if let kept, kept.expirationMilliseconds > token.expirationMilliseconds { return kept }
      return token
    case .missing:
      if let kept { return kept }
      throw signOn("has no token (\(tokenFile))")
    case .unreadable(let reason): throw signOn("cannot be read from \(tokenFile) (\(reason))")
    }
  }
}
