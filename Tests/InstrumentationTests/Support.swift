import JSON
import Synchronization

/// Takes what a logger or metrics write.
final class Lines: Sendable {
  private let lines = Mutex<[[UInt8]]>([])
  @Sendable func take(_ line: [UInt8]) { lines.withLock { $0.append(line) } }
  func objects() throws -> [JSONValue] { try lines.withLock { $0 }.map { try JSONValue(parsing: $0) } }
}

/// Alarms that go off when a test says so.
final class ManualAlarm: Sendable {
  private let alarms = Mutex<[(time: Int64, action: @Sendable () -> Void)]>([])

  @Sendable func set(_ time: Int64, _ action: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
    alarms.withLock { $0.append((time, action)) }
    return { [self] in alarms.withLock { $0 = [] } }
  }

  var times: [Int64] { alarms.withLock { $0.map(\.time) } }
  func goOff() { for alarm in alarms.withLock({ $0 }) { alarm.action() } }
}
