public import AWSClient

/// SQS in memory: standard queues, as requests and as a consumer such as Lambda's event source mapping sees them.
///
/// A ReceiveMessage that would wait for messages answers at once with those that are there.
public final class SimulatedQueues: SimulatedService {
  /// Sees each change as it happens, with its time in milliseconds since the Unix epoch.
  public var onChange: ((QueueChange, Int64) -> Void)?
  /// Queues that the callers of requests may not use; consumers and the console may.
  public var deniedQueueURLs: Set<String> = []

  let chance: any ServiceChance
  private var queues: [StoredQueue] = []
  private var queuesByURL: [String: StoredQueue] = [:]
  private var messageIDs = IdentifierSequence(salt: 0x51)
  var requestIDs = IdentifierSequence(salt: 0x52)

  public init(_ definitions: [QueueDefinition] = [], chance: any ServiceChance = NoFaults()) {
    self.chance = chance
    for definition in definitions { define(definition) }
  }

  public func answer(_ request: HTTPRequest, nowMilliseconds: Int64) -> HTTPResponse { respond(to: request, now: nowMilliseconds) }

  // MARK: What a consumer does

  /// Hands out messages that are visible, the oldest first but for `ServiceFault.reordering`, and hides them for the visibility timeout.
  ///
  /// Those that have been handed out as often as the queue allows go to its dead-letter queue instead. With
  /// `ServiceFault.duplicateReceive`, one that is in flight is handed out as well. None from a queue that does not exist.
  /// - Parameter most: 1 or more; SQS itself gives at most 10.
  public func receive(
    _ url: String, most: Int = 10, visibilityTimeoutSeconds: Int? = nil, nowMilliseconds now: Int64
  ) -> [ReceivedMessage] {
    guard let queue = queue(at: url) else { return [] }
    expire(queue, now)
    let hidden = Int64(visibilityTimeoutSeconds ?? queue.definition.visibilityTimeoutSeconds) * 1_000
    var received: [ReceivedMessage] = []
    for entry in candidates(queue, most: most, now) {
      entry.message.receives += 1
      if entry.message.firstReceivedMilliseconds == nil { entry.message.firstReceivedMilliseconds = now }
      entry.message.visibleAtMilliseconds = now + hidden
      let receipt = Receipt(queue: queue.index, sequence: entry.sequence, receive: entry.message.receives)
      let delivery = ReceivedMessage(message: entry.message, receipt: receipt.text)
      received.append(delivery)
      onChange?(.received(delivery), now)
    }
    return received
  }

  /// Deletes a message by the receipt of its last delivery.
  ///
  /// With `ServiceFault.duplicateReceive` a server does not hear of it, and hands its copy out again once that is visible. A stale receipt
  /// deletes nothing, and neither SQS nor this says so.
  /// - Returns: false when the message is still there, or never was.
  @discardableResult public func delete(_ receipt: String, nowMilliseconds now: Int64) -> Bool {
    guard let (queue, entry) = delivery(receipt, now) else { return false }
    if !entry.message.isDeleted {
      entry.message.isDeleted = true
      onChange?(.deleted(entry.message), now)
      if chance.occurs(.duplicateReceive) { return true }
    }
    queue.remove(entry)
    return true
  }

  /// Sets when a message may be handed out again, by the receipt of its last delivery.
  /// - Returns: false for a stale receipt, or when the message is gone.
  @discardableResult public func makeVisible(_ receipt: String, at visibleAt: Int64, nowMilliseconds now: Int64) -> Bool {
    guard let (_, entry) = delivery(receipt, now) else { return false }
    entry.message.visibleAtMilliseconds = visibleAt
    onChange?(.visibilityChanged(entry.message), now)
    return true
  }

  /// When the first message of a queue may be handed out, which may be past; nil when it has none.
  public func nextVisibleAt(_ url: String) -> Int64? { queue(at: url)?.entries.lazy.map(\.message.visibleAtMilliseconds).min() }

  /// When the next message of any queue expires; nil when there is none.
  public var nextExpiryAt: Int64? { queues.compactMap { queue in queue.entries.lazy.map { queue.expiry(of: $0.message) }.min() }.min() }

  /// Deletes what the queues keep no longer; each use of a queue does so as well.
  public func expire(nowMilliseconds now: Int64) { for queue in queues { expire(queue, now) } }

  // MARK: An operator's console

  /// Makes a queue, or gives one that exists other attributes.
  public func define(_ definition: QueueDefinition) {
    if let queue = queuesByURL[definition.url] { return queue.changed(definition: definition) }
    let queue = StoredQueue(definition, index: queues.count)
    queues.append(queue)
    queuesByURL[definition.url] = queue
  }

  /// The queues in the order in which they were made.
  public var definitions: [QueueDefinition] { queues.map(\.definition) }

  /// The messages of a queue in the order in which they came to it.
  public func messages(in url: String) -> [QueuedMessage] { queue(at: url)?.entries.map(\.message) ?? [] }

  public func counts(of url: String, nowMilliseconds now: Int64) -> QueueCounts {
    var counts = QueueCounts()
    guard let queue = queue(at: url) else { return counts }
    for entry in queue.entries where queue.expiry(of: entry.message) > now {
      if entry.message.visibleAtMilliseconds <= now {
        counts.visible += 1
      } else if entry.message.receives > 0 {
        counts.inFlight += 1
      } else {
        counts.delayed += 1
      }
    }
    return counts
  }

  /// Sends a message without a request, as a service of AWS does that has a queue for its dead letters.
  /// - Returns: the message; nil when there is no such queue.
  @discardableResult public func send(
    _ body: String, to url: String, attributes: [String: MessageAttributeValue] = [:], traceHeader: String? = nil,
    delaySeconds: Int? = nil, nowMilliseconds now: Int64
  ) -> QueuedMessage? {
    guard let queue = queue(at: url) else { return nil }
    return append(
      Outgoing(body: body, delaySeconds: delaySeconds, attributes: attributes, traceHeader: traceHeader), to: queue, now)
  }

  /// Deletes all messages of a queue.
  public func purge(_ url: String, nowMilliseconds now: Int64) {
    for message in queue(at: url)?.removeAll() ?? [] { onChange?(.purged(message), now) }
  }

  /// Sends the messages of a dead-letter queue that are visible back to where they came from, as new ones (StartMessageMoveTask).
  /// - Returns: the new messages.
  @discardableResult public func redrive(_ url: String, nowMilliseconds now: Int64) -> [QueuedMessage] {
    guard let queue = queue(at: url) else { return [] }
    expire(queue, now)
    var moved: [QueuedMessage] = []
    for entry in queue.entries where entry.message.visibleAtMilliseconds <= now {
      guard let source = entry.message.deadLetterSourceURL, let target = self.queue(at: source) else { continue }
      queue.remove(entry)
      let message = entry.message
      moved.append(
        append(
          Outgoing(body: message.body, attributes: message.attributes, traceHeader: message.traceHeader, groupID: message.groupID),
          to: target, now))
    }
    return moved
  }

  // MARK: Parts

  /// A message on its way into a queue.
  struct Outgoing {
    var body: String
    var delaySeconds: Int?
    var attributes: [String: MessageAttributeValue] = [:]
    var traceHeader: String?
    var groupID: String?
  }

  /// The queue of a URL; its host does not count, as for SQS.
  func queue(at url: String) -> StoredQueue? {
    if let queue = queuesByURL[url] { return queue }
    let path = RequestTarget(url).path
    return queues.first { RequestTarget($0.definition.url).path == path }
  }

  func append(_ outgoing: Outgoing, to queue: StoredQueue, _ now: Int64) -> QueuedMessage {
    let delay = Int64(outgoing.delaySeconds ?? queue.definition.delaySeconds) * 1_000
    let message = QueuedMessage(
      queueURL: queue.definition.url, id: messageIDs.next(), body: outgoing.body, attributes: outgoing.attributes,
      traceHeader: outgoing.traceHeader, groupID: outgoing.groupID, sentMilliseconds: now, visibleAtMilliseconds: now + delay)
    queue.append(message)
    onChange?(.sent(message), now)
    return message
  }

  func expire(_ queue: StoredQueue, _ now: Int64) { for message in queue.takeExpired(at: now) { onChange?(.expired(message), now) } }

  /// The messages to hand out, after those that may not be handed out again were moved away.
  private func candidates(_ queue: StoredQueue, most: Int, _ now: Int64) -> [StoredQueue.Entry] {
    var visible: [StoredQueue.Entry] = []
    var inFlight: [StoredQueue.Entry] = []
    var dead: [StoredQueue.Entry] = []
    let deadLetters = queue.definition.deadLetterQueueURL.flatMap { self.queue(at: $0) }
    for entry in queue.entries {
      if entry.message.visibleAtMilliseconds > now {
        if entry.message.receives > 0 { inFlight.append(entry) }
      } else if deadLetters != nil, let most = queue.definition.maximumReceives, entry.message.receives >= most {
        dead.append(entry)
      } else {
        visible.append(entry)
      }
    }
    if let deadLetters { for entry in dead { bury(entry, of: queue, in: deadLetters, now) } }
    if visible.count > 1, chance.occurs(.reordering) {
      for index in 0..<min(most, visible.count - 1) {
        visible.swapAt(index, Int(chance.number(in: Int64(index)...Int64(visible.count - 1))))
      }
    }
    visible.removeLast(max(0, visible.count - most))
    let mayRepeat = inFlight.filter { entry in queue.definition.maximumReceives.map { entry.message.receives < $0 } ?? true }
    if visible.count < most, !mayRepeat.isEmpty, chance.occurs(.duplicateReceive) {
      visible.append(mayRepeat[Int(chance.number(in: 0...Int64(mayRepeat.count - 1)))])
    }
    return visible
  }

  private func bury(_ entry: StoredQueue.Entry, of queue: StoredQueue, in deadLetters: StoredQueue, _ now: Int64) {
    queue.remove(entry)
    var message = entry.message
    message.queueURL = deadLetters.definition.url
    message.deadLetterSourceURL = queue.definition.url
    deadLetters.append(message)
    onChange?(.deadLettered(message), now)
    expire(deadLetters, now)
  }

  /// The message of a receipt, where that is of its last delivery.
  private func delivery(_ text: String, _ now: Int64) -> (StoredQueue, StoredQueue.Entry)? {
    guard let receipt = Receipt(text), queues.indices.contains(receipt.queue) else { return nil }
    let queue = queues[receipt.queue]
    expire(queue, now)
    guard let entry = queue.entry(sequence: receipt.sequence), entry.message.receives == receipt.receive else { return nil }
    return (queue, entry)
  }
}
