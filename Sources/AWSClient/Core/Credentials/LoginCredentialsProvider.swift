import JSON

/// Credentials that `aws login` has left in a file. They serve until they end; to renew them is left to that tool.
final class LoginCredentialsProvider: CredentialsProvider {
  private let file: String
  private let profile: String
  private let kept = RefreshingCredentials()

  init(session: String, settings: ConfigurationSettings) throws {
    profile = settings.profileName
    let folder = settings.environment.value("AWS_LOGIN_CACHE_DIRECTORY") ?? "~/.aws/login/cache"
    guard let folder = UserPath.expand(folder, settings.environment) else {
      throw AWSError.configuration("the profile '\(settings.profileName)' needs the token in \(folder), and HOME is not set")
    }
    do throws(SigningError) {
      file = "\(folder)/\(Hexadecimal.encode(try SHA256.hash(Array(session.utf8)))).json"
    } catch {
      throw AWSError.configuration("libcrypto has no SHA-256, which names the files in \(folder)")
    }
  }

  func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
    try await kept.credentials(clock: clock) { [self] in
      func failure(_ reason: String) -> AWSError {
        .noCredentials("the login of the profile '\(profile)' \(reason): run 'aws login --profile \(profile)'")
      }
      guard let bytes = FileReader.read(file) else { throw failure("has left no token (\(file))") }
      guard let token = (try? JSONValue(parsing: bytes))?["accessToken"], let id = token["accessKeyId"]?.stringValue,
        let secret = token["secretAccessKey"]?.stringValue, let end = token["expiresAt"]?.stringValue.flatMap(ISO8601.milliseconds)
      else { throw failure("has left what is no token (\(file))") }
      guard end > clock.nowMilliseconds else { throw failure("is over") }
      return Credentials(
        accessKeyID: id, secretAccessKey: secret, sessionToken: token["sessionToken"]?.stringValue, expirationMilliseconds: end)
    }
  }
}
