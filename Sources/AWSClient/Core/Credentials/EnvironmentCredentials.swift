import JSON

/// Keys of the environment.
enum EnvironmentCredentials {
  /// True when the environment has keys; half a pair is an error, and not passed over.
  static func areSet(_ environment: Environment) throws -> Bool {
    switch (environment.value("AWS_ACCESS_KEY_ID"), environment.value("AWS_SECRET_ACCESS_KEY")) {
    case (_?, _?): return true
    case (_?, nil): throw AWSError.configuration("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not: set both")
    case (nil, _?): throw AWSError.configuration("AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not: set both")
    case (nil, nil): return false
    }
  }

  static func read(_ environment: Environment) throws -> Credentials {
    guard try areSet(environment), let id = environment.value("AWS_ACCESS_KEY_ID"),
      let secret = environment.value("AWS_SECRET_ACCESS_KEY")
    else { throw AWSError(code: AWSError.credentialsCode, message: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are no longer set") }
    var end: Int64?
    if let text = environment.value("AWS_CREDENTIAL_EXPIRATION") {
      end = ISO8601.milliseconds(text)
      guard end != nil else {
        throw AWSError.configuration("AWS_CREDENTIAL_EXPIRATION is '\(text)': expected an ISO 8601 time such as 2026-11-20T10:00:00Z")
      }
    }
    return Credentials(
      accessKeyID: id, secretAccessKey: secret,
      sessionToken: environment.value("AWS_SECURITY_TOKEN") ?? environment.value("AWS_SESSION_TOKEN"), expirationMilliseconds: end)
  }

  /// Keys that say when they end are read again for each request, since a program may renew its own environment; others stand still.
  static func provider(_ environment: Environment) throws -> any CredentialsProvider {
    let credentials = try read(environment)
    return credentials.expirationMilliseconds == nil ? StaticCredentialsProvider(credentials) : Renewed(environment: environment)
  }

  private struct Renewed: CredentialsProvider {
    let environment: Environment

    func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
      let credentials = try read(environment)
      guard let end = credentials.expirationMilliseconds, end > clock.nowMilliseconds else {
        throw AWSError(
          code: AWSError.credentialsCode,
          message: "the credentials of AWS_ACCESS_KEY_ID have ended, as AWS_CREDENTIAL_EXPIRATION says: set new ones")
      }
      return credentials
    }
  }
}
