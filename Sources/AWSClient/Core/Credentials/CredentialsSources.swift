extension AWSConfiguration {
  /// The first source that the environment names: keys, then a container's endpoint.
  static func credentialsProvider(_ environment: Environment) throws -> any CredentialsProvider {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    switch (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY")) {
    case (let id?, let secret?):
      return StaticCredentialsProvider(
        Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: value("AWS_SESSION_TOKEN")))
    case (_?, nil): throw AWSError.configuration("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not: set both")
    case (nil, _?): throw AWSError.configuration("AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not: set both")
    case (nil, nil): break
    }
    if let provider = try ContainerCredentialsProvider(environment: environment) { return provider }
    return MissingCredentialsProvider()
  }
}

/// Stands where no source was found, so that a process that makes no call needs none.
struct MissingCredentialsProvider: CredentialsProvider {
  func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
    throw AWSError(
      code: AWSError.credentialsCode,
      message: "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or "
        + "AWS_CONTAINER_CREDENTIALS_FULL_URI")
  }
}
