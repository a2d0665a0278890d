import AWSClient

/// What can be said of an expression without an item: whether its constants are of types that its operators take.
extension BoundExpression {
  func check() throws(TableFailure) {
    switch expression.body {
    case .condition(let condition): try check(condition)
    case .update(let tree):
      try checkOverlap(tree.paths.map(steps))
      for assignment in tree.assignments { try check(assignment.value) }
      for (_, place) in tree.additions { try checkSet(values[place], "ADD", takesNumbers: true) }
      for (_, place) in tree.deletions { try checkSet(values[place], "DELETE", takesNumbers: false) }
    case .projection(let paths): try checkOverlap(paths.map(steps))
    }
  }

  private func checkSet(_ value: AttributeValue, _ section: String, takesNumbers: Bool) throws(TableFailure) {
    switch value {
    case .stringSet, .numberSet, .binarySet: return
    case .number where takesNumbers: return
    default:
      throw expression.slot.failure(
        "Incorrect operand type for operator or function; operator: \(section), operand type: \(value.longTypeName), "
          + "typeSet: \(takesNumbers ? "ALLOWED_FOR_ADD_OPERAND" : "ALLOWED_FOR_DELETE_OPERAND")")
    }
  }

  private func constant(_ operand: Operand) -> AttributeValue? {
    if case .value(let place) = operand { return values[place] }
    return nil
  }

  private func wrongType(_ function: String, _ value: AttributeValue) -> TableFailure {
    expression.slot.failure(
      "Incorrect operand type for operator or function; operator or function: \(function), operand type: \(value.typeName)")
  }

  private func checkOrdered(_ operand: Operand, _ sign: String) throws(TableFailure) {
    if let value = constant(operand), !value.isOrdered { throw wrongType(sign, value) }
  }

  private func checkDistinct(_ first: Operand, _ others: [Operand], _ function: String) throws(TableFailure) {
    guard case .path(let path) = first else { return }
    let firstSteps = steps(path)
    for other in others {
      if case .path(let otherPath) = other, steps(otherPath) == firstSteps {
        throw expression.slot.failure(
          "The first operand must be distinct from the remaining operands for this operator or function; "
            + "operator: \(function), first operand: \(Self.shown(firstSteps))")
      }
    }
  }

  private func check(_ condition: Condition) throws(TableFailure) {
    switch condition {
    case .comparison(let comparator, let left, let right):
      if comparator != .equal, comparator != .notEqual {
        try checkOrdered(left, comparator.rawValue)
        try checkOrdered(right, comparator.rawValue)
      }
      try checkDistinct(left, [right], comparator.rawValue)
    case .between(let operand, let low, let high):
      for part in [operand, low, high] { try checkOrdered(part, "BETWEEN") }
      if let lowest = constant(low), let highest = constant(high) {
        let bounds = "lower bound operand: AttributeValue: \(lowest.shown), upper bound operand: AttributeValue: \(highest.shown)"
        guard lowest.typeName == highest.typeName else {
          throw expression.slot.failure("The BETWEEN operator requires same data type for lower and upper bounds; \(bounds)")
        }
        if highest.isLess(than: lowest) == true {
          throw expression.slot.failure(
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; \(bounds)")
        }
      }
      try checkDistinct(operand, [low, high], "BETWEEN")
    case .membership(let operand, let members): try checkDistinct(operand, members, "IN")
    case .attributeExists: break
    case .attributeType(_, let type):
      guard let value = constant(type) else {
        throw expression.slot.failure("Operator or function requires a constant; operator or function: attribute_type")
      }
      guard case .string(let name) = value else { throw wrongType("attribute_type", value) }
      guard ["B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M"].contains(name) else {
        throw expression.slot.failure(
          "Invalid attribute type name found; type: \(name), valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}")
      }
    case .beginsWith(let first, let second):
      for operand in [first, second] {
        switch constant(operand) {
        case nil, .string, .binary: break
        case .some(let value): throw wrongType("begins_with", value)
        }
      }
      try checkDistinct(first, [second], "begins_with")
    case .contains(let first, let second): try checkDistinct(first, [second], "contains")
    case .and(let first, let second), .or(let first, let second):
      try check(first)
      try check(second)
    case .not(let inner): try check(inner)
    }
  }

  private func check(_ operand: Operand) throws(TableFailure) {
    switch operand {
    case .path, .value, .size: break
    case .ifNotExists(_, let fallback): try check(fallback)
    case .listAppend(let first, let second):
      for part in [first, second] {
        if let value = constant(part) {
          guard case .list = value else { throw wrongType("list_append", value) }
        }
        try check(part)
      }
    case .sum(let left, let right, let isDifference):
      for part in [left, right] {
        if let value = constant(part) {
          guard case .number = value else { throw wrongType(isDifference ? "-" : "+", value) }
        }
        try check(part)
      }
    }
  }
}
