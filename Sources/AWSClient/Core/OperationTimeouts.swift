/// How long one attempt of an operation may take, unless the configuration says otherwise.
///
/// A connection that hangs costs this time and then a retry, so that what answers within milliseconds has a short one; the deadline in
/// `RequestContext` shortens each of them.
enum OperationTimeouts {
  /// 15 minutes, the longest that a function of Lambda lives: for models, and for objects of any size.
  static let long: Int64 = 900_000

  /// Milliseconds for one attempt.
  static func milliseconds(_ service: AWSService, _ operation: String) -> Int64 {
    switch (service, operation) {
    case (.bedrockRuntime, _), (.s3, "GetObject"), (.s3, "PutObject"): long
    // The longest poll of a queue is 20 s.
    case (.sqs, "ReceiveMessage"): 30_000
    case (.dynamoDB, _), (.sqs, _), (.eventBridge, _), (.secretsManager, _), (.ssm, _): 10_000
    case (.s3, _): 30_000
    default: 60_000
    }
  }

  /// True where the configuration's `requestTimeoutMilliseconds` has no say: how long the operation takes is the model's or the object's matter.
  static func isOwn(_ service: AWSService, _ operation: String) -> Bool { milliseconds(service, operation) == long }
}
