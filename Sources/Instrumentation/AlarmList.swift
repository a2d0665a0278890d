/// Actions that are due at times, in milliseconds since the Unix epoch.
struct AlarmList {
  private var alarms: [(id: UInt64, time: Int64, action: @Sendable () -> Void)] = []
  private var lastID: UInt64 = 0

  /// Adds an action.
  /// - Returns: the id by which it can be removed.
  mutating func add(atMilliseconds time: Int64, _ action: @escaping @Sendable () -> Void) -> UInt64 {
    lastID += 1
    alarms.append((lastID, time, action))
    return lastID
  }

  mutating func remove(_ id: UInt64) { alarms.removeAll { $0.id == id } }

  /// The time of the first action; nil when there is none.
  var nextMilliseconds: Int64? { alarms.lazy.map(\.time).min() }

  /// Takes out the actions that are due.
  mutating func takeDue(atMilliseconds now: Int64) -> [@Sendable () -> Void] {
    let due = alarms.filter { $0.time <= now }
    alarms.removeAll { $0.time <= now }
    return due.sorted { $0.time < $1.time }.map(\.action)
  }
}
