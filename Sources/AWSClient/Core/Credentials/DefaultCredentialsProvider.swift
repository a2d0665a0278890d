internal import Synchronization

extension AWSConfiguration {
  /// Keys of the environment at once, as every function of Lambda has them; anything else when it is first asked for.
  static func credentialsProvider(_ settings: ConfigurationSettings, _ configuration: AWSConfiguration) throws -> any CredentialsProvider {
    if !settings.isProfileExplicit, try EnvironmentCredentials.areSet(settings.environment) {
      return try EnvironmentCredentials.provider(settings.environment)
    }
    return DefaultCredentialsProvider(settings, configuration)
  }
}

/// The caller's credentials from wherever AWS's tools find them (see `CredentialsChain`); looked for by the first request.
public final class DefaultCredentialsProvider: CredentialsProvider {
  private let settings: ConfigurationSettings
  private let configuration: AWSConfiguration
  private struct Found {
    let provider: any CredentialsProvider
    /// Nothing is set up, and what was tried is what may be there all the same.
    let isLastResort: Bool
  }
  private let found = Mutex<Found?>(nil)

  /// - Parameter profile: a profile to use whatever `AWS_PROFILE` says; it also goes before keys in the environment.
  /// - Throws: `AWSError` with code `InvalidConfiguration`, as `AWSConfiguration.fromEnvironment` does.
  public convenience init(environment: Environment = .current, profile: String? = nil) throws {
    self.init(
      try ConfigurationSettings(environment, profile: profile), try AWSConfiguration.fromEnvironment(environment, profile: profile))
  }

  var profileName: String { settings.profileName }

  /// - Parameter configuration: how STS and SSO are reached; its own credentials are not used.
  init(_ settings: ConfigurationSettings, _ configuration: AWSConfiguration) {
    self.settings = settings
    self.configuration = configuration
  }

  public func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
    let found = try found.withLock { found in
      if let found { return found }
      let source = try CredentialsChain(settings).source()
      let provider = try CredentialsProviders(settings: settings, configuration: configuration).provider(of: source)
      var isLastResort = false
      if case .instanceMetadata = source { isLastResort = true }
      let new = Found(provider: provider, isLastResort: isLastResort)
      found = new
      return new
    }
    do {
      return try await found.provider.credentials(using: transport, clock: clock)
    } catch let error as AWSError where found.isLastResort && error.code == AWSError.credentialsCode {
      throw error.asCredentialsFailure(
        "no credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, the profile '\(settings.profileName)' has none "
          + "(\(settings.shared.configPath), \(settings.shared.credentialsPath)), no variable names a container's endpoint or a web identity"
      )
    }
  }
}

/// Makes the provider of a source.
struct CredentialsProviders {
  let settings: ConfigurationSettings
  let configuration: AWSConfiguration

  func provider(of source: CredentialsSource) throws -> any CredentialsProvider {
    let environment = settings.environment
    switch source {
    case .environment: return try EnvironmentCredentials.provider(environment)
    case .sharedCredentialsFile(let keys), .configFile(let keys): return StaticCredentialsProvider(keys)
    case .role(let role, let source):
      return AssumeRoleCredentialsProvider(role, source: try provider(of: source), configuration: configuration)
    case .webIdentity(let identity):
      return WebIdentityCredentialsProvider(identity, configuration: configuration)
    case .sso(let profile): return try SSOCredentialsProvider(profile, environment: environment, configuration: configuration)
    case .login(let session): return try LoginCredentialsProvider(session: session, settings: settings)
    case .process(let command):
      return try ProcessCredentialsProvider(command: command, profile: settings.profileName, environment: environment)
    case .container:
      guard let provider = try ContainerCredentialsProvider(environment: environment) else { return MissingCredentialsProvider() }
      return provider
    case .instanceMetadata: return try InstanceMetadataCredentialsProvider(settings)
    }
  }
}

/// Stands where no source can be.
struct MissingCredentialsProvider: CredentialsProvider {
  func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
    throw AWSError(code: AWSError.credentialsCode, message: "no credentials were given to this client")
  }
}
