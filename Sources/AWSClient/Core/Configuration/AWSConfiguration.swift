/// Where the services are, who calls them, and how patiently.
public struct AWSConfiguration: Sendable {
  /// The region that is called and signed for, such as "eu-central-1".
  public var region: String
  public var credentials: any CredentialsProvider
  /// The endpoint of every service that has none of its own below; nil for the service's regional endpoint.
  public var endpoint: Endpoint?
  /// Endpoints of single services, by `AWSService.serviceID`.
  public var serviceEndpoints: ServiceEndpoints
  public var usesFIPS: Bool
  public var usesDualStack: Bool
  public var s3AddressingStyle = S3AddressingStyle.automatic
  /// A PEM file with the certificate authorities to trust; nil for the first of the system's usual places that exists.
  public var certificateAuthorityFile: String?
  /// Attempts a request may take, the first included, 1 or more; nil for the service's default (4 for DynamoDB, else 3).
  public var maximumAttempts: Int?
  /// Time to establish a connection, in milliseconds.
  public var connectTimeoutMilliseconds: Int64
  /// Time for one attempt of a request, in milliseconds; nil for the operation's own (docs/aws-client.md has the table). Models and the bytes of
  /// objects always have their own.
  public var requestTimeoutMilliseconds: Int64?
  /// Longest time without a byte of a model's streamed answer, in milliseconds.
  public var streamIdleTimeoutMilliseconds: Int64 = 60_000
  /// Calls STS at `sts.amazonaws.com` from the regions that were there before it had regional endpoints (`sts_regional_endpoints = legacy`).
  public var usesGlobalSTSEndpoint = false

  public init(
    region: String, credentials: any CredentialsProvider, endpoint: Endpoint? = nil,
    serviceEndpoints: ServiceEndpoints = ServiceEndpoints(),
    usesFIPS: Bool = false, usesDualStack: Bool = false, certificateAuthorityFile: String? = nil, maximumAttempts: Int? = nil,
    connectTimeoutMilliseconds: Int64 = 3_000, requestTimeoutMilliseconds: Int64? = nil
  ) {
    self.region = region
    self.credentials = credentials
    self.endpoint = endpoint
    self.serviceEndpoints = serviceEndpoints
    self.usesFIPS = usesFIPS
    self.usesDualStack = usesDualStack
    self.certificateAuthorityFile = certificateAuthorityFile
    self.maximumAttempts = maximumAttempts
    self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
    self.requestTimeoutMilliseconds = requestTimeoutMilliseconds
  }

  /// Reads what all AWS SDKs share: the variables of the environment, then the profile of the shared configuration files.
  ///
  /// Credentials are looked for by the first request. The files are read here; where neither HOME nor a variable tells of them, as in a
  /// function of Lambda, nothing is read at all.
  /// - Parameter profile: a profile to use whatever `AWS_PROFILE` says; it also goes before keys in the environment.
  /// - Throws: `AWSError` with code `InvalidConfiguration`, which names the variable, or file and line, and what is wrong there.
  public static func fromEnvironment(_ environment: Environment = .current, profile: String? = nil) throws -> AWSConfiguration {
    let settings = try ConfigurationSettings(environment, profile: profile)
    guard let (region, origin) = settings.text("AWS_REGION", nil) ?? settings.text("AWS_DEFAULT_REGION", "region") else {
      throw AWSError.configuration(
        "no region: set AWS_REGION (or AWS_DEFAULT_REGION), for example to 'us-east-1', or 'region' in a profile of the shared "
          + "configuration file")
    }
    guard Partition.isRegionName(region) else {
      throw AWSError.configuration(
        "the region '\(region)' (\(origin)) is no host label: expected letters, digits and '-', such as 'us-east-1'")
    }
    var configuration = AWSConfiguration(region: region, credentials: MissingCredentialsProvider())
    (configuration.endpoint, configuration.serviceEndpoints) = try settings.endpoints()
    configuration.usesFIPS = try settings.flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint") ?? false
    configuration.usesDualStack = try settings.flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint") ?? false
    configuration.certificateAuthorityFile = settings.text("AWS_CA_BUNDLE", "ca_bundle")?.text
    configuration.maximumAttempts = try settings.count("AWS_MAX_ATTEMPTS", "max_attempts")
    // There is one way of trying again; the names of the others are no mistake.
    _ = try settings.choice("AWS_RETRY_MODE", "retry_mode", among: ["standard", "adaptive", "legacy"])
    let sts = try settings.choice("AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints", among: ["regional", "legacy"])
    configuration.usesGlobalSTSEndpoint = sts == "legacy"
    configuration.credentials = try credentialsProvider(settings, configuration)
    return configuration
  }
}
