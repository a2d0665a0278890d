import AWSClient

extension BoundExpression {
  /// Whether an item meets the condition; an item that does not exist has no attributes.
  func isMet(by item: [String: AttributeValue]) -> Bool {
    guard case .condition(let condition) = expression.body else { return true }
    return isMet(condition, item)
  }

  private func isMet(_ condition: Condition, _ item: [String: AttributeValue]) -> Bool {
    switch condition {
    case .comparison(let comparator, let left, let right): compare(comparator, operand(left, item), operand(right, item))
    case .between(let value, let low, let high): isBetween(operand(value, item), operand(low, item), operand(high, item))
    case .membership(let value, let members): isMember(operand(value, item), members, item)
    case .attributeExists(let path, let wanted): (value(at: path, in: item) != nil) == wanted
    case .attributeType(let path, let type): value(at: path, in: item)?.typeName == operand(type, item)?.stringValue
    case .beginsWith(let first, let second): begins(operand(first, item), with: operand(second, item))
    case .contains(let first, let second): contains(operand(first, item), operand(second, item))
    case .and(let first, let second): isMet(first, item) && isMet(second, item)
    case .or(let first, let second): isMet(first, item) || isMet(second, item)
    case .not(let inner): !isMet(inner, item)
    }
  }

  private func operand(_ operand: Operand, _ item: [String: AttributeValue]) -> AttributeValue? {
    switch operand {
    case .value(let place): values[place]
    case .path(let path): value(at: path, in: item)
    case .size(let path): value(at: path, in: item)?.elementCount.map { .number(String($0)) }
    case .ifNotExists, .listAppend, .sum: nil
    }
  }

  private func compare(_ comparator: Comparator, _ left: AttributeValue?, _ right: AttributeValue?) -> Bool {
    guard let left, let right else { return comparator == .notEqual }
    switch comparator {
    case .equal: return left.isSame(as: right)
    case .notEqual: return !left.isSame(as: right)
    case .less: return left.isLess(than: right) ?? false
    case .greater: return right.isLess(than: left) ?? false
    case .lessOrEqual: return right.isLess(than: left).map { !$0 } ?? false
    case .greaterOrEqual: return left.isLess(than: right).map { !$0 } ?? false
    }
  }

  private func isBetween(_ value: AttributeValue?, _ low: AttributeValue?, _ high: AttributeValue?) -> Bool {
    guard let value, let low, let high else { return false }
    return value.isLess(than: low) == false && high.isLess(than: value) == false
  }

  private func isMember(_ value: AttributeValue?, _ members: [Operand], _ item: [String: AttributeValue]) -> Bool {
    guard let value else { return false }
    return members.contains { operand($0, item)?.isSame(as: value) ?? false }
  }

  private func begins(_ value: AttributeValue?, with prefix: AttributeValue?) -> Bool {
    switch (value, prefix) {
    case (.string(let text), .string(let prefix)): text.utf8.starts(with: prefix.utf8)
    case (.binary(let bytes), .binary(let prefix)): bytes.starts(with: prefix)
    default: false
    }
  }

  private func contains(_ value: AttributeValue?, _ part: AttributeValue?) -> Bool {
    guard let value, let part else { return false }
    switch (value, part) {
    case (.string(let text), .string(let part)): return Self.contains(Array(text.utf8), Array(part.utf8))
    case (.binary(let bytes), .binary(let part)): return Self.contains(bytes, part)
    case (.stringSet(let texts), .string(let text)): return texts.contains { UTF8Order.areEqual($0, text) }
    case (.numberSet(let numbers), .number(let number)): return numbers.contains(number)
    case (.binarySet(let values), .binary(let bytes)): return values.contains(bytes)
    case (.list(let elements), _): return elements.contains { $0.isSame(as: part) }
    default: return false
    }
  }

  private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    guard part.count <= bytes.count else { return false }
    return (0...(bytes.count - part.count)).contains { bytes[$0...].starts(with: part) }
  }
}

extension AttributeValue {
  /// What the function size answers; nil for types that have none.
  fileprivate var elementCount: Int? {
    switch self {
    case .string(let text): text.utf16.count
    case .binary(let bytes): bytes.count
    case .list(let elements): elements.count
    case .map(let members): members.count
    case .stringSet(let values), .numberSet(let values): values.count
    case .binarySet(let values): values.count
    case .number, .bool, .null: nil
    }
  }
}

extension BoundExpression {
  /// The paths of a projection.
  var projectedPaths: [[Step]] {
    guard case .projection(let paths) = expression.body else { return [] }
    return paths.map(steps)
  }

  /// The attributes that a condition looks at.
  var conditionNames: [String] {
    guard case .condition(let condition) = expression.body else { return [] }
    var names: [String] = []
    collect(condition, &names)
    return names
  }

  private func collect(_ condition: Condition, _ names: inout [String]) {
    switch condition {
    case .comparison(_, let left, let right), .beginsWith(let left, let right), .contains(let left, let right):
      collect(left, &names)
      collect(right, &names)
    case .between(let value, let low, let high):
      for operand in [value, low, high] { collect(operand, &names) }
    case .membership(let value, let members):
      for operand in [value] + members { collect(operand, &names) }
    case .attributeExists(let path, _), .attributeType(let path, _): collect(path, &names)
    case .and(let first, let second), .or(let first, let second):
      collect(first, &names)
      collect(second, &names)
    case .not(let inner): collect(inner, &names)
    }
  }

  private func collect(_ operand: Operand, _ names: inout [String]) {
    switch operand {
    case .path(let path), .size(let path): collect(path, &names)
    case .value, .ifNotExists, .listAppend, .sum: break
    }
  }

  private func collect(_ path: DocumentPath, _ names: inout [String]) {
    if let name = path.steps.first.flatMap({ self.name(of: $0) }) { names.append(name) }
  }
}
