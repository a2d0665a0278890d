/// The shape of a regular expression.
indirect enum PatternTree: Sendable, Hashable {
  case empty
  case character(UInt32)
  case oneOf(CharacterClass)
  case assert(Pattern.Assertion)
  case sequence([PatternTree])
  case alternatives([PatternTree])
  case repeated(PatternTree, minimum: Int, maximum: Int?)

  /// The same pattern without parts that only stand for the empty text: `()`, `(){9}`, `a{0}`.
  var pruned: PatternTree {
    switch self {
    case .empty, .character, .oneOf, .assert: return self
    case .sequence(let parts):
      let kept = parts.map(\.pruned).filter { $0 != .empty }
      return kept.isEmpty ? .empty : kept.count == 1 ? kept[0] : .sequence(kept)
    case .alternatives(let parts):
      let pruned = parts.map(\.pruned)
      return pruned.allSatisfy { $0 == .empty } ? .empty : .alternatives(pruned)
    case .repeated(let part, let minimum, let maximum):
      let pruned = part.pruned
      return pruned == .empty || maximum == 0 ? .empty : .repeated(pruned, minimum: minimum, maximum: maximum)
    }
  }
}

/// Reads a regular expression of ECMA-262; what the matcher cannot do is refused here.
struct PatternParser {
  private static let maximumRepetition = 10_000
  private static let maximumDepth = 100

  private let scalars: [Unicode.Scalar]
  private var offset = 0
  private var depth = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  private var current: Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }
  private func peek(_ distance: Int) -> Unicode.Scalar? {
    offset + distance < scalars.count ? scalars[offset + distance] : nil
  }

  private func fail(_ message: String, at place: Int? = nil) -> PatternError { PatternError(offset: place ?? offset, message: message) }

  mutating func parse() throws(PatternError) -> PatternTree {
    let tree = try alternatives()
    guard current == nil else { throw fail("')' without '('") }
    return tree
  }

  private mutating func alternatives() throws(PatternError) -> PatternTree {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw fail("more than \(Self.maximumDepth) nested groups") }
    var parts = [try sequence()]
    while current == "|" {
      offset += 1
      parts.append(try sequence())
    }
    return parts.count == 1 ? parts[0] : .alternatives(parts)
  }

  private mutating func sequence() throws(PatternError) -> PatternTree {
    var parts: [PatternTree] = []
    while let scalar = current, scalar != "|", scalar != ")" {
      let place = offset
      let (part, canRepeat) = try term()
      guard let (minimum, maximum) = try quantifier() else {
        parts.append(part)
        continue
      }
      guard canRepeat else { throw fail("nothing to repeat", at: place) }
      parts.append(.repeated(part, minimum: minimum, maximum: maximum))
    }
    return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func term() throws(PatternError) -> (PatternTree, canRepeat: Bool) {
    guard let scalar = current else { return (.empty, false) }
    switch scalar {
    case "^":
      offset += 1
      return (.assert(.start), false)
    case "$":
      offset += 1
      return (.assert(.end), false)
    case ".":
      offset += 1
      return (.oneOf(.anyButNewline), true)
    case "[": return (.oneOf(try characterClass()), true)
    case "(": return (try group(), true)
    case "\\":
      if let next = peek(1), next == "b" || next == "B" {
        offset += 2
        return (.assert(next == "b" ? .wordBoundary : .noWordBoundary), false)
      }
      return (try escape(inClass: false), true)
    case "*", "+", "?", "{": throw fail("nothing to repeat before '\(scalar)'")
    case "]", "}": throw fail("'\(scalar)' must be written '\\\(scalar)'")
    default:
      offset += 1
      return (.character(scalar.value), true)
    }
  }

  private mutating func group() throws(PatternError) -> PatternTree {
    let place = offset
    offset += 1
    if current == "?" {
      switch (peek(1), peek(2)) {
      case (":", _): offset += 2
      case ("=", _), ("!", _): throw fail("look-ahead is not supported", at: place)
      case ("<", "="), ("<", "!"): throw fail("look-behind is not supported", at: place)
      case ("<", _):
        guard let end = scalars[offset...].firstIndex(of: ">") else { throw fail("a group's name that does not end", at: place) }
        offset = end + 1
      default: throw fail("an unknown kind of group", at: place)
      }
    }
    let tree = try alternatives()
    guard current == ")" else { throw fail("'(' without ')'", at: place) }
    offset += 1
    return tree
  }

  private mutating func quantifier() throws(PatternError) -> (Int, Int?)? {
    let result: (Int, Int?)
    let place = offset
    switch current {
    case "*": result = (0, nil)
    case "+": result = (1, nil)
    case "?": result = (0, 1)
    case "{":
      offset += 1
      guard let minimum = try number() else { throw fail("'{' must be followed by a number, or written '\\{'", at: place) }
      var maximum: Int? = minimum
      if current == "," {
        offset += 1
        maximum = try number()
      }
      guard current == "}" else { throw fail("a repetition that does not end with '}'", at: place) }
      if let maximum, maximum < minimum { throw fail("the repetition {\(minimum),\(maximum)} is out of order", at: place) }
      result = (minimum, maximum)
    default: return nil
    }
    offset += 1
    // A lazy quantifier finds the same texts.
    if current == "?" { offset += 1 }
    return result
  }

  private mutating func number() throws(PatternError) -> Int? {
    var value: Int?
    while let digit = current, ("0"..."9").contains(digit) {
      value = (value ?? 0) * 10 + Int(digit.value - 0x30)
      guard value ?? 0 <= Self.maximumRepetition else { throw fail("more than \(Self.maximumRepetition) repetitions") }
      offset += 1
    }
    return value
  }

  private mutating func characterClass() throws(PatternError) -> CharacterClass {
    let place = offset
    offset += 1
    var result = CharacterClass()
    if current == "^" {
      result.isNegated = true
      offset += 1
    }
    while let scalar = current, scalar != "]" {
      let start = offset
      let first = try classAtom()
      guard current == "-", let after = peek(1), after != "]" else {
        Self.insert(first, into: &result)
        continue
      }
      offset += 1
      let last = try classAtom()
      guard case .character(let low) = first, case .character(let high) = last else {
        throw fail("a class cannot be the end of a range", at: start)
      }
      guard low <= high else { throw fail("the range is out of order", at: start) }
      result.ranges.append(low...high)
    }
    guard current == "]" else { throw fail("'[' without ']'", at: place) }
    offset += 1
    return result
  }

  private static func insert(_ atom: PatternTree, into result: inout CharacterClass) {
    switch atom {
    case .character(let value): result.insert(value)
    case .oneOf(let members): result.insert(members)
    default: break
    }
  }

  private mutating func classAtom() throws(PatternError) -> PatternTree {
    guard let scalar = current else { throw fail("'[' without ']'") }
    if scalar == "\\" { return try escape(inClass: true) }
    offset += 1
    return .character(scalar.value)
  }

  private mutating func escape(inClass: Bool) throws(PatternError) -> PatternTree {
    let place = offset
    offset += 1
    guard let scalar = current else { throw fail("'\\' at the end", at: place) }
    offset += 1
    switch scalar {
    case "d": return .oneOf(.digits)
    case "D": return .oneOf(CharacterClass.digits.negated)
    case "w": return .oneOf(.word)
    case "W": return .oneOf(CharacterClass.word.negated)
    case "s": return .oneOf(.space)
    case "S": return .oneOf(CharacterClass.space.negated)
    case "t": return .character(0x09)
    case "n": return .character(0x0A)
    case "v": return .character(0x0B)
    case "f": return .character(0x0C)
    case "r": return .character(0x0D)
    case "b" where inClass: return .character(0x08)
    case "0":
      if let next = current, ("0"..."9").contains(next) { throw fail("octal escapes are not supported", at: place) }
      return .character(0)
    case "1"..."9": throw fail("backreferences are not supported", at: place)
    case "k": throw fail("backreferences are not supported", at: place)
    case "c":
      guard let letter = current, ("a"..."z").contains(letter) || ("A"..."Z").contains(letter) else {
        throw fail("'\\c' must be followed by a letter", at: place)
      }
      offset += 1
      return .character(letter.value % 32)
    case "x": return .character(try hexadecimal(digits: 2, place))
    case "u": return .character(try unicodeEscape(place))
    case "p", "P": return .oneOf(try property(isNegated: scalar == "P", place))
    case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/", "-": return .character(scalar.value)
    default:
      // Punctuation is often escaped without need; a letter may mean something in another dialect and is refused.
      if scalar.isASCII, !CharacterClass.word.contains(scalar) { return .character(scalar.value) }
      throw fail("'\\\(scalar)' is no escape of ECMA-262", at: place)
    }
  }

  private mutating func hexadecimal(digits count: Int, _ place: Int) throws(PatternError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = current.flatMap({ Character($0).hexDigitValue }) else {
        throw fail("\(count) hexadecimal digits are due", at: place)
      }
      value = value * 16 + UInt32(digit)
      offset += 1
    }
    return value
  }

  private mutating func unicodeEscape(_ place: Int) throws(PatternError) -> UInt32 {
    if current == "{" {
      offset += 1
      var value: UInt32 = 0
      while let digit = current.flatMap({ Character($0).hexDigitValue }) {
        value = value * 16 + UInt32(digit)
        guard value <= 0x10FFFF else { throw fail("more than U+10FFFF", at: place) }
        offset += 1
      }
      guard current == "}" else { throw fail("'\\u{' without '}'", at: place) }
      offset += 1
      return value
    }
    let high = try hexadecimal(digits: 4, place)
    guard (0xD800...0xDBFF).contains(high), current == "\\", peek(1) == "u" else { return high }
    offset += 2
    let low = try hexadecimal(digits: 4, place)
    guard (0xDC00...0xDFFF).contains(low) else { throw fail("half a surrogate pair", at: place) }
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
  }

  private mutating func property(isNegated: Bool, _ place: Int) throws(PatternError) -> CharacterClass {
    guard current == "{", let end = scalars[offset...].firstIndex(of: "}") else {
      throw fail("'\\p' must be followed by '{name}'", at: place)
    }
    var name = ""
    name.unicodeScalars.append(contentsOf: scalars[(offset + 1)..<end])
    guard let members = CharacterClass.category(name) else {
      throw fail("the Unicode property '\(name)' is not supported, only general categories are", at: place)
    }
    offset = end + 1
    return isNegated ? members.negated : members
  }
}
