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
    let builder = try PatternBuilder(text)
    self.text = text
    steps = builder.steps
    classes = builder.classes
  }

  /// True when the pattern matches somewhere in the text.
  func matches(_ text: String) -> Bool {
    var work = Int.max
    return matches(text, work: &work) ?? false
  }

  /// True when the pattern matches somewhere in the text; nil when that takes more work than is given.
  /// - Parameter work: steps that may be looked at; what was used is taken off.
  func matches(_ text: String, work: inout Int) -> Bool? {
    let scalars = text.unicodeScalars
    var current = PatternThreads(count: steps.count)
    var next = PatternThreads(count: steps.count)
    work -= 1 + steps.count / 32
    var previous: Unicode.Scalar?
    var position = scalars.startIndex
    while work >= 0 {
      let scalar = position < scalars.endIndex ? scalars[position] : nil
      // Every place may be the beginning of a match.
      if follow(0, in: &current, previous: previous, next: scalar) { return true }
      guard let scalar else { return false }
      let after = scalars.index(after: position)
      let following = after < scalars.endIndex ? scalars[after] : nil
      work -= 1
      for step in current.members {
        let accepts: Bool
        work -= 1
        switch steps[step] {
        case .character(let value): accepts = value == scalar.value
        case .oneOf(let index):
          accepts = classes[index].contains(scalar)
          work -= classes[index].ranges.count / 8
        default: accepts = false
        }
        if accepts, follow(step + 1, in: &next, previous: scalar, next: following) { return true }
      }
      swap(&current, &next)
      next.removeAll()
      previous = scalar
      position = after
    }
    return nil
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
