internal import Synchronization

/// The bytes of all bodies at a time, as a number that has a limit.
final class BufferBudget: Sendable {
  private let limit: Int
  private let used = Mutex(0)

  init(limit: Int) { self.limit = limit }

  func take(_ count: Int) -> Bool {
    used.withLock { used in
      guard count <= limit - used else { return false }
      used += count
      return true
    }
  }

  func giveBack(_ count: Int) { used.withLock { $0 -= count } }
}

/// The body of a request while it comes in.
///
/// What is too large is read on for a while and forgotten, since a client that still sends does not read the answer; then the connection ends.
struct RequestBody {
  enum Step: Equatable {
    case goesOn
    /// So much was sent behind the limit that nobody can want an answer.
    case abandon
  }

  private(set) var bytes: [UInt8] = []
  /// Why the body is not kept; nil while it is.
  private(set) var rejection: HTTPAnswer?
  private var forgotten = 0
  private let limit: Int
  private let budget: BufferBudget

  init(limit: Int, budget: BufferBudget) {
    self.limit = limit
    self.budget = budget
  }

  mutating func append(_ part: UnsafeBufferPointer<UInt8>) -> Step {
    if rejection == nil {
      if bytes.count + part.count > limit {
        reject(.tooLarge(limit))
      } else if !budget.take(part.count) {
        reject(.noRoom)
      } else {
        bytes.append(contentsOf: part)
        return .goesOn
      }
    }
    forgotten += part.count
    return forgotten > 2 * limit ? .abandon : .goesOn
  }

  private mutating func reject(_ answer: HTTPAnswer) {
    rejection = answer
    giveBack()
  }

  /// Forgets the bytes, and gives what they take back to the others.
  mutating func giveBack() {
    budget.giveBack(bytes.count)
    bytes = []
  }
}
