/// One queue's messages, in the order in which they came.
final class StoredQueue {
  final class Entry {
    var message: QueuedMessage
    /// Its place in the queue, and in its receipts.
    let sequence: Int

    init(_ message: QueuedMessage, sequence: Int) {
      self.message = message
      self.sequence = sequence
    }
  }

  var definition: QueueDefinition
  /// Its number among the queues, which is in its receipts.
  let index: Int
  /// By sequence, ascending.
  private(set) var entries: [Entry] = []
  /// No message expires before; one that was deleted since may have been the one that did.
  private(set) var earliestExpiry = Int64.max
  private var lastSequence = 0

  init(_ definition: QueueDefinition, index: Int) {
    self.definition = definition
    self.index = index
  }

  func append(_ message: QueuedMessage) {
    lastSequence += 1
    entries.append(Entry(message, sequence: lastSequence))
    earliestExpiry = min(earliestExpiry, expiry(of: message))
  }

  func expiry(of message: QueuedMessage) -> Int64 { message.sentMilliseconds + Int64(definition.retentionSeconds) * 1_000 }

  func changed(definition: QueueDefinition) {
    self.definition = definition
    earliestExpiry = entries.map { expiry(of: $0.message) }.min() ?? .max
  }

  /// Takes out what is kept no longer.
  func takeExpired(at now: Int64) -> [QueuedMessage] {
    guard earliestExpiry <= now else { return [] }
    let expired = entries.filter { expiry(of: $0.message) <= now }.map(\.message)
    entries.removeAll { expiry(of: $0.message) <= now }
    earliestExpiry = entries.map { expiry(of: $0.message) }.min() ?? .max
    return expired
  }

  func entry(sequence: Int) -> Entry? {
    let position = position(of: sequence)
    guard position < entries.count, entries[position].sequence == sequence else { return nil }
    return entries[position]
  }

  func remove(_ entry: Entry) {
    let position = position(of: entry.sequence)
    guard position < entries.count, entries[position] === entry else { return }
    entries.remove(at: position)
  }

  func removeAll() -> [QueuedMessage] {
    defer {
      entries = []
      earliestExpiry = .max
    }
    return entries.map(\.message)
  }

  /// Where the first entry of at least this sequence stands.
  private func position(of sequence: Int) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].sequence < sequence { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// What a receipt handle says: which delivery of which message of which queue.
struct Receipt: Equatable {
  let queue: Int
  let sequence: Int
  /// The message's count of receives at that delivery.
  let receive: Int

  init(queue: Int, sequence: Int, receive: Int) {
    self.queue = queue
    self.sequence = sequence
    self.receive = receive
  }

  init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0].elementsEqual("AQEB".utf8), let queue = Int(Substring(parts[1])),
      let sequence = Int(Substring(parts[2])), let receive = Int(Substring(parts[3]))
    else { return nil }
    self.init(queue: queue, sequence: sequence, receive: receive)
  }

  var text: String { "AQEB-\(queue)-\(sequence)-\(receive)" }
}
