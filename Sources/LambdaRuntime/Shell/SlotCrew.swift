/// What the slots of a process have in common: which of them serve an event, and whether there shall be another one.
final class SlotCrew: @unchecked Sendable {  // Sendable because `condition` guards every field.
  private let condition = ThreadCondition()
  private var serving = 0
  private var isRetiring = false
  /// The latest of the events that have begun, in milliseconds since the Unix epoch.
  private var latestDeadline: Int64 = 0

  /// What an event may take at most on Lambda, in milliseconds: the deadline of one that came without.
  private static let longestInvocation: Int64 = 900_000

  /// A slot begins, or has ended, to serve an event. False when it shall not ask for another one.
  func slot(isServing: Bool, deadlineMilliseconds: Int64? = nil) -> Bool {
    condition.lock()
    serving += isServing ? 1 : -1
    if isServing { latestDeadline = max(latestDeadline, deadlineMilliseconds ?? nowMilliseconds() + Self.longestInvocation) }
    let goesOn = isServing || !isRetiring
    condition.broadcastAndUnlock()
    return goesOn
  }

  /// Lets no slot ask for another event; true for the first call.
  func retire() -> Bool {
    condition.lock()
    defer { condition.unlock() }
    if isRetiring { return false }
    isRetiring = true
    return true
  }

  /// Waits until no slot serves an event; false when some still do at the given time, in milliseconds since the Unix epoch, or when the
  /// deadline of each of them has passed.
  func waitUntilIdle(untilMilliseconds time: Int64 = .max) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while serving > 0 {
      let end = min(time, latestDeadline)
      // A slot may have received another event in the meantime.
      if !condition.wait(untilMilliseconds: end), end == min(time, latestDeadline) { return serving == 0 }
    }
    return true
  }
}
