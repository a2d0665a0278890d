/// A regular expression of ECMA-262, matched in time that grows with text times pattern and never worse.
///
/// The subset is what schemas use: literals, `.`, classes, `\d \w \s` and their opposites, `\p{Category}`, groups, alternation, quantifiers,
/// `^ $ \b \B`. Backreferences and look-around are refused when the pattern is compiled: no linear matcher has them.
/// Sources: ECMA-262 section 22.2 (with the `u` flag); JSON Schema 2020-12 Core section 6.4.
struct Pattern: Sendable, Hashable {
  /// Steps that a compiled pattern may have; `a{1000}` takes a thousand.
  static let maximumSteps = 10_000

  enum Assertion: Sendable, Hashable { case start, end, wordBoundary, noWordBoundary }

  enum Step: Sendable, Hashable {
    case character(UInt32)
    case oneOf(Int)
    case assert(Assertion)
    case jump(Int)
    case split(Int, Int)
    case match
  }

  let text: String
  let steps: [Step]
  let classes: [CharacterClass]

  /// - Throws: `PatternError` that names the place and the construct.
  init(_ text: String) throws(PatternError) {
    var parser = PatternParser(text)
    let tree = try parser.parse()
    var builder = PatternBuilder()
    try builder.add(tree)
    builder.steps.append(.match)
    self.text = text
    steps = builder.steps
    classes = builder.classes
  }

  /// True when the pattern matches somewhere in the text.
  func matches(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    var current = PatternThreads(count: steps.count)
    var next = PatternThreads(count: steps.count)
    var previous: Unicode.Scalar?
    var position = scalars.startIndex
    while true {
      let scalar = position < scalars.endIndex ? scalars[position] : nil
      // Every place may be the beginning of a match.
      if follow(0, in: &current, previous: previous, next: scalar) { return true }
      guard let scalar else { return false }
      let after = scalars.index(after: position)
      let following = after < scalars.endIndex ? scalars[after] : nil
      for step in current.members {
        let accepts =
          switch steps[step] {
          case .character(let value): value == scalar.value
          case .oneOf(let index): classes[index].contains(scalar)
          default: false
          }
        if accepts, follow(step + 1, in: &next, previous: scalar, next: following) { return true }
      }
      swap(&current, &next)
      next.removeAll()
      previous = scalar
      position = after
    }
  }

  /// Adds a step and all that it leads to without reading a character; true when that includes the end of the pattern.
  private func follow(_ start: Int, in threads: inout PatternThreads, previous: Unicode.Scalar?, next: Unicode.Scalar?) -> Bool {
    threads.pending.append(start)
    while let step = threads.pending.popLast() {
      guard threads.insert(step) else { continue }
      switch steps[step] {
      case .match:
        threads.pending.removeAll()
        return true
      case .jump(let target): threads.pending.append(target)
      case .split(let first, let second):
        threads.pending.append(second)
        threads.pending.append(first)
      case .assert(let assertion):
        let isWordBefore = previous.map { CharacterClass.word.contains($0) } ?? false
        let isWordAfter = next.map { CharacterClass.word.contains($0) } ?? false
        let holds =
          switch assertion {
          case .start: previous == nil
          case .end: next == nil
          case .wordBoundary: isWordBefore != isWordAfter
          case .noWordBoundary: isWordBefore == isWordAfter
          }
        if holds { threads.pending.append(step + 1) }
      case .character, .oneOf: break
      }
    }
    return false
  }
}

/// The steps at which a match can stand, each at most once.
private struct PatternThreads {
  var members: [Int] = []
  var pending: [Int] = []
  private var isMember: [Bool]

  init(count: Int) { isMember = Array(repeating: false, count: count) }

  mutating func insert(_ step: Int) -> Bool {
    guard !isMember[step] else { return false }
    isMember[step] = true
    members.append(step)
    return true
  }

  mutating func removeAll() {
    for step in members { isMember[step] = false }
    members.removeAll(keepingCapacity: true)
  }
}

/// Why a pattern cannot be used.
struct PatternError: Error, Sendable, Hashable {
  /// Offset into the pattern, in Unicode scalars.
  let offset: Int
  let message: String
}

/// Turns the tree of a pattern into steps.
private struct PatternBuilder {
  var steps: [Pattern.Step] = []
  var classes: [CharacterClass] = []
  private var classIndexes: [CharacterClass: Int] = [:]

  mutating func add(_ tree: PatternTree) throws(PatternError) {
    guard steps.count < Pattern.maximumSteps else {
      throw PatternError(offset: 0, message: "the pattern needs more than \(Pattern.maximumSteps) steps; use smaller repetitions")
    }
    switch tree {
    case .empty: break
    case .character(let value): steps.append(.character(value))
    case .oneOf(let characters):
      if let index = classIndexes[characters] {
        steps.append(.oneOf(index))
      } else {
        classIndexes[characters] = classes.count
        steps.append(.oneOf(classes.count))
        classes.append(characters)
      }
    case .assert(let assertion): steps.append(.assert(assertion))
    case .sequence(let parts):
      for part in parts { try add(part) }
    case .alternatives(let parts):
      var jumps: [Int] = []
      for (index, part) in parts.enumerated() {
        guard index < parts.count - 1 else {
          try add(part)
          break
        }
        let split = steps.count
        steps.append(.match)
        try add(part)
        jumps.append(steps.count)
        steps.append(.match)
        steps[split] = .split(split + 1, steps.count)
      }
      for jump in jumps { steps[jump] = .jump(steps.count) }
    case .repeated(let part, let minimum, let maximum):
      for _ in 0..<minimum { try add(part) }
      if let maximum {
        var splits: [Int] = []
        for _ in minimum..<max(minimum, maximum) {
          splits.append(steps.count)
          steps.append(.match)
          try add(part)
        }
        for split in splits { steps[split] = .split(split + 1, steps.count) }
      } else {
        let split = steps.count
        steps.append(.match)
        try add(part)
        steps.append(.jump(split))
        steps[split] = .split(split + 1, steps.count)
      }
    }
  }
}
