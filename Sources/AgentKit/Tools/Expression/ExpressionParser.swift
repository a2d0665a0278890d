/// Reads arithmetic: the usual precedence, powers from the right, `-2^2` is -4.
struct ExpressionParser {
  private static let maximumDepth = 100

  private let bytes: [UInt8]
  private var offset = 0
  private var depth = 0
  private(set) var variables: [String] = []

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func parse() throws(ExpressionError) -> Expression.Tree {
    let tree = try sum()
    skipSpace()
    guard offset == bytes.count else { throw unexpected("an operator or the end") }
    return tree
  }

  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() { while let byte = current, byte == 0x20 || (0x09...0x0D).contains(byte) { offset += 1 } }

  private mutating func take(_ byte: Character) -> Bool {
    skipSpace()
    guard let current, current == byte.asciiValue else { return false }
    offset += 1
    return true
  }

  private func unexpected(_ expected: String) -> ExpressionError {
    let rest = String(decoding: bytes[offset...].prefix(20), as: UTF8.self)
    return ExpressionError("expected \(expected) at position \(offset + 1), found " + (rest.isEmpty ? "the end" : "'\(rest)'"))
  }

  private mutating func sum() throws(ExpressionError) -> Expression.Tree {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw ExpressionError("more than \(Self.maximumDepth) nested parentheses") }
    var tree = try product()
    while true {
      if take("+") {
        tree = .binary(.plus, tree, try product())
      } else if take("-") {
        tree = .binary(.minus, tree, try product())
      } else {
        return tree
      }
    }
  }

  private mutating func product() throws(ExpressionError) -> Expression.Tree {
    var tree = try signed()
    while true {
      if take("*") {
        tree = .binary(.times, tree, try signed())
      } else if take("/") {
        tree = .binary(.divided, tree, try signed())
      } else if take("%") {
        tree = .binary(.remainder, tree, try signed())
      } else {
        return tree
      }
    }
  }

  private mutating func signed() throws(ExpressionError) -> Expression.Tree {
    var isNegated = false
    var count = 0
    while true {
      if take("-") {
        isNegated.toggle()
      } else if !take("+") {
        break
      }
      count += 1
      guard count <= Self.maximumDepth else { throw ExpressionError("more than \(Self.maximumDepth) signs in a row") }
    }
    let tree = try power()
    return isNegated ? .negated(tree) : tree
  }

  private mutating func power() throws(ExpressionError) -> Expression.Tree {
    let base = try atom()
    guard take("^") else { return base }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw ExpressionError("more than \(Self.maximumDepth) powers of powers") }
    return .binary(.power, base, try signed())
  }

  private mutating func atom() throws(ExpressionError) -> Expression.Tree {
    if take("(") {
      let tree = try sum()
      guard take(")") else { throw unexpected("')'") }
      return tree
    }
    skipSpace()
    guard let byte = current else { throw unexpected("a number, a name or '('") }
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): return .number(try number())
    case UInt8(ascii: "["):
      guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "]")) else { throw unexpected("']' after the name") }
      let name = String(decoding: bytes[(offset + 1)..<end], as: UTF8.self)
      offset = end + 1
      return variable(name)
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
      let name = name()
      guard take("(") else { return variable(name) }
      return try call(name)
    default: throw unexpected("a number, a name or '('")
    }
  }

  private mutating func variable(_ name: String) -> Expression.Tree {
    if !variables.contains(name) { variables.append(name) }
    return .variable(name)
  }

  private mutating func name() -> String {
    let start = offset
    while let byte = current {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), 0x80...:
        offset += 1
        continue
      default: break
      }
      break
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func number() throws(ExpressionError) -> ExactDecimal {
    let start = offset
    func isDigit(_ index: Int) -> Bool { index < bytes.count && (0x30...0x39).contains(bytes[index]) }
    while isDigit(offset) { offset += 1 }
    if current == UInt8(ascii: ".") {
      offset += 1
      while isDigit(offset) { offset += 1 }
    }
    if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
      var end = offset + 1
      if end < bytes.count, bytes[end] == UInt8(ascii: "+") || bytes[end] == UInt8(ascii: "-") { end += 1 }
      if isDigit(end) {
        offset = end
        while isDigit(offset) { offset += 1 }
      }
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard let number = ExactDecimal(text) else { throw ExpressionError("'\(text)' is no number") }
    if let byte = current, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "_"), isDigit(offset + 1), depth <= 1 {
      throw ExpressionError("'\(text)\(Character(Unicode.Scalar(byte)))…' looks like a number with separators; write it without them")
    }
    return number
  }

  private mutating func call(_ name: String) throws(ExpressionError) -> Expression.Tree {
    guard let function = Expression.Function(rawValue: name) else {
      let names = Expression.Function.allCases.map(\.rawValue).joined(separator: ", ")
      throw ExpressionError("there is no function '\(name)'; there are \(names)")
    }
    var arguments: [Expression.Tree] = []
    if !take(")") {
      repeat { arguments.append(try sum()) } while take(",")
      guard take(")") else { throw unexpected("',' or ')'") }
    }
    guard function.arguments.contains(arguments.count) else {
      let range = function.arguments
      let expected = range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
      throw ExpressionError("'\(name)' takes \(expected) arguments, found \(arguments.count)")
    }
    return .call(function, arguments)
  }
}
