internal import JSON
internal import Synchronization

/// What the lines of one invocation have in common: whether its debug lines are sampled, the fields that were added on the way, and the lines
/// that are kept back in case something goes wrong. `Logger.withInvocation` makes it.
public final class LogScope: Sendable {
  /// That of the invocation which the current task belongs to; nil outside of one.
  @TaskLocal public static var current: LogScope?

  /// Runs `body` as part of the invocation, for what is not part of its task, such as a thread that watches the clock.
  public func run<Result>(_ body: () throws -> Result) rethrows -> Result { try Self.$current.withValue(self, operation: body) }

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
