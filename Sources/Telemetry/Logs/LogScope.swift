internal import JSON
internal import Synchronization

/// What the lines of one invocation have in common: whether its debug lines are sampled, the fields that were added on the way, and the lines
/// that are kept back in case something goes wrong.
final class LogScope: Sendable {
  @TaskLocal static var current: LogScope?

  private struct State {
    var fields: JSONObject
    var buffer: LineBuffer
  }

  /// Part of all invocations whose lines are all written; nil when this is not one of them.
  let sampleRate: Double?
  private let state: Mutex<State>

  init(sampleRate: Double?, fields: JSONObject, bufferBytes: Int) {
    self.sampleRate = sampleRate
    state = Mutex(State(fields: fields, buffer: LineBuffer(capacity: bufferBytes)))
  }

  var fields: JSONObject { state.withLock { $0.fields } }
  func add(_ fields: JSONObject) { state.withLock { $0.fields = $0.fields.merging(fields) } }
  func keep(_ line: [UInt8]) { state.withLock { $0.buffer.append(line) } }
  func takeKept() -> (lines: ArraySlice<[UInt8]>, dropped: Int) { state.withLock { $0.buffer.take() } }
}
