/// Where the services are, who calls them, and how patiently.
public struct AWSConfiguration: Sendable {
  /// The region that is called and signed for, such as "eu-central-1".
  public var region: String
  public var credentials: any CredentialsProvider
  /// The endpoint of every service that has none of its own below; nil for the service's regional endpoint.
  public var endpoint: Endpoint?
  /// Endpoints of single services, by `AWSService.serviceID`.
  public var serviceEndpoints: [String: Endpoint]
  public var usesFIPS: Bool
  public var usesDualStack: Bool
  /// A PEM file with the certificate authorities to trust; nil for the first of the system's usual places that exists.
  public var certificateAuthorityFile: String?
  /// Attempts a request may take, the first included, 1 or more; nil for the service's default (4 for DynamoDB, else 3).
  public var maximumAttempts: Int?
  /// Time to establish a connection, in milliseconds.
  public var connectTimeoutMilliseconds: Int64
  /// Time for one attempt of a request, in milliseconds; an operation that is known to be slow (a model) has its own.
  public var requestTimeoutMilliseconds: Int64

  public init(
    region: String, credentials: any CredentialsProvider, endpoint: Endpoint? = nil, serviceEndpoints: [String: Endpoint] = [:],
    usesFIPS: Bool = false, usesDualStack: Bool = false, certificateAuthorityFile: String? = nil, maximumAttempts: Int? = nil,
    connectTimeoutMilliseconds: Int64 = 3_000, requestTimeoutMilliseconds: Int64 = 60_000
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

  /// Reads the variables that all AWS SDKs share: region, credentials, endpoints, certificate bundle, attempts.
  /// - Throws: `AWSError` with code `InvalidConfiguration`, which names the variable and what is wrong with its value.
  public static func fromEnvironment(_ environment: Environment = .current) throws -> AWSConfiguration {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    func flag(_ name: String) throws -> Bool {
      switch value(name)?.lowercased() {
      case nil, "false": return false
      case "true": return true
      case .some: throw AWSError.configuration("\(name) is '\(value(name) ?? "")': expected 'true' or 'false'")
      }
    }
    guard let region = value("AWS_REGION") ?? value("AWS_DEFAULT_REGION") else {
      throw AWSError.configuration("no region: set AWS_REGION (or AWS_DEFAULT_REGION), for example to 'us-east-1'")
    }
    guard Partition.isRegionName(region) else {
      throw AWSError.configuration("the region '\(region)' is no host label: expected letters, digits and '-', such as 'us-east-1'")
    }
    var configuration = AWSConfiguration(region: region, credentials: try credentialsProvider(environment))
    if try !flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
      if let url = value("AWS_ENDPOINT_URL") { configuration.endpoint = try Endpoint(url: url, source: "AWS_ENDPOINT_URL") }
      for service in [AWSService.dynamoDB, .sqs, .s3, .eventBridge, .bedrockRuntime] {
        guard let url = value(service.endpointVariable) else { continue }
        configuration.serviceEndpoints[service.serviceID] = try Endpoint(url: url, source: service.endpointVariable)
      }
    }
    configuration.usesFIPS = try flag("AWS_USE_FIPS_ENDPOINT")
    configuration.usesDualStack = try flag("AWS_USE_DUALSTACK_ENDPOINT")
    configuration.certificateAuthorityFile = value("AWS_CA_BUNDLE")
    if let text = value("AWS_MAX_ATTEMPTS") {
      guard let attempts = Int(text), attempts >= 1 else {
        throw AWSError.configuration("AWS_MAX_ATTEMPTS is '\(text)': expected an integer of at least 1")
      }
      configuration.maximumAttempts = attempts
    }
    return configuration
  }
}
