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
    let prefix: StaticString = "AWS_ENDPOINT_URL_"
    let count = prefix.utf8CodeUnitCount
    // Byte by byte: every start asks for the variable of every service.
    return String(unsafeUninitializedCapacity: count + serviceID.utf8.count) { output in
      for index in 0..<count { output[index] = prefix.utf8Start[index] }
      var index = count
      for byte in serviceID.utf8 {
        output[index] =
          switch byte {
          case 0x61...0x7A: byte - 0x20
          case UInt8(ascii: " "), UInt8(ascii: "-"): UInt8(ascii: "_")
          default: byte
          }
        index += 1
      }
      return index
    }
  }

  public static let dynamoDB = AWSService(serviceID: "DynamoDB", endpointPrefix: "dynamodb")
  public static let sqs = AWSService(serviceID: "SQS", endpointPrefix: "sqs")
  public static let s3 = AWSService(serviceID: "S3", endpointPrefix: "s3")
  public static let eventBridge = AWSService(serviceID: "EventBridge", endpointPrefix: "events")
  public static let bedrockRuntime = AWSService(
    serviceID: "Bedrock Runtime", endpointPrefix: "bedrock-runtime", signingName: "bedrock")
  public static let secretsManager = AWSService(serviceID: "Secrets Manager", endpointPrefix: "secretsmanager")
  public static let ssm = AWSService(serviceID: "SSM", endpointPrefix: "ssm")

  /// Every service that has a client here; each has an endpoint variable of its own.
  public static let all: [AWSService] = [.dynamoDB, .sqs, .s3, .eventBridge, .bedrockRuntime, .secretsManager, .ssm]
}
