internal import Glibc
internal import Synchronization

/// The connections, each with the time until which a request must have come whole.
///
/// The library closes a connection on which nothing happens. One whose client sends a byte now and then would live for ever, and enough of
/// them keep all others out; that is what this is for.
final class ConnectionTable: Sendable {
  private struct Entry {
    let socket: Int32
    /// Milliseconds of the monotonic clock; nil while the agent works, or once the connection has been shut down.
    var deadline: Int64?
  }

  private struct State {
    var entries: [UInt: Entry] = [:]
    var isClosed = false
    /// Counts what may bring a deadline forward.
    var changes = 0
  }

  private let allowance: Int64
  private let state = Mutex(State())
  private let changed = ThreadCondition()

  /// - Parameter allowance: milliseconds from the first moment at which a request may begin.
  init(allowance: Int64) { self.allowance = allowance }

  /// The connections whose time runs.
  var countWithDeadline: Int { state.withLock { $0.entries.values.count { $0.deadline != nil } } }

  func add(_ connection: UInt, socket: Int32) {
    change { $0.entries[connection] = Entry(socket: socket, deadline: monotonicMilliseconds() + allowance) }
  }

  /// A request has come whole: what follows takes as long as it takes.
  func suspendDeadline(_ connection: UInt) { state.withLock { $0.entries[connection]?.deadline = nil } }

  /// An answer begins to be sent, or the next request may begin.
  func restartDeadline(_ connection: UInt) {
    change { state in
      guard state.entries[connection] != nil else { return }
      state.entries[connection]?.deadline = monotonicMilliseconds() + self.allowance
    }
  }

  /// The library is about to close the socket.
  func remove(_ connection: UInt) { state.withLock { _ = $0.entries.removeValue(forKey: connection) } }

  func close() { change { $0.isClosed = true } }

  private func change(_ body: (inout State) -> Void) {
    let wakes = state.withLock { state in
      let before = state.entries.values.contains { $0.deadline != nil }
      body(&state)
      state.changes += 1
      // A later deadline than those that are waited for is none to wake for: the wait's end finds it.
      return !before || state.isClosed
    }
    if wakes { changed.broadcast() }
  }

  /// Shuts down those whose time is over, until the table is closed. Blocks the calling thread.
  func watch() {
    while true {
      let (next, seen, isClosed) = state.withLock { state -> (Int64?, Int, Bool) in
        let now = monotonicMilliseconds()
        var next: Int64?
        for (connection, entry) in state.entries {
          guard let deadline = entry.deadline else { continue }
          if deadline <= now {
            // The library's thread is told of it, and closes; until then the number is this socket's.
            shutdown(entry.socket, Int32(SHUT_RDWR))
            state.entries[connection]?.deadline = nil
          } else {
            next = min(next ?? deadline, deadline)
          }
        }
        return (next, state.changes, state.isClosed)
      }
      if isClosed { return }
      _ = changed.wait(untilMilliseconds: next) { state.withLock { next == nil ? $0.changes != seen : $0.isClosed } }
    }
  }
}
