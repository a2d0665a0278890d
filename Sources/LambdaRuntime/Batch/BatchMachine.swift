/// Decides which records of a batch are begun, in what order, and which come again. It knows neither tasks nor clocks.
struct BatchMachine {
  /// What the order of the records asks for.
  enum Order: Sendable {
    /// Nothing: each record stands for itself.
    case none
    /// Records are done one after the other; behind the first that fails, none is begun.
    case wholeBatch
    /// So within each group; groups do not wait for one another. A record of an unknown group holds up all behind it when it fails.
    case groups
  }

  enum Step: Equatable {
    case begin(Int)
    /// Nothing can be begun before a record that is under way is done.
    case wait
    case finished
  }

  private enum State { case open, running, done, failed, heldUp, notBegun }

  private let groups: [String?]
  private let order: Order
  private let concurrency: Int
  private var states: [State]
  private var firstOpen = 0
  private var runningCount = 0
  private var runningGroups: Set<String?> = []
  private var failedGroups: Set<String?> = []
  private var isHeldUp = false

  /// - Parameters:
  ///   - groups: the group of each record, in the order of the batch.
  ///   - concurrency: records that may be under way at once, 1 or more.
  init(groups: [String?], order: Order, concurrency: Int) {
    self.groups = groups
    self.order = order
    self.concurrency = order == .wholeBatch ? 1 : max(1, concurrency)
    states = Array(repeating: .open, count: groups.count)
  }

  /// What to do now; a record that is to be begun counts as under way.
  /// - Parameter isTimeUp: whether too little time is left to begin this record; no other is begun then either.
  mutating func next(isTimeUp: (Int) -> Bool) -> Step {
    var index = firstOpen
    while runningCount < concurrency, index < states.count {
      defer { index += 1 }
      guard states[index] == .open else {
        if index == firstOpen { firstOpen += 1 }
        continue
      }
      if isHeldUp || order == .groups && failedGroups.contains(groups[index]) {
        states[index] = .heldUp
        continue
      }
      if order == .groups {
        if runningGroups.contains(groups[index]) { continue }
        // Whether a record of no known group may go on before those under way are done, nobody knows.
        if groups[index] == nil, runningCount > 0 { break }
        if runningGroups.contains(nil) { break }
      }
      if isTimeUp(index) {
        for open in index..<states.count where states[open] == .open { states[open] = .notBegun }
        break
      }
      states[index] = .running
      runningCount += 1
      if order == .groups { runningGroups.insert(groups[index]) }
      return .begin(index)
    }
    return runningCount > 0 ? .wait : .finished
  }

  /// Takes note that a record which was under way is done or has failed.
  mutating func ended(_ index: Int, failed: Bool) {
    states[index] = failed ? .failed : .done
    runningCount -= 1
    if order == .groups { runningGroups.remove(groups[index]) }
    guard failed else { return }
    switch order {
    case .none: break
    case .wholeBatch: isHeldUp = true
    case .groups:
      if groups[index] == nil { isHeldUp = true }
      failedGroups.insert(groups[index])
    }
  }

  /// The records that must come again, in the order of the batch.
  var unfinished: [Int] { states.indices.filter { states[$0] != .done } }
  /// The records that were not begun for want of time.
  var notBegun: [Int] { states.indices.filter { states[$0] == .notBegun } }
  /// Whether every record was begun, or stands behind one that failed, and none was done.
  var everythingFailed: Bool { !states.isEmpty && states.allSatisfy { $0 == .failed || $0 == .heldUp } }
}
