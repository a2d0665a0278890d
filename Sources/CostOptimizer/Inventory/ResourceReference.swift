/// One resource of the account.
public struct ResourceReference: Sendable, Hashable {
  public enum Service: String, Sendable, Hashable, CaseIterable {
    case lambda = "Lambda"
    case apiGateway = "API Gateway"
    case dynamoDB = "DynamoDB"
    case s3 = "S3"
    case stepFunctions = "Step Functions"
    case eventBridge = "EventBridge"
  }

  public var service: Service
  /// The name that people know it by.
  public var name: String
  /// Amazon Resource Name; where the service gives none, made by its documented form.
  public var arn: String

  public init(_ service: Service, name: String, arn: String) {
    self.service = service
    self.name = name
    self.arn = arn
  }
}
