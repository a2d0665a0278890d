import AgentKit
import Synchronization

/// A clock that stands still.
struct FixedClock: Clock {
  var nowMilliseconds: Int64

  /// 2026-11-27T00:00:00Z.
  static let morning = FixedClock(nowMilliseconds: 1_795_737_600_000)
}

/// A clock that moves when a test says so.
final class MovingClock: Clock {
  private let now = Mutex<Int64>(FixedClock.morning.nowMilliseconds)
  var nowMilliseconds: Int64 { now.withLock { $0 } }
  func advance(_ milliseconds: Int64) { now.withLock { $0 += milliseconds } }
}
