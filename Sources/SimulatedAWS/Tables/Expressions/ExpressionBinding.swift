import AWSClient

/// The names and values of a request, and which of its expressions use them.
struct ExpressionAttributes {
  var names: [(placeholder: String, name: String)] = []
  var values: [(placeholder: String, value: AttributeValue)] = []
  private var usedNames: Set<Int> = []
  private var usedValues: Set<Int> = []

  /// Checks the values and brings them into their canonical form.
  mutating func admit() throws(TableFailure) {
    for index in values.indices {
      do {
        try values[index].value.admit()
      } catch {
        throw .validation("ExpressionAttributeValues contains invalid value: \(error.message) for key \(values[index].placeholder)")
      }
    }
  }

  /// An expression together with what its placeholders stand for.
  mutating func bind(_ expression: ParsedExpression) throws(TableFailure) -> BoundExpression {
    var boundNames: [String] = []
    boundNames.reserveCapacity(expression.names.count)
    for placeholder in expression.names {
      guard let index = names.firstIndex(where: { $0.placeholder == placeholder }) else {
        throw expression.slot.failure(
          "An expression attribute name used in the document path is not defined; attribute name: \(placeholder)")
      }
      usedNames.insert(index)
      boundNames.append(names[index].name)
    }
    var boundValues: [AttributeValue] = []
    boundValues.reserveCapacity(expression.values.count)
    for placeholder in expression.values {
      guard let index = values.firstIndex(where: { $0.placeholder == placeholder }) else {
        throw expression.slot.failure(
          "An expression attribute value used in expression is not defined; attribute value: \(placeholder)")
      }
      usedValues.insert(index)
      boundValues.append(values[index].value)
    }
    let bound = BoundExpression(expression: expression, names: boundNames, values: boundValues)
    try bound.check()
    return bound
  }

  /// Refuses what no expression has used.
  func checkUse(hasExpressions: Bool, slots: String) throws(TableFailure) {
    if usedNames.count < names.count {
      guard hasExpressions else { throw .validation("ExpressionAttributeNames can only be specified when using expressions") }
      let unused = names.indices.filter { !usedNames.contains($0) }.map { names[$0].placeholder }.sorted().joined(separator: ", ")
      throw .validation("Value provided in ExpressionAttributeNames unused in expressions: keys: {\(unused)}")
    }
    if usedValues.count < values.count {
      guard hasExpressions else {
        throw .validation("ExpressionAttributeValues can only be specified when using expressions: \(slots)")
      }
      let unused = values.indices.filter { !usedValues.contains($0) }.map { values[$0].placeholder }.sorted().joined(separator: ", ")
      throw .validation("Value provided in ExpressionAttributeValues unused in expressions: keys: {\(unused)}")
    }
  }
}

/// An expression with its names and values in place.
struct BoundExpression {
  let expression: ParsedExpression
  let names: [String]
  let values: [AttributeValue]

  /// A step of a path without placeholders.
  enum Step: Equatable {
    case name(String)
    case index(Int)
  }

  func steps(_ path: DocumentPath) -> [Step] {
    path.steps.map { step in
      switch step {
      case .name(let name): .name(name)
      case .placeholder(let place): .name(names[place])
      case .index(let index): .index(index)
      }
    }
  }

  func name(of step: DocumentPath.Step) -> String? {
    switch step {
    case .name(let name): name
    case .placeholder(let place): names[place]
    case .index: nil
    }
  }

  func value(at path: DocumentPath, in item: [String: AttributeValue]) -> AttributeValue? {
    guard let first = path.steps.first, let name = name(of: first), var value = item[name] else { return nil }
    for step in path.steps.dropFirst() {
      switch (step, value) {
      case (.index(let index), .list(let elements)) where index < elements.count: value = elements[index]
      case (.name(let name), .map(let members)):
        guard let member = members[name] else { return nil }
        value = member
      case (.placeholder(let place), .map(let members)):
        guard let member = members[names[place]] else { return nil }
        value = member
      default: return nil
      }
    }
    return value
  }

  static func shown(_ steps: [Step]) -> String {
    let parts = steps.map { step in
      switch step {
      case .name(let name): name
      case .index(let index): "[\(index)]"
      }
    }
    return "[\(parts.joined(separator: ", "))]"
  }

  /// Refuses two paths of which one is or holds the other.
  func checkOverlap(_ paths: [[Step]]) throws(TableFailure) {
    guard paths.count > 1 else { return }
    for (number, path) in paths.enumerated() {
      for other in paths[..<number] where path.first == other.first {
        let common = min(path.count, other.count)
        guard let difference = (0..<common).first(where: { path[$0] != other[$0] }) else {
          throw expression.slot.failure(
            "Two document paths overlap with each other; must remove or rewrite one of these paths; "
              + "path one: \(Self.shown(other)), path two: \(Self.shown(path))")
        }
        // The same place cannot be in a list and in a map.
        switch (path[difference], other[difference]) {
        case (.name, .index), (.index, .name):
          throw expression.slot.failure(
            "Two document paths conflict with each other; must remove or rewrite one of these paths; "
              + "path one: \(Self.shown(other)), path two: \(Self.shown(path))")
        default: break
        }
      }
    }
  }
}
