public import JSON

/// Where an event has the id by which its lines are found together with those of other functions.
public struct CorrelationPath: Sendable, Hashable {
  /// Places that are looked at in turn; the first with a text or a number counts.
  public var places: [JSONPointer] { first.map { [$0] + others } ?? others }

  // Apart, so that the usual one place makes no array, and no metadata of one, at the start of the process.
  private let first: JSONPointer?
  private let others: [JSONPointer]

  public init(_ places: JSONPointer...) {
    first = nil
    others = places
  }

  public init(_ place: JSONPointer) {
    first = place
    others = []
  }

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
      case .string(let text) where !text.isEmpty: return Self.cut(text)
      case .number(let number): return Self.cut(number.text)
      default: continue
      }
    }
    return nil
  }

  /// By bytes, since one character may have any number of them; whole scalars of it.
  private static func cut(_ text: String) -> String {
    let most = 256
    guard text.utf8.count > most else { return text }
    var end = text.utf8.index(text.utf8.startIndex, offsetBy: most)
    while end > text.utf8.startIndex, text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
    return String(decoding: text.utf8[..<end], as: UTF8.self)
  }
}
