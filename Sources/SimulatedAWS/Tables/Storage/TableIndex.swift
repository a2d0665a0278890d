import AWSClient

/// A global secondary index: a copy of the table's items that follows the table at its own time.
final class TableIndex {
  /// An item in the index.
  struct Entry {
    let sort: KeyValue?
    let position: ScanPosition
    /// What of the item the index holds.
    let item: StoredItem

    /// The order within a partition.
    func precedes(_ other: Entry) -> Bool { TableIndex.precedes((sort, position), (other.sort, other.position)) }
  }

  private struct Change {
    let dueMilliseconds: Int64
    let key: ItemKey
    let item: StoredItem?
  }

  let definition: IndexDefinition
  private let keys: [KeyAttribute]
  private(set) var partitions: [KeyValue: [Entry]] = [:]
  /// Where the items are that the index shows.
  private var shown: [ItemKey: (partition: KeyValue, entry: Entry)] = [:]
  /// Changes that it does not show yet, in the order in which they happened.
  private var pending: [Change] = []
  /// When the last change of an item is due that is pending.
  private var lastDue: [ItemKey: Int64] = [:]

  /// Attributes that the index holds; nil for all.
  let projectedNames: [String]?
  private let projection: ItemProjection?

  init(_ definition: IndexDefinition, of table: TableDefinition) {
    self.definition = definition
    keys = definition.keys
    let keyNames = definition.keys.map(\.name) + [table.partitionKey.name] + (table.sortKey.map { [$0.name] } ?? [])
    switch definition.projection {
    case .all: projectedNames = nil
    case .keysOnly: projectedNames = keyNames
    case .including(let names): projectedNames = keyNames + names
    }
    projection = projectedNames.map(ItemProjection.init(names:))
  }

  static func precedes(_ left: (sort: KeyValue?, position: ScanPosition), _ right: (sort: KeyValue?, position: ScanPosition)) -> Bool {
    if let first = left.sort, let second = right.sort, first != second { return first < second }
    return left.position < right.position
  }

  // MARK: Following the table

  /// Takes a change of the table, to be shown when it is due; the changes of one item are shown in their order.
  func follow(_ key: ItemKey, _ item: StoredItem?, dueMilliseconds: Int64, nowMilliseconds: Int64) {
    // What neither is nor was in the index changes nothing.
    if place(of: item) == nil, shown[key] == nil, lastDue[key] == nil { return }
    let due = max(dueMilliseconds, lastDue[key] ?? dueMilliseconds)
    if due <= nowMilliseconds, lastDue[key] == nil {
      show(key, item)
    } else {
      pending.append(Change(dueMilliseconds: due, key: key, item: item))
      lastDue[key] = due
    }
  }

  /// Shows what is due.
  func settle(nowMilliseconds: Int64) {
    guard !pending.isEmpty, pending.contains(where: { $0.dueMilliseconds <= nowMilliseconds }) else { return }
    var later: [Change] = []
    for change in pending {
      if change.dueMilliseconds <= nowMilliseconds {
        show(change.key, change.item)
        if let last = lastDue[change.key], last <= nowMilliseconds { lastDue[change.key] = nil }
      } else {
        later.append(change)
      }
    }
    pending = later
  }

  private func place(of item: StoredItem?) -> (partition: KeyValue, sort: KeyValue?)? {
    guard let item, let partition = item.attributes[definition.partitionKey.name].flatMap(KeyValue.init) else { return nil }
    guard let sortKey = definition.sortKey else { return (partition, nil) }
    guard let sort = item.attributes[sortKey.name].flatMap(KeyValue.init) else { return nil }
    return (partition, sort)
  }

  private func show(_ key: ItemKey, _ item: StoredItem?) {
    if let (partition, entry) = shown.removeValue(forKey: key), var entries = partitions.removeValue(forKey: partition) {
      let index = entries.firstPlace { !$0.precedes(entry) }
      if index < entries.count, entries[index].position.key == key { entries.remove(at: index) }
      if !entries.isEmpty { partitions[partition] = entries }
    }
    guard let item, let (partition, sort) = place(of: item) else { return }
    let entry = Entry(sort: sort, position: ScanPosition(key), item: projected(item))
    var entries = partitions.removeValue(forKey: partition) ?? []
    entries.insert(entry, at: entries.firstPlace { !$0.precedes(entry) })
    partitions[partition] = entries
    shown[key] = (partition, entry)
  }

  private func projected(_ item: StoredItem) -> StoredItem {
    guard let projection else { return item }
    let attributes = projection.apply(item.attributes)
    return StoredItem(attributes, size: attributes.itemSize)
  }
}

extension Array {
  /// The first index whose element meets a condition that all elements after it meet as well; the count when none does.
  func firstPlace(where condition: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
