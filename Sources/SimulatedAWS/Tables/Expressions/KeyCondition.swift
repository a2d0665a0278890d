import AWSClient

/// What a query asks of the keys: one partition, and of it a stretch of the sort key.
struct KeyCondition {
  enum Stretch {
    case equal(KeyValue)
    case less(KeyValue)
    case lessOrEqual(KeyValue)
    case greater(KeyValue)
    case greaterOrEqual(KeyValue)
    case between(KeyValue, KeyValue)
    case beginsWith(KeyValue)

    func contains(_ value: KeyValue) -> Bool {
      switch self {
      case .equal(let bound): value == bound
      case .less(let bound): value < bound
      case .lessOrEqual(let bound): !(bound < value)
      case .greater(let bound): bound < value
      case .greaterOrEqual(let bound): !(value < bound)
      case .between(let low, let high): !(value < low) && !(high < value)
      case .beginsWith(let prefix): value.begins(with: prefix)
      }
    }

    /// True for a value that stands before all that the stretch has.
    func isAfter(_ value: KeyValue) -> Bool {
      switch self {
      case .less, .lessOrEqual: false
      case .greater(let bound): !(bound < value)
      case .equal(let bound), .greaterOrEqual(let bound), .between(let bound, _), .beginsWith(let bound): value < bound
      }
    }
  }

  let partition: KeyValue
  let stretch: Stretch?

  /// - Parameters:
  ///   - partitionKey: of the table or the index that is asked.
  init(_ bound: BoundExpression, partitionKey: KeyAttribute, sortKey: KeyAttribute?) throws(TableFailure) {
    guard case .condition(let condition) = bound.expression.body else { throw Self.unsupported }
    var partition: KeyValue?
    var stretch: Stretch?
    for part in try Self.conjuncts(condition) {
      let (path, found) = try Self.stretch(part, bound)
      guard path.steps.count == 1, let name = path.steps.first.flatMap({ bound.name(of: $0) }) else {
        throw bound.expression.slot.failure("KeyConditionExpressions cannot have conditions on nested attributes")
      }
      if name == partitionKey.name {
        guard partition == nil else { throw Self.twice(bound) }
        guard case .equal(let value) = found.stretch else { throw Self.unsupported }
        try Self.check(found.operands, partitionKey)
        partition = value
      } else if let sortKey, name == sortKey.name {
        guard stretch == nil else { throw Self.twice(bound) }
        try Self.check(found.operands, sortKey)
        stretch = found.stretch
      } else {
        throw .validation("Query condition missed key schema element: \(partition == nil ? partitionKey.name : sortKey?.name ?? name)")
      }
    }
    guard let partition else { throw .validation("Query condition missed key schema element: \(partitionKey.name)") }
    self.partition = partition
    self.stretch = stretch
  }

  private static let unsupported = TableFailure.validation("Query key condition not supported")

  private static func twice(_ bound: BoundExpression) -> TableFailure {
    bound.expression.slot.failure("KeyConditionExpressions must only contain one condition per key")
  }

  private static func check(_ operands: [AttributeValue], _ key: KeyAttribute) throws(TableFailure) {
    for operand in operands {
      guard operand.typeName == key.kind.rawValue else {
        throw .invalid("Condition parameter type does not match schema type")
      }
      try key.checkNotEmpty(operand)
    }
  }

  private static func conjuncts(_ condition: Condition) throws(TableFailure) -> [Condition] {
    if case .and(let first, let second) = condition { return try conjuncts(first) + conjuncts(second) }
    return [condition]
  }

  private static func stretch(
    _ condition: Condition, _ bound: BoundExpression
  ) throws(TableFailure) -> (path: DocumentPath, found: (stretch: Stretch, operands: [AttributeValue])) {
    func constant(_ operand: Operand) throws(TableFailure) -> (key: KeyValue, value: AttributeValue) {
      guard case .value(let place) = operand else {
        throw bound.expression.slot.failure("No key attribute specified")
      }
      let value = bound.values[place]
      guard let key = KeyValue(value) else { throw .invalid("Condition parameter type does not match schema type") }
      return (key, value)
    }
    switch condition {
    case .comparison(var comparator, var left, var right):
      if case .value = left {
        swap(&left, &right)
        comparator = comparator.mirrored
      }
      guard case .path(let path) = left else { throw unsupported }
      let (key, value) = try constant(right)
      switch comparator {
      case .equal: return (path, (.equal(key), [value]))
      case .less: return (path, (.less(key), [value]))
      case .lessOrEqual: return (path, (.lessOrEqual(key), [value]))
      case .greater: return (path, (.greater(key), [value]))
      case .greaterOrEqual: return (path, (.greaterOrEqual(key), [value]))
      case .notEqual: throw bound.expression.slot.failure("Unsupported operator in KeyConditionExpression: operator: <>")
      }
    case .between(.path(let path), let low, let high):
      let (lowest, first) = try constant(low)
      let (highest, second) = try constant(high)
      return (path, (.between(lowest, highest), [first, second]))
    case .beginsWith(.path(let path), let prefix):
      let (key, value) = try constant(prefix)
      return (path, (.beginsWith(key), [value]))
    case .or: throw bound.expression.slot.failure("Invalid operator used in KeyConditionExpression: OR")
    case .not: throw bound.expression.slot.failure("Invalid operator used in KeyConditionExpression: NOT")
    case .membership: throw bound.expression.slot.failure("Invalid operator used in KeyConditionExpression: IN")
    case .contains: throw bound.expression.slot.failure("Invalid operator used in KeyConditionExpression: contains")
    case .attributeExists(_, let wanted):
      throw bound.expression.slot.failure(
        "Invalid operator used in KeyConditionExpression: \(wanted ? "attribute_exists" : "attribute_not_exists")")
    case .attributeType: throw bound.expression.slot.failure("Invalid operator used in KeyConditionExpression: attribute_type")
    default: throw unsupported
    }
  }
}

extension Comparator {
  /// The operator that says the same with its sides exchanged.
  fileprivate var mirrored: Comparator {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
