/// What the slots of a process have in common: which of them serve an event, and whether there shall be another one.
final class SlotCrew: @unchecked Sendable {  // Sendable because `condition` guards every field.
  private let condition = ThreadCondition()
  private var serving = 0
  private var isRetiring = false

  /// A slot begins, or has ended, to serve an event. False when it shall not ask for another one.
  func slot(isServing: Bool) -> Bool {
    condition.lock()
    serving += isServing ? 1 : -1
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

  /// Waits until no slot serves an event; false when some still do at the given time, in milliseconds since the Unix epoch.
  func waitUntilIdle(untilMilliseconds time: Int64 = .max) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while serving > 0 {
      if time == .max { condition.wait() } else if !condition.wait(untilMilliseconds: time) { return serving == 0 }
    }
    return true
  }
}
