import AWSClient

/// One expression of a request, parsed; names and values stand in it by their place in the lists of its placeholders.
final class ParsedExpression {
  let slot: ExpressionSlot
  /// The placeholders of names, `#name`, each once.
  let names: [String]
  /// The placeholders of values, `:value`, each once.
  let values: [String]
  let body: Body

  enum Body {
    case condition(Condition)
    case update(UpdateTree)
    case projection([DocumentPath])
  }

  init(slot: ExpressionSlot, names: [String], values: [String], body: Body) {
    self.slot = slot
    self.names = names
    self.values = values
    self.body = body
  }
}

/// The parameter of a request that an expression is.
enum ExpressionSlot: String {
  case condition = "ConditionExpression"
  case update = "UpdateExpression"
  case projection = "ProjectionExpression"
  case filter = "FilterExpression"
  case keyCondition = "KeyConditionExpression"

  func failure(_ message: String) -> TableFailure { .validation("Invalid \(rawValue): \(message)") }
}

/// Where a value stands in an item.
struct DocumentPath {
  enum Step {
    case name(String)
    /// A name by its place in the list of placeholders.
    case placeholder(Int)
    case index(Int)
  }

  /// The first is a name.
  var steps: [Step]
}

indirect enum Condition {
  case comparison(Comparator, Operand, Operand)
  case between(Operand, Operand, Operand)
  case membership(Operand, [Operand])
  case attributeExists(DocumentPath, wanted: Bool)
  case attributeType(DocumentPath, Operand)
  case beginsWith(Operand, Operand)
  case contains(Operand, Operand)
  case and(Condition, Condition)
  case or(Condition, Condition)
  case not(Condition)
}

enum Comparator: String {
  case equal = "="
  case notEqual = "<>"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

indirect enum Operand {
  case path(DocumentPath)
  /// A value by its place in the list of placeholders.
  case value(Int)
  case size(DocumentPath)
  case ifNotExists(DocumentPath, Operand)
  case listAppend(Operand, Operand)
  case sum(Operand, Operand, isDifference: Bool)
}

struct UpdateTree {
  var assignments: [(path: DocumentPath, value: Operand)] = []
  var removals: [DocumentPath] = []
  /// Values by their places in the list of placeholders.
  var additions: [(path: DocumentPath, value: Int)] = []
  var deletions: [(path: DocumentPath, value: Int)] = []

  var paths: [DocumentPath] { assignments.map(\.path) + removals + additions.map(\.path) + deletions.map(\.path) }
}
