/// An arithmetic expression on exact decimals.
struct Expression: Sendable, Hashable {
  /// A number and whether it is exact.
  struct Value: Sendable, Hashable {
    var number: ExactDecimal
    var isExact = true
  }

  indirect enum Tree: Sendable, Hashable {
    case number(ExactDecimal)
    case variable(String)
    case negated(Tree)
    case binary(Operator, Tree, Tree)
    case call(Function, [Tree])
  }

  enum Operator: Sendable, Hashable { case plus, minus, times, divided, remainder, power }

  enum Function: String, Sendable, Hashable, CaseIterable {
    case abs, min, max, sum, avg, round, floor, ceil, sqrt

    var arguments: ClosedRange<Int> {
      switch self {
      case .abs, .floor, .ceil, .sqrt: 1...1
      case .round: 1...2
      case .min, .max, .sum, .avg: 1...1_000
      }
    }
  }

  let tree: Tree
  /// The names of variables, each once, in the order of their first use.
  let variables: [String]

  /// - Throws: `ExpressionError` that says what was expected, and where.
  init(_ text: String) throws(ExpressionError) {
    var parser = ExpressionParser(text)
    tree = try parser.parse()
    variables = parser.variables
  }

  /// The value of the expression.
  /// - Throws: `DecimalError`, or what `variable` throws.
  func evaluate(_ variable: (String) throws -> ExactDecimal) throws -> Value { try Self.evaluate(tree, variable) }

  private static func evaluate(_ tree: Tree, _ variable: (String) throws -> ExactDecimal) throws -> Value {
    switch tree {
    case .number(let number): return Value(number: number)
    case .variable(let name): return Value(number: try variable(name))
    case .negated(let part):
      let value = try evaluate(part, variable)
      return Value(number: -value.number, isExact: value.isExact)
    case .binary(let sign, let left, let right):
      return try apply(sign, try evaluate(left, variable), try evaluate(right, variable))
    case .call(let function, let parts):
      var values: [Value] = []
      for part in parts { values.append(try evaluate(part, variable)) }
      return try call(function, values)
    }
  }

  private static func apply(_ sign: Operator, _ left: Value, _ right: Value) throws -> Value {
    let isExact = left.isExact && right.isExact
    switch sign {
    case .plus: return Value(number: try left.number.adding(right.number), isExact: isExact)
    case .minus: return Value(number: try left.number.subtracting(right.number), isExact: isExact)
    case .times: return Value(number: try left.number.multiplied(by: right.number), isExact: isExact)
    case .remainder: return Value(number: try left.number.remainder(dividingBy: right.number), isExact: isExact)
    case .divided:
      let quotient = try left.number.divided(by: right.number)
      return Value(number: quotient.value, isExact: isExact && quotient.isExact)
    case .power:
      guard let power = right.number.int64 else { throw ExpressionError("the power \(right.number) is no whole number") }
      let result = try left.number.raised(to: Int(power))
      return Value(number: result.value, isExact: isExact && result.isExact)
    }
  }

  private static func call(_ function: Function, _ values: [Value]) throws -> Value {
    let numbers = values.map(\.number)
    let isExact = values.allSatisfy(\.isExact)
    let first = numbers.first ?? .zero
    switch function {
    case .abs: return Value(number: first.absolute, isExact: isExact)
    case .min: return Value(number: numbers.min() ?? .zero, isExact: isExact)
    case .max: return Value(number: numbers.max() ?? .zero, isExact: isExact)
    case .sum: return Value(number: try sum(numbers), isExact: isExact)
    case .avg:
      let quotient = try sum(numbers).divided(by: ExactDecimal(Int64(numbers.count)))
      return Value(number: quotient.value, isExact: isExact && quotient.isExact)
    case .round:
      let digits = numbers.count > 1 ? numbers[1].int64 : 0
      guard let digits, digits.magnitude <= 1_000 else { throw ExpressionError("round needs a whole number of digits, not \(numbers[1])") }
      let rounded = first.rounded(toFractionDigits: Int(digits), .halfAwayFromZero)
      // The rounding that was asked for is no loss; one that happened before it is.
      return Value(number: rounded, isExact: isExact)
    case .floor: return Value(number: first.rounded(toFractionDigits: 0, .down), isExact: isExact)
    case .ceil: return Value(number: first.rounded(toFractionDigits: 0, .up), isExact: isExact)
    case .sqrt:
      let root = try first.squareRoot()
      return Value(number: root.value, isExact: isExact && root.isExact)
    }
  }

  private static func sum(_ numbers: [ExactDecimal]) throws -> ExactDecimal {
    var sum = ExactDecimal.zero
    for number in numbers { sum = try sum.adding(number) }
    return sum
  }
}

/// Why an expression has no value.
struct ExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
