import AWSClient

/// The value of a key attribute.
enum KeyValue: Hashable, Comparable {
  case string(String)
  /// The canonical text of a number.
  case number(String)
  case binary([UInt8])

  init?(_ value: AttributeValue) {
    switch value {
    case .string(let text): self = .string(text)
    case .number(let text): self = .number(text)
    case .binary(let bytes): self = .binary(bytes)
    default: return nil
    }
  }

  var attribute: AttributeValue {
    switch self {
    case .string(let text): .string(text)
    case .number(let text): .number(text)
    case .binary(let bytes): .binary(bytes)
    }
  }

  static func == (left: KeyValue, right: KeyValue) -> Bool {
    switch (left, right) {
    case (.string(let left), .string(let right)): UTF8Order.areEqual(left, right)
    case (.number(let left), .number(let right)): left == right
    case (.binary(let left), .binary(let right)): left == right
    default: false
    }
  }

  static func < (left: KeyValue, right: KeyValue) -> Bool {
    switch (left, right) {
    case (.string(let left), .string(let right)): UTF8Order.isLess(left, right)
    case (.number(let left), .number(let right)): NumberText.isLess(left, right)
    case (.binary(let left), .binary(let right)): left.lexicographicallyPrecedes(right)
    default: false
    }
  }

  func begins(with prefix: KeyValue) -> Bool {
    switch (self, prefix) {
    case (.string(let text), .string(let prefix)): text.utf8.starts(with: prefix.utf8)
    case (.binary(let bytes), .binary(let prefix)): bytes.starts(with: prefix)
    default: false
    }
  }

  /// Where a partition stands among the others: a scan has no order that means anything, but always the same one (FNV-1a).
  var place: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    switch self {
    case .string(let text), .number(let text): for byte in text.utf8 { add(byte) }
    case .binary(let bytes): for byte in bytes { add(byte) }
    }
    return hash
  }
}

/// The key of an item.
struct ItemKey: Hashable {
  let partition: KeyValue
  let sort: KeyValue?
}

/// An item's key with its place in a scan.
struct ScanPosition: Hashable, Comparable {
  let place: UInt64
  let key: ItemKey

  init(_ key: ItemKey) {
    place = key.partition.place
    self.key = key
  }

  static func < (left: ScanPosition, right: ScanPosition) -> Bool {
    if left.place != right.place { return left.place < right.place }
    if left.key.partition != right.key.partition { return left.key.partition < right.key.partition }
    guard let first = left.key.sort, let second = right.key.sort else { return false }
    return first < second
  }
}

extension KeyAttribute {
  /// Refuses an empty string or binary value.
  func checkNotEmpty(_ value: AttributeValue) throws(TableFailure) {
    switch value {
    case .string(let text) where text.utf8.isEmpty: throw empty("string")
    case .binary(let bytes) where bytes.isEmpty: throw empty("binary")
    default: break
    }
  }

  private func empty(_ kind: String) -> TableFailure {
    .validation(
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty \(kind) value. Key: \(name)"
    )
  }

  /// The value of this attribute in an item that is put.
  func value(ofItem item: [String: AttributeValue], limit: Int) throws(TableFailure) -> KeyValue {
    guard let value = item[name] else { throw .invalid("Missing the key \(name) in the item") }
    guard let key = KeyValue(value), value.typeName == kind.rawValue else {
      throw .invalid("Type mismatch for key \(name) expected: \(kind.rawValue) actual: \(value.typeName)")
    }
    try checkNotEmpty(value)
    try checkSize(value, limit)
    return key
  }

  /// The value of this attribute in a key; it has been seen to be there.
  func value(ofKey key: [String: AttributeValue], limit: Int) throws(TableFailure) -> KeyValue {
    guard let value = key[name], value.typeName == kind.rawValue, let canonical = KeyValue(value) else { throw .wrongKey }
    try checkNotEmpty(value)
    try checkSize(value, limit)
    if case .number(let text) = canonical { return .number(try NumberText.canonical(text)) }
    return canonical
  }

  private func checkSize(_ value: AttributeValue, _ limit: Int) throws(TableFailure) {
    guard value.size > limit else { return }
    throw .invalid("Size of \(limit == Self.maximumSortBytes ? "range" : "hash")key has exceeded the maximum size limit of \(limit) bytes")
  }

  static var maximumPartitionBytes: Int { 2_048 }
  static var maximumSortBytes: Int { 1_024 }
}

extension TableDefinition {
  /// The key among the attributes of an item that is put.
  func key(ofItem item: [String: AttributeValue]) throws(TableFailure) -> ItemKey {
    let partition = try partitionKey.value(ofItem: item, limit: KeyAttribute.maximumPartitionBytes)
    return ItemKey(partition: partition, sort: try sortKey?.value(ofItem: item, limit: KeyAttribute.maximumSortBytes))
  }

  /// The key that is nothing but a key.
  func key(_ attributes: [String: AttributeValue]) throws(TableFailure) -> ItemKey {
    guard attributes.count == (sortKey == nil ? 1 : 2) else { throw .wrongKey }
    let partition = try partitionKey.value(ofKey: attributes, limit: KeyAttribute.maximumPartitionBytes)
    return ItemKey(partition: partition, sort: try sortKey?.value(ofKey: attributes, limit: KeyAttribute.maximumSortBytes))
  }

  func attributes(of key: ItemKey) -> [String: AttributeValue] {
    var attributes = [partitionKey.name: key.partition.attribute]
    if let sortKey, let sort = key.sort { attributes[sortKey.name] = sort.attribute }
    return attributes
  }

  /// Refuses an item whose attributes are no values of the indexes' keys; one that has none of them is in no index.
  func checkIndexKeys(_ item: [String: AttributeValue]) throws(TableFailure) {
    for index in indexes {
      for key in index.keys {
        guard let value = item[key.name] else { continue }
        guard value.typeName == key.kind.rawValue else {
          throw .invalid(
            "Type mismatch for Index Key \(key.name) Expected: \(key.kind.rawValue) Actual: \(value.typeName) IndexName: \(index.name)")
        }
        let isEmpty: Bool
        switch value {
        case .string(let text): isEmpty = text.utf8.isEmpty
        case .binary(let bytes): isEmpty = bytes.isEmpty
        default: isEmpty = false
        }
        if isEmpty {
          throw .validation(
            "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
              + "The AttributeValue for a key attribute cannot contain an empty \(key.kind == .string ? "string" : "binary") value. "
              + "IndexName: \(index.name), IndexKey: \(key.name)")
        }
      }
    }
  }
}

extension IndexDefinition {
  var keys: [KeyAttribute] { [partitionKey] + (sortKey.map { [$0] } ?? []) }
}
