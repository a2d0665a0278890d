import CSandboxProcess
import Synchronization

/// Brings what tasks have to say to the thread of a run, and wakes it.
final class Mailbox: Sendable {
  enum Message: Sendable {
    case answer(id: Int, Result<[UInt8], HostCallError>)
    case cancel
  }

  private struct State {
    var messages: [Message] = []
    /// What the thread polls; -1 before and after.
    var descriptor: Int32 = -1
  }

  private let state = Mutex(State())

  /// The descriptor that is readable when there are messages; nil, and errno says why, when there is none left.
  func open() -> Int32? {
    let descriptor = sandbox_wake_create()
    guard descriptor >= 0 else { return nil }
    state.withLock { state in
      state.descriptor = descriptor
      if !state.messages.isEmpty { sandbox_wake(descriptor) }
    }
    return descriptor
  }

  func post(_ message: Message) {
    // Within the lock: afterwards the descriptor may be another file's.
    state.withLock { state in
      state.messages.append(message)
      if state.descriptor >= 0, state.messages.count == 1 { sandbox_wake(state.descriptor) }
    }
  }

  func take() -> [Message] {
    state.withLock { state in
      if state.descriptor >= 0 { sandbox_wake_clear(state.descriptor) }
      defer { state.messages = [] }
      return state.messages
    }
  }

  /// What is posted later is heard by nobody.
  func close() {
    state.withLock { state in
      if state.descriptor >= 0 { sandbox_close(state.descriptor) }
      state.descriptor = -1
      state.messages = []
    }
  }
}
