import AWSClient

/// What DynamoDB takes for a value, and the one form in which the tables hold it: numbers by their canonical texts, sets in order.
extension AttributeValue {
  /// Nested lists and maps that an item may have.
  static let maximumDepth = 32

  var typeName: String {
    switch self {
    case .string: "S"
    case .number: "N"
    case .binary: "B"
    case .bool: "BOOL"
    case .null: "NULL"
    case .list: "L"
    case .map: "M"
    case .stringSet: "SS"
    case .numberSet: "NS"
    case .binarySet: "BS"
    }
  }

  /// The name of the type in messages about what an operator takes.
  var longTypeName: String {
    switch self {
    case .string: "STRING"
    case .number: "NUMBER"
    case .binary: "BINARY"
    case .bool: "BOOLEAN"
    case .null: "NULL"
    case .list: "LIST"
    case .map: "MAP"
    case .stringSet: "STRING_SET"
    case .numberSet: "NUMBER_SET"
    case .binarySet: "BINARY_SET"
    }
  }

  // MARK: Admission

  /// Checks a value and brings it into its canonical form.
  mutating func admit() throws(TableFailure) {
    if let canonical = try admitted().canonical { self = canonical }
  }

  /// Checks a value.
  /// - Returns: its size as DynamoDB counts it, and its canonical form where that is another.
  func admitted() throws(TableFailure) -> (size: Int, canonical: AttributeValue?) {
    let (size, isCanonical) = try examined(depth: 0)
    return (size, isCanonical ? nil : try canonical())
  }

  private func examined(depth: Int) throws(TableFailure) -> (size: Int, isCanonical: Bool) {
    switch self {
    case .string(let text): return (text.utf8.count, true)
    case .number(let text):
      if NumberText.smallInteger(text) != nil { return (NumberText.size(text), true) }
      let canonical = try NumberText.canonical(text)
      return (NumberText.size(canonical), canonical == text)
    case .binary(let bytes): return (bytes.count, true)
    case .bool, .null: return (1, true)
    case .list(let elements):
      try AttributeValue.checkDepth(depth)
      var size = 3
      var isCanonical = true
      for element in elements {
        let part = try element.examined(depth: depth + 1)
        size += 1 + part.size
        isCanonical = isCanonical && part.isCanonical
      }
      return (size, isCanonical)
    case .map(let members):
      try AttributeValue.checkDepth(depth)
      var size = 3
      var isCanonical = true
      for (name, value) in members {
        let part = try value.examined(depth: depth + 1)
        size += 1 + name.utf8.count + part.size
        isCanonical = isCanonical && part.isCanonical
      }
      return (size, isCanonical)
    case .stringSet(let texts):
      if texts.isEmpty { throw .invalid("An string set  may not be empty") }
      return (texts.reduce(0) { $0 + $1.utf8.count }, false)
    case .numberSet(let texts):
      if texts.isEmpty { throw .invalid("An number set  may not be empty") }
      var size = 0
      for text in texts { size += NumberText.size(try NumberText.canonical(text)) }
      return (size, false)
    case .binarySet(let values):
      if values.isEmpty { throw .invalid("Binary sets should not be empty") }
      return (values.reduce(0) { $0 + $1.count }, false)
    }
  }

  private static func checkDepth(_ depth: Int) throws(TableFailure) {
    guard depth < maximumDepth else {
      throw .validation(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit")
    }
  }

  private func canonical() throws(TableFailure) -> AttributeValue {
    switch self {
    case .number(let text): return .number(try NumberText.canonical(text))
    case .list(let elements):
      var list: [AttributeValue] = []
      list.reserveCapacity(elements.count)
      for element in elements { list.append(try element.canonical()) }
      return .list(list)
    case .map(let members):
      var map: [String: AttributeValue] = [:]
      map.reserveCapacity(members.count)
      for (name, value) in members { map[name] = try value.canonical() }
      return .map(map)
    case .stringSet(let texts):
      let sorted = texts.sorted { UTF8Order.isLess($0, $1) }
      for (first, second) in zip(sorted, sorted.dropFirst()) where UTF8Order.areEqual(first, second) {
        throw .invalid("Input collection [\(texts.joined(separator: ", "))] contains duplicates.")
      }
      return .stringSet(sorted)
    case .numberSet(let texts):
      var numbers: [String] = []
      for text in texts { numbers.append(try NumberText.canonical(text)) }
      numbers.sort { NumberText.isLess($0, $1) }
      for (first, second) in zip(numbers, numbers.dropFirst()) where first == second {
        throw .invalid("Input collection contains duplicates.")
      }
      return .numberSet(numbers)
    case .binarySet(let values):
      let sorted = values.sorted { $0.lexicographicallyPrecedes($1) }
      for (first, second) in zip(sorted, sorted.dropFirst()) where first == second {
        throw .invalid("Input collection of type BS contains duplicates.")
      }
      return .binarySet(sorted)
    case .string, .binary, .bool, .null: return self
    }
  }

  /// The size of a value whose parts have been admitted, but may lie too deep by now.
  fileprivate func checkedSize(depth: Int) throws(TableFailure) -> Int {
    switch self {
    case .list(let elements):
      try AttributeValue.checkDepth(depth)
      var size = 3
      for element in elements { size += 1 + (try element.checkedSize(depth: depth + 1)) }
      return size
    case .map(let members):
      try AttributeValue.checkDepth(depth)
      var size = 3
      for (name, value) in members { size += 1 + name.utf8.count + (try value.checkedSize(depth: depth + 1)) }
      return size
    default: return size
    }
  }

  /// The size of a value that has been admitted.
  var size: Int {
    switch self {
    case .string(let text): text.utf8.count
    case .number(let text): NumberText.size(text)
    case .binary(let bytes): bytes.count
    case .bool, .null: 1
    case .list(let elements): elements.reduce(3) { $0 + 1 + $1.size }
    case .map(let members): members.reduce(3) { $0 + 1 + $1.key.utf8.count + $1.value.size }
    case .stringSet(let texts): texts.reduce(0) { $0 + $1.utf8.count }
    case .numberSet(let texts): texts.reduce(0) { $0 + NumberText.size($1) }
    case .binarySet(let values): values.reduce(0) { $0 + $1.count }
    }
  }

  // MARK: Comparison

  /// Equality as DynamoDB has it, of admitted values: of the same type, and the same bytes.
  func isSame(as other: AttributeValue) -> Bool {
    switch (self, other) {
    case (.string(let left), .string(let right)): UTF8Order.areEqual(left, right)
    case (.number(let left), .number(let right)): left == right
    case (.list(let left), .list(let right)): left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
    case (.map(let left), .map(let right)):
      left.count == right.count && left.allSatisfy { member in right[member.key].map { $0.isSame(as: member.value) } ?? false }
    case (.stringSet(let left), .stringSet(let right)):
      left.count == right.count && zip(left, right).allSatisfy { UTF8Order.areEqual($0, $1) }
    default: self == other
    }
  }

  /// Nil for values of two types, and of types that have no order.
  func isLess(than other: AttributeValue) -> Bool? {
    switch (self, other) {
    case (.string(let left), .string(let right)): UTF8Order.isLess(left, right)
    case (.number(let left), .number(let right)): NumberText.isLess(left, right)
    case (.binary(let left), .binary(let right)): left.lexicographicallyPrecedes(right)
    default: nil
    }
  }

  /// True for the types that have an order.
  var isOrdered: Bool {
    switch self {
    case .string, .number, .binary: true
    default: false
    }
  }

  /// How messages show a constant.
  var shown: String {
    switch self {
    case .string(let text): "{S:\(text)}"
    case .number(let text): "{N:\(text)}"
    default: "{\(typeName)}"
    }
  }
}

extension [String: AttributeValue] {
  /// The most that an item may have, names included: 400 KB.
  static var maximumItemSize: Int { 409_600 }

  /// Checks the attributes of an item and brings them into their canonical form.
  /// - Returns: the item's size.
  mutating func admitItem() throws(TableFailure) -> Int {
    var size = 0
    var changed: [(String, AttributeValue)] = []
    for (name, value) in self {
      if name.utf8.isEmpty { throw .invalid("Empty attribute name") }
      let (valueSize, canonical) = try value.admitted()
      size += name.utf8.count + valueSize
      if let canonical { changed.append((name, canonical)) }
    }
    for (name, value) in changed { self[name] = value }
    return size
  }

  /// The size of an item whose values have been admitted.
  func checkedSize() throws(TableFailure) -> Int {
    var size = 0
    for (name, value) in self {
      if name.utf8.isEmpty { throw .invalid("Empty attribute name") }
      size += name.utf8.count + (try value.checkedSize(depth: 0))
    }
    return size
  }

  var itemSize: Int { reduce(0) { $0 + $1.key.utf8.count + $1.value.size } }
}
