/// Turns the tree of a pattern into steps.
struct PatternBuilder {
  private(set) var steps: [Pattern.Step] = []
  private(set) var classes: [CharacterClass] = []
  /// Parts of the tree that have been looked at, repetitions counted.
  private(set) var additions = 0
  private var classIndexes: [CharacterClass: Int] = [:]

  /// - Throws: `PatternError` that names the place and the construct.
  init(_ text: String) throws(PatternError) {
    var parser = PatternParser(text)
    // Every part that is left makes a step, so that the limit on steps bounds the work as well.
    try add(try parser.parse().pruned)
    steps.append(.match)
  }

  private mutating func add(_ tree: PatternTree) throws(PatternError) {
    additions += 1
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
