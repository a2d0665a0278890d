/// STS, over the AWS query protocol (API version 2011-06-15).
///
/// Every method throws `AWSError` or, when the task is cancelled, `CancellationError`.
public struct STSClient: Sendable {
  private let client: AWSClient

  public init(_ client: AWSClient) { self.client = STSClient.placed(client) }

  /// Temporary credentials of a role.
  public func assumeRole(_ input: AssumeRoleInput) async throws -> AssumeRoleOutput {
    try await call("AssumeRole", input.form) { try AssumedRole($0, of: "AssumeRole") }
  }

  /// Temporary credentials of a role for who holds a token of an identity provider. The request is not signed.
  public func assumeRoleWithWebIdentity(_ input: AssumeRoleWithWebIdentityInput) async throws -> AssumeRoleWithWebIdentityOutput {
    let operation = "AssumeRoleWithWebIdentity"
    do {
      return try await call(operation, input.form, isSigned: false) { result in
        let role = try AssumedRole(result, of: operation)
        return AssumeRoleWithWebIdentityOutput(
          credentials: role.credentials, assumedRoleARN: role.assumedRoleARN, assumedRoleID: role.assumedRoleID,
          subject: result["SubjectFromWebIdentityToken"]?.text, provider: result["Provider"]?.text, audience: result["Audience"]?.text)
      }
    } catch let error as AWSError {
      throw error.without([input.webIdentityToken])
    }
  }

  /// Who the credentials belong to; needs no permission.
  public func getCallerIdentity() async throws -> GetCallerIdentityOutput {
    let operation = "GetCallerIdentity"
    return try await call(operation, []) { result in
      GetCallerIdentityOutput(
        account: try STSClient.text(result, "Account", operation), arn: try STSClient.text(result, "Arn", operation),
        userID: try STSClient.text(result, "UserId", operation))
    }
  }

  private typealias AssumedRole = AssumeRoleOutput

  /// Calls an operation and reads the element of its result.
  private func call<Output>(
    _ operation: String, _ form: [(name: String, value: String)], isSigned: Bool = true, _ read: (XMLElement) throws -> Output
  ) async throws -> Output {
    var request = try STSClient.request(operation, client.configuration.endpoint(of: .sts))
    request.header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
    request.errorFormat = .xml
    request.isSigned = isSigned
    let fields = [("Action", operation), ("Version", "2011-06-15")] + form
    request.body = Array(
      fields.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(separator: "&").utf8)
    let response = try await client.perform(request)
    let root: XMLElement
    do {
      root = try XMLElement(parsing: response.body)
    } catch {
      throw STSClient.invalid("\(error)", operation)
    }
    guard root.name == "\(operation)Response", let result = root["\(operation)Result"] else {
      throw STSClient.invalid("expected '\(operation)Response' with an '\(operation)Result' in it", operation)
    }
    return try read(result)
  }

  private static func request(_ operation: String, _ endpoint: Endpoint) throws -> ServiceRequest {
    ServiceRequest(.sts, operation, endpoint: endpoint)
  }

  static func invalid(_ reason: String, _ operation: String) -> AWSError {
    AWSError(
      code: AWSError.invalidResponseCode, message: "the answer could not be read: \(reason)", service: AWSService.sts.serviceID,
      operation: operation)
  }

  static func text(_ element: XMLElement, _ name: String, _ operation: String) throws -> String {
    guard let text = element[name]?.text, !text.isEmpty else { throw invalid("it has no \(name)", operation) }
    return text
  }

  // MARK: The global endpoint

  /// The client that calls `sts.amazonaws.com` where the configuration wants it; it signs for us-east-1, where that endpoint is.
  private static func placed(_ client: AWSClient) -> AWSClient {
    let configuration = client.configuration
    guard configuration.usesGlobalSTSEndpoint, globalRegions.contains(configuration.region),
      configuration.configuredEndpoint(of: .sts) == nil, !configuration.usesFIPS, !configuration.usesDualStack
    else { return client }
    var global = configuration
    global.region = "us-east-1"
    global.serviceEndpoints[AWSService.sts.serviceID] = Endpoint(authority: "sts.amazonaws.com")
    return AWSClient(configuration: global, transport: client.transport, clock: client.clock)
  }

  /// Regions older than STS's regional endpoints (botocore's endpoint rules for STS).
  private static let globalRegions: Set<String> = [
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "aws-global", "ca-central-1", "eu-central-1", "eu-north-1",
    "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
  ]
}

extension AWSService {
  public static let sts = AWSService(serviceID: "STS", endpointPrefix: "sts")
}
