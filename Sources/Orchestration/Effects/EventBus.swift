/// One event to be published on EventBridge.
public struct BusEvent: Sendable, Equatable {
  public let source: String
  public let detailType: String
  /// A JSON object, in UTF-8.
  public let detail: [UInt8]
  /// Name or ARN of the bus; nil for the bus of this deployment.
  public let busName: String?
  /// `X-Amzn-Trace-Id` text that travels with the event.
  public let traceHeader: String?

  public init(source: String, detailType: String, detail: [UInt8], busName: String? = nil, traceHeader: String? = nil) {
    self.source = source
    self.detailType = detailType
    self.detail = detail
    self.busName = busName
    self.traceHeader = traceHeader
  }
}

/// Publishes events.
public protocol EventBus: Sendable {
  /// Publishes all events, or throws when one of them was refused; some may have been published then.
  func publish(_ events: [BusEvent]) async throws
}
