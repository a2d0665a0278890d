public import AWSClient

/// A standard queue as CreateQueue would make it.
public struct QueueDefinition: Sendable, Hashable {
  /// "https://sqs.{region}.amazonaws.com/{account}/{name}".
  public var url: String
  /// How long a received message stays hidden from others: 0 to 43200 seconds.
  public var visibilityTimeoutSeconds: Int
  /// How long a message is kept from the time it was first sent, in a dead-letter queue too: 60 to 1209600 seconds.
  public var retentionSeconds: Int
  /// How long a new message stays hidden: 0 to 900 seconds.
  public var delaySeconds: Int
  /// How often a message is handed out before it goes to the dead-letter queue, 1 to 1000; nil for ever.
  public var maximumReceives: Int?
  public var deadLetterQueueURL: String?

  public init(
    url: String, visibilityTimeoutSeconds: Int = 30, retentionSeconds: Int = 345_600, delaySeconds: Int = 0, maximumReceives: Int? = nil,
    deadLetterQueueURL: String? = nil
  ) {
    self.url = url
    self.visibilityTimeoutSeconds = visibilityTimeoutSeconds
    self.retentionSeconds = retentionSeconds
    self.delaySeconds = delaySeconds
    self.maximumReceives = maximumReceives
    self.deadLetterQueueURL = deadLetterQueueURL
  }
}

/// A message in a queue.
public struct QueuedMessage: Sendable, Hashable {
  /// The queue that it is in.
  public internal(set) var queueURL: String
  public let id: String
  public let body: String
  public let attributes: [String: MessageAttributeValue]
  /// The system attribute AWSTraceHeader.
  public let traceHeader: String?
  public let groupID: String?
  /// When it was sent, in milliseconds since the Unix epoch; a move to a dead-letter queue leaves it as it is.
  public let sentMilliseconds: Int64
  /// When it was handed out first; nil before that.
  public internal(set) var firstReceivedMilliseconds: Int64?
  /// How often it was handed out.
  public internal(set) var receives = 0
  /// From when on it may be handed out.
  public internal(set) var visibleAtMilliseconds: Int64
  /// The queue that it came from, in a dead-letter queue.
  public internal(set) var deadLetterSourceURL: String?
  /// True once it was deleted; a message that still is in its queue then is the copy of a server that did not hear of it.
  public internal(set) var isDeleted = false
}

/// A message as it was handed out.
public struct ReceivedMessage: Sendable, Hashable {
  public let message: QueuedMessage
  /// What deletes it; the receipt of the message's next delivery makes it stale.
  public let receipt: String
}

/// What happened to a message.
public enum QueueChange: Sendable, Hashable {
  case sent(QueuedMessage)
  case received(ReceivedMessage)
  case deleted(QueuedMessage)
  /// A consumer set its visibility anew.
  case visibilityChanged(QueuedMessage)
  /// Moved after its maximum of receives; the message is as it is in the dead-letter queue.
  case deadLettered(QueuedMessage)
  /// Kept as long as the queue keeps a message.
  case expired(QueuedMessage)
  /// Deleted by an operator.
  case purged(QueuedMessage)
}

/// How many messages a queue has, by what a consumer may have of them.
public struct QueueCounts: Sendable, Hashable {
  public var visible: Int
  /// Received, and neither deleted nor visible again.
  public var inFlight: Int
  /// Sent with a delay that has not ended.
  public var delayed: Int

  public init(visible: Int = 0, inFlight: Int = 0, delayed: Int = 0) {
    self.visible = visible
    self.inFlight = inFlight
    self.delayed = delayed
  }

  public var all: Int { visible + inFlight + delayed }
}
