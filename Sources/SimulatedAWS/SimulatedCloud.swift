public import AWSClient
import JSON

/// All of AWS that is simulated: hands each request to the service that it is for, and counts.
public final class SimulatedCloud: SimulatedService {
  /// What a request asks for, such as "dynamodb" and "UpdateItem".
  public struct Operation: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The service's name in signatures and hosts: "dynamodb", "sqs", "events", "s3", "bedrock-runtime"; "unknown" for others.
    public let service: String
    /// The operation's name in AWS's API; the method and the path where there is none.
    public let operation: String

    public init(service: String, operation: String) {
      self.service = service
      self.operation = operation
    }

    public var description: String { "\(service) \(operation)" }
    public static func < (left: Operation, right: Operation) -> Bool {
      (left.service, left.operation) < (right.service, right.operation)
    }
  }

  public let tables: (any SimulatedService)?
  public let queues: SimulatedQueues?
  public let bus: SimulatedBus?
  public let buckets: SimulatedBuckets?
  public let models: SimulatedModels?
  /// Sees each request with its answer.
  public var onRequest: ((Operation, HTTPRequest, HTTPResponse, Int64) -> Void)?
  /// Whether requests are refused whose signatures are of another time than the service's, as AWS does; unsigned requests never are.
  public var refusesWrongTimes = true

  private var countsByOperation: [Operation: Int] = [:]
  private var requestIDs = IdentifierSequence(salt: 0xC1)

  public init(
    tables: (any SimulatedService)? = nil, queues: SimulatedQueues? = nil, bus: SimulatedBus? = nil, buckets: SimulatedBuckets? = nil,
    models: SimulatedModels? = nil
  ) {
    self.tables = tables
    self.queues = queues
    self.bus = bus
    self.buckets = buckets
    self.models = models
  }

  /// How many requests came, by service and operation, in alphabetical order.
  public var counts: [(operation: Operation, count: Int)] {
    countsByOperation.sorted { $0.key < $1.key }.map { (operation: $0.key, count: $0.value) }
  }

  public func answer(_ request: HTTPRequest, nowMilliseconds now: Int64) -> HTTPResponse {
    let operation = SimulatedCloud.operation(of: request)
    countsByOperation[operation, default: 0] += 1
    let response = answer(request, operation, now)
    onRequest?(operation, request, response, now)
    return response
  }

  private func answer(_ request: HTTPRequest, _ operation: Operation, _ now: Int64) -> HTTPResponse {
    guard let service = service(operation.service) else { return unknown(request, operation) }
    if refusesWrongTimes, let refusal = SignatureTime.refusal(of: request, service: operation.service, nowMilliseconds: now) {
      var response =
        operation.service == "s3"
        ? HTTPResponse.xml(refusal, method: request.method, requestID: requestIDs.next())
        : HTTPResponse.json(refusal, namespace: "com.amazon.coral.service", requestID: requestIDs.next())
      // By this the client sees how far its clock is off.
      response.headers.append(lowercased: "date", HTTPDateText.text(milliseconds: now))
      return response
    }
    return service.answer(request, nowMilliseconds: now)
  }

  private func service(_ name: String) -> (any SimulatedService)? {
    switch name {
    case "dynamodb": tables
    case "sqs": queues
    case "events": bus
    case "s3": buckets
    case "bedrock-runtime": models
    default: nil
    }
  }

  private func unknown(_ request: HTTPRequest, _ operation: Operation) -> HTTPResponse {
    .json(
      Refusal(
        operation.service == "unknown" ? 404 : 400, "UnknownOperationException",
        "No service in memory answers \(request.method) \(request.url) (\(operation))."),
      namespace: "com.amazon.coral.service", requestID: requestIDs.next())
  }
}

extension SimulatedCloud {
  /// What a request asks for, by its headers, host and path.
  public static func operation(of request: HTTPRequest) -> Operation {
    if let target = request.headers["x-amz-target"], let dot = target.utf8.firstIndex(of: UInt8(ascii: ".")) {
      let operation = String(target[target.utf8.index(after: dot)...])
      switch target.utf8.first {
      case UInt8(ascii: "D") where target.hasPrefix("DynamoDB_"): return Operation(service: "dynamodb", operation: operation)
      case UInt8(ascii: "A") where target.hasPrefix("AmazonSQS."): return Operation(service: "sqs", operation: operation)
      case UInt8(ascii: "A") where target.hasPrefix("AWSEvents."): return Operation(service: "events", operation: operation)
      default: return Operation(service: hostService(of: request) ?? "unknown", operation: operation)
      }
    }
    switch hostService(of: request) ?? scopeService(of: request) {
    case "s3": return Operation(service: "s3", operation: BucketRequest(request).operation?.rawValue ?? other(request))
    case "bedrock-runtime", "bedrock":
      let target = SimulatedModels.target(of: request)
      return Operation(
        service: "bedrock-runtime", operation: target.map { $0.isStreaming ? "ConverseStream" : "Converse" } ?? other(request))
    case let service?: return Operation(service: service, operation: other(request))
    case nil: return Operation(service: "unknown", operation: other(request))
    }
  }

  private static func other(_ request: HTTPRequest) -> String { "\(request.method) \(RequestTarget(request.url).path)" }

  /// The service of AWS's own host names: "{service}.{region}.amazonaws.com", "{bucket}.s3.{region}.amazonaws.com".
  private static func hostService(of request: HTTPRequest) -> String? {
    let host = RequestTarget(request.url).authority
    guard host.hasSuffix(".amazonaws.com") || host.hasSuffix(".api.aws") || host.hasSuffix(".amazonaws.com.cn") else { return nil }
    let labels = host.utf8.split(separator: UInt8(ascii: "."))
    if labels.contains(where: { $0.elementsEqual("s3".utf8) || $0.elementsEqual("s3-fips".utf8) }) { return "s3" }
    let label = String(Substring(labels[0]))
    return label.hasSuffix("-fips") ? String(label.dropLast(5)) : label
  }

  /// The service that a request is signed for, at an address of one's own.
  private static func scopeService(of request: HTTPRequest) -> String? {
    guard let authorization = request.headers["authorization"] else { return nil }
    // "AWS4-HMAC-SHA256 Credential={key}/{date}/{region}/{service}/aws4_request, …"
    let parts = authorization.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 4)
    return parts.count == 5 ? String(Substring(parts[3])) : nil
  }
}
