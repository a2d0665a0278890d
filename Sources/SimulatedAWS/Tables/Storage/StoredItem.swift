import AWSClient
import JSON

/// One version of an item; a change makes another.
final class StoredItem {
  let attributes: [String: AttributeValue]
  /// As DynamoDB counts it.
  let size: Int
  /// The item as the service writes it, made when it is first needed: most versions are read more than once, or never.
  private(set) lazy var json: [UInt8] = {
    var writer = JSONWriter(capacity: size + size / 4 + 64)
    writer.ordered(attributes)
    return writer.bytes
  }()

  init(_ attributes: [String: AttributeValue], size: Int) {
    self.attributes = attributes
    self.size = size
  }
}

extension JSONWriter {
  /// Writes attributes in the order of their names: that of a dictionary is another in each process.
  mutating func ordered(_ attributes: [String: AttributeValue]) {
    beginObject()
    for name in attributes.keys.sorted(by: { UTF8Order.isLess($0, $1) }) {
      guard let value = attributes[name] else { continue }
      key(name)
      ordered(value)
    }
    endObject()
  }

  mutating func ordered(_ value: AttributeValue) {
    switch value {
    case .map(let members):
      beginObject()
      key("M")
      ordered(members)
      endObject()
    case .list(let elements):
      beginObject()
      key("L")
      beginArray()
      for element in elements { ordered(element) }
      endArray()
      endObject()
    default: value.write(to: &self)
    }
  }
}

/// Strings as DynamoDB has them: their bytes. Swift's own order and equality look at what characters mean.
enum UTF8Order {
  static func areEqual(_ left: String, _ right: String) -> Bool {
    // Equal characters may have other bytes, and then are rare: the quick comparison goes first.
    left == right && left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
  }

  static func isLess(_ left: String, _ right: String) -> Bool {
    let known: Bool?? = left.utf8.withContiguousStorageIfAvailable { first in
      right.utf8.withContiguousStorageIfAvailable { second in
        let common = min(first.count, second.count)
        var index = 0
        while index < common {
          if first[index] != second[index] { return first[index] < second[index] }
          index += 1
        }
        return first.count < second.count
      }
    }
    if case .some(.some(let isLess)) = known { return isLess }
    return left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
