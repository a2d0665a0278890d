import AWSClient

/// The caller's AWS credentials for a child of this process, which gets nothing of the caller's but these.
enum CallerCredentials {
  /// The variables, with keys (and where they lack one, a region) in them, wherever the caller has them.
  /// - Throws: `CommandError` that says what to do, when there are no credentials anywhere.
  static func added(to variables: [String: String]) async throws(CommandError) -> [String: String] {
    let (configuration, credentials) = try await find(variables)
    var found = variables
    found["AWS_ACCESS_KEY_ID"] = credentials.accessKeyID
    found["AWS_SECRET_ACCESS_KEY"] = credentials.secretAccessKey
    found["AWS_SESSION_TOKEN"] = credentials.sessionToken
    found["AWS_REGION"] = configuration.region
    // They have been used: a child that has keys needs no profile that it may not find.
    for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION"] { found[name] = nil }
    return found
  }

  /// - Throws: `CommandError` in a sentence.
  static func find(_ variables: [String: String]) async throws(CommandError) -> (AWSConfiguration, Credentials) {
    do {
      let configuration = try AWSConfiguration.fromEnvironment(Environment(variables))
      let transport = CurlTransport(certificateAuthorityFile: configuration.certificateAuthorityFile)
      return (configuration, try await configuration.credentials.credentials(using: transport, clock: SystemClock()))
    } catch {
      throw CommandError((error as? AWSError)?.message ?? "no AWS credentials: \(error)")
    }
  }
}
