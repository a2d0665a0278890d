/// What the client has to know about a service to reach it and to sign for it.
public struct AWSService: Sendable, Hashable {
  /// The service's id in botocore's models, such as "EventBridge"; it names the endpoint variable and appears in errors.
  public let serviceID: String
  /// The first label of the service's host names, such as "events".
  public let endpointPrefix: String
  /// The service's name in the scope of a signature, such as "bedrock".
  public let signingName: String

  public init(serviceID: String, endpointPrefix: String, signingName: String? = nil) {
    self.serviceID = serviceID
    self.endpointPrefix = endpointPrefix
    self.signingName = signingName ?? endpointPrefix
  }

  /// `AWS_ENDPOINT_URL_` and the service's id in capitals, blanks as underscores (the rule of the AWS SDKs' reference guide).
  public var endpointVariable: String {
    "AWS_ENDPOINT_URL_" + String(serviceID.uppercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
  }

  public static let dynamoDB = AWSService(serviceID: "DynamoDB", endpointPrefix: "dynamodb")
  public static let sqs = AWSService(serviceID: "SQS", endpointPrefix: "sqs")
  public static let s3 = AWSService(serviceID: "S3", endpointPrefix: "s3")
  public static let eventBridge = AWSService(serviceID: "EventBridge", endpointPrefix: "events")
  public static let bedrockRuntime = AWSService(
    serviceID: "Bedrock Runtime", endpointPrefix: "bedrock-runtime", signingName: "bedrock")
}
