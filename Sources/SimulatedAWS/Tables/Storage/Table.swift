import AWSClient

/// The items of one table.
final class Table {
  /// An item in its partition.
  struct Row {
    let sort: KeyValue
    let key: ItemKey
  }

  /// What an item was before its last change, for reads that may be behind.
  struct Earlier {
    let item: StoredItem?
    let changedAtMilliseconds: Int64
  }

  let definition: TableDefinition
  let indexes: [TableIndex]
  private(set) var items: [ItemKey: StoredItem] = [:]
  /// Of a table with a sort key, the keys of each partition in their order.
  private(set) var partitions: [KeyValue: [Row]] = [:]
  private(set) var earlier: [ItemKey: Earlier] = [:]
  /// Items that a transaction has changed for itself, and not yet for every reader: until when.
  private var settling: [ItemKey: Int64] = [:]
  private var scanOrder: [ScanPosition]?
  private var expiries = ExpiryQueue()

  /// Milliseconds for which an eventually consistent read may be behind.
  static let stalenessMilliseconds: Int64 = 1_000

  init(_ definition: TableDefinition) {
    self.definition = definition
    indexes = definition.indexes.map { TableIndex($0, of: definition) }
  }

  /// The keys of all items, in the order of a scan.
  var positions: [ScanPosition] {
    if let scanOrder { return scanOrder }
    let order = items.keys.map(ScanPosition.init).sorted()
    scanOrder = order
    return order
  }

  func index(named name: String) throws(TableFailure) -> TableIndex {
    guard let index = indexes.first(where: { $0.definition.name == name }) else {
      throw .validation("The table does not have the specified index: \(name)")
    }
    return index
  }

  // MARK: Changes

  /// Puts an item in the place of a key, or nothing.
  /// - Parameters:
  ///   - lag: after how many milliseconds each of the indexes shows it.
  func write(_ key: ItemKey, _ item: StoredItem?, nowMilliseconds: Int64, lag: () -> Int64) {
    let old = items[key]
    if !settling.isEmpty { settling[key] = nil }
    items[key] = item
    if (old == nil) != (item == nil) {
      scanOrder = nil
      if definition.sortKey != nil, let sort = key.sort { arrange(key, sort, isThere: item != nil) }
    }
    if earlier.count > 256 { earlier = earlier.filter { nowMilliseconds - $0.value.changedAtMilliseconds <= Table.stalenessMilliseconds } }
    earlier[key] = Earlier(item: old, changedAtMilliseconds: nowMilliseconds)
    for index in indexes { index.follow(key, item, dueMilliseconds: nowMilliseconds + lag(), nowMilliseconds: nowMilliseconds) }
  }

  /// Lets readers see an item as it was before its last change, until then or until it changes again.
  func settle(_ key: ItemKey, atMilliseconds time: Int64) { settling[key] = time }

  /// Shows every change to every reader.
  func settle() { settling.removeAll() }

  /// True while readers may see an item as it was before its last change, however consistent their reads are.
  func isSettling(_ key: ItemKey, nowMilliseconds: Int64) -> Bool {
    guard !settling.isEmpty, let until = settling[key] else { return false }
    if nowMilliseconds < until { return true }
    settling[key] = nil
    return false
  }

  private func arrange(_ key: ItemKey, _ sort: KeyValue, isThere: Bool) {
    var rows = partitions.removeValue(forKey: key.partition) ?? []
    let place = rows.firstPlace { !($0.sort < sort) }
    if isThere { rows.insert(Row(sort: sort, key: key), at: place) } else { rows.remove(at: place) }
    if !rows.isEmpty { partitions[key.partition] = rows }
  }

  // MARK: Expiry

  /// The millisecond after which DynamoDB may delete an item; nil for one that stays.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
  func expiry(of item: StoredItem) -> Int64? {
    guard let name = definition.timeToLiveAttribute, case .number(let text)? = item.attributes[name],
      let seconds = NumberText.smallInteger(text.prefixBeforePoint), seconds > 0, seconds < 1_000_000_000_000
    else { return nil }
    return seconds * 1_000
  }

  func expect(_ key: ItemKey, expiryMilliseconds: Int64, dueMilliseconds: Int64) {
    expiries.insert(ExpiryQueue.Entry(dueMilliseconds: dueMilliseconds, expiryMilliseconds: expiryMilliseconds, key: key))
  }

  /// Keys of items whose time is over and which are to be deleted now.
  func takeExpired(nowMilliseconds: Int64) -> [ItemKey] {
    var keys: [ItemKey] = []
    while let entry = expiries.popDue(nowMilliseconds: nowMilliseconds) {
      // An item that has got another time since has another entry.
      if let item = items[entry.key], expiry(of: item) == entry.expiryMilliseconds { keys.append(entry.key) }
    }
    return keys
  }
}

extension String {
  /// Whole seconds of a time that may have a fraction.
  fileprivate var prefixBeforePoint: String { String(prefix { $0 != "." }) }
}

/// Items that will be deleted, the next first.
struct ExpiryQueue {
  struct Entry {
    let dueMilliseconds: Int64
    let expiryMilliseconds: Int64
    let key: ItemKey
  }

  /// The last is due first.
  private var entries: [Entry] = []

  mutating func insert(_ entry: Entry) {
    entries.insert(entry, at: entries.firstPlace { $0.dueMilliseconds <= entry.dueMilliseconds })
  }

  mutating func popDue(nowMilliseconds: Int64) -> Entry? {
    guard let last = entries.last, last.dueMilliseconds <= nowMilliseconds else { return nil }
    return entries.popLast()
  }
}
