import AWSClient
import AgentKit
import JSON
import Orchestration

/// The clock of one process, and its chance.
// Unchecked: a world has one thread.
final class ProcessClock: AWSClock, Clock, @unchecked Sendable {
  private let timeline: Timeline
  private let offset: ClockOffset
  private let faults: FaultSource
  private var chance: RandomStream

  init(timeline: Timeline, process: FunctionProcess, faults: FaultSource, chance: RandomStream) {
    self.timeline = timeline
    offset = process.clockOffset
    self.faults = faults
    self.chance = chance
  }

  var nowMilliseconds: Int64 { timeline.nowMilliseconds + offset.milliseconds }

  func sleep(milliseconds: Int64) async throws {
    try Invocation.current?.requireAlive()
    try await timeline.sleep(milliseconds: milliseconds)
    if faults.occurs(Fault.crash) { Invocation.current?.lose() }
    try Invocation.current?.requireAlive()
  }

  func randomFraction() -> Double { chance.fraction() }
  func randomBits() -> UInt64 { chance.next() }
}

/// Makes identifiers of chance that no other process of the world makes.
// Unchecked: a world has one thread.
final class ProcessIDs: IDSource, @unchecked Sendable {
  private let process: Int
  private var chance: RandomStream

  init(process: Int, chance: RandomStream) {
    self.process = process
    self.chance = chance
  }

  func makeID() -> String { "\(process)-\(String(chance.next(), radix: 36))" }
}

/// What a process notes, as facts of the world. A dead process notes nothing.
// Unchecked: a world has one thread.
final class ProcessObserver: OrchestrationObserver, @unchecked Sendable {
  private let tell: (Fact) -> Void

  init(_ tell: @escaping (Fact) -> Void) { self.tell = tell }

  func note(_ level: ObservationLevel, _ message: String, _ fields: JSONObject) {
    let invocation = Invocation.current
    guard invocation?.isLost != true else { return }
    tell(.noted(level, message, fields, invocation?.facts))
  }

  func count(_ metric: String) {}
}
