import AgentKit
import Synchronization

/// A time that passes by pauses alone. Short ones are over at once; long ones, which are the limits of other work, last until their task is
/// cancelled; and those of one length until the test says so.
final class TestTime: Clock {
  private struct State {
    var now: Int64
    var pauses: [Int64] = []
    var count = 0
    var cancelled: Set<Int> = []
    var held: [(number: Int, length: Int64, continuation: CheckedContinuation<Bool, Never>)] = []
    var watching: [CheckedContinuation<Void, Never>] = []
  }

  /// Longer pauses than this are limits, in milliseconds.
  private static let longestPause: Int64 = 10_000

  private let state: Mutex<State>
  private let heldLength: Int64?

  /// - Parameter holding: pauses of so many milliseconds last until `releaseHeld`, or the cancellation of their task.
  init(_ now: Int64 = 1_800_000_000_000, holding: Int64? = nil) {
    state = Mutex(State(now: now))
    heldLength = holding
  }

  var nowMilliseconds: Int64 { state.withLock { $0.now } }
  /// The pauses that were over at once.
  var pauses: [Int64] { state.withLock { $0.pauses } }

  func advance(_ milliseconds: Int64) { state.withLock { $0.now += milliseconds } }

  var pause: @Sendable (Int64) async throws -> Void {
    { [self] milliseconds in
      try Task.checkCancellation()
      guard milliseconds == heldLength || milliseconds > Self.longestPause else {
        state.withLock { state in
          state.now += milliseconds
          state.pauses.append(milliseconds)
        }
        return
      }
      let number = state.withLock { state in
        state.count += 1
        return state.count
      }
      let isReleased = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in hold(number, milliseconds, continuation) }
      } onCancel: {
        drop(number)
      }
      guard isReleased else { throw CancellationError() }
      advance(milliseconds)
    }
  }

  private func hold(_ number: Int, _ length: Int64, _ continuation: CheckedContinuation<Bool, Never>) {
    let (isCancelled, watching): (Bool, [CheckedContinuation<Void, Never>]) = state.withLock { state in
      if state.cancelled.contains(number) { return (true, []) }
      state.held.append((number, length, continuation))
      guard length == heldLength else { return (false, []) }
      defer { state.watching = [] }
      return (false, state.watching)
    }
    if isCancelled { continuation.resume(returning: false) }
    for watcher in watching { watcher.resume() }
  }

  private func drop(_ number: Int) {
    let continuation = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      state.cancelled.insert(number)
      guard let index = state.held.firstIndex(where: { $0.number == number }) else { return nil }
      return state.held.remove(at: index).continuation
    }
    continuation?.resume(returning: false)
  }

  /// Ends the pauses of the length that is held; waits for one when there is none.
  func releaseHeld() async {
    await heldAgain()
    let released = state.withLock { state in
      let released = state.held.filter { $0.length == heldLength }
      state.held.removeAll { $0.length == heldLength }
      return released
    }
    for pause in released { pause.continuation.resume(returning: true) }
  }

  /// Waits until a pause is held.
  func heldAgain() async {
    await withCheckedContinuation { continuation in
      let isHeld = state.withLock { state in
        let isHeld = state.held.contains { $0.length == heldLength }
        if !isHeld { state.watching.append(continuation) }
        return isHeld
      }
      if isHeld { continuation.resume() }
    }
  }
}

/// A gate that a test opens, and through which work waits.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var hasArrived = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    var watching: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// Waits until the gate is open; does not listen to the cancellation of its task.
  func pass() async {
    await withCheckedContinuation { continuation in
      let (isOpen, watching) = state.withLock { state in
        state.hasArrived = true
        if !state.isOpen { state.waiting.append(continuation) }
        defer { state.watching = [] }
        return (state.isOpen, state.watching)
      }
      if isOpen { continuation.resume() }
      for watcher in watching { watcher.resume() }
    }
  }

  /// Waits until somebody stands before the gate.
  func arrival() async {
    await withCheckedContinuation { continuation in
      let hasArrived = state.withLock { state in
        if !state.hasArrived { state.watching.append(continuation) }
        return state.hasArrived
      }
      if hasArrived { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
