/// One message for an SQS queue.
public struct QueueMessage: Sendable, Equatable {
  /// Identifies the message within one call of `send`.
  public let id: String
  public let queueURL: String
  public let body: [UInt8]
  /// `X-Amzn-Trace-Id` text that travels as the system attribute `AWSTraceHeader`.
  public let traceHeader: String?

  public init(id: String, queueURL: String, body: [UInt8], traceHeader: String? = nil) {
    self.id = id
    self.queueURL = queueURL
    self.body = body
    self.traceHeader = traceHeader
  }
}

/// Why a message did not reach its queue.
public struct SendFailure: Sendable, Equatable {
  public let reason: String
  /// True when trying again cannot help, as with a queue that does not exist.
  public let isPermanent: Bool
  /// True when whoever sends has no permission: nothing but another permission helps.
  public let isDenied: Bool

  public init(reason: String, isPermanent: Bool, isDenied: Bool = false) {
    self.reason = reason
    self.isPermanent = isPermanent
    self.isDenied = isDenied
  }
}

/// A queue that refuses messages for want of a permission, which a person has to give.
public struct SendingDenied: Error, Sendable, Equatable, CustomStringConvertible {
  public let queueURL: String
  public let reason: String
  public var description: String { "messages for the queue '\(queueURL)' are denied: \(reason)" }
}

/// Sends messages to agents.
public protocol TaskQueue: Sendable {
  /// Sends the messages and tells which did not arrive, and why, by message id.
  /// A message that is not in the answer has been accepted by its queue.
  func send(_ messages: [QueueMessage]) async -> [String: SendFailure]
}
