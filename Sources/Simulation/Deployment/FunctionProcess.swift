import AWSClient
import AgentKit
import JSON
import Orchestration

/// An execution environment of Lambda's: a process that handles one invocation after the other, and keeps what it has in memory.
// Unchecked: a world has one thread.
final class FunctionProcess: @unchecked Sendable {
  let number: Int
  let function: Function
  /// Counts deployments; an old process gets no new invocation.
  let version: Int
  let clockOffset: ClockOffset
  var isDead = false
  var isBusy = false
  /// Set when the process has started.
  var handler: Implementation.Handler?

  enum Function: String, Sendable, CaseIterable {
    case supervisor
    case worker = "worker-wrapper"
  }

  init(number: Int, function: Function, version: Int, clockOffsetMilliseconds: Int64) {
    self.number = number
    self.function = function
    self.version = version
    clockOffset = ClockOffset(milliseconds: clockOffsetMilliseconds)
  }
}

/// What a process's clock is ahead of the services'; shared with the clock, which must not hold the process that holds it.
// Unchecked: a world has one thread.
final class ClockOffset: @unchecked Sendable {
  var milliseconds: Int64

  init(milliseconds: Int64) { self.milliseconds = milliseconds }
}
