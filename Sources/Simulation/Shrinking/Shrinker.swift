import SimulatedAWS

/// Makes a failing world smaller while it still breaks the same promise, so that its story can be read.
///
/// Greedy, in passes that repeat as long as one of them gets somewhere: whole kinds of faults, single faults (delta debugging: A. Zeller and
/// R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 2002), and the scenario.
public struct Shrinker: Sendable {
  /// A world that fails, and what it took to find it.
  public struct Shrunk: Sendable {
    public let options: World.Options
    public let result: World.Result
    /// Worlds that were run.
    public let tries: Int
  }

  private let seed: UInt64
  private let run: @Sendable (UInt64, World.Options) throws -> World.Result
  private let maximumTries: Int

  /// - Parameters:
  ///   - maximumTries: worlds that may be run.
  ///   - run: runs a world; tests give a quicker one.
  public init(
    seed: UInt64, maximumTries: Int = 300,
    run: @escaping @Sendable (UInt64, World.Options) throws -> World.Result = { try World(seed: $0, options: $1).run() }
  ) {
    self.seed = seed
    self.maximumTries = maximumTries
    self.run = run
  }

  /// The smallest world found that breaks the same promise, with its facts.
  /// - Parameter isInterrupted: asked before each world; true to stop with what there is.
  /// - Returns: nil when the world breaks no promise.
  public func shrink(_ options: World.Options, isInterrupted: @escaping @Sendable () -> Bool = { false }) throws -> Shrunk? {
    var options = options
    options.keepsFacts = true
    let first = try run(seed, options)
    guard let violation = first.violation else { return nil }
    var search = Search(
      seed: seed, run: run, isInterrupted: isInterrupted, left: maximumTries - 1, invariant: violation.invariant, options: options,
      result: first)
    // With what the seed has chosen written out, taking a part away leaves the others as they are.
    var explicit = options
    explicit.scenario = first.scenario
    explicit.faults = FaultSettings(rates: options.faults.rates(ofWorld: seed), variesByWorld: false)
    guard try search.attempt(explicit) else { return Shrunk(options: options, result: first, tries: maximumTries - search.left) }
    var withFewestFaults: (options: World.Options, result: World.Result)?
    while search.left > 0 {
      let before = search.successes
      try search.removeKinds()
      try search.removeFaults()
      try search.shrinkScenario()
      guard search.successes == before else { continue }
      // A smaller scenario has other faults under the same numbers, so as the last thing it is tried with all of them.
      if search.result.faultCount <= withFewestFaults?.result.faultCount ?? .max { withFewestFaults = (search.options, search.result) }
      try search.shrinkScenario(withAllFaults: true)
      guard search.successes > before else { break }
    }
    if let fewest = withFewestFaults, fewest.result.faultCount < search.result.faultCount {
      return Shrunk(options: fewest.options, result: fewest.result, tries: maximumTries - search.left)
    }
    return Shrunk(options: search.options, result: search.result, tries: maximumTries - search.left)
  }

  private struct Search {
    let seed: UInt64
    let run: @Sendable (UInt64, World.Options) throws -> World.Result
    let isInterrupted: @Sendable () -> Bool
    /// Worlds that may still be run.
    var left: Int
    let invariant: String
    /// The smallest so far.
    var options: World.Options
    var result: World.Result
    var successes = 0

    init(
      seed: UInt64, run: @escaping @Sendable (UInt64, World.Options) throws -> World.Result, isInterrupted: @escaping @Sendable () -> Bool,
      left: Int, invariant: String, options: World.Options, result: World.Result
    ) {
      self.seed = seed
      self.run = run
      self.isInterrupted = isInterrupted
      self.left = left
      self.invariant = invariant
      self.options = options
      self.result = result
    }

    /// Takes the options when the world still breaks the promise.
    mutating func attempt(_ candidate: World.Options) throws -> Bool {
      guard left > 0, !isInterrupted() else {
        left = 0
        return false
      }
      left -= 1
      let outcome = try run(seed, candidate)
      guard outcome.violation?.invariant == invariant else { return false }
      options = candidate
      result = outcome
      successes += 1
      return true
    }

    // MARK: Faults

    /// What happened before the promise was broken, first to last.
    private var happened: [(fault: Fault, number: Int)] {
      result.facts.compactMap { if case .faultHappened(let fault, let number) = $0.fact { (fault, number) } else { nil } }
    }

    mutating func removeKinds() throws {
      var all = options
      all.faults.rates = [:]
      all.suppressedFaults = []
      if !options.faults.rates.isEmpty, try attempt(all) { return }
      // Kinds that did not happen are of no account, but one fewer in the list.
      let kinds = Set(happened.map(\.fault))
      var idle = options
      idle.faults.rates = options.faults.rates.filter { kinds.contains($0.key) }
      if idle.faults.rates.count < options.faults.rates.count { _ = try attempt(idle) }
      for kind in options.faults.rates.keys.sorted() {
        var candidate = options
        candidate.faults.rates[kind] = nil
        _ = try attempt(candidate)
      }
    }

    mutating func removeFaults() throws {
      var parts = 1
      var numbers = happened.map(\.number)
      while left > 0, !numbers.isEmpty, parts <= numbers.count {
        let size = (numbers.count + parts - 1) / parts
        var isSmaller = false
        for start in stride(from: 0, to: numbers.count, by: size) {
          var candidate = options
          candidate.suppressedFaults.formUnion(numbers[start..<min(start + size, numbers.count)])
          if try attempt(candidate) {
            isSmaller = true
            break
          }
        }
        if isSmaller {
          // Without these others may happen that did not before; they are tried too.
          numbers = happened.map(\.number)
          parts = max(1, min(parts, numbers.count))
        } else if parts == numbers.count {
          break
        } else {
          parts = min(numbers.count, parts * 2)
        }
      }
    }

    // MARK: Scenario

    /// - Parameter withAllFaults: true to let those happen again that were left out; the next pass leaves them out anew.
    mutating func shrinkScenario(withAllFaults: Bool = false) throws {
      var isSmaller = true
      while isSmaller, left > 0 {
        isSmaller = false
        guard let scenario = options.scenario else { return }
        for smaller in ScenarioReduction.candidates(scenario) {
          var candidate = options
          candidate.scenario = smaller
          if withAllFaults { candidate.suppressedFaults = [] }
          if try attempt(candidate) {
            isSmaller = true
            break
          }
        }
      }
    }
  }
}
