import AWSClient

extension BoundExpression {
  private static let badPath = TableFailure.validation("The document path provided in the update expression is invalid for update")
  private static let noAttribute = TableFailure.validation(
    "The provided expression refers to an attribute that does not exist in the item")
  private static let badType = TableFailure.validation("An operand in the update expression has an incorrect data type")

  /// The paths that the update changes.
  var updatedPaths: [[Step]] {
    guard case .update(let tree) = expression.body else { return [] }
    return tree.paths.map(steps)
  }

  /// The names of the attributes that the update changes.
  func updatesAttribute(_ name: String) -> Bool {
    guard case .update(let tree) = expression.body else { return false }
    func begins(_ path: DocumentPath) -> Bool { path.steps.first.flatMap { self.name(of: $0) } == name }
    return tree.assignments.contains { begins($0.path) } || tree.removals.contains(where: begins)
      || tree.additions.contains { begins($0.path) } || tree.deletions.contains { begins($0.path) }
  }

  /// The item after the update; every operand is what the item was before.
  func updated(_ old: [String: AttributeValue]) throws(TableFailure) -> [String: AttributeValue] {
    guard case .update(let tree) = expression.body else { return old }
    var new = old
    // Of several elements beyond a list's end, the one with the lowest number is appended first.
    let assignments =
      tree.assignments.count > 1 && tree.assignments.contains { if case .index? = $0.path.steps.last { true } else { false } }
      ? tree.assignments.sorted { lastIndex($0.path) < lastIndex($1.path) } : tree.assignments
    for assignment in assignments {
      let value = try newValue(assignment.value, old)
      try change(assignment.path, in: &new) { _ in value }
    }
    for (path, place) in tree.additions {
      let value = try sum(self.value(at: path, in: old), values[place])
      try change(path, in: &new) { _ in value }
    }
    for (path, place) in tree.deletions {
      guard let current = self.value(at: path, in: old) else {
        try change(path, in: &new, isRemoval: true) { $0 }
        continue
      }
      let value = try difference(current, values[place])
      try change(path, in: &new, isRemoval: value == nil) { _ in value }
    }
    // From the end of a list to its beginning: an index means the list as it was.
    for path in tree.removals.count > 1 ? tree.removals.sorted(by: { lastIndex($0) > lastIndex($1) }) : tree.removals {
      try change(path, in: &new, isRemoval: true) { _ in nil }
    }
    return new
  }

  private func lastIndex(_ path: DocumentPath) -> Int {
    if case .index(let index)? = path.steps.last { index } else { -1 }
  }

  // MARK: Values

  private func newValue(_ operand: Operand, _ item: [String: AttributeValue]) throws(TableFailure) -> AttributeValue {
    switch operand {
    case .value(let place): return values[place]
    case .path(let path):
      guard let value = value(at: path, in: item) else { throw Self.noAttribute }
      return value
    case .ifNotExists(let path, let fallback):
      if let value = value(at: path, in: item) { return value }
      return try newValue(fallback, item)
    case .listAppend(let first, let second):
      guard case .list(let head) = try newValue(first, item), case .list(let tail) = try newValue(second, item) else { throw Self.badType }
      return .list(head + tail)
    case .sum(let left, let right, let isDifference):
      guard case .number(let first) = try newValue(left, item), case .number(let second) = try newValue(right, item) else {
        throw Self.badType
      }
      return .number(try NumberText.sum(first, second, isDifference: isDifference))
    case .size: throw Self.badType
    }
  }

  private func sum(_ current: AttributeValue?, _ added: AttributeValue) throws(TableFailure) -> AttributeValue {
    switch (current, added) {
    case (nil, _): return added
    case (.number(let left), .number(let right)): return .number(try NumberText.sum(left, right))
    case (.stringSet(let left), .stringSet(let right)):
      return .stringSet((left + right.filter { new in !left.contains { UTF8Order.areEqual($0, new) } }).sorted { UTF8Order.isLess($0, $1) })
    case (.numberSet(let left), .numberSet(let right)):
      return .numberSet((left + right.filter { !left.contains($0) }).sorted { NumberText.isLess($0, $1) })
    case (.binarySet(let left), .binarySet(let right)):
      return .binarySet((left + right.filter { !left.contains($0) }).sorted { $0.lexicographicallyPrecedes($1) })
    default: throw Self.badType
    }
  }

  /// Nil when nothing is left: there are no empty sets.
  private func difference(_ current: AttributeValue, _ deleted: AttributeValue) throws(TableFailure) -> AttributeValue? {
    switch (current, deleted) {
    case (.stringSet(let left), .stringSet(let right)):
      let rest = left.filter { old in !right.contains { UTF8Order.areEqual($0, old) } }
      return rest.isEmpty ? nil : .stringSet(rest)
    case (.numberSet(let left), .numberSet(let right)):
      let rest = left.filter { !right.contains($0) }
      return rest.isEmpty ? nil : .numberSet(rest)
    case (.binarySet(let left), .binarySet(let right)):
      let rest = left.filter { !right.contains($0) }
      return rest.isEmpty ? nil : .binarySet(rest)
    default: throw Self.badType
    }
  }

  // MARK: Places

  /// Puts another value into a place, or none.
  /// - Parameter isRemoval: a place that does not exist then stays as it is; the place around it must exist all the same.
  private func change(
    _ path: DocumentPath, in item: inout [String: AttributeValue], isRemoval: Bool = false,
    _ new: (AttributeValue?) -> AttributeValue?
  ) throws(TableFailure) {
    guard let first = path.steps.first, let name = name(of: first) else { throw Self.badPath }
    if path.steps.count == 1 {
      item[name] = new(item[name])
      return
    }
    // Taken out while it is changed, so that it is not copied.
    guard let index = item.index(forKey: name) else { throw Self.badPath }
    var value = AttributeValue.null
    swap(&value, &item.values[index])
    try change(path.steps[1...], in: &value, isRemoval: isRemoval, new)
    item.values[index] = value
  }

  private func change(
    _ steps: ArraySlice<DocumentPath.Step>, in container: inout AttributeValue, isRemoval: Bool,
    _ new: (AttributeValue?) -> AttributeValue?
  ) throws(TableFailure) {
    guard let step = steps.first else { return }
    let isLast = steps.count == 1
    switch (step, container) {
    case (.index(let index), .list(var elements)):
      container = .null
      if index < elements.count {
        if !isLast {
          try change(steps.dropFirst(), in: &elements[index], isRemoval: isRemoval, new)
        } else if let value = new(elements[index]) {
          elements[index] = value
        } else {
          elements.remove(at: index)
        }
      } else if isLast {
        if !isRemoval, let value = new(nil) { elements.append(value) }
      } else {
        throw Self.badPath
      }
      container = .list(elements)
    case (.name, .map(var members)), (.placeholder, .map(var members)):
      guard let name = name(of: step) else { throw Self.badPath }
      container = .null
      if isLast {
        members[name] = new(members[name])
      } else {
        guard let index = members.index(forKey: name) else { throw Self.badPath }
        var value = AttributeValue.null
        swap(&value, &members.values[index])
        try change(steps.dropFirst(), in: &value, isRemoval: isRemoval, new)
        members.values[index] = value
      }
      container = .map(members)
    default: throw Self.badPath
    }
  }
}
