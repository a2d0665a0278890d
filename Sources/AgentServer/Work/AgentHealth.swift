internal import JSON

/// What GET /ping answers: whether the agent is idle or works in the background, and since when.
///
/// Busy is as long as work is registered; the time is that of the last change between the two, not that of the last question.
public struct AgentHealth: Sendable, Equatable {
  public enum Status: String, Sendable {
    case healthy = "Healthy"
    case healthyBusy = "HealthyBusy"
  }

  public private(set) var status = Status.healthy
  /// Seconds since the Unix epoch.
  public private(set) var changedSeconds: Int64
  /// Pieces of work that are registered.
  private(set) var count = 0

  init(seconds: Int64) { changedSeconds = seconds }

  mutating func begin(seconds: Int64) {
    count += 1
    become(.healthyBusy, seconds)
  }

  mutating func end(seconds: Int64) {
    guard count > 0 else { return }
    count -= 1
    if count == 0 { become(.healthy, seconds) }
  }

  private mutating func become(_ status: Status, _ seconds: Int64) {
    guard status != self.status else { return }
    self.status = status
    changedSeconds = seconds
  }

  var json: [UInt8] {
    var writer = JSONWriter(capacity: 64)
    writer.beginObject()
    writer.member("status", status.rawValue)
    writer.member("time_of_last_update", changedSeconds)
    writer.endObject()
    return writer.bytes
  }
}
