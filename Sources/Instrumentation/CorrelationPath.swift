public import JSON

/// Where an event has the id by which its lines are found together with those of other functions.
public struct CorrelationPath: Sendable, Hashable {
  /// Places that are looked at in turn; the first with a text or a number counts.
  public let places: [JSONPointer]

  public init(_ places: JSONPointer...) { self.places = places }

  /// Requests of API Gateway (REST, HTTP and WebSocket APIs), of function URLs and of AppSync's authorizers: the request's id.
  public static let apiGateway = CorrelationPath(JSONPointer("requestContext", "requestId"))
  /// Requests of an Application Load Balancer: the X-Ray header.
  public static let applicationLoadBalancer = header("x-amzn-trace-id")
  /// Events of EventBridge: the event's id.
  public static let eventBridge = CorrelationPath(JSONPointer("id"))
  /// Batches of SQS: the first message's id. Each message has its own by `SQSRecord.withTelemetry`.
  public static let sqs = CorrelationPath(JSONPointer("Records", "0", "messageId"))
  /// Resolvers of AppSync: the X-Ray header of the GraphQL request.
  public static let appSyncResolver = CorrelationPath(JSONPointer("request", "headers", "x-amzn-trace-id"))

  /// A header field of an HTTP request by API Gateway, a function URL or a load balancer, in any case.
  public static func header(_ name: String) -> CorrelationPath {
    CorrelationPath(JSONPointer("headers", name), JSONPointer("multiValueHeaders", name, "0"))
  }

  /// The id, cut to 256 bytes; nil when the event has none, or is no JSON up to there.
  public func id(in event: [UInt8]) -> String? {
    for place in places {
      switch place.value(in: event, ignoringCase: true) {
      case .string(let text) where !text.isEmpty: return text.utf8.count <= 256 ? text : String(text.prefix(64))
      case .number(let number): return String(number.text.prefix(64))
      default: continue
      }
    }
    return nil
  }
}
